"""Patience: tells whoever wrote something that waits that it has come in, once, in its place.

The answer comes as ever when its turn comes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import ScalarSelect, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.engine.worker import Worker
from handlers.core.card import Card
from handlers.core.clock import Clock
from handlers.core.incoming import Incoming
from handlers.core.turn import Turn
from storage.database import Database
from storage.plan.model import Plan
from storage.rows.base import Base
from storage.rows.crisis import Crisis
from storage.rows.traffic import TO_HANDLE, Inbox, Message


class Patience(Worker):
    """The worker that tells people that what they wrote waits.

    Args:
        database: the inbox.
        clock: the time.
        plan: today's plan.
        committed: called when somebody has been told, with the kinds of rows that were written.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        plan: Callable[[], Plan],
        committed: Callable[[Collection[type[Base]]], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._plan = plan
        self._committed = committed

    def due(self) -> list[ScalarSelect[Any]]:
        """Return a query for when the next sender is to be told."""
        return [select(func.min(Inbox.tell_at)).where(TO_HANDLE).scalar_subquery()]

    async def drain(self) -> None:
        """Tell everybody whose input has waited too long."""
        self._look = False
        while await self._one():
            self.done += 1
            self._committed({Message})

    async def _one(self) -> bool:
        waiting = select(Inbox).where(TO_HANDLE, Inbox.tell_at <= self._clock.now()).order_by(Inbox.id)
        async with self._database.reading() as db:
            if await db.scalar(waiting.with_only_columns(Inbox.id).limit(1)) is None:
                return False
        # Beside a turn that takes long, not behind it.
        async with self._database.transaction() as db:
            row = await db.scalar(waiting.limit(1).with_for_update(skip_locked=True))
            if row is None:
                return False
            # One who writes much is told once of all of it.
            theirs = (TO_HANDLE, Inbox.sender == row.sender)
            await self._tell(db, row)
            await db.execute(update(Inbox).where(*theirs).values(tell_at=None))
        return True

    async def _tell(self, db: AsyncSession, row: Inbox) -> None:
        incoming = Incoming.from_json(row.body)
        turn = Turn(db, self._clock.now(), self._plan(), incoming=incoming)
        room = await turn.room_of(incoming)
        if room is not None:
            turn.crisis = await db.get(Crisis, room.crisis_id)
        came = row.received_at.astimezone(turn.zone)
        await turn.answer(Card(f"Modtaget kl. {came:%H:%M:%S} – jeg arbejder på det."), key=f"{row.key}/received")
