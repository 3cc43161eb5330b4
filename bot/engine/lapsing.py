"""Lapsing: takes the buttons off cards whose time is over, so that none is left that does nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from sqlalchemy import ScalarSelect, func, select

from bot.engine.worker import Worker
from handlers.core.clock import Clock
from handlers.core.turn import Turn
from storage.database import Database
from storage.plan.model import Plan
from storage.rows.base import Base
from storage.rows.traffic import Message

# So many at a time: nobody's turn waits long for it.
AT_ONCE = 50


class Lapsing(Worker):
    """The worker that takes buttons off cards when they lapse.

    Args:
        database: the rows.
        clock: the time.
        plan: today's plan.
        committed: called when cards have been changed, with the kinds of rows that were written.
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
        """Return a query for when the next button lapses."""
        return [select(func.min(Message.lapses_at)).scalar_subquery()]

    async def drain(self) -> None:
        """Take off what has lapsed."""
        self._look = False
        while await self._some():
            self.done += 1
            self._committed({Message})

    async def _some(self) -> bool:
        lapsed = select(Message).where(Message.lapses_at <= self._clock.now()).order_by(Message.lapses_at)
        async with self._database.reading() as db:
            if await db.scalar(lapsed.with_only_columns(Message.id).limit(1)) is None:
                return False
        async with self._database.turn() as db:
            turn = Turn(db, self._clock.now(), self._plan())
            for message in await db.scalars(lapsed.limit(AT_ONCE)):
                turn.lapse(message)
        return True
