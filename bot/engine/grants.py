"""Grants: has the secretariat told, once, of what the municipality has not granted us and what is lost by it."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select

from bot.engine.platform import NotGranted
from storage.database import Database
from storage.plan.reach import Way
from storage.rows.traffic import Timer

log = logging.getLogger(__name__)


async def note(database: Database, way: Way, lacking: Iterable[NotGranted], now: datetime) -> bool:
    """Write down what we have not been granted, where it hasn't been told before.

    Args:
        way: the platform's.
        now: UTC.

    Returns:
        whether there was anything new.
    """
    wanted = {f"grants/{way.name}/{each.permission}": each for each in lacking}
    if not wanted:
        return False
    async with database.transaction() as db:
        known = set(await db.scalars(select(Timer.key).where(Timer.key.in_(wanted))))
        for key, each in wanted.items():
            if key not in known:
                log.warning("%s: %s", way.name, each)
                args = {"where": way.title, "permission": each.permission, "lost": each.lost}
                db.add(Timer(key=key, kind="grants.lacking", args=args, due_at=now))
    return len(known) < len(wanted)
