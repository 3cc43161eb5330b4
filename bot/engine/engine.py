"""The engine: runs turns, staff channels, fetches and deliveries when an input, a message or the clock's tick each
second wakes them.

Rows decide what is due; the wake-ups only say when to look. So a restart needs no recovery, and a second replica no
leader.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Collection, Iterable
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import ScalarSelect, Select, select

from bot.engine.accounts import Accounts
from bot.engine.clock import SystemClock
from bot.engine.delivery import Deliverer
from bot.engine.duty_rotas import DutyRotas
from bot.engine.fetching import Fetcher
from bot.engine.furnishing import Furnisher
from bot.engine.home_pages import HomePages
from bot.engine.intake import Intake
from bot.engine.lapsing import Lapsing
from bot.engine.naming import Naming
from bot.engine.packing import Packer
from bot.engine.patience import Patience
from bot.engine.platform import Platform
from bot.engine.self_check import EVERY, SelfCheck
from bot.engine.staff_channels import StaffChannels
from bot.engine.telemetry import Telemetry
from bot.engine.turns import Turns
from bot.engine.worker import Worker
from storage.database import Database
from storage.plan.model import Plan
from storage.rows.base import Base
from storage.rows.traffic import Remembered

log = logging.getLogger(__name__)

# Seconds between two ticks; when the last is older than that, the clock does not work.
TICK, STALE = 1.0, 15.0


class Engine:
    """The background workers and the clock that wakes them.

    Args:
        database: the rows.
        clock: the time.
        plan: the plan as its file has it.
    """

    def __init__(self, database: Database, clock: SystemClock, plan: Callable[[], Plan]) -> None:
        self.database = database
        self.clock = clock
        self.platforms: dict[str, Platform] = {}
        self.accounts = Accounts(database, clock, plan, self.platforms, self._committed)
        self.plan = plan = self.accounts.plan
        self._come_in = asyncio.Event()
        self._go_out = asyncio.Event()
        self._open_doors = asyncio.Event()
        self._bring = asyncio.Event()
        self._pack = asyncio.Event()
        self._look_ahead = asyncio.Event()
        self._find = asyncio.Event()
        self._show = asyncio.Event()
        self._furnish = asyncio.Event()
        self._lapse = asyncio.Event()
        self._reassure = asyncio.Event()
        self.telemetry = Telemetry()
        self.naming = Naming(self.platforms)
        self.turns = Turns(
            database,
            clock,
            plan,
            self._committed,
            lambda: [each.way for each in self.platforms.values()],
            self.telemetry,
            lambda: self.intake.let_in(),
            self.naming.named,
        )
        self.deliverer = Deliverer(
            database, clock, plan, self.platforms, self._come_in.set, self._go_out.set, self.telemetry
        )
        self.intake = Intake(database, self.turns.count, self._come_in.set, self.telemetry, self.naming.ask)
        self.fetcher = Fetcher(database, clock, plan, self.platforms, self._committed)
        self.packer = Packer(database, clock, plan, self._committed)
        self.duty_rotas = DutyRotas(database, clock, plan, self._committed)
        self.home_pages = HomePages(database, clock, plan, self.platforms, self._show.set)
        self.furnisher = Furnisher(database, clock, plan, self.platforms, lambda: self.deliverer.done, self._committed)
        self.lapsing = Lapsing(database, clock, plan, self._committed)
        self.patience = Patience(database, clock, plan, self._committed)
        self.rooms = StaffChannels(database, clock, lambda: plan().timezone, self.platforms, self._come_in.set)
        self.check = SelfCheck(database, clock, plan, self.platforms, self._come_in.set)
        # In the order that one's work is the next one's reason.
        self._parts: tuple[Worker, ...] = (
            self.turns,
            self.patience,
            self.lapsing,
            self.rooms,
            self.fetcher,
            self.packer,
            self.duty_rotas,
            self.accounts,
            self.home_pages,
            self.deliverer,
            self.furnisher,
        )
        self._wakes: tuple[tuple[Worker, asyncio.Event], ...] = (
            (self.rooms, self._open_doors),
            (self.fetcher, self._bring),
            (self.packer, self._pack),
            (self.duty_rotas, self._look_ahead),
            (self.accounts, self._find),
            (self.home_pages, self._show),
            (self.furnisher, self._furnish),
            (self.lapsing, self._lapse),
            (self.patience, self._reassure),
            (self.deliverer, self._go_out),
        )
        self._loops: list[asyncio.Task[None]] = []
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        # Seconds that no clock of the machine's, however it is set, changes.
        self.ticked_at: float | None = None

    def use(self, platforms: Iterable[Platform]) -> None:
        """Set which platforms there are to reach people by; before `start`."""
        self.platforms.update({platform.name: platform for platform in platforms})

    async def start(self, *, by_itself: bool = True) -> None:
        """Start the workers, which look for work at once and then whenever there is reason to.

        Args:
            by_itself: False for what is played on a wound clock: then things happen in `wind` and `settle` alone.
        """
        await self.accounts.read()
        for platform in self.platforms.values():
            await platform.start()
        if not by_itself:
            return
        self._loops = [
            asyncio.create_task(self._whenever(self._come_in, self.turns.drain)),
            asyncio.create_task(self._whenever(self._go_out, self._send)),
            # By itself: a channel that takes long to make keeps nobody waiting for the summons.
            asyncio.create_task(self._whenever(self._open_doors, self._make_rooms)),
            # And a large file on a poor line keeps nobody waiting at all.
            asyncio.create_task(self._whenever(self._bring, self.fetcher.drain)),
            asyncio.create_task(self._whenever(self._pack, self.packer.drain)),
            # Nor does a calendar that doesn't answer.
            asyncio.create_task(self._whenever(self._look_ahead, self.duty_rotas.drain)),
            asyncio.create_task(self._whenever(self._find, self.accounts.drain)),
            asyncio.create_task(self._whenever(self._show, self.home_pages.drain)),
            asyncio.create_task(self._whenever(self._furnish, self.furnisher.drain)),
            # Looked for at every tick alone.
            asyncio.create_task(self._whenever(self._lapse, self.lapsing.drain)),
            asyncio.create_task(self._whenever(self._reassure, self.patience.drain)),
        ]
        self._job = self._scheduler.add_job(self._tick, "interval", seconds=TICK, coalesce=True, max_instances=1)
        self._scheduler.start()
        self._tick()
        self._loops += [asyncio.create_task(self._keep_ticking()), asyncio.create_task(self._keep_checking())]

    async def stop(self) -> None:
        """Stop the workers. What is under way is in the rows."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        await self.naming.stop()
        await self.deliverer.stop()
        for platform in self.platforms.values():
            await platform.stop()

    async def settle(self) -> datetime | None:
        """Run everything that can be done now, to the last delivery.

        The loops may be at it as well, and what one of them ends may be the beginning of something: it is over when a
        whole round has passed in which nobody did anything.

        Returns:
            when the next thing falls due, UTC; None when nothing waits.
        """
        while True:
            done, now, due = self._done(), self.clock.now(), await self._due()
            for part in self._parts:
                if part.at_work or any(at <= now for at in due[part]):
                    await part.drain()
            if self._done() == done:
                return min((at for times in due.values() for at in times if at > now), default=None)

    async def wind(self, clock: SystemClock, to: datetime) -> None:
        """Move a wound clock to `to`, and do everything that falls due on the way, in its order.

        Args:
            clock: the engine's own.
            to: UTC.
        """
        due = await self.settle()
        while due is not None and due <= to:
            clock.set(max(due, clock.now()))
            due = await self.settle()
        clock.set(max(to, clock.now()))
        await self.settle()
        async with self.database.transaction() as db:
            await db.merge(Remembered(name="clock", value={"offset": clock.offset.total_seconds()}))

    async def next_due(self) -> datetime | None:
        """Return when the next thing falls due, UTC, or has fallen due; None when nothing waits."""
        return min((at for times in (await self._due()).values() for at in times), default=None)

    async def _due(self) -> dict[Worker, list[datetime]]:
        """Return when each worker has something to do next, all asked at once."""
        async with self.database.reading() as db:
            row = (await db.execute(self._when)).one()
        due = {part: [part.again] if part.again is not None else [] for part in self._parts}
        for (part, _), at in zip(self._questions, row, strict=True):
            if at is not None:
                due[part].append(at)
        return due

    @cached_property
    def _questions(self) -> list[tuple[Worker, ScalarSelect[Any]]]:
        return [(part, each) for part in self._parts for each in part.due()]

    @cached_property
    def _when(self) -> Select[Any]:
        return select(*(each for _, each in self._questions))

    def wakefulness(self) -> str | None:
        """Return what is wrong with the clock, in Danish; None when it ticks."""
        if self.ticked_at is None:
            return "uret er ikke startet"
        return "uret er gået i stå" if time.monotonic() - self.ticked_at > STALE else None

    def _tick(self) -> None:
        """Wake everybody."""
        self.ticked_at = time.monotonic()
        self._come_in.set()
        self._committed()

    async def _keep_ticking(self) -> None:
        """Have the scheduler tick on where the time of day was set back: it would wait until that has come round again."""
        while True:
            await asyncio.sleep(TICK)
            if self.ticked_at is None or time.monotonic() - self.ticked_at > 2 * TICK:
                self._job.modify(next_run_time=datetime.now(UTC))

    async def _keep_checking(self) -> None:
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.check.look()
            except Exception:
                # What can't be told now is told at the next look.
                log.exception("krisebot could not look at itself")

    def _committed(self, touched: Collection[type[Base]] | None = None) -> None:
        """Wake whoever may have something to do.

        Args:
            touched: the kinds of rows that were written; None when that isn't known.
        """
        for worker, woken in self._wakes:
            if touched is None or not worker.minds.isdisjoint(touched):
                worker.look_again()
                woken.set()

    def _done(self) -> list[int]:
        return [part.done for part in self._parts]

    async def _send(self) -> None:
        await self.deliverer.drain(wait=False)

    async def _make_rooms(self) -> None:
        done = self.rooms.done
        await self.rooms.drain()
        if self.rooms.done != done:
            self._go_out.set()

    async def _whenever(self, woken: asyncio.Event, look: Callable[[], object]) -> None:
        while True:
            await woken.wait()
            woken.clear()
            try:
                await look()  # type: ignore[misc]
            except asyncio.CancelledError:
                raise
            except Exception:
                # The database may be away for a while; the next tick looks again.
                log.exception("could not look for what is due")
