"""Seventy-two hours of a crisis at once: at the end it is as quick, and as small, as it was at the start. Plan §5, three days."""

from __future__ import annotations

import gc
import itertools
import random
import re
import secrets
import statistics
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from bot.engine.clock import WoundClock
from bot.engine.platform import Outgoing, Ref
from storage.case.verification import verify_crisis
from storage.database import Database
from storage.plan import loading
from storage.plan.model import Plan
from storage.rows.crisis import Crisis
from storage.rows.log import LogEntry
from storage.rows.meetings import Meeting
from storage.rows.reporting import Ping
from storage.rows.staff import Shift
from storage.rows.traffic import Inbox, Timer
from tests.databases import Databases
from tests.faults.fake_platform import Doors
from tests.faults.house import House
from tests.stage.stage import SUMMER_AFTERNOON

STAFF = ("kim", "lars", "anne", "mads", "ole", "sara")
# What people look at, how much later it may come at the end than after an hour, and how much more memory may be taken, in MiB.
LOOKS = ("log ? her er alt roligt", "find pumpe", "status")
SLOWER, LARGER = 1.5, 150


@dataclass(frozen=True)
class Size:
    """How large it is played: hours, people in the plan, lines in the log, and looks at the end, each of three
    commands."""

    hours: int
    people: int
    lines: int
    looks: int


EARNEST, SHORT = Size(72, 2_000, 50_000, 15), Size(3, 60, 45, 1)


class Forgetful(Doors):
    """A platform with a channel for the staff that keeps nothing of what it has shown: what grows is krisebot."""

    async def send(self, lane: str, post: Outgoing) -> Ref:
        await self._answer()
        return {"at": self.calls}

    async def edit(self, lane: str, ref: Ref, post: Outgoing) -> Ref:
        await self._answer()
        return ref


def plan_of(people: int) -> Plan:
    """The example plan, with so many more people in it."""
    more = "".join(
        f"  nr{number}:\n    navn: Person Nummer {number}\n    mail: nr{number}@htk.example\n"
        for number in range(people)
    )
    written, found = re.subn(
        r"^personer:.*\n", lambda begins: begins[0] + more, loading.example_text(), flags=re.MULTILINE
    )
    assert found == 1
    return loading.parse(written, "planen")


def hour(number: int, size: Size, chance: random.Random) -> Iterator[tuple[str, str]]:
    """What people write in one hour."""
    if number % 12 == 1:
        yield "kim", "møde om 2 timer stabsrummet"
    if number % 6 == 2:
        yield "kim", "ping alle hvordan står det til?"
        for chief in ("gitte", "hanne", "tina"):
            yield chief, chance.choice(["grøn, vi følger med", "gul, to er syge", "rød, vi mangler folk"])
    if number % 8 == 0:
        yield "kim", f"vagt logfører {chance.choice(['Mads', 'Anne'])} om 1 time - om 9 timer"
    for line in range(size.lines // size.hours):
        if line % 10 == 9:
            yield (
                f"nr{chance.randrange(size.people)}",
                f"melding vandet står {chance.randrange(200)} cm højt i kælder {line}",
            )
        else:
            mark = chance.choice(["!", "?"])
            yield chance.choice(STAFF), f"log {mark} pumpe {line} er på vej til Birkehøj, time {number}"


async def tidied_up(database: Database) -> None:
    """Have PostgreSQL tidy up after itself, as it does wherever nobody has told it not to; as often in three days that go
    by in half an hour as in three days."""
    async with database.engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        for setting in ("autovacuum = on", "autovacuum_naptime = 1"):
            await connection.execute(text(f"ALTER SYSTEM SET {setting}"))
        await connection.execute(text("SELECT pg_reload_conf()"))


def memory() -> float:
    """The MiB that the process takes, with what nobody uses let go of."""
    gc.collect()
    taken = re.search(r"VmRSS:\s+(\d+) kB", Path("/proc/self/status").read_text())
    assert taken is not None
    return int(taken[1]) / 1024


async def begun_on(database_url: str, size: Size) -> House:
    """A crisis that has just begun."""
    house = House(database_url, Forgetful(), clock=WoundClock(SUMMER_AFTERNOON), plan_=plan_of(size.people))
    if size is EARNEST and not house.database.is_sqlite:
        await tidied_up(house.database)
    await house.does("lars", "aktiver 2 skybrud")
    return house


async def plays(house: House, number: int, size: Size, chance: random.Random) -> int:
    """Have an hour go by in a crisis, and count what people wrote in it."""
    written = 0
    for person, words in hour(number, size, chance):
        await house.says(person, words, key=f"{number}/{written}")
        written += 1
        if written % 50 == 0:
            await house.engine.settle()
    await house.forward(hours=1)
    return written


async def latency(houses: Sequence[House], looks: int) -> list[float]:
    """Milliseconds from a command to its answer's being sent in each of some houses: the median of some, taken in turn,
    so that a machine that has other work too is as slow to each."""
    took: list[list[float]] = [[] for _ in houses]
    for number, command in itertools.product(range(looks), LOOKS):
        for house, times in zip(houses, took, strict=True):
            begun = time.perf_counter()
            await house.does("anne", command, key=f"look/{number}/{command}")
            times.append(time.perf_counter() - begun)
    return [statistics.median(times) * 1000 for times in took]


@pytest.mark.long
@pytest.mark.parametrize("size", [SHORT, pytest.param(EARNEST, marks=pytest.mark.endurance)], ids=["short", "earnest"])
async def test_three_days_leave_it_as_quick_and_as_small_as_a_crisis_that_has_just_begun(
    databases: Databases, size: Size, request: pytest.FixtureRequest
) -> None:
    """D03 D05 R072: two thousand people, fifty thousand lines, meetings, pings and shifts; nothing is put aside."""
    seed = request.config.getoption("seed")
    seed = secrets.randbelow(10**6) if seed is None else seed
    print(f"\n--seed={seed}")
    chance = random.Random(seed)
    urls = databases.migrated(), databases.migrated()
    house = await begun_on(urls[0], size)
    begun, small = time.perf_counter(), 0.0
    written = 0
    for number in range(size.hours):
        written += await plays(house, number, size, chance)
        small = small or memory()
    large, played = memory(), time.perf_counter() - begun
    young = await begun_on(urls[1], size)
    await plays(young, 0, size, random.Random(seed))
    soon, late = await latency((young, house), size.looks)
    print(
        f"| {house.database.url.get_backend_name()} | {size.hours} h, {size.people} people, {written} inputs, {played:.0f} s "
        f"| after an hour {soon:.1f} ms, {small:.0f} MiB | at the end {late:.1f} ms, {large:.0f} MiB |"
    )
    async with house.database.reading() as db:
        crisis = (await db.scalars(select(Crisis))).one()
        lines = await db.scalar(select(func.count()).select_from(LogEntry)) or 0
        assert lines >= 0.9 * size.lines
        assert await verify_crisis(db, crisis) == []
        assert list(await db.scalars(select(Inbox.error).where(Inbox.state != "done"))) == []
        assert list(await db.scalars(select(Timer.error).where(Timer.state == "failed"))) == []
        overdue = select(func.count()).select_from(Timer)
        overdue = overdue.where(Timer.state == "waiting", Timer.due_at < house.clock.now())
        assert await db.scalar(overdue) == 0
        for row in (Meeting, Ping, Shift):
            assert await db.scalar(select(func.count()).select_from(row)), row.__name__
    for each, url in zip((house, young), urls, strict=True):
        await each.database.close()
        databases.drop(url)
    assert timedelta(hours=size.hours) <= house.clock.now() - SUMMER_AFTERNOON
    if size is EARNEST:
        assert late < SLOWER * soon
        assert large < small + LARGER
