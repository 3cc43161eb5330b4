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


async def aside(do: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """Do something that blocks in a thread of its own, and return or raise what it does.

    Whoever no longer waits for it leaves it to itself: asyncio's own threads are waited for when the program ends, for as
    long as a silent server lets them wait.
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
        except Exception as error:
            failed = error
        # The loop may have ended meanwhile: then nobody waits.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(settle, got, failed)

    threading.Thread(target=work, name=do.__name__, daemon=True).start()
    return await done
