"""Communication's first task: a draft before the framing staff meets. Plan §8 and Bilag 4."""

from __future__ import annotations

from datetime import datetime

from handlers.core.card import Card
from handlers.core.turn import Turn
from handlers.measures import tasks

# Bilag 4: "Kommunikationsplanen skal indeholde følgende"
HEADINGS = (
    "Sagen",
    "Formål",
    "Budskaber",
    "Målgrupper",
    "Medier, prioriteret",
    "Timing",
    "Samarbejdspartnere og alliancemuligheder",
    "Informationsstrømmen, med en fast pressetalsperson",
    "Succeskriterier",
)


async def begin(turn: Turn, due: datetime) -> None:
    """Give communication its first task, "udarbejder et første udkast til en kommunikationsplan med pressestrategi",
    with the headings at hand.

    Args:
        due: when the framing staff has to have met, UTC.
    """
    owner = turn.rules.holder("kommunikation")
    await tasks.add(
        turn,
        "1. udkast til kommunikationsplan med pressestrategi, før det første møde i den rammesættende krisestab",
        role="kommunikation",
        owner=owner,
        due=due,
        tell=True,
    )
    if owner:
        outline = "\n".join(f"{number}. {heading}:" for number, heading in enumerate(HEADINGS, 1))
        await turn.say(
            owner,
            Card(f"*Kommunikationsplanens ni overskrifter (Bilag 4):*\n{outline}"),
            key=f"crisis/{turn.the_crisis.id}/communication",
        )
