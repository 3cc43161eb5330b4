"""What an operator watches: alive, ready, and figures."""

from __future__ import annotations

from collections.abc import Sequence

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from bot.engine.engine import Engine
from bot.engine.platform import Platform
from storage.database import Database
from storage.rows.log import Attachment
from storage.rows.traffic import Delivery, Inbox, Timer


class Health:
    """What tells whether krisebot lives, can work, and what waits.

    Args:
        database: the rows.
        engine: what moves.
        platforms: the ways to people.
    """

    def __init__(self, database: Database, engine: Engine, platforms: Sequence[Platform]) -> None:
        self._database = database
        self._engine = engine
        self._platforms = platforms
        self._metrics = Metrics(database, platforms)

    def routes(self) -> list[web.RouteDef]:
        """The three addresses."""
        return [
            web.get("/healthz", self._alive),
            web.get("/readyz", self._ready),
            web.get("/metrics", self._measured),
        ]

    async def _alive(self, request: web.Request) -> web.Response:
        return web.json_response({"alive": True})

    async def _ready(self, request: web.Request) -> web.Response:
        """A dead platform is told but not an error: the other one may be fine."""
        faults = {}
        try:
            await self._database.ping()
        except (SQLAlchemyError, OSError) as error:
            faults["database"] = f"databasen svarer ikke: {type(error).__name__}"
        if stuck := self._engine.wakefulness():
            faults["clock"] = stuck
        links = {platform.name: platform.trouble() or "ok" for platform in self._platforms}
        body = {"ready": not faults, "faults": faults, "platforms": links}
        return web.json_response(body, status=503 if faults else 200)

    async def _measured(self, request: web.Request) -> web.Response:
        return web.Response(body=await self._metrics.text(), headers={"Content-Type": "text/plain; version=0.0.4"})


class Metrics:
    """What an operator watches, in Prometheus' form."""

    def __init__(self, database: Database, platforms: Sequence[Platform]) -> None:
        self._database = database
        self._platforms = platforms
        self._registry = CollectorRegistry()
        self._waiting = Gauge("krisebot_waiting", "Rows that wait", ["what"], registry=self._registry)
        self._link = Gauge("krisebot_platform_up", "1 when the link works", ["platform"], registry=self._registry)
        self._refused = Gauge(
            "krisebot_refused_requests",
            "Forged, stale or malformed, since the start",
            ["platform"],
            registry=self._registry,
        )

        self._removed = Gauge(
            "krisebot_removed_attachments", "Files that never came into the log", registry=self._registry
        )

    async def text(self) -> bytes:
        """The figures as they stand."""
        async with self._database.reading() as db:
            removed = select(func.count()).select_from(Attachment).where(Attachment.state == "removed")
            self._removed.set(await db.scalar(removed) or 0)
            for what, query in (
                ("inbox", select(func.count()).select_from(Inbox).where(Inbox.state == "new")),
                ("timers", select(func.count()).select_from(Timer).where(Timer.state == "waiting")),
                (
                    "deliveries",
                    select(func.count()).select_from(Delivery).where(Delivery.state.in_(["queued", "sending"])),
                ),
                ("failed_deliveries", select(func.count()).select_from(Delivery).where(Delivery.state == "failed")),
                ("attachments", select(func.count()).select_from(Attachment).where(Attachment.state == "wanted")),
                ("failed_inputs", select(func.count()).select_from(Inbox).where(Inbox.state == "failed")),
            ):
                self._waiting.labels(what).set(await db.scalar(query) or 0)
        for platform in self._platforms:
            self._link.labels(platform.name).set(0 if platform.trouble() else 1)
            self._refused.labels(platform.name).set(platform.refused)
        return generate_latest(self._registry)
