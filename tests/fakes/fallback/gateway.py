"""What the fake gateways have in common: a server that is asked, and a client that calls back."""

from __future__ import annotations

from typing import Self

import aiohttp
from aiohttp import web


class FakeGateway:
    """The gateway.

    Args:
        refuse: an HTTP status that it answers everything with; None takes everything.
    """

    def __init__(self, refuse: int | None = None) -> None:
        self.refuse = refuse
        self.url = ""

    def routes(self) -> list[web.RouteDef]:
        """Where it is asked."""
        raise NotImplementedError

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.add_routes(self.routes())
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self._client = aiohttp.ClientSession()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()
        await self._runner.cleanup()
