"""How soon krisebot is there, and how much memory it takes, as a ratio to importing what it is made of."""

from __future__ import annotations

import re
import statistics
import time
from pathlib import Path

import pytest

from tests.bench.page import measured
from tests.bench.programs import IMPORTS, KRISEBOT, running
from tests.databases import SQLite

pytestmark = pytest.mark.bench

STARTS = 5


async def started(program: str, settings: dict[str, str]) -> tuple[float, float]:
    """Seconds until it is open, and the MiB that it then takes."""
    began = time.perf_counter()
    async with running(program, settings) as (_, process):
        seconds = time.perf_counter() - began
        status = Path(f"/proc/{process}/status").read_text()  # noqa: ASYNC240
    memory = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert memory is not None
    return seconds, int(memory[1]) / 1024


async def test_krisebot_is_open_within_four_times_the_time_of_importing_its_libraries(sqlite: SQLite) -> None:
    """A start on a database that is there, as after a crash."""
    settings = {"KRISEBOT_DATABASE_URL": sqlite.migrated()}
    runs = [(await started(KRISEBOT, settings), await started(IMPORTS, settings)) for _ in range(STARTS)]
    seconds = [statistics.median(run[which][0] for run in runs) for which in (0, 1)]
    memory = [statistics.median(run[which][1] for run in runs) for which in (0, 1)]
    print(
        f"\nopen after {seconds[0]:.2f} s, its libraries alone {seconds[1]:.2f} s, ratio {seconds[0] / seconds[1]:.1f};"
        f" {memory[0]:.0f} MiB, libraries {memory[1]:.0f} MiB, ratio {memory[0] / memory[1]:.1f}"
    )
    measured("start", seconds[0], seconds[1], "s", "its libraries alone", "≤ 1.5×", met=seconds[0] <= 1.5 * seconds[1])
    measured(
        "memory at start",
        memory[0],
        memory[1],
        "MiB",
        "its libraries alone",
        "≤ 1.3×",
        met=memory[0] <= 1.3 * memory[1],
    )
    assert seconds[0] < 4 * seconds[1]
    assert memory[0] < 3 * memory[1]
