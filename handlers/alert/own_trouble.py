"""Krisebot's own faults, told to those who can act: the chief of preparedness and the secretariat. Plan §5, Varsle/indkalde."""

from __future__ import annotations

from handlers.core.card import Card, quote
from handlers.core.context import ORDINARY, URGENT
from handlers.core.registry import timer
from handlers.core.turn import Turn
from storage.plan.persons import SECRETARIAT_ROLES

# It can be brought about by anybody who can write to us, and hurries nobody.
UNREAD = "unread"


@timer("own.trouble", crisis=False)
async def tell(turn: Turn, what: str, told: str) -> None:
    """Tell of a fault; what happens again within the hour changes the card that stands there.

    Args:
        what: the fault's own name.
        told: Danish.
    """
    roles = ("beredskabschef", *SECRETARIAT_ROLES)
    for person in dict.fromkeys(person for role in roles for person in turn.plan.holders(role)):
        await turn.say(
            person,
            Card(f"⚠️ *Krisebot har en fejl.* {quote(told, 1000)} Sig det til jeres it."),
            key=f"own_trouble/{what}/{turn.now:%Y-%m-%dT%H}/{person}",
            kind="notice",
            urgency=ORDINARY if what == UNREAD else URGENT,
        )
