"""Fetching: downloads pictures and files from the platforms, after the message they came with is on disk. Plan §7,
Dokumentation.

A row that is wanted is tried until it is here, or until it is known that it can't be had; so a kill, a platform that is
down or one that asks us to wait loses nothing. Two replicas that fetch the same file do no harm: the first one counts.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import ScalarSelect, func, select

from bot.engine.delivery import GIVE_UP, RETRIES
from bot.engine.platform import Fetches, InDoubt, Platform, Throttled, Unavailable, Undeliverable
from bot.engine.worker import Worker
from handlers.core.clock import Clock
from handlers.core.turn import Turn
from handlers.log import attachments
from storage.database import Database
from storage.plan.model import Plan
from storage.rows.crisis import Crisis
from storage.rows.log import LARGEST, Attachment

log = logging.getLogger(__name__)

# How long one file may take, in seconds: twenty megabytes on a poor line.
PATIENCE = 120.0
# How many are fetched side by side: each may be in memory whole.
AT_ONCE = 4

# Danish, to stand after "kunne ikke gemmes:".
NO_WAY = "Der er ingen vej til at hente det."
NEVER_CAME = "Det kunne ikke hentes i et døgn"


class Fetcher(Worker):
    """The worker that downloads what people attach to their messages.

    Args:
        database: the rows.
        clock: the time.
        plan: today's plan.
        platforms: the ways, by name.
        committed: called when something may have been said.
    """

    minds = frozenset({Attachment})

    def __init__(
        self,
        database: Database,
        clock: Clock,
        plan: Callable[[], Plan],
        platforms: Mapping[str, Platform],
        committed: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._plan = plan
        self._platforms = platforms
        self._committed = committed
        self._one_at_a_time = asyncio.Lock()

    def due(self) -> list[ScalarSelect[Any]]:
        """Return a query for when the next file is to be fetched."""
        return [select(func.min(Attachment.due_at)).where(Attachment.state == "wanted").scalar_subquery()]

    async def drain(self) -> None:
        """Fetch every file that is due."""
        async with self._one_at_a_time:
            while due := await self._due():
                await asyncio.gather(*(self._fetch(row) for row in due))
                self.done += len(due)

    async def _due(self) -> list[Attachment]:
        async with self._database.reading() as db:
            wanted = select(Attachment).where(Attachment.state == "wanted", Attachment.due_at <= self._clock.now())
            return list(await db.scalars(wanted.order_by(Attachment.due_at, Attachment.id).limit(AT_ONCE)))

    async def _fetch(self, row: Attachment) -> None:
        platform = self._platforms.get(row.platform)
        if not isinstance(platform, Fetches):
            await self._settle(row.id, NO_WAY)
            return
        try:
            content = await asyncio.wait_for(platform.fetch(row.reference, LARGEST), PATIENCE)
        except Throttled as wait:
            await self._again(row.id, timedelta(seconds=wait.seconds), "platformen beder om at vente", counts=False)
        except Undeliverable as refused:
            await self._settle(row.id, str(refused))
        except (Unavailable, InDoubt, TimeoutError) as down:
            await self._again(row.id, None, str(down) or "intet svar")
        except Exception as fault:
            # A fault of ours in one file may not keep the others waiting.
            log.exception("%s: the file %s", row.platform, row.id)
            await self._again(row.id, None, f"{type(fault).__name__}: {fault}")
        else:
            await self._settle(row.id, content)

    async def _settle(self, number: int, outcome: bytes | str) -> None:
        """Store a file's bytes, or why there are none, with all that follows from it, in one turn."""
        async with self._database.turn() as db:
            row = await db.get_one(Attachment, number)
            if row.state != "wanted":
                return
            crisis = await db.get(Crisis, row.crisis_id) if row.crisis_id else None
            turn = Turn(db, self._clock.now(), self._plan(), crisis=crisis)
            if isinstance(outcome, bytes):
                await attachments.arrived(turn, row, outcome)
            else:
                await attachments.lost(turn, row, outcome)
        self._committed()

    async def _again(self, number: int, after: timedelta | None, why: str, *, counts: bool = True) -> None:
        now = self._clock.now()
        async with self._database.transaction() as db:
            row = await db.get_one(Attachment, number)
            row.reason = why
            row.due_at = now + (RETRIES[min(row.attempts, len(RETRIES) - 1)] if after is None else after)
            row.attempts += counts
            too_late = now - row.wanted_at > GIVE_UP
        if too_late:
            await self._settle(number, f"{NEVER_CAME} ({why}).")
