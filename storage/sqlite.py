"""SQLite beside the event loop: what may wait goes to the driver's thread, what can't is done where it is asked for.

The driver takes every call to its thread and back, four for each statement, and that was three quarters of what a
statement cost. With a write-ahead log only three things wait: for the one writer's place, for the disk at a commit, and
for the last checkpoint. Everything else is over in microseconds.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from typing import Any

import aiosqlite

# As `storage.database` begins a transaction that will write.
WRITES = "BEGIN IMMEDIATE"


class Connection(aiosqlite.Connection):
    """The driver's connection, which keeps its thread for what waits."""

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        raw = self._conn
        if fn in (raw.commit, raw.close) or (args and args[0] == WRITES):
            return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]
        return fn(*args, **kwargs)


async def connect(path: str, patience: float) -> Connection:
    """Open a database file.

    Args:
        path: the file, made when it isn't there.
        patience: seconds to wait for another process that is writing.
    """
    # Both threads use it, and never at once: whoever asks has its answer before it asks again.
    connection = Connection(lambda: sqlite3.connect(path, timeout=patience, check_same_thread=False), 64)
    # A process that ends doesn't wait for it.
    connection._thread.daemon = True
    await connection
    return connection
