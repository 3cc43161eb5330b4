"""SQLite beside the event loop: what may wait goes to the driver's thread, and what can't is done where it is asked
for.

The driver takes every call to its thread and back, four for each statement, and that was three quarters of what a
statement cost. With a write-ahead log only three things wait: for the one writer's place, for the disk at a commit, and
for the last checkpoint. Everything else is over in microseconds.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any

import aiosqlite

# As `storage.database` begins a transaction that will write.
WRITES = "BEGIN IMMEDIATE"


class Connection(aiosqlite.Connection):
    """The driver's connection, which keeps its thread for what waits.

    Args:
        path: the file, made when it isn't there; or its address, "file:///…?mode=ro".
        patience: seconds to wait for another process that is writing.
    """

    def __init__(self, path: str, patience: float) -> None:
        # Both threads use it, and never at once: whoever asks has its answer before it asks again.
        super().__init__(
            lambda: sqlite3.connect(path, timeout=patience, check_same_thread=False, uri=path.startswith("file:")), 64
        )
        self._patience = patience
        # A process that ends doesn't wait for it.
        self._thread.daemon = True

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        raw = self._conn
        if args and args[0] == WRITES:
            if self._begun_at_once(raw):
                return None
        elif fn not in (raw.commit, raw.close):
            return fn(*args, **kwargs)
        return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]

    def _begun_at_once(self, raw: sqlite3.Connection) -> bool:
        """Take the one writer's place if nobody has it, as is nearly always so."""
        raw.execute("PRAGMA busy_timeout=0").close()
        try:
            raw.execute(WRITES).close()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                raise
            return False
        finally:
            raw.execute(f"PRAGMA busy_timeout={int(self._patience * 1000)}").close()
        return True


async def connect(path: str, patience: float) -> Connection:
    """Open a database file; the arguments are the connection's."""
    connection = Connection(path, patience)
    try:
        await connection
    except BaseException:
        # Its thread has been told to end; what it says when it does would go to an event loop that is gone.
        await asyncio.to_thread(connection._thread.join, patience)
        raise
    return connection
