"""Socket Mode: the link that krisebot opens to Slack itself, where Slack can't reach us. It can die without a word."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp

DEAD = "forbindelsen til Slack er nede"
# So many unanswered pings, and the link is taken for dead.
PINGS = 3


class SocketMode:
    """The connection that krisebot opens to Slack, and whether it lives.

    Args:
        app: who answers what comes.
        app_token: the token that opens it.
        interval: seconds between pings.
    """

    def __init__(self, app: AsyncApp, app_token: str, interval: float) -> None:
        self._app = app
        self._app_token = app_token
        self._interval = interval
        self._handler: AsyncSocketModeHandler | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._heard = 0.0

    async def open(self) -> None:
        """Start to connect, for as long as it takes."""
        self._handler = AsyncSocketModeHandler(self._app, self._app_token, ping_interval=self._interval)
        self._handler.client.on_message_listeners.append(self._hear)
        self._connecting = asyncio.create_task(self._handler.connect_async())  # type: ignore[no-untyped-call]

    async def close(self) -> None:
        """Close the connection."""
        if self._connecting is not None:
            self._connecting.cancel()
            await asyncio.gather(self._connecting, return_exceptions=True)
        if self._handler is not None:
            await self._handler.close_async()  # type: ignore[no-untyped-call]

    def trouble(self) -> str | None:
        """Return what is wrong, in Danish; None while Slack answers our pings."""
        client = self._handler.client if self._handler else None
        if client is None or client.current_session is None or client.current_session.closed:
            return DEAD
        silence = time.time() - max(self._heard, client.last_ping_pong_time or 0)
        return f"{DEAD}: intet svar i {silence:.0f} sekunder" if silence > PINGS * self._interval else None

    async def _hear(self, message: Any) -> None:
        self._heard = time.time()
