"""What blocks, done aside: a server that says nothing holds up neither the loop nor a stop. Plan §5: krisebot must be able to
start again at once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import ParamSpec, TypeVar, cast

P = ParamSpec("P")
T = TypeVar("T")


class BrokenOff(RuntimeError):
    """What was done aside ended with what no future carries, or what would end whoever waits for it: SystemExit,
    KeyboardInterrupt, GeneratorExit, StopIteration. The cause says which."""


async def aside(do: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """Do something that blocks in a thread of its own, and return or raise what it does.

    Whoever no longer waits for it leaves it to itself: asyncio's own threads are waited for when the program ends, for as
    long as a silent server lets them wait.

    Raises:
        BrokenOff: see there.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(got: T | None, error: Exception | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(cast("T", got))

    def work() -> None:
        got, failed = None, None
        try:
            got = do(*args, **named)
        except BaseException as error:
            failed = _carried(error)
        # The loop may have ended meanwhile: then nobody waits.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, got, failed)

    threading.Thread(target=work, name=getattr(do, "__name__", "aside"), daemon=True).start()
    return await done


def _carried(error: BaseException) -> Exception:
    """Return an error as whoever waits can be given it."""
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        return error
    broken = BrokenOff(f"{type(error).__name__}: {error}")
    broken.__cause__ = error
    return broken
