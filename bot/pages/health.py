"""Health checks for an operator: whether krisebot is alive and ready, and its figures."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from pathlib import Path

from aiohttp import web
from sqlalchemy import func, select

from bot.engine.engine import Engine
from bot.pages.metrics import CHANNELS, Metrics
from handlers.core.context import URGENT
from storage.database import UNREACHABLE
from storage.rows.traffic import TO_HANDLE, Delivery, Inbox, Timer

log = logging.getLogger(__name__)

# Seconds that the database may take.
PATIENCE = 5.0
# What is later than this should have been handled.
LATE = timedelta(minutes=1)


class Health:
    """The pages that tell whether krisebot lives, can work, and what waits.

    Args:
        engine: what moves, with its rows, its clock and its ways to people.
        backups: the folder of the copies; None where there is none.
    """

    def __init__(self, engine: Engine, backups: Path | None) -> None:
        self._engine = engine
        self._metrics = Metrics(engine, backups)
        self._faults: list[str] = []

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
        """Answer with an error only where this process can take or handle no inputs; all else is told: the other platform may be fine."""
        faults: dict[str, str] = {}
        told: list[str] = []
        try:
            async with asyncio.timeout(PATIENCE):
                await self._engine.check.try_writing()
                overdue, told = await self._waits()
            if overdue:
                faults["overdue"] = overdue
        except (*UNREACHABLE, TimeoutError) as error:
            faults["database"] = f"databasen svarer ikke, eller der kan ikke skrives i den: {type(error).__name__}"
        if stuck := self._engine.wakefulness():
            faults["clock"] = stuck
        if moved := self._engine.clock.trouble():
            told.append(moved)
        links = {platform.name: platform.trouble() or "ok" for platform in self._engine.platforms.values()}
        told += [f"{name}: {link}" for name, link in links.items() if link != "ok"]
        if list(faults) != self._faults:
            self._faults = list(faults)
            log.error("not ready: %s", faults) if faults else log.warning("ready again")
        body = {"ready": not faults, "faults": faults, "told": told, "platforms": links}
        return web.json_response(body, status=503 if faults else 200)

    async def _waits(self) -> tuple[str, list[str]]:
        """Find what this process should have handled, and what somebody should see to, Danish."""
        now = self._engine.clock.now()
        async with self._engine.database.reading() as db:
            late = select(func.count()).where(TO_HANDLE, Inbox.due_at < now - LATE)
            inputs = await db.scalar(late) or 0
            timers = (
                await db.scalar(select(func.count()).where(Timer.state == "waiting", Timer.due_at < now - LATE)) or 0
            )
            urgent = select(func.count()).where(
                Delivery.state.in_(["queued", "sending"]),
                Delivery.urgency == URGENT,
                Delivery.ref.is_(None),
                Delivery.queued_at < now - LATE,
            )
            waiting = await db.scalar(urgent) or 0
            aside = select(func.count()).where(Inbox.state == "failed", Inbox.received_at > now - timedelta(days=1))
            failed = await db.scalar(aside) or 0
            rooms = await db.execute(CHANNELS)
            channels = [
                f"{room.platform}: kanalen {room.name}: {room.error or 'nogle er ikke lukket ind'}" for room in rooms
            ]
        told = [
            f"{count} {what}"
            for count, what in (
                (waiting, "hastebeskeder har ventet over et minut"),
                (failed, "input er lagt til side det sidste døgn"),
            )
            if count
        ]
        overdue = f"{inputs} input og {timers} påmindelser er over et minut forsinket" if inputs + timers else ""
        return overdue, told + channels

    async def _measured(self, request: web.Request) -> web.Response:
        return web.Response(body=await self._metrics.text(), headers={"Content-Type": "text/plain; version=0.0.4"})
