"""A person's own page with Krisebot: what waits for them, and how what goes on stands, as far as that person may see.
Bilag 1, Overblik."""

from __future__ import annotations

from handlers.core import registry
from handlers.core.card import DANGER, Button, Card
from handlers.core.context import Context
from handlers.crisis import help, status

OFFERED = ("varsel", "siden", "status", "hvem", "hjælp")
NEEDS_CRISIS = ("siden", "status")
LABELS = {**help.LABELS, "hjælp": "Hjælp", "siden": "Siden sidst"}


@registry.home
async def card(turn: Context) -> Card:
    """Draw what waits for a person, and every open crisis' status card, as `/krise status` gives it to the same person;
    nothing is changed."""
    if turn.the_incoming.outside:
        return Card(f"*Krisebot*\n{DANGER}\n\nSkriv til Krisebot under Beskeder, hvad der er sket.")
    waiting, answers = await help.waits_for_me(turn)
    shown = []
    for crisis in await turn.open_crises():
        in_it = turn.about(crisis)
        shown.append((crisis.number, in_it.drawn(await status.card(in_it, turn.sender))))
    several = len(shown) > 1
    offered = [name for name in OFFERED if shown or name not in NEEDS_CRISIS]
    said = "\n\n".join(card.text for _, card in shown) or "Der er ingen aktiv krise."
    return Card(
        f"*Krisebot*\n{DANGER}\n{waiting}\n\n{said}\n\n"
        "Skriv */krise* hvor som helst, eller skriv direkte til Krisebot under Beskeder.",
        facts=tuple(
            (f"Nr. {number}: {name}" if several else name, value)
            for number, card in shown
            for name, value in card.facts
        ),
        buttons=(
            *answers,
            *(Button(LABELS[name], "help.run", {"verb": name}) for name in offered),
            *(
                button
                for _, card in shown[:1]
                for button in card.buttons
                if not several and button.label not in {each.label for each in answers}
            ),
        ),
    )
