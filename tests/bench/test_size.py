"""What krisebot takes of its machine: the figures of the operator's page (manifest/DRIFT.md, Størrelse)."""

from __future__ import annotations

import asyncio
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.bench.programs import KRISEBOT, running
from tests.databases import SQLite
from tests.stage.stage import RehearsalStage

pytestmark = pytest.mark.bench

LINES = 400
IDLE = 30


def used(process: int) -> float:
    """Seconds of the processor's time."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def test_a_line_that_is_written_in_the_chat_fills_what_the_page_says(sqlite: SQLite) -> None:
    """With all that comes of it: the input, the line, where it stands, its words, the answer and its delivery."""
    url = sqlite.migrated()
    file = Path(url.removeprefix("sqlite+aiosqlite:///"))

    def size() -> int:
        with closing(sqlite3.connect(file)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        return file.stat().st_size

    async with RehearsalStage(url) as stage:
        await stage["jens"].commands("aktiver 2 skybrud")
        before = size()
        for number in range(LINES):
            await stage["jens"].commands(
                f"log pumpe {number} er sat op ved Birkehøj 12, vandet stiger 4 cm i timen, vi mangler to"
            )
        each = (size() - before) / LINES
    print(f"\n{each / 1000:.1f} KB a line")
    assert each < 7000


async def test_krisebot_at_rest_takes_what_the_page_says(sqlite: SQLite) -> None:
    async with running(KRISEBOT, {"KRISEBOT_DATABASE_URL": sqlite.migrated()}) as (_, process):
        await asyncio.sleep(5)
        before = used(process)
        await asyncio.sleep(IDLE)
        share = (used(process) - before) / IDLE
        memory = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())  # noqa: ASYNC240
    assert memory is not None
    print(f"\n{int(memory[1]) / 1024:.0f} MiB and {share:.1%} of a core at rest")
    assert int(memory[1]) / 1024 < 200
    assert share < 0.02
