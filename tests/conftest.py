"""What every test may ask for by name."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from storage.database import Database
from tests.databases import Databases, PostgreSQL, SQLite
from tests.stage import Stage
from tests.stages import PAIRS, STAGES


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> SQLite:
    return SQLite(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    # Not below pytest's own folder: run by root, the server is another user, and the next pytest to start shuts it out.
    with TemporaryDirectory(prefix="krisebot-") as folder:
        server = PostgreSQL(Path(folder) / "postgresql")
        yield server
        server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Both kinds, one after the other. A test for one kind alone says so:
    `@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)`.
    """
    kind: Databases = request.getfixturevalue(request.param)
    return kind


@pytest.fixture
def database_url(databases: Databases) -> Iterator[str]:
    """The address of a fresh, migrated database: for an app that is killed and started again on it."""
    url = databases.migrated()
    yield url
    databases.drop(url)


@pytest.fixture
def empty_database_url(databases: Databases) -> Iterator[str]:
    """The address of a database without tables, as on the first start."""
    url = databases.empty()
    yield url
    databases.drop(url)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh, migrated database, open."""
    opened = Database(database_url)
    yield opened
    await opened.close()


@pytest.fixture(params=PAIRS, ids="-".join)
def pair(request: pytest.FixtureRequest) -> Iterator[tuple[str, str]]:
    """A platform's name and the address of a fresh, migrated database."""
    platform, kind = request.param
    databases: Databases = request.getfixturevalue(kind)
    url = databases.migrated()
    yield platform, url
    databases.drop(url)


@pytest.fixture
async def open_stage(pair: tuple[str, str]) -> AsyncIterator[Stage]:
    """A stage with nothing on it yet, on each platform and each database in turn: for a scene to set."""
    platform, url = pair
    async with STAGES[platform](url) as stage:
        yield stage
