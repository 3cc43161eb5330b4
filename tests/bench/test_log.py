"""How fast the crisis log takes lines, and whether a long log stays as quick to look into as a short one."""

from __future__ import annotations

import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text

from handlers.core import registry
from handlers.core.incoming import Incoming
from handlers.core.turn import Turn
from handlers.log import search
from handlers.picture import draft
from storage.case import chain, log, log_words
from storage.case.pages import VOLUME
from storage.database import Database
from storage.letters import fold
from storage.plan.loading import example
from storage.rows.base import instant
from storage.rows.crisis import Crisis
from storage.rows.log import LogEntry, LogState
from tests.bench.page import measured

pytestmark = pytest.mark.bench

START = datetime(2026, 7, 2, 12, tzinfo=UTC)
LINES = 400
SHORT, LONG = 1_000, 100_000
ROUNDS = 25
WORDS = "Vand i kælderen på Birkehøj, beboerne flyttes til hallen; pumpen er på vej"
# A case file on paper is made ready by a program that sets type: what that takes is measured on fewer lines.
EXPORTED = {"json": LONG, "csv": LONG, "zip": 10_000, "pdf": 10_000, "docx": 10_000}


async def crisis_in(database: Database, entries: int = 0) -> int:
    """A crisis with a log of so many lines, chained as krisebot chains them; returns its row's number."""
    registry.load()
    async with database.transaction() as db:
        crisis = Crisis(number=1, title="Skybrud", plan=example().frozen(), created_at=START, level=2, state="active")
        db.add(crisis)
        await db.flush()
        number = crisis.id
    previous = chain.FIRST
    for first in range(1, entries + 1, 5_000):
        lines, states = [], []
        for no in range(first, min(first + 5_000, entries + 1)):
            line = _line(number, no, previous)
            previous = line["hash"]
            lines.append(line)
            states.append({"crisis_id": number, "no": no, "verification": line["verification"], "grade": line["grade"]})
        async with database.transaction() as db:
            await db.execute(insert(LogEntry), lines)
            await db.execute(insert(LogState), states)
            for line in lines:
                if line["no"] % log_words.STRETCH == 0:
                    await log_words.go_through(db, number, line["no"] // log_words.STRETCH)
    return number


def _line(crisis: int, no: int, previous: str) -> dict[str, Any]:
    at = START + timedelta(seconds=no)
    summary = f"{WORDS} nr. {no}" + (" og en giraf" if no == 500 else "")
    verification = "unconfirmed" if no % 10 == 0 and no <= SHORT else "confirmed"
    recorder = "mads" if no == 400 else "lars"
    copied = {"kind": "information", "grade": "staff", "verification": verification, "recorder": recorder}
    content: dict[str, Any] = {
        "no": no,
        "event_time": instant(at),
        "recorded_time": instant(at),
        "sender": "lars",
        "receiver": "krisestaben",
        "summary": summary,
        "status": None,
        "direction": "in",
        "refs": {},
        "salt": f"{no:032x}",
        "previous_hash": previous,
        **copied,
    }
    canonical = chain.canonical(content)
    return {
        "crisis_id": crisis,
        "no": no,
        "canonical": canonical,
        "previous_hash": previous,
        "hash": chain.digest(canonical),
        "recorded_time": at,
        "summary": summary,
        "folded": fold(summary),
        "message": None,
        **copied,
    }


async def per_second(callers: int, one: Callable[[int], Awaitable[None]]) -> float:
    """How many of LINES a second are on disk, written by so many callers side by side."""
    numbers = iter(range(LINES))

    async def caller() -> None:
        for number in numbers:
            await one(number)

    began = time.perf_counter()
    await asyncio.gather(*(caller() for _ in range(callers)))
    return LINES / (time.perf_counter() - began)


@pytest.mark.parametrize("callers", [1, 20])
async def test_a_line_is_chained_and_on_disk_in_about_twice_the_time_of_a_bare_insert(
    database: Database, callers: int
) -> None:
    """Aim: half as many a second. Through `log.append` in a turn's transaction, which is what a line itself costs: not
    the reading of a command or the answer to it. The floor inserts as many bytes into a table without a key, in a
    transaction of its own, by the same driver and with the same durability (PostgreSQL's fsync is off in the tests).
    """
    number = await crisis_in(database)
    async with database.transaction() as db:
        await db.execute(text("CREATE TABLE floor (line TEXT)"))
        crisis = await db.get_one(Crisis, number)
    bare = "x" * 900

    async def append(count: int) -> None:
        async with database.turn() as db:
            await log.append(db, crisis, summary=f"{WORDS} nr. {count}", recorder="lars", recorded_time=START)

    async def put(count: int) -> None:
        async with database.transaction() as db:
            await db.execute(text("INSERT INTO floor VALUES (:line)"), {"line": bare})

    rounds = [(await per_second(callers, append), await per_second(callers, put)) for _ in range(5)]
    ratio = statistics.median(ours / floor for ours, floor in rounds)
    print(
        f"\nlog lines a second, {database.url.get_backend_name()}, {callers} at once:"
        f" {statistics.median(ours for ours, _ in rounds):.0f},"
        f" bare inserts {statistics.median(floor for _, floor in rounds):.0f}, ratio {ratio:.2f}"
    )
    ours_s, floor_s = (statistics.median(each[which] for each in rounds) for which in (0, 1))
    what = f"log line, {callers} at once, {database.url.get_backend_name()}"
    measured(what, ours_s, floor_s, "/s", "bare inserts", "≥ 0.8 of them", met=ratio >= 0.8)
    assert ratio > 0.4


async def newest(turn: Turn) -> None:
    """The newest lines."""
    await search.find(turn, "")


async def often(turn: Turn) -> None:
    """A word in every line."""
    await search.find(turn, "pumpen")


async def seldom(turn: Turn) -> None:
    """A word in one line of all, and that an old one."""
    await search.find(turn, "giraf")


async def part_of_a_word(turn: Turn) -> None:
    """The end of that word."""
    await search.find(turn, "iraf")


async def never(turn: Turn) -> None:
    """Words that stand nowhere."""
    await search.find(turn, "hvalros på vej")


async def person(turn: Turn) -> None:
    """Somebody who wrote one line, and that an old one."""
    await search.find(turn, "Mads")


async def lately(turn: Turn) -> None:
    """Since when nothing was written."""
    await search.find(turn, "kl 11.55")


async def unconfirmed(turn: Turn) -> None:
    """What is to be confirmed, all of it old."""
    await search.find(turn, "ubekræftet")


async def by_number(turn: Turn) -> None:
    """One line."""
    await search.find(turn, "nr 700")


async def picture(turn: Turn) -> None:
    """The situation picture's first draft."""
    await draft.bring_up_to_date(turn)


LOOKS = (newest, often, seldom, part_of_a_word, never, person, lately, unconfirmed, by_number, picture)


async def looked(database: Database, look: Callable[[Turn], Awaitable[None]]) -> float:
    """Seconds that a look takes; what it writes is thrown away."""
    async with database.reading() as db:
        asked = Incoming("1", "command", "fake", "lars", "dm", "lars", START, text="find")
        turn = Turn(db, START + timedelta(days=3), example(), incoming=asked)
        turn.crisis = await db.scalar(select(Crisis))
        began = time.perf_counter()
        await look(turn)
        return time.perf_counter() - began


async def test_a_log_of_a_hundred_thousand_lines_is_looked_into_as_fast_as_one_of_a_thousand(
    databases: Any,
) -> None:
    """Within 1.5 times, whatever is looked for: what stands in every line, in one old line alone, and nowhere. The two
    are looked into by turns, and held against each other each time: a busy machine is as busy for both.
    """
    urls = {entries: databases.migrated() for entries in (SHORT, LONG)}
    opened = {entries: Database(url) for entries, url in urls.items()}
    for entries, database in opened.items():
        await crisis_in(database, entries)
        if not database.is_sqlite:
            async with database.transaction() as db:
                await db.execute(text("ANALYZE"))
    ratios = {}
    for look in LOOKS:
        rounds = [[await looked(database, look) for database in opened.values()] for _ in range(ROUNDS)]
        short, long = map(statistics.median, zip(*rounds, strict=True))
        ratios[look.__doc__] = ratio = statistics.median(after / before for before, after in rounds)
        kind = opened[LONG].url.get_backend_name()
        print(f"\n{kind}: {look.__doc__} {short * 1000:.1f} ms of {SHORT}, {long * 1000:.1f} of {LONG}: {ratio:.2f}")
    for entries, database in opened.items():
        await database.close()
        databases.drop(urls[entries])
    assert {look: ratio for look, ratio in ratios.items() if ratio > 1.5} == {}


def ran(url: str, *command: str) -> tuple[float, float]:
    """Seconds of processor time that a command of krisebot's takes, and the MiB that it takes at most."""
    program = "import sys; sys.argv = ['krisebot', *sys.argv[1:]]; from bot.cli import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", program, *command],
        env={**os.environ, "PYTHONPATH": os.getcwd(), "KRISEBOT_DATABASE_URL": url},
        stdout=subprocess.DEVNULL,
    )
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def written(folder: Path) -> int:
    """Bytes of all that is in a folder."""
    return sum(each.stat().st_size for each in folder.iterdir())


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize("what", ["verify", "verify json", *EXPORTED])
async def test_a_long_log_takes_no_more_time_for_each_line_than_a_short_one_and_no_more_memory(
    databases: Any, what: str
) -> None:
    """Aim: the same time for each line, and flat memory. The floor of the time is the same command on a log of one line;
    the memory is held against that of a tenth of the lines, which fill a volume on paper.
    """
    many = EXPORTED.get(what, LONG)
    few = max(VOLUME, many // 10)
    with tempfile.TemporaryDirectory() as folder:
        file = f"{folder}/sag"
        checked: dict[str, list[tuple[str, ...]]] = {
            "verify": [("verify", "1")],
            "verify json": [("export", "1", "-o", file), ("verify", file)],
        }
        commands = checked.get(what, [("export", "1", "--format", what, "-o", file)])
        took: dict[int, tuple[float, float]] = {}
        for entries in (1, few, many):
            url = databases.migrated()
            database = Database(url)
            await crisis_in(database, entries)
            await database.close()
            for command in commands:
                took[entries] = await asyncio.to_thread(ran, url, *command)
            size = written(Path(folder))
            databases.drop(url)
    (empty, _), (short, base), (long, peak) = (took[entries] for entries in (1, few, many))
    each = [(short - empty) / few, (long - empty) / many]
    print(
        f"\n{what}: {each[0] * 1e6:.0f} µs for each of {few} lines, {each[1] * 1e6:.0f} for each of {many}, ratio"
        f" {each[1] / each[0]:.2f}; {peak:.0f} MiB at most, {base:.0f} for {few} lines; {size / 2**20:.0f} MiB written"
    )
    assert each[1] < 2 * each[0]
    assert peak < 1.25 * base
