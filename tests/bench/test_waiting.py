"""How fast waiting commands are handled, and how soon an alert is, whatever waits before it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from sqlalchemy import func, insert, select, text

from bot.engine.clock import SystemClock
from handlers.core.incoming import Incoming
from storage.database import Database
from storage.plan.loading import example
from storage.rows.traffic import Delivery, Inbox, Message
from tests.bench.page import measured
from tests.fakes.slack import FakeSlack
from tests.faults.fake_platform import FakePlatform
from tests.faults.house import House
from tests.faults.replicas import Way, replicas, servers

pytestmark = pytest.mark.bench

KEEPERS = ("kim", "lars", "anne", "mads", "ole", "sara")
WAITING, LINES = 1_000, 1_000
# Rows a second: what is asked for without intake and delivery, and what was measured with them.
ALONE, WITH_ALL = {"sqlite": 300, "postgresql": 200}, {"sqlite": 50, "postgresql": 35}


@pytest.fixture
def disk() -> Iterator[Path]:
    """A folder on a disk. Not below pytest's own: run by root, PostgreSQL is another user, who is shut out of it."""
    with TemporaryDirectory(prefix="krisebot-") as folder:
        yield Path(folder)


@pytest.fixture(params=["sqlite", "postgresql"])
async def url(request: pytest.FixtureRequest, disk: Path) -> AsyncIterator[str]:
    """A database on a disk, which waits for it: PostgreSQL with its fsync."""
    if request.param == "sqlite":
        url = f"sqlite+aiosqlite:///{disk / 'krisebot.db'}"
        await _migrate(url)
        yield url
        return
    with servers(disk) as (server, *_):
        way = Way(disk, server)
        async with way.open():
            await server.execute("CREATE DATABASE krisebot")
            await _migrate(way.url)
            yield way.url


async def _migrate(url: str) -> None:
    database = Database(url)
    await database.migrate()
    await database.close()


def line(number: int, house: House) -> Incoming:
    """Somebody's line for the log."""
    who = KEEPERS[number % len(KEEPERS)]
    words = f"log ? pumpe {number} er på vej til Birkehøj"
    return Incoming(f"{number}", "command", "fake", who, "dm", who, house.clock.now(), text=words)


async def begun(url: str) -> House:
    """A krisebot with a crisis, on the machine's clock."""
    house = House(url, FakePlatform(), clock=SystemClock())
    await house.does("lars", "aktiver 2 skybrud")
    return house


async def alert_after(house: House, waiting: int, said: str) -> float:
    """Seconds from a warning on disk to the call that rings the chief, with so many commands before it."""
    platform = house.engine.platforms["fake"]
    assert isinstance(platform, FakePlatform)
    await asyncio.gather(*(house.engine.intake.accept(line(number, house)) for number in range(waiting)))
    await house.engine.start()
    try:
        await asyncio.sleep(0)
        warning = Incoming(
            said, "command", "fake", "fake:finn", "dm", "finn", house.clock.now(), text=f"aktiver {said}"
        )
        await house.engine.intake.accept(warning)
        on_disk = time.perf_counter()
        async with asyncio.timeout(120):
            await platform.shows("jens", said)
        return time.perf_counter() - on_disk
    finally:
        await house.engine.stop()


async def test_an_alert_behind_a_thousand_commands_rings_within_a_second(url: str) -> None:
    """From the warning on disk to the platform's call; the floor is the same with nothing before it."""
    house = House(url, FakePlatform(), clock=SystemClock())
    await house.does("fake:finn", "aktiver noget andet", key="first")
    floor = await alert_after(house, 0, "vand i kælderen")
    ours = await alert_after(house, WAITING, "taget er væk")
    await house.database.close()
    kind = house.database.url.get_backend_name()
    measured(f"alert behind {WAITING} commands, {kind}", ours, floor, "s", "behind none", "≤ 1 s", met=ours <= 1)
    assert ours < 5


async def test_log_rows_a_second(url: str) -> None:
    """Turns alone, and with intake and delivery; the floor writes as many rows one by one."""
    house = await begun(url)
    await asyncio.gather(*(house.engine.intake.accept(line(number, house)) for number in range(LINES)))
    at = time.perf_counter()
    await house.engine.turns.drain()
    alone = LINES / (time.perf_counter() - at)
    await house.engine.settle()
    at = time.perf_counter()
    await asyncio.gather(*(house.engine.intake.accept(line(LINES + number, house)) for number in range(LINES)))
    await house.engine.settle()
    with_all = LINES / (time.perf_counter() - at)
    async with house.database.transaction() as db:
        await db.execute(text("CREATE TABLE floor (line TEXT)"))
    at = time.perf_counter()
    for _ in range(LINES):
        async with house.database.transaction() as db:
            await db.execute(text("INSERT INTO floor VALUES (:line)"), {"line": "x" * 900})
    floor = LINES / (time.perf_counter() - at)
    async with house.database.reading() as db:
        assert await db.scalar(select(func.count()).select_from(Inbox).where(Inbox.state != "done")) == 0
    await house.database.close()
    kind, rows = house.database.url.get_backend_name(), "rows written one by one"
    for what, ours, aim in (("alone", alone, ALONE[kind]), ("with intake and delivery", with_all, WITH_ALL[kind])):
        measured(f"log rows, {what}, {kind}", ours, floor, "/s", rows, f"≥ {aim}/s", met=ours >= aim)
    assert alone > 5


async def _drained(count: int, disk: Path) -> float:
    """Lines a second that so many krisebots handle, of those that come at once."""
    users = {person.slack: person.name for person in example().persons.values() if person.slack}
    with servers(disk) as (server, *_):
        way = Way(disk, server)
        async with way.open(), FakeSlack(users=users) as slack, replicas(count, way, slack, disk):
            house = House(way.url, FakePlatform("slack"), clock=SystemClock())
            await house.says("lars", "aktiver 2 skybrud")
            inputs = [line(number, house) for number in range(LINES)]
            rows = [
                {"key": each.key, "body": {**each.to_json(), "platform": "slack"}, "sender": each.sender}
                | {"received_at": each.received_at, "due_at": each.received_at}
                for each in inputs
            ]
            async with house.database.transaction() as db:
                await db.execute(insert(Inbox), rows)
            at = time.perf_counter()
            async with asyncio.timeout(300):
                while True:
                    async with house.database.reading() as db:
                        waits = await db.scalar(select(func.count()).select_from(Inbox).where(Inbox.state == "new"))
                    if not waits:
                        break
                    await asyncio.sleep(0.05)
            took = time.perf_counter() - at
            async with house.database.reading() as db:
                assert await db.scalar(select(func.count()).select_from(Message).where(Message.kind == "reply"))
                assert await db.scalar(select(func.count()).select_from(Delivery))
            await house.database.close()
    return LINES / took


async def test_three_krisebots_handle_as_much_as_one() -> None:
    """One turn at a time changes a crisis, whoever takes it: three are for when two are gone."""
    done = []
    for count in (1, 3):
        with TemporaryDirectory(prefix="krisebot-") as folder:
            done.append(await _drained(count, Path(folder)))
    one, three = done
    measured("log rows, three replicas", three, one, "/s", "one replica", "≥ 0.95 of one", met=three >= 0.95 * one)
    assert three > 0.3 * one
