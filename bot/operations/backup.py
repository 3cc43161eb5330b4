"""Backups: copies the database into a folder while krisebot runs, checks each copy, and deletes old ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import select

from bot.version import VERSION
from storage.case.verification import verify_crisis
from storage.database import Database
from storage.keeping import snapshot
from storage.keeping.snapshot import About
from storage.rows.crisis import Crisis

# "krisebot-20260702T120010Z.db": in the order of their names they are in the order of time.
NAME = "krisebot-{at:%Y%m%dT%H%M%SZ}.db"
NAMED = re.compile(r"krisebot-(\d{8}T\d{6}Z)\.db")
# One a night, and some patience with the night.
OLD = timedelta(hours=26)


@dataclass(frozen=True)
class Taken:
    """A copy that has been taken.

    Args:
        file: where it is.
        about: what it says of itself.
        crises: how many logs were verified in it; none, when the database waits to be carried over to our form.
        faults: what was wrong with them, Danish; the copy is as good as the database is.
    """

    file: Path
    about: About
    crises: int
    faults: list[str]


async def take(url: str, where: Path, *, now: datetime | None = None) -> Taken:
    """Copy the database, and verify every log in the copy.

    Args:
        url: the database's address.
        where: a folder, where it gets a name of its time; or the file.
        now: UTC; the machine's time when not given.

    Raises:
        FileExistsError: there is such a file already.
        OSError, sqlalchemy.exc.SQLAlchemyError, sqlite3.Error: it can't be read or written.
    """
    at = (now or datetime.now(UTC)).astimezone(UTC)
    where = _place(where, at)
    database = Database(url)
    try:
        about = await snapshot.take(database, where, version=VERSION, now=at)
    finally:
        await database.close()
    crises, faults = await verified(where) if about.is_ours else (0, [])
    return Taken(where, about, crises, faults)


async def verified(file: Path) -> tuple[int, list[str]]:
    """Check a copy that is in krisebot's own form: return how many logs it has, and what is wrong with them, Danish."""
    copy = Database(f"sqlite+aiosqlite:///{file}", read_only=True)
    try:
        async with copy.reading() as db:
            crises = list(await db.scalars(select(Crisis).order_by(Crisis.number)))
            return len(crises), [
                f"krise {crisis.number}, nr. {each.no}: {each.what}"
                for crisis in crises
                for each in await verify_crisis(db, crisis)
            ]
    finally:
        await copy.close()


def kept(folder: Path) -> list[tuple[datetime, Path]]:
    """Return the copies in a folder, oldest first, with when they were taken, UTC."""
    return sorted(_kept(folder))


def expired(folder: Path, keep: timedelta, now: datetime) -> list[Path]:
    """Return the copies that have been kept long enough; the newest is never one of them."""
    return [file for at, file in kept(folder)[:-1] if now - at > keep]


def _place(where: Path, at: datetime) -> Path:
    """Return the path of a new copy, which isn't there yet, in a folder that only its owner can read."""
    if where.suffix != ".db":
        where.mkdir(mode=0o700, parents=True, exist_ok=True)
        where /= NAME.format(at=at)
    if where.exists():
        raise FileExistsError(17, "der er en fil med det navn", str(where))
    return where


def _kept(folder: Path) -> Iterator[tuple[datetime, Path]]:
    for file in folder.iterdir() if folder.is_dir() else ():
        if named := NAMED.fullmatch(file.name):
            yield datetime.strptime(named[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC), file
