"""`it`: "at yde øjeblikkelig støtte, hvis der opstår IT-mæssige problemer". Plan §5, IT og GIS (R157)."""

from __future__ import annotations

from handlers import rights, tasks
from handlers.card import Card, quote
from handlers.registry import verb
from handlers.turn import Turn


@verb(
    "it", "it-hjælp", "ithjælp", help="it <hvad virker ikke> – øjeblikkelig hjælp fra IT", who=rights.staff, crisis=True
)
async def it(turn: Turn, text: str) -> None:
    """To the IT function's contact at once, with a task that is ticked."""
    contact = next((each.contact for each in turn.rules.support_functions if each.name.casefold() == "it"), None)
    if contact is None:
        await turn.answer(
            Card("Planen har ingen støttefunktion IT. Ring til IT-afdelingen, og skriv problemet i loggen.")
        )
        return
    problem = text.strip() or "ring til mig"
    await tasks.add(
        turn,
        f"IT-hjælp til {turn.name(turn.sender)}, {turn.phone(turn.sender)}: {quote(problem, 500)}",
        role="IT",
        owner=contact,
        tell=True,
    )
    await turn.answer(Card(f"{turn.name(contact)} (IT) har fået besked. Ring selv: {turn.phone(contact)}."))
