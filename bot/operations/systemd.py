"""systemd's watchdog: tells systemd that krisebot has started and is still working; when that falls silent, systemd
restarts it.

The protocol is one datagram, `sd_notify(3)`; where nobody asks for it, nothing is said.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager


def notify(state: str) -> None:
    """Send systemd a word, as "READY=1"; do nothing where krisebot isn't its service."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
        out.connect("\0" + address[1:] if address.startswith("@") else address)
        out.sendall(state.encode())


@asynccontextmanager
async def watched(trouble: Callable[[], str | None]) -> AsyncIterator[None]:
    """Tell systemd that krisebot is ready, and then, as long as the block runs and there is no trouble, that it is
    alive.

    Args:
        trouble: what is wrong, Danish, that a new start would mend; None when nothing is.
    """
    notify("READY=1")
    every = int(os.environ.get("WATCHDOG_USEC", 0)) / 1e6 / 3
    alive = asyncio.create_task(_alive(every, trouble)) if every else None
    try:
        yield
    finally:
        if alive is not None:
            alive.cancel()
        notify("STOPPING=1")


async def _alive(every: float, trouble: Callable[[], str | None]) -> None:
    while True:
        what = trouble()
        notify("WATCHDOG=1" if what is None else f"STATUS={what}")
        await asyncio.sleep(every)
