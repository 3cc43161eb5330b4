"""The log's seal: its newest hash, posted where a rewriting of the log can't reach it, in the staff's channel, hourly
and on export.

An unkeyed chain shows what disagrees with it, not a whole rewriting; `krisebot verify --head` compares with a posted
one.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from handlers.core.card import Card
from handlers.core.context import ROUTINE
from handlers.core.registry import timer
from handlers.core.turn import Turn
from storage.rows.log import LogEntry

EVERY = timedelta(hours=1)


async def begin(turn: Turn) -> None:
    """Post the seal hourly from now on, until the crisis is over."""
    await turn.at(turn.now + EVERY, "log_seal.hour", f"crisis/{turn.the_crisis.id}/seal")


@timer("log_seal.hour")
async def hour(turn: Turn) -> None:
    """Post the seal once an hour, when the log has grown since the last one."""
    if turn.the_crisis.state != "active":
        return
    await post(turn)
    await begin(turn)


async def post(turn: Turn) -> None:
    """Post the newest hash of the log; the same one only once."""
    crisis = turn.the_crisis
    newest = await turn.db.scalar(
        select(LogEntry).where(LogEntry.crisis_id == crisis.id).order_by(LogEntry.no.desc()).limit(1)
    )
    if newest is not None:
        await turn.say(
            turn.staff,
            Card(f"Loggens segl efter nr. {newest.no}: {newest.hash}"),
            key=f"crisis/{crisis.id}/seal/{newest.hash}",
            urgency=ROUTINE,
        )
