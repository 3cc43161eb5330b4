"""A press that somebody's own program sends, on whatever card it names: as it comes in, whoever was shown the card."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.core.incoming import Incoming
from tests.stage.stage import Stage


async def press(
    stage: Stage,
    person: str,
    action: str,
    args: Mapping[str, Any],
    message: int | str,
    key: str,
    values: Mapping[str, str] | None = None,
    platform: str = "rehearsal",
) -> None:
    """Hand in a press; nothing has come of it yet.

    Args:
        message: the row of the card that it says it stands on.
        key: what it is told apart by.
        values: what its form says.
    """
    await stage.bot.engine.intake.accept(
        Incoming(
            key=key,
            kind="press",
            platform=platform,
            sender=person,
            place="dm",
            conversation=f"dm:{person}",
            received_at=stage.clock.now(),
            action=action,
            args=dict(args),
            values=dict(values or {}),
            message=str(message),
        )
    )
