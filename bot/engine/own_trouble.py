"""Krisebot's own faults, written down as something that fell due: whoever can act is told of them by every way there is."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows.traffic import Timer


async def write_down(db: AsyncSession, what: str, told: str, now: datetime) -> None:
    """Have those who can act told of a fault; the same fault is told once, as it is now, until it has been.

    Args:
        what: the fault's own name, such as "clock".
        told: Danish, as they read it.
        now: UTC.
    """
    key = f"own_trouble/{what}"
    timer = await db.scalar(select(Timer).where(Timer.key == key))
    if timer is None:
        timer = Timer(key=key, kind="own.trouble", args={}, due_at=now)
        db.add(timer)
    timer.args = {"what": what, "told": told}
    timer.due_at, timer.state, timer.attempts, timer.begun = now, "waiting", 0, 0
