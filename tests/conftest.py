"""What every test may ask for by name."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storage.database import Database
from tests import dialects
from tests.bot.pages import every_paper as every_paper_of
from tests.databases import Databases, PostgreSQL, SQLite, folder, run
from tests.stage.platforms import STAGES, Pair, played_on
from tests.stage.prologue import Prologues
from tests.stage.stage import Stage

dialects.share()


def pytest_collection_finish() -> None:
    """What has been imported by now stays: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)


@pytest.fixture(scope="session")
def sqlite() -> Iterator[SQLite]:
    with folder() as path:
        yield SQLite(Path(path))


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    # Not below pytest's own folder: run by root, the server is another user, and the next pytest to start shuts it out.
    with folder() as path:
        server = PostgreSQL(Path(path) / "postgresql")
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


def pytest_addoption(parser: pytest.Parser) -> None:
    """`make test` plays a scene on one platform or the other, and attacks a little; CI plays each on both."""
    parser.addoption("--both", action="store_true", help="play every scene in Slack and in Teams")
    parser.addoption("--attacks", type=int, default=6, help="so many on each pattern; make fuzz makes many")
    parser.addoption("--kills", type=int, default=200, help="so many of a real process, in make faults")
    parser.addoption("--seed", type=int, default=None, help="play an attack again, by the seed that it printed")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Where a scene is played, as its marker says."""
    says_so = any("pair" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "pair" in metafunc.fixturenames and not says_so:
        scene = metafunc.definition.get_closest_marker("scene")
        if scene is None:
            raise pytest.UsageError(
                f"{metafunc.definition.nodeid}: say @in_slack, @in_teams, @in_one_chat or @everywhere"
            )
        both = bool(metafunc.config.getoption("both"))
        metafunc.parametrize("pair", played_on(scene, both), indirect=True, ids="-".join)


@pytest.fixture
def pair(request: pytest.FixtureRequest) -> Pair:
    """A platform and a kind of database."""
    platform, kind = request.param
    return Pair(STAGES[platform], request.getfixturevalue(kind))


@pytest.fixture
async def open_stage(pair: Pair) -> AsyncIterator[Stage]:
    """A stage with nothing on it yet, on each platform and each database in turn: for a scene to set."""
    url = pair.databases.migrated()
    async with pair.stage(url) as stage:
        yield stage
    pair.databases.drop(url)


@pytest.fixture(scope="session")
def every_paper(sqlite: SQLite, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Every kind of paper, by its file's name, out of one crisis."""
    return run(every_paper_of.played(sqlite.migrated(), tmp_path_factory.mktemp("plan")))


@pytest.fixture(scope="session")
def prologues() -> Prologues:
    """First acts that have been played."""
    return Prologues()
