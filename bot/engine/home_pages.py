"""Home pages: draws a person's own page where a platform has one, and keeps it as things stand while it is open. Bilag 1,
Overblik."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ScalarSelect, delete, func, select

from bot.engine.platform import HasHomePages, InDoubt, Platform, Throttled, Unavailable, Undeliverable
from bot.engine.worker import Worker
from handlers.core import availability, registry
from handlers.core.card import Card
from handlers.core.clock import Clock
from handlers.core.incoming import Incoming
from handlers.core.turn import Turn
from storage.database import Database
from storage.plan.model import Plan
from storage.rows.accounts import Account
from storage.rows.crisis import Crisis
from storage.rows.home_pages import HomePage
from storage.rows.log import LogEntry
from storage.rows.traffic import Message

log = logging.getLogger(__name__)

# No platform says when a page is closed: so long after it was opened nobody is taken to look at it.
OPEN = timedelta(hours=8)
# How long a page rests between two drawings, and after one that failed.
REST, AFTER_FAULT = timedelta(seconds=5), timedelta(minutes=1)
# Seconds that a platform may take over one page.
PATIENCE = 10.0


class HomePages(Worker):
    """The worker that draws home pages anew when what they show has changed.

    Args:
        database: the rows.
        clock: the time.
        plan: today's plan.
        platforms: the ways, by name.
        wake: called when somebody has opened their page.
    """

    minds = frozenset({Account, Crisis, HomePage, LogEntry, Message})

    def __init__(
        self,
        database: Database,
        clock: Clock,
        plan: Callable[[], Plan],
        platforms: Mapping[str, Platform],
        wake: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._plan = plan
        self._platforms = platforms
        self._wake = wake
        self._opened: dict[tuple[str, str], None] = {}
        self._one_at_a_time = asyncio.Lock()
        self._seen: tuple[Any, ...] | None = None

    async def opened(self, who: Incoming) -> None:
        """Take in that somebody has opened their page, which is drawn next: whoever tells of it doesn't wait for that.

        Args:
            who: the input of kind "home"; its conversation is the platform's id for them.
        """
        async with self._database.transaction() as db:
            page = await db.get(HomePage, (who.platform, who.conversation))
            if page is None:
                page = HomePage(platform=who.platform, address=who.conversation, drawn="")
                db.add(page)
            page.outside, page.opened_at, page.due_at, page.drawn = who.outside, who.received_at, self._clock.now(), ""
        self._opened[who.platform, who.conversation] = None
        self.look_again()
        self._wake()

    async def card(self, who: Incoming) -> Card:
        """Draw the page of whoever opened it, as it is now."""
        now = self._clock.now()
        async with self._database.reading() as db:
            plan, strangers = await availability.todays(db, self._plan(), now)
            return await registry.home_card(Turn(db, now, plan, incoming=who, strangers=strangers))

    def due(self) -> list[ScalarSelect[Any]]:
        """Return a query for when a page may be drawn again that has been waiting for it."""
        return [select(func.min(HomePage.due_at)).where(HomePage.drawn == "").scalar_subquery()]

    async def drain(self) -> None:
        """Draw the open pages anew that show what is so no longer."""
        async with self._one_at_a_time:
            self._look = False
            while self._opened:
                # Before the others, which somebody has been shown already.
                just_opened = next(iter(self._opened))
                del self._opened[just_opened]
                await self._draw(*just_opened)
            now = self._clock.now()
            async with self._database.reading() as db:
                pages = (await db.execute(select(HomePage.platform, HomePage.address, HomePage.opened_at))).all()
                if not pages:
                    return
                what = select(
                    select(func.max(LogEntry.id)).scalar_subquery(),
                    select(func.max(Message.id)).scalar_subquery(),
                    select(func.max(Message.edited_at)).scalar_subquery(),
                    select(func.max(Message.answered_at)).scalar_subquery(),
                    select(func.count()).select_from(Crisis).where(Crisis.state == "closed").scalar_subquery(),
                    select(func.count()).select_from(HomePage).where(HomePage.drawn == "").scalar_subquery(),
                )
                # Another plan, or an account that is found or lost, makes the page somebody else's.
                seen = (id(self._plan()), *(await db.execute(what)).one())
            if any(now - opened > OPEN for _, _, opened in pages):
                async with self._database.transaction() as db:
                    await db.execute(delete(HomePage).where(HomePage.opened_at < now - OPEN))
            if seen == self._seen and not seen[-1]:
                return
            self._seen = seen
            for platform, address, opened in pages:
                if now - opened <= OPEN:
                    await self._draw(platform, address)

    async def _draw(self, name: str, address: str) -> None:
        """Draw one page, where it shows something else than what is so; one that rests is drawn when it has."""
        platform, now = self._platforms.get(name), self._clock.now()
        async with self._database.reading() as db:
            page = await db.get(HomePage, (name, address))
            if page is None or not isinstance(platform, HasHomePages):
                return
            due, drawn, outside = page.due_at, page.drawn, page.outside
        sender = f"{name}:{address}" if outside else platform.person_of(address)
        card = await self.card(Incoming("", "home", name, sender, "dm", address, now, outside=outside))
        print = hashlib.sha256(json.dumps(replace(card, file="").to_json(), sort_keys=True).encode()).hexdigest()
        if print == drawn:
            return
        if now < due:
            await self._note(name, address, drawn="", due_at=due)
            return
        self.done += 1
        try:
            await asyncio.wait_for(platform.show_home(address, card), PATIENCE)
        except Throttled as wait:
            await self._note(name, address, drawn="", due_at=now + timedelta(seconds=max(1.0, wait.seconds)))
        except Undeliverable as refused:
            log.warning("%s: the home page of %s can't be drawn: %s", name, address, refused)
            async with self._database.transaction() as db:
                await db.execute(delete(HomePage).where(HomePage.platform == name, HomePage.address == address))
        except (Unavailable, InDoubt, TimeoutError) as down:
            log.warning("%s: the home page of %s was not drawn: %s", name, address, down)
            await self._note(name, address, drawn="", due_at=now + AFTER_FAULT)
        else:
            await self._note(name, address, drawn=print, due_at=now + REST)

    async def _note(self, name: str, address: str, **what: Any) -> None:
        async with self._database.transaction() as db:
            page = await db.get(HomePage, (name, address))
            if page is not None:
                for column, value in what.items():
                    setattr(page, column, value)
