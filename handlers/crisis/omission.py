"""`undlad`: leaves out a step of the plan, with the reason. Plan §3, Fleksibilitetsprincippet.

Nothing waits for a step that was left out; the log says that it was chosen and not forgotten.
"""

from __future__ import annotations

from handlers.core import rights
from handlers.core.card import Card, quote
from handlers.core.registry import verb
from handlers.core.turn import Turn


@verb(
    "undlad", "undlader", help="undlad <trin> fordi <grund> – et trin springes over", who=rights.runs_staff, crisis=True
)
async def omit(turn: Turn, text: str) -> None:
    """Log that a step is left out, and why: "kan tilpasses og tages i anvendelse på baggrund af en vurdering af
    behovet"."""
    if not text.strip():
        await turn.answer(
            Card("Hvad springes over, og hvorfor? Skriv fx */krise undlad fysisk stabsrum fordi alle er på Teams*.")
        )
        return
    entry = await turn.log(
        f"Besluttet at undlade: {text.strip()}", kind="decision", sender=turn.sender, verification="confirmed"
    )
    await turn.answer(Card(f"Noteret i loggen nr. {entry.no}: »{quote(text.strip())}« undlades."))
