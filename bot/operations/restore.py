"""Restore: puts a copy of the database back, and tells those at work what may be missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.core import registry
from handlers.log import restored
from storage.case.verification import verify_crisis
from storage.database import Database
from storage.keeping import snapshot
from storage.keeping.snapshot import About
from storage.plan.model import Plan
from storage.rows.crisis import Crisis


@dataclass(frozen=True)
class PutBack:
    """The result of a restore: which copy, how many crises, who was told, and what is wrong.

    Args:
        about: what the copy said of itself.
        crises: how many logs were verified.
        told: how many crises that go on have been told.
        faults: what is wrong with the logs, Danish.
    """

    about: About
    crises: int
    told: int
    faults: list[str]


async def restore(file: Path, url: str, plan: Plan, *, overwrite: bool = False, now: datetime | None = None) -> PutBack:
    """Put a copy into the database, verify every log, and tell of it in the crises that go on.

    Args:
        file: what `krisebot backup` made.
        url: the database's address.
        plan: today's.
        overwrite: whether what is there already is to go.
        now: UTC; the machine's time when not given.

    Raises:
        storage.keeping.snapshot.NotACopy, storage.keeping.snapshot.NotEmpty: nothing has been changed.
        storage.database.DatabaseUnavailable, sqlalchemy.exc.SQLAlchemyError, OSError: the database can't be written, and is as it was.
    """
    registry.load()
    told = 0

    async def tell(db: AsyncSession, about: About) -> None:
        nonlocal told
        told = await restored.tell(db, now or datetime.now(UTC), plan, about.at)

    database = Database(url)
    try:
        about = await snapshot.put_back(file, database, overwrite=overwrite, then=tell)
        async with database.reading() as db:
            crises = list(await db.scalars(select(Crisis).order_by(Crisis.number)))
            faults = [
                f"krise {crisis.number}, nr. {each.no}: {each.what}"
                for crisis in crises
                for each in await verify_crisis(db, crisis)
            ]
    finally:
        await database.close()
    return PutBack(about, len(crises), told, faults)
