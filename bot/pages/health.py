"""Health checks for an operator: whether krisebot is alive and ready, and its figures."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from bot.engine.engine import Engine
from bot.pages.metrics import Metrics
from storage.database import UNREACHABLE


class Health:
    """The pages that tell whether krisebot lives, can work, and what waits.

    Args:
        engine: what moves, with its rows, its clock and its ways to people.
        backups: the folder of the copies; None where there is none.
    """

    def __init__(self, engine: Engine, backups: Path | None) -> None:
        self._engine = engine
        self._metrics = Metrics(engine, backups)

    def routes(self) -> list[web.RouteDef]:
        """List the three HTTP paths."""
        return [
            web.get("/healthz", self._alive),
            web.get("/readyz", self._ready),
            web.get("/metrics", self._measured),
        ]

    async def _alive(self, request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def _ready(self, request: web.Request) -> web.Response:
        """Answer whether krisebot can work. A platform that is down is told of but is not an error: the other one may
        be fine."""
        faults = {}
        try:
            await self._engine.database.ping()
        except UNREACHABLE as error:
            faults["database"] = f"databasen svarer ikke: {type(error).__name__}"
        if stuck := self._engine.wakefulness():
            faults["clock"] = stuck
        links = {platform.name: platform.trouble() or "ok" for platform in self._engine.platforms.values()}
        body = {"ready": not faults, "faults": faults, "platforms": links}
        return web.json_response(body, status=503 if faults else 200)

    async def _measured(self, request: web.Request) -> web.Response:
        return web.Response(body=await self._metrics.text(), headers={"Content-Type": "text/plain; version=0.0.4"})
