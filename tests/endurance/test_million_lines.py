"""A log of a million lines that an older release left: carried over, and as quick to look into as a short one."""

from __future__ import annotations

import asyncio
import gzip
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from bot.engine.clock import WoundClock
from storage.case import log_words
from storage.database import Database
from storage.rows.log import LogEntry, LogState
from tests.bench.test_log import LOOKS, _line, looked, ran
from tests.databases import SQLite
from tests.endurance.test_three_days import memory
from tests.faults.fake_platform import FakePlatform
from tests.faults.house import House
from tests.storage.test_older_release import OLD, THEN

MILLION, FEW, SOME = 1_000_000, 1_000, 2_000
# So much slower may a look be than in a log of so few lines, and so much more time and memory may each line take.
SLOWER, MORE_TIME, MORE_MEMORY = 1.5, 2.0, 1.25
# A look at so few is over in a millisecond or two: below this, in seconds, nobody waits.
AT_ONCE = 0.05
ROUNDS = 9
BATCH = 5_000


async def left_behind(sqlite: SQLite, lines: int) -> str:
    """The address of the older release's database, with so many lines in the log of its first crisis."""
    url = sqlite.migrated()
    file = Path(url.removeprefix("sqlite+aiosqlite:///"))
    await asyncio.to_thread(file.write_bytes, gzip.decompress(OLD.read_bytes()))
    with sqlite3.connect(file) as there:
        no, previous = there.execute("SELECT no, hash FROM log_entries WHERE crisis_id = 1 ORDER BY no DESC").fetchone()
    there.close()
    database = Database(url)
    for first in range(no + 1, lines + 1, BATCH):
        written: list[dict[str, Any]] = []
        for number in range(first, min(first + BATCH, lines + 1)):
            written.append(_line(1, number, previous))
            previous = written[-1]["hash"]
        states = [
            {"crisis_id": 1, "no": each["no"], "verification": each["verification"], "grade": each["grade"]}
            for each in written
        ]
        async with database.transaction() as db:
            await db.execute(insert(LogEntry), written)
            await db.execute(insert(LogState), states)
            for each in written:
                # As the older release did, while it wrote them.
                if each["no"] % log_words.STRETCH == 0:
                    await log_words.go_through(db, 1, each["no"] // log_words.STRETCH)
    await database.close()
    return url


@pytest.mark.parametrize(
    "lines", [pytest.param(SOME, marks=pytest.mark.long), pytest.param(MILLION, marks=pytest.mark.endurance)]
)
async def test_a_long_log_of_an_older_release_is_carried_over_and_as_quick_as_a_short_one(
    sqlite: SQLite, lines: int
) -> None:
    """D05 R072 R186: pages, searches and the picture's draft; a new line; verify and export, time and memory."""
    counts = FEW, lines
    urls = [await left_behind(sqlite, count) for count in counts]
    opened = [Database(url) for url in urls]
    for database, count in zip(opened, counts, strict=True):
        begun = time.perf_counter()
        await database.migrate()
        print(f"\n| carried over | {count} lines | {time.perf_counter() - begun:.1f} s | {memory():.0f} MiB |")
    slow = {}
    rounds = ROUNDS if lines == MILLION else 1
    for look in LOOKS:
        few, many = [min([await looked(database, look) for _ in range(rounds)]) for database in opened]
        print(f"| {look.__doc__} | {few * 1000:.1f} ms | {many * 1000:.1f} ms | {many / few:.2f} |")
        if many > max(AT_ONCE, SLOWER * few):
            slow[look.__doc__] = many
    for database in opened:
        await database.close()
    house = House(urls[1], FakePlatform(), clock=WoundClock(THEN))
    begun = time.perf_counter()
    await house.does("anne", "log ! pumpen er kommet")
    print(f"| a new line | {(time.perf_counter() - begun) * 1000:.0f} ms | {memory():.0f} MiB |")
    async with house.database.reading() as db:
        newest = select(LogEntry).where(LogEntry.crisis_id == 1, LogEntry.no > lines).order_by(LogEntry.no)
        written = list(await db.scalars(newest))
    await house.database.close()
    assert written[0].no == lines + 1
    assert "pumpen er kommet" in [line.summary for line in written]
    if lines == MILLION:
        assert slow == {}
        alone, _ = await asyncio.to_thread(ran, urls[0], "--version")
        for command in (("verify", "1"), ("export", "1", "--format", "json", "-o", "/dev/null")):
            runs = [await asyncio.to_thread(ran, url, *command) for url in urls]
            each = [(seconds - alone) / count for (seconds, _), count in zip(runs, counts, strict=True)]
            few, many = runs[0][1], runs[1][1]
            print(
                f"| {command[0]} | {each[0] * 1e6:.0f} µs a line, {few:.0f} MiB | {each[1] * 1e6:.0f} µs, {many:.0f} MiB |"
            )
            assert each[1] < MORE_TIME * each[0]
            assert many < MORE_MEMORY * few
