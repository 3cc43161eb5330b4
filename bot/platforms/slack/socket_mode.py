"""Socket Mode: the link that krisebot opens to Slack itself, where Slack can't reach us. It can die without a word."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse

from bot.engine.intake import STRANGE

DEAD = "forbindelsen til Slack er nede"
# So many unanswered pings, and the link is taken for dead.
PINGS = 3


class _Handler(AsyncSocketModeHandler):
    """Bolt's own handler, which leaves unanswered what it can't take apart."""

    def __init__(self, app: AsyncApp, not_understood: Callable[[Exception], object], *args: Any, **how: Any) -> None:
        super().__init__(app, *args, **how)
        self._not_understood = not_understood

    async def handle(self, client: Any, req: SocketModeRequest) -> None:
        try:
            await super().handle(client, req)
        except STRANGE as error:
            self._not_understood(error)
            await client.send_socket_mode_response(SocketModeResponse(envelope_id=req.envelope_id))


class SocketMode:
    """The connection that krisebot opens to Slack, and whether it lives.

    Args:
        app: who answers what comes.
        app_token: the token that opens it.
        interval: seconds between pings.
        not_understood: told of what nobody could make out; it is acknowledged, since it would only come again.
    """

    def __init__(
        self, app: AsyncApp, app_token: str, interval: float, not_understood: Callable[[Exception], object]
    ) -> None:
        self._app = app
        self._not_understood = not_understood
        self._app_token = app_token
        self._interval = interval
        self._handler: AsyncSocketModeHandler | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._heard = 0.0

    async def open(self) -> None:
        """Start to connect, for as long as it takes."""
        self._handler = _Handler(self._app, self._not_understood, self._app_token, ping_interval=self._interval)
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
