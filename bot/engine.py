"""What runs: turns, rooms, fetches and deliveries, woken by what comes in, by what is said, and once a second by the clock.

Rows decide what is due; the wake-ups only say when to look. So a restart needs no recovery, and a second replica no
leader.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy import func, select

from bot.clock import SystemClock
from bot.delivery import Deliverer
from bot.fetching import Fetcher
from bot.intake import Intake
from bot.packing import Packer
from bot.platforms.platform import Platform
from bot.rooms import Rooms
from bot.turns import Turns
from handlers.clock import Clock
from storage.database import Database
from storage.parts.attachments import Attachment
from storage.plan import Plan
from storage.tables import Fact, Inbox, Room, Timer

log = logging.getLogger(__name__)

TICK = timedelta(seconds=1)
# A tick older than this and the clock does not work.
STALE = timedelta(seconds=15)


class Engine:
    """Everything that moves.

    Args:
        database: the rows.
        clock: the time.
        plan: today's plan.
    """

    def __init__(self, database: Database, clock: Clock, plan: Callable[[], Plan]) -> None:
        self.database = database
        self.clock = clock
        self.plan = plan
        self.platforms: dict[str, Platform] = {}
        self._come_in = asyncio.Event()
        self._go_out = asyncio.Event()
        self._open_doors = asyncio.Event()
        self._bring = asyncio.Event()
        self._pack = asyncio.Event()
        self.intake = Intake(database, self._come_in.set)
        self.turns = Turns(
            database, clock, plan, self._committed, lambda: [each.way for each in self.platforms.values()]
        )
        self.deliverer = Deliverer(database, clock, plan, self.platforms, self._come_in.set, self._go_out.set)
        self.fetcher = Fetcher(database, clock, plan, self.platforms, self._committed)
        self.packer = Packer(database, clock, plan, self._committed)
        self._rooms: Rooms | None = None
        self._loops: list[asyncio.Task[None]] = []
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self.ticked_at: datetime | None = None

    def use(self, platforms: Iterable[Platform]) -> None:
        """Say which ways to reach people there are; before `start`."""
        self.platforms.update({platform.name: platform for platform in platforms})
        self._rooms = Rooms(self.database, self.clock, self.plan().timezone, self.platforms)

    async def start(self, *, by_itself: bool = True) -> None:
        """Begin to look, at once and then whenever there is reason to.

        Args:
            by_itself: False for what is played on a wound clock: then things happen in `wind` and `settle` alone.
        """
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
        ]
        self._scheduler.add_job(self._tick, "interval", seconds=TICK.total_seconds(), coalesce=True, max_instances=1)
        self._scheduler.start()
        self._tick()

    async def stop(self) -> None:
        """Stop looking. What is under way is in the rows."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        await self.deliverer.stop()
        for platform in self.platforms.values():
            await platform.stop()

    async def settle(self) -> None:
        """Do all that can be done now, to the last delivery.

        The loops may be at it as well, and what one of them ends may be the beginning of something: it is over when a
        whole round has passed in which nobody did anything.
        """
        done = None
        while done != (done := self._done()):
            await self.turns.drain()
            await self._make_rooms()
            await self.fetcher.drain()
            await self.packer.drain()
            await self.deliverer.drain()

    async def wind(self, clock: SystemClock, to: datetime) -> None:
        """Let time pass to `to`, with everything that falls due on the way done and delivered in its order."""
        await self.settle()
        while (due := await self.next_due()) is not None and due <= to:
            clock.set(max(due, clock.now()))
            before = await self.next_due()
            await self.settle()
            if await self.next_due() == before:
                break
        clock.set(max(to, clock.now()))
        await self.settle()
        async with self.database.transaction() as db:
            await db.merge(Fact(name="clock", value={"offset": clock.offset.total_seconds()}))

    async def next_due(self) -> datetime | None:
        """When the next thing falls due, UTC; None when nothing waits."""
        async with self.database.reading() as db:
            times = [
                await db.scalar(select(func.min(Timer.due_at)).where(Timer.state == "waiting")),
                await db.scalar(select(func.min(Inbox.due_at)).where(Inbox.state == "new")),
                await db.scalar(select(func.min(Room.due_at)).where(Room.state.in_(["wanted", "open"]))),
                await db.scalar(select(func.min(Attachment.due_at)).where(Attachment.state == "wanted")),
            ]
        times.append(await self.deliverer.next_due())
        return min((time for time in times if time is not None), default=None)

    def wakefulness(self) -> str | None:
        """What is wrong with the clock, in Danish; None when it ticks."""
        if self.ticked_at is None:
            return "uret er ikke startet"
        return "uret er gået i stå" if datetime.now(UTC) - self.ticked_at > STALE else None

    def _tick(self) -> None:
        self.ticked_at = datetime.now(UTC)
        self._come_in.set()
        self._committed()

    def _committed(self) -> None:
        self._go_out.set()
        self._open_doors.set()
        self._bring.set()
        self._pack.set()

    def _done(self) -> tuple[int, ...]:
        rooms = self._rooms.done if self._rooms else 0
        return self.turns.done, rooms, self.fetcher.done, self.packer.done, self.deliverer.done

    async def _send(self) -> None:
        await self.deliverer.drain(wait=False)

    async def _make_rooms(self) -> None:
        if self._rooms is not None:
            done = self._rooms.done
            await self._rooms.drain()
            if self._rooms.done != done:
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
