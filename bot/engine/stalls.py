"""Stall protection: breaks off whatever holds up the event loop, where Python or a pattern loops without end as well.

There is one loop, and a time-out of asyncio's waits for the next `await`, which a loop without end never comes to. A
signal does get in between: between two steps of Python's, and into a pattern that is being matched. What asks for no
signals, a library's own C, is ended with its process: whatever it was at was counted before it began, and is put aside
when it has ended one too often (`bot/engine/turns.py`).
"""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from types import FrameType

log = logging.getLogger(__name__)

# How long anything may go on without letting the others go on, in seconds of the machine's clock; each look counts no more
# than this many, since a machine that stands still, or a process that is stopped, is no fault of the task's.
PATIENCE = 5.0
LOOK = 0.5
MOST = 2 * LOOK
# What was broken off may tidy up for so long before it is broken off again.
TIDYING = 1.0
# When nothing can be broken off, the process ends, and whoever started it starts it again.
LAST = 60.0


class TookTooLong(Exception):
    """The task held up the event loop too long, and was broken off."""


@contextmanager
def broken_off(patience: float = PATIENCE, last: float | None = None) -> Iterator[None]:
    """Break off every task that holds up the running loop; only in the main thread, where signals arrive.

    Args:
        patience: seconds that a task may go on without an `await`.
        last: seconds after which the process ends with its tracebacks told, when nothing could be broken off; None for
            never.
    """
    watch = _Watch(asyncio.get_running_loop(), patience, last)
    before = signal.signal(signal.SIGALRM, watch.ring)
    signal.setitimer(signal.ITIMER_REAL, LOOK, LOOK)
    watch.answer()
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        faulthandler.cancel_dump_traceback_later()


@asynccontextmanager
async def within(seconds: float) -> AsyncIterator[None]:
    """Break off what waits too long. While the loop itself stood still, held up by another or with the machine, nobody
    could have gone on, and a look counts no more than `MOST` of it.

    Args:
        seconds: that it may take.

    Raises:
        TimeoutError: it took longer.
    """
    loop, left = asyncio.get_running_loop(), seconds
    looked_at = loop.time()
    next_look: asyncio.TimerHandle | None = None

    def look() -> None:
        nonlocal left, looked_at, next_look
        now = loop.time()
        left -= min(now - looked_at, MOST)
        looked_at = now
        if left <= 0:
            limit.reschedule(now)
        else:
            next_look = loop.call_later(min(LOOK, left), look)

    next_look = loop.call_later(min(LOOK, left), look)
    try:
        async with asyncio.timeout(None) as limit:
            yield
    finally:
        if next_look is not None:
            next_look.cancel()


class _Watch:
    """The alarm that asks the loop for a sign of life each time it rings."""

    def __init__(self, loop: asyncio.AbstractEventLoop, patience: float, last: float | None) -> None:
        self._loop = loop
        self._patience = patience
        self._last = last
        self._seen_at: float | None = None
        self._silent = 0.0

    def ring(self, number: int, frame: FrameType | None) -> None:
        """Break off the running task, when the loop has given no sign of life for too long."""
        now = time.monotonic()
        if self._seen_at is None:
            self._seen_at, self._silent = now, 0.0
            self._loop.call_soon_threadsafe(self.answer)
            return
        self._silent += min(now - self._seen_at, MOST)
        self._seen_at = now
        if self._silent >= self._patience and asyncio.current_task(self._loop) is not None:
            self._silent = self._patience - TIDYING
            raise TookTooLong(f"over {self._patience:g} s")

    def answer(self) -> None:
        """Note that the loop is alive."""
        self._seen_at = None
        if self._last is not None:
            faulthandler.dump_traceback_later(self._last, exit=True)
