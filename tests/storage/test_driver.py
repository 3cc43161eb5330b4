"""SQLite's driver is used by parts of it that are its own: they are there, they do what we count on, and they are pinned."""

from __future__ import annotations

import asyncio
import inspect
import re
import sqlite3
import threading
import tomllib
from importlib.metadata import version
from pathlib import Path

import aiosqlite

from storage import sqlite


def test_the_driver_is_pinned_to_the_minor() -> None:
    """A new minor may move what is the driver's own; then these tests are read before the pin is."""
    project = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]
    (pin,) = [each for each in project["dependencies"] if each.startswith("aiosqlite")]
    least, below = re.findall(r"\d+\.\d+", pin)
    assert int(below.rpartition(".")[2]) == int(least.rpartition(".")[2]) + 1
    assert version("aiosqlite").startswith(f"{least}.")


def test_the_parts_that_are_the_drivers_own_are_there() -> None:
    assert inspect.iscoroutinefunction(aiosqlite.Connection._execute)
    assert list(inspect.signature(aiosqlite.Connection._execute).parameters)[:2] == ["self", "fn"]
    assert isinstance(aiosqlite.Connection._conn, property)
    opened = aiosqlite.Connection(lambda: sqlite3.connect(":memory:"), 64)
    assert isinstance(opened._thread, threading.Thread)


async def test_what_may_wait_is_done_in_the_drivers_thread_and_all_else_where_it_is_asked_for(tmp_path: Path) -> None:
    """A commit waits for the disk, and so does nothing that answers people; a statement takes no journey."""
    connection = await sqlite.connect(str(tmp_path / "a.db"), 5)
    connection.isolation_level = None
    ran: list[tuple[str, int]] = []
    raw = connection._conn
    raw.set_trace_callback(lambda statement: ran.append((statement, threading.get_ident())))
    await connection.execute("CREATE TABLE t (a)")
    await connection.execute(sqlite.WRITES)
    await connection.execute("INSERT INTO t VALUES (1)")
    await connection.commit()
    where = {statement.split()[0]: thread for statement, thread in ran}
    assert where["INSERT"] == where["CREATE"] == threading.get_ident()
    assert where["COMMIT"] == connection._thread.ident
    await connection.close()


async def test_the_one_writers_place_is_waited_for_without_holding_up_the_others(tmp_path: Path) -> None:
    """Another process is writing: whoever waits for it does so in the driver's thread."""
    connection = await sqlite.connect(str(tmp_path / "a.db"), 5)
    connection.isolation_level = None
    other = sqlite3.connect(tmp_path / "a.db", isolation_level=None)
    other.execute(sqlite.WRITES)
    waiting = asyncio.create_task(connection.execute(sqlite.WRITES))
    done, _ = await asyncio.wait([waiting], timeout=0.2)
    assert not done
    other.execute("COMMIT")
    async with asyncio.timeout(5):
        await waiting
    other.close()
    await connection.close()
