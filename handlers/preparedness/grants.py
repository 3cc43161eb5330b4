"""What the municipality has not granted krisebot on a platform, told to the secretariat once. Plan §5, Varsle/indkalde."""

from __future__ import annotations

from handlers.core.card import Card, quote
from handlers.core.context import ORDINARY
from handlers.core.registry import timer
from handlers.core.turn import Turn


@timer("grants.lacking", crisis=False)
async def tell(turn: Turn, where: str, permission: str, lost: str) -> None:
    """Tell the secretariat what is lost until it is granted; all else works.

    Args:
        where: the platform's title.
        permission: its own name for it.
        lost: Danish.
    """
    for person in turn.plan.interim_secretariat() or turn.plan.holders("beredskabschef"):
        await turn.say(
            person,
            Card(
                f"*Krisebot mangler en rettighed i {where}.* {quote(permission)}: {quote(lost)} Alt andet virker. "
                "Bed jeres it give den; *krisebot doctor* siger, hvilke der mangler."
            ),
            key=f"grants/{where}/{permission}/{person}",
            kind="notice",
            urgency=ORDINARY,
        )
