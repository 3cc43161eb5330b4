"""Backups: copies the database into a folder while krisebot runs, checks each copy, and deletes old ones."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import select

from bot.version import VERSION
from storage import private
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
        storage.database.DatabaseUnavailable: it can't be reached.
        OSError, sqlalchemy.exc.SQLAlchemyError, sqlite3.Error: it can't be read or written.
    """
    at = (now or datetime.now(UTC)).astimezone(UTC)
    database = Database(url)
    try:
        await database.reach()
        where = _place(where, at)
        before = await asyncio.to_thread(most_crises, where.parent)
        about = await snapshot.take(database, where, version=VERSION, now=at)
    finally:
        await database.close()
    crises, faults = await verified(where) if about.is_ours else (0, [])
    if lost := fewer(before, _crises(where.resolve(), where.stat().st_mtime_ns)):
        faults.append(lost)
    return Taken(where, about, crises, faults)


async def verified(file: Path) -> tuple[int, list[str]]:
    """Count the logs in a copy of our form, and what is wrong with them, Danish."""
    copy = Database(snapshot.address(file), read_only=True)
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


def most_crises(folder: Path) -> int:
    """Count the crises that one of a folder's copies knows of: a crisis' row is never taken away, so there are never fewer.

    Raises:
        OSError: the folder can't be read.
    """
    return max((_crises(file.resolve(), file.stat().st_mtime_ns) for _, file in kept(folder)), default=0)


@cache
def _crises(file: Path, changed: int) -> int:
    """Count the crises in a copy; it is opened once, as long as nobody changes it."""
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True)) as copy:
            return int(copy.execute("SELECT count(*) FROM crises").fetchone()[0])
    except sqlite3.Error:
        return 0


def fewer(before: int, now: int) -> str | None:
    """Say what it means that there were more crises before, Danish: the disk was lost, or an old copy was put back."""
    if now >= before:
        return None
    return (
        f"databasen har {now} kriser, og en sikkerhedskopi har {before}. Er disken skiftet? Genopret med krisebot restore, "
        "eller flyt de kopier, der ikke skal bruges"
    )


def kept(folder: Path) -> list[tuple[datetime, Path]]:
    """List the copies in a folder, oldest first, with when they were taken, UTC.

    Raises:
        OSError: it can't be read.
    """
    return sorted(_kept(folder))


def expired(folder: Path, keep: timedelta, now: datetime) -> list[Path]:
    """List those that have been kept long enough, of which the newest is never one; and what is left of one that was cut off."""
    cut_off = folder.glob(f".*{snapshot.UNFINISHED}*") if folder.is_dir() else ()
    left = [file for file in cut_off if now.timestamp() - file.stat().st_mtime > OLD.total_seconds()]
    return [file for at, file in kept(folder)[:-1] if now - at > keep] + left


def _place(where: Path, at: datetime) -> Path:
    """Return the path of a new copy, which isn't there yet, in a folder that only its owner can read."""
    if where.suffix != ".db":
        private.make_folder(where)
        where /= NAME.format(at=at)
    private.make_folder(where.parent)
    if where.exists():
        raise FileExistsError(17, "der er en fil med det navn", str(where))
    return where


def _kept(folder: Path) -> Iterator[tuple[datetime, Path]]:
    for file in folder.iterdir() if folder.is_dir() else ():
        if named := NAMED.fullmatch(file.name):
            with suppress(ValueError):  # it only looks like one
                yield datetime.strptime(named[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC), file
