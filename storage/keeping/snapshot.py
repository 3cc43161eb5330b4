"""Snapshots: copies a whole database, as it was at one moment, into one file, and back into a database of either kind.

The file is SQLite whatever the database is, with the tables of the release that made it. So no client program of
PostgreSQL's is needed, of the server's own version or newer, as `pg_dump` would be; a copy can be opened, verified and
exported from as it lies; and a municipality can move from one kind of database to the other by it. Rows are read in one
transaction that sees one moment: nobody who writes waits for it.
"""

from __future__ import annotations

import asyncio
import glob
import json
import os
import sqlite3
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    JSON,
    URL,
    Boolean,
    ColumnElement,
    Connection,
    DateTime,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    TypeDecorator,
    delete,
    func,
    insert,
    select,
    text,
    type_coerce,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.types import TypeEngine

from storage import private, revisions
from storage.database import Database
from storage.rows.base import UtcDateTime

# What tells of the copy, in the copy; it is no table of krisebot's.
ABOUT = "krisebot_backup"
# What a copy is called while it is taken; one that was cut off is left so.
UNFINISHED = ".unfinished"
# Rows that are carried together; of those that hold a whole file, one.
AT_A_TIME, OF_FILES = 500, 1


class NotACopy(Exception):
    """The file can't be put back; the message says why, in Danish."""


class NotEmpty(Exception):
    """The database already has something in it."""


@dataclass(frozen=True)
class About:
    """The label of a copy: when it was taken, by which release, and how much is in it.

    Args:
        taken_at: when, UTC, ISO 8601; what was written later is not in it.
        version: the krisebot that took it.
        revision: the tables' form.
        rows: how many there are, in all tables.
    """

    taken_at: str
    version: str
    revision: str
    rows: int

    @property
    def is_ours(self) -> bool:
        """Whether its tables have the form that we write; an older krisebot's get it when they are put back."""
        return self.revision == revisions.newest()

    @property
    def at(self) -> datetime:
        """The time it was taken, UTC."""
        return datetime.fromisoformat(self.taken_at)


class _Verbatim(TypeDecorator[str]):
    """JSON, carried as the text that it is: nothing is read, so nothing is written otherwise."""

    impl = Text
    cache_ok = True

    def bind_expression(self, bindparameter: Any) -> ColumnElement[Any]:
        return sql_cast(bindparameter, JSON) if self._on_postgresql else bindparameter

    def column_expression(self, column: Any) -> ColumnElement[Any]:
        return type_coerce(sql_cast(column, Text), Text) if self._on_postgresql else column

    def __init__(self, on_postgresql: bool) -> None:
        super().__init__()
        self._on_postgresql = on_postgresql


def address(file: Path) -> URL:
    """Give an SQLite file's address, whatever signs there are in its name."""
    return URL.create("sqlite+aiosqlite", database=str(file))


async def take(database: Database, file: Path, *, version: str, now: datetime) -> About:
    """Copy all that is in a database into a file, while others go on writing.

    Args:
        database: of either kind.
        file: must not be there; it is made readable by its owner alone, and is there whole or not at all.
        version: ours.
        now: UTC.

    Raises:
        DatabaseUnavailable: it can't be reached.
        OSError, SQLAlchemyError, sqlite3.Error: it could not be read, or could not be written.
    """
    await database.reach()
    async with database.engine.connect() as connection:
        new = await connection.run_sync(revisions.present) is None
    if new:
        # Before the first start there is nothing yet; a copy of that can be put back too.
        await database.migrate()
    unfinished, rows = (file.with_name(f".{file.name}.{part}{UNFINISHED}") for part in ("copy", "rows"))
    for each in (unfinished, rows):
        each.unlink(missing_ok=True)
    private.make_file(unfinished)
    try:
        if database.is_sqlite:
            await asyncio.to_thread(_vacuum, str(database.url.database), unfinished)
        else:
            await _carried_to(rows, database)
            await asyncio.to_thread(_vacuum, str(rows), unfinished)
        about = await asyncio.to_thread(_say, unfinished, version, now)
        os.replace(unfinished, file)
    finally:
        for each in (unfinished, *file.parent.glob(f"{glob.escape(rows.name)}*")):
            each.unlink(missing_ok=True)
    return about


def about(file: Path) -> About:
    """Read the label of a copy.

    Raises:
        NotACopy: it is none, or it is broken.
    """
    if not file.is_file():
        raise NotACopy("filen findes ikke. Skriv stien til en kopi, som krisebot backup har lavet")
    try:
        connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)
        try:
            faults = [row[0] for row in connection.execute("PRAGMA integrity_check(1)") if row[0] != "ok"]
            if faults:
                raise NotACopy(f"kopien er i stykker ({faults[0]}). Brug en ældre")
            told = connection.execute(f"SELECT told FROM {ABOUT}").fetchone()[0]  # noqa: S608 - a name of ours
        finally:
            connection.close()
        return About(**json.loads(told))
    except (sqlite3.Error, TypeError, ValueError) as error:
        raise NotACopy(f"det er ikke en hel kopi fra krisebot backup ({error})") from error


async def put_back(
    file: Path,
    database: Database,
    *,
    overwrite: bool = False,
    then: Callable[[AsyncSession, About], Awaitable[None]] | None = None,
) -> About:
    """Put a copy into a database, and bring it to our form: all of it or nothing.

    What was on its way when the copy was taken may have been sent since. So it is in doubt, and is looked for where it
    was going before it is sent.

    Args:
        file: what `take` made, by this krisebot or an older one.
        database: of either kind.
        overwrite: whether what is there already is to go.
        then: what more is written in the same transaction, so that it is never left out.

    Raises:
        NotACopy: it can't be put back, or it is newer than we are.
        NotEmpty: something is there already.
        DatabaseUnavailable: the database can't be reached.
        SQLAlchemyError, OSError: it can't be written.
    """
    if database.is_sqlite and await asyncio.to_thread(_is_one_file, str(database.url.database), file):
        raise NotACopy("kopien er selv den database, der skrives til. Skriv en anden fil i KRISEBOT_DATABASE_URL")
    told = await asyncio.to_thread(about, file)
    if told.revision not in revisions.known():
        raise NotACopy(f"kopien er fra en nyere krisebot ({told.version}). Brug den, der lavede kopien, eller en nyere")
    await database.reach()
    copy = Database(address(file), read_only=True)
    try:
        async with copy.engine.connect() as source, database.changing_tables() as target:
            if not overwrite and not await target.run_sync(_is_empty):
                raise NotEmpty
            await target.run_sync(_clear)
            await target.run_sync(revisions.upgrade, told.revision)
            await carry(source, target)
            await target.run_sync(revisions.upgrade)
            await target.execute(text("UPDATE deliveries SET state = 'sending' WHERE state = 'queued' AND ref IS NULL"))
            await target.execute(text("UPDATE lanes SET held_by = NULL, held_until = NULL"))
            if then is not None:
                async with AsyncSession(target, expire_on_commit=False) as db:
                    await then(db, told)
                    await db.flush()
    finally:
        await copy.close()
    return told


async def carry(source: AsyncConnection, target: AsyncConnection) -> int:
    """Copy every row from one database to another that has the same tables; return how many rows there were.

    Raises:
        ValueError: the tables are of different forms.
    """
    count = 0
    tables = {table.name: table for table in await source.run_sync(_tables)}
    there = await target.run_sync(_tables)
    if _form(tables.values()) != _form(there):
        raise ValueError("the tables are of another form here")
    for table in reversed(there):
        await target.execute(delete(table))
    for other in there:
        table = tables[other.name]
        some = (
            OF_FILES
            if any(isinstance(each.type, LargeBinary) and each.name == "content" for each in table.c)
            else AT_A_TIME
        )
        every = select(table).order_by(*table.primary_key.columns)
        rows = await source.stream(every, execution_options={"yield_per": some})
        async for several in rows.mappings().partitions(some):
            await target.execute(insert(other), [dict(row) for row in several])
            count += len(several)
    await target.run_sync(_go_on_counting, there)
    return count


def _is_one_file(path: str, file: Path) -> bool:
    return Path(path).exists() and file.exists() and Path(path).samefile(file)


def _form(tables: Iterable[Table]) -> set[tuple[str, str]]:
    return {(table.name, column.name) for table in tables for column in table.columns}


async def _carried_to(file: Path, database: Database) -> None:
    """Copy a PostgreSQL's rows into an SQLite file, as they all were at one moment."""
    scratch = Database(address(file))
    try:
        async with database.engine.connect() as connection:
            source = await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
            async with source.begin(), scratch.engine.begin() as target:
                await target.run_sync(revisions.upgrade, await source.run_sync(_revision))
                await carry(source, target)
    finally:
        await scratch.close()


def _vacuum(path: str, into: Path) -> None:
    """Copy an SQLite file without what has been deleted; those who write don't wait, and those who read don't
    either."""
    connection = sqlite3.connect(f"{Path(path).resolve().as_uri()}?mode=rw", uri=True, timeout=60)
    try:
        connection.execute("VACUUM INTO ?", (str(into),))
    finally:
        connection.close()


def _say(file: Path, version: str, now: datetime) -> About:
    """Write into a copy what it is, and make sure that it is on the disk."""
    connection = sqlite3.connect(file)
    try:
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        rows = sum(
            connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - its own tables' names
            for name in names
            if name != revisions.TABLE
        )
        revision = connection.execute(f"SELECT version_num FROM {revisions.TABLE}").fetchone()[0]  # noqa: S608
        told = About(now.astimezone(UTC).isoformat(), version, revision, rows)
        connection.execute(f"CREATE TABLE {ABOUT} (told TEXT NOT NULL)")
        connection.execute(f"INSERT INTO {ABOUT} VALUES (?)", (json.dumps(asdict(told)),))  # noqa: S608
        connection.commit()
    finally:
        connection.close()
    with file.open("rb+") as written:
        os.fsync(written.fileno())
    return told


def _tables(connection: Connection) -> list[Table]:
    """Return a database's own tables, with types that both kinds of database read alike; those that are referred to
    come first."""
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _: name not in (ABOUT, revisions.TABLE))
    postgresql = connection.dialect.name == "postgresql"
    for table in metadata.tables.values():
        for column in table.columns:
            column.type = _neutral(column.type, postgresql)
    return metadata.sorted_tables


def _neutral(kind: TypeEngine[Any], postgresql: bool) -> TypeEngine[Any]:
    if isinstance(kind, JSON):
        return _Verbatim(postgresql)
    if isinstance(kind, DateTime):
        return UtcDateTime()
    for same in (Boolean, LargeBinary, Integer, Text):
        if isinstance(kind, same):
            return kind
    return Text() if str(kind).startswith(("VARCHAR", "TEXT")) else kind


def _go_on_counting(connection: Connection, tables: list[Table]) -> None:
    """Set PostgreSQL's row counters after the rows that were copied: it numbers rows by a counter of its own."""
    if connection.dialect.name != "postgresql":
        return
    for table in tables:
        for column in table.primary_key.columns:
            counter = connection.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
            if counter:
                highest = connection.scalar(select(func.max(column)))
                connection.execute(select(func.setval(counter, highest or 1, highest is not None)))


def _revision(connection: Connection) -> str:
    found = revisions.present(connection)
    if found is None:
        raise NotACopy("der er ingen krisebot i databasen")
    return found


def _is_empty(connection: Connection) -> bool:
    """Whether nothing has been written there: tables without rows count as nothing."""
    return not any(connection.scalar(select(func.count()).select_from(table)) for table in _tables(connection))


def _clear(connection: Connection) -> None:
    metadata = MetaData()
    metadata.reflect(connection)
    metadata.drop_all(connection)
