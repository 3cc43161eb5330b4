"""Furnishing: keeps what stands above the staffs' channels as things are: the topic, the card on top and the bookmarks.
Bilag 1, Overblik."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.engine import grants
from bot.engine.platform import Furnishes, Furnishing, InDoubt, NotGranted, Platform, Throttled, Unavailable
from bot.engine.worker import Worker
from handlers.core import availability
from handlers.core.clock import Clock
from handlers.core.turn import Turn
from handlers.crisis import convening, staff_room
from storage.database import Database
from storage.grades import Grade
from storage.plan.model import Plan
from storage.rows.crisis import Crisis
from storage.rows.meetings import Meeting
from storage.rows.overview import BoardLink
from storage.rows.traffic import Delivery, Message, Remembered, StaffChannel

log = logging.getLogger(__name__)

# How long a platform may take over one channel, in seconds, and how long nobody else works on it meanwhile.
PATIENCE = 30.0
HOLD = timedelta(seconds=PATIENCE + 5)
AFTER_FAULT = timedelta(minutes=1)
# How long after the stand-down the channel is still brought up to date.
AFTERWARDS = timedelta(days=1)
THERE = ("sent", "delivered")


class Furnisher(Worker):
    """The worker that brings what stands above the staffs' channels up to date.

    Args:
        database: the rows.
        clock: the time.
        plan: today's plan.
        platforms: the ways, by name.
        sent: how much has been sent: a card is put on top once it stands there.
        committed: called when something may have been said.
    """

    minds = frozenset({Crisis, StaffChannel, Meeting, BoardLink})

    def __init__(
        self,
        database: Database,
        clock: Clock,
        plan: Callable[[], Plan],
        platforms: Mapping[str, Platform],
        sent: Callable[[], int],
        committed: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._plan = plan
        self._platforms = platforms
        self._sent = sent
        self._committed = committed
        self._one_at_a_time = asyncio.Lock()
        self._seen_sent = -1

    @property
    def at_work(self) -> bool:
        """Whether something was written or sent that may be seen above a channel."""
        return super().at_work or self._sent() != self._seen_sent

    def due(self) -> list[ScalarSelect[Any]]:
        """Return nothing: no row tells when it has something to do; when it tries again stands in `again`."""
        return []

    async def drain(self) -> None:
        """Bring every channel up to date that shows what is so no longer."""
        async with self._one_at_a_time:
            self._look, self.again, self._seen_sent = False, None, self._sent()
            names = [name for name, platform in self._platforms.items() if isinstance(platform, Furnishes)]
            async with self._database.reading() as db:
                rooms = list(
                    await db.scalars(
                        select(StaffChannel.id)
                        .join(Crisis, Crisis.id == StaffChannel.crisis_id)
                        .where(
                            StaffChannel.platform.in_(names),
                            StaffChannel.state == "open",
                            (Crisis.state == "active") | (Crisis.deactivated_at > self._clock.now() - AFTERWARDS),
                        )
                    )
                )
            for room in rooms:
                await self._furnish(room)

    async def _furnish(self, number: int) -> None:
        now = self._clock.now()
        async with self._database.reading() as db:
            room = await db.get_one(StaffChannel, number)
            address, name, platform = str(room.address), room.platform, self._platforms[room.platform]
            if not isinstance(platform, Furnishes):
                return
            wanted = await self._wanted(db, room, "open" if platform.open_to_all else "staff")
            fact = await db.get(Remembered, _fact(number))
            done = dict(fact.value) if fact else {}
        # The words themselves belong to the case, and go with it.
        print = hashlib.sha256(json.dumps(asdict(wanted), sort_keys=True).encode()).hexdigest()
        if done.get("print") == print or not await self._hold(number, now):
            return
        lacking: list[NotGranted] = []
        try:
            lacking = await asyncio.wait_for(platform.furnish(address, wanted, done), PATIENCE)
            done["print"] = print
            self.done += 1
        except Throttled as wait:
            self.again = now + timedelta(seconds=max(1.0, wait.seconds))
        except (Unavailable, InDoubt, TimeoutError) as down:
            log.warning("%s: what stands above the channel %s is not up to date: %s", name, address, down)
            self.again = now + AFTER_FAULT
        async with self._database.transaction() as db:
            await db.merge(Remembered(name=_fact(number), value={**done, "held_until": None}))
        if await grants.note(self._database, platform.way, lacking, now):
            self._committed()

    async def _hold(self, number: int, now: datetime) -> bool:
        """Take a channel for ourselves: two who did it at once would do it twice."""
        async with self._database.transaction() as db:
            fact = await db.get(Remembered, _fact(number), with_for_update=True)
            held = (fact.value if fact else {}).get("held_until")
            if held is not None and datetime.fromisoformat(held) > now:
                return False
            value = {**(fact.value if fact else {}), "held_until": (now + HOLD).isoformat()}
            await db.merge(Remembered(name=_fact(number), value=value))
        return True

    async def _wanted(self, db: AsyncSession, room: StaffChannel, grade: Grade) -> Furnishing:
        now = self._clock.now()
        plan, strangers = await availability.todays(db, self._plan(), now)
        turn = Turn(db, now, plan, crisis=await db.get_one(Crisis, room.crisis_id), strangers=strangers)
        ref = await db.scalar(
            select(Delivery.ref)
            .join(Message, Message.id == Delivery.message_id)
            .where(
                Message.key == convening.welcome_key(turn.the_crisis),
                Delivery.platform == room.platform,
                Delivery.state.in_(THERE),
                Delivery.lane == f"{room.platform}/{room.address}",
            )
        )
        return Furnishing(staff_room.topic(turn), ref, await staff_room.bookmarks(turn, grade))


def _fact(number: int) -> str:
    return f"furnished/{number}"
