"""The database: one way into it, the same on SQLite and on PostgreSQL."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from sqlalchemy import URL, event, make_url, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects import sqlite as sqlite_dialect
from sqlalchemy.engine import Connection
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import Session

from storage import private, revisions, sqlite

# How long to wait for another process that is writing to the SQLite file, in seconds.
PATIENCE = 30.0

# Any fixed number: it names the one lock that lets a single turn at a time, over all replicas, change a crisis.
TURN_LOCK = 112


class DatabaseUnavailable(Exception):
    """The database can't be opened or migrated; the message says what and why."""


# What is raised when a database can't be reached, or gives no answer: SQLite's own errors too, before it is connected.
UNREACHABLE = (SQLAlchemyError, OSError, sqlite3.Error)

# Connections that turns are taken by, in each replica.
TURN_CONNECTIONS = 5

# What PostgreSQL ends by itself, in milliseconds: a replica that is frozen, or cut off, with something locked would keep
# all the others waiting for ever. A turn takes five seconds at most, and waits for those of the other replicas.
_CUT_OFF = {
    "tcp_keepalives_idle": "20",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
TIMEOUTS = {
    "lock_timeout": "60000",
    "idle_in_transaction_session_timeout": "300000",
    "statement_timeout": "300000",
    **_CUT_OFF,
}
TURN_TIMEOUTS = {
    "lock_timeout": "25000",
    "idle_in_transaction_session_timeout": "20000",
    "statement_timeout": "30000",
    **_CUT_OFF,
}


class Database:
    """A database that krisebot keeps everything in.

    Args:
        url: an SQLAlchemy address, `sqlite+aiosqlite:///…` or `postgresql+asyncpg://…`.
        read_only: for an SQLite file that shall stay as it is, byte for byte.
    """

    def __init__(self, url: str | URL, *, read_only: bool = False) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._file: Path | None = None
        if self.is_sqlite and self.url.database and self.url.database != ":memory:":
            self._file = Path(self.url.database)
            if not read_only:
                with suppress(OSError):  # what can't be made is told by whoever opens it
                    private.make_folder(self._file.parent)
                    private.make_file(self._file)
        self.engine = (
            _sqlite(url, read_only)
            if self.is_sqlite
            else create_async_engine(
                url,
                pool_size=10,
                pool_pre_ping=True,
                hide_parameters=True,
                connect_args={"server_settings": dict(TIMEOUTS)},
            )
        )
        self._opened = _identity(self._file) if self._file is not None else None
        self.insert = sqlite_dialect.insert if self.is_sqlite else postgresql.insert
        """An INSERT that can pass over what is there already: each kind of database has its own."""
        self._sessions = async_sessionmaker(self.engine, expire_on_commit=False)
        # Nobody asks a turn's connection whether it is still there: the turn's first statement does. Few are enough, as
        # turns wait for each other anyway.
        self._turn_engine = (
            self.engine
            if self.is_sqlite
            else create_async_engine(
                url,
                pool_size=TURN_CONNECTIONS,
                max_overflow=0,
                pool_timeout=None,
                connect_args={"server_settings": dict(TURN_TIMEOUTS)},
                hide_parameters=True,
            )
        )
        self._turns = async_sessionmaker(self._turn_engine, expire_on_commit=False)
        # SQLite has one writer: queueing here is fair and immediate, where its own busy handler polls.
        self._writer = asyncio.Lock() if self.is_sqlite else None

    async def migrate(self) -> None:
        """Bring the tables to the newest form, from whatever form an older krisebot left.

        Raises:
            DatabaseUnavailable: it can't be reached, or is newer than this program.
        """
        try:
            async with self.engine.connect() as connection:
                found = await connection.run_sync(revisions.present)
            if found == revisions.newest():
                return
            if found is not None and found not in revisions.known():
                raise DatabaseUnavailable(
                    f"{self.url.render_as_string()}: databasen er fra en nyere krisebot ({found})."
                    " Brug den, der skrev den"
                )
            async with self.changing_tables() as connection:
                await connection.run_sync(revisions.upgrade)
        except UNREACHABLE as error:
            raise self._unavailable(error) from error

    async def reach(self) -> None:
        """See that it can be opened at all, before something is asked of it.

        Raises:
            DatabaseUnavailable: it can't.
        """
        try:
            async with self.engine.connect():
                pass
        except UNREACHABLE as error:
            raise self._unavailable(error) from error

    def _unavailable(self, error: BaseException) -> DatabaseUnavailable:
        return DatabaseUnavailable(
            f"{self.url.render_as_string()}: {(str(error) or type(error).__name__).splitlines()[0]}"
        )

    @asynccontextmanager
    async def changing_tables(self) -> AsyncIterator[AsyncConnection]:
        """Open a transaction that tables may be made anew in; replicas that start together take turns.

        SQLite changes a table by making another, and what speaks of its rows would stand in the way meanwhile. So it is
        held against them at the end.
        """
        async with self.engine.connect() as connection:
            raw = (await connection.get_raw_connection()).driver_connection if self.is_sqlite else None
            if raw is not None:
                await raw.execute("PRAGMA foreign_keys=OFF")
            try:
                async with connection.begin():
                    if raw is None:
                        # Tables may take as long as they take, and so may those who wait for it.
                        for name in ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout"):
                            await connection.exec_driver_sql(f"SET LOCAL {name} = 0")
                        await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": TURN_LOCK})
                    yield connection
                    lost: list[Any] = (
                        list(await connection.exec_driver_sql("PRAGMA foreign_key_check")) if raw is not None else []
                    )
                    if lost:
                        what = f"{lost[0][0]}: en række taler om en i {lost[0][2]}, som ikke er der"
                        raise DatabaseUnavailable(f"{self.url.render_as_string()}: {what}")
            finally:
                if raw is not None:
                    await raw.execute("PRAGMA foreign_keys=ON")

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[AsyncSession]:
        """Open a session that commits when the block ends well, and leaves no trace when it doesn't."""
        if self._writer is None:
            async with self._sessions.begin() as session:
                yield session
        else:
            async with self._writer, self._sessions.begin() as session:
                yield session

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[AsyncSession]:
        """Open a transaction that nobody else's turn runs beside, on any replica, until it has committed."""
        if self.is_sqlite:
            async with self.transaction() as session:
                await session.connection()
                yield session
            return
        async with self._turns() as session:
            try:
                await session.run_sync(_take_turn)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
                # It was closed while nobody used it, and so were the others: the next one is new.
                await session.rollback()
                await session.run_sync(_take_turn)
            yield session
            await session.commit()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """Open a read-only session: what it would change is thrown away."""
        async with self._sessions() as session:
            await session.connection(execution_options={"reading": True})
            yield session

    async def overwrite_deleted(self, db: AsyncSession) -> None:
        """Overwrite on disk what this session deletes, in an SQLite file; PostgreSQL's own vacuum sees to it there."""
        if self.is_sqlite:
            await (await db.connection()).exec_driver_sql("PRAGMA secure_delete=ON")

    async def forget_deleted(self) -> None:
        """Empty the write-ahead log, which has what was deleted in it; as far as nobody is reading there."""
        if self.is_sqlite:
            async with self.engine.connect() as connection:
                raw = (await connection.get_raw_connection()).driver_connection
                if raw is not None:
                    await raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    async def ping(self) -> None:
        """Ask the database for a sign of life.

        Raises:
            one of UNREACHABLE: it gives none, or the file that is written to is no longer the one that the next start
                would open: somebody has moved it, or put another in its place.
        """
        async with self.engine.connect() as connection:
            await connection.execute(text("SELECT 1"))
        if self._file is not None and _identity(self._file) != self._opened:
            raise FileNotFoundError(2, "the file was removed or exchanged while it was open", str(self._file))

    async def close(self) -> None:
        """Close all connections."""
        await self.engine.dispose()
        await self._turn_engine.dispose()


def _identity(file: Path) -> tuple[int, int] | None:
    """Tell which file that is, whatever it is called; None where there is none."""
    try:
        found = file.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _take_turn(session: Session) -> None:
    """Wait for the lock that is released when the transaction ends."""
    session.connection().exec_driver_sql(f"SELECT pg_advisory_xact_lock({TURN_LOCK})")


def _sqlite(url: str | URL, read_only: bool) -> AsyncEngine:
    path = make_url(url).database or ":memory:"
    if read_only:
        path = f"{Path(path).resolve().as_uri()}?mode=ro"
    engine = create_async_engine(url, async_creator=lambda: sqlite.connect(path, PATIENCE), hide_parameters=True)

    @event.listens_for(engine.sync_engine, "connect")
    def set_up(connection: Any, _record: Any) -> None:
        # The driver would begin transactions lazily, as readers; ours begin below, as writers.
        connection.isolation_level = None
        cursor = connection.cursor()
        if read_only:
            cursor.execute("PRAGMA query_only=ON")
            cursor.close()
            return
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        reading = read_only or connection.get_execution_options().get("reading", False)
        connection.exec_driver_sql("BEGIN" if reading else sqlite.WRITES)

    return engine
