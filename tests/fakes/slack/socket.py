"""Slack's end of Socket Mode: the envelopes, the acknowledgements, and a link that dies without a word."""

from __future__ import annotations

import asyncio
import json
import secrets
import uuid

from aiohttp import WSMsgType, web

from tests.fakes.slack.blocks import Json
from tests.fakes.slack.world import World


class Socket:
    """What is on the other end of `apps.connections.open`.

    `acks` holds every acknowledgement by envelope id; `silent` is whether the link is dead without having been closed.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._tickets: set[str] = set()
        self._links: dict[web.WebSocketResponse, asyncio.BaseTransport | None] = {}
        self._turn = 0
        self.acks: dict[str, Json] = {}
        self.opened = 0
        self.silent = False

    @property
    def connections(self) -> int:
        """How many links are open now."""
        return len(self._links)

    def ticket(self) -> str:
        """What one connection is opened with."""
        ticket = secrets.token_hex(8)
        self._tickets.add(ticket)
        return ticket

    async def accept(self, request: web.Request) -> web.StreamResponse:
        """One connection, until it ends."""
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            return web.Response(status=404)
        self._tickets.remove(ticket)
        link = web.WebSocketResponse(autoping=False)
        await link.prepare(request)
        self._links[link] = request.transport
        self.opened += 1
        self._world.touch()
        hello = {"num_connections": self.connections, "connection_info": {"app_id": self._world.app_id}}
        await link.send_json(
            {"type": "hello", **hello, "debug_info": {"host": "fake", "approximate_connection_time": 18060}}
        )
        try:
            async for message in link:
                if self.silent:
                    continue
                if message.type is WSMsgType.PING:
                    await link.pong(message.data)
                elif message.type is WSMsgType.TEXT:
                    self._acknowledged(json.loads(message.data))
        finally:
            self._links.pop(link, None)
            self._world.touch()
        return link

    def _acknowledged(self, ack: Json) -> None:
        if "envelope_id" in ack:
            self.acks[ack["envelope_id"]] = ack.get("payload") or {}
            self._world.touch()

    async def send(self, kind: str, payload: Json, retry: int = 0) -> str:
        """Sends an envelope down one of the links, each in turn, and returns its id.

        Args:
            kind: "events_api", "slash_commands" or "interactive".
            retry: how many times it has been sent before.
        """
        assert self._links, "nobody is connected in Socket Mode"
        envelope: Json = {"envelope_id": str(uuid.uuid4()), "type": kind, "payload": payload}
        envelope["accepts_response_payload"] = kind != "events_api"
        if kind == "events_api":
            envelope |= {"retry_attempt": retry, "retry_reason": "timeout" if retry else ""}
        self._turn += 1
        if not self.silent:
            await list(self._links)[self._turn % len(self._links)].send_json(envelope)
        return str(envelope["envelope_id"])

    def go_silent(self) -> None:
        """The links stay open, but nothing comes out of them any more, not even a pong."""
        self.silent = True

    def speak(self) -> None:
        """The links work again."""
        self.silent = False

    async def ask_to_reconnect(self, reason: str = "refresh_requested") -> None:
        """Slack's polite way of ending a connection: it says so, and closes."""
        for link in list(self._links):
            await link.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "fake"}})
            await link.close()

    def drop(self) -> None:
        """Breaks every link without a closing word."""
        for transport in self._links.values():
            if isinstance(transport, asyncio.Transport):
                transport.abort()
        self._links.clear()
        self._world.touch()
