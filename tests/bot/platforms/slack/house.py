"""A workspace with krisebot in it: Slack through the real Bolt, over real HTTP, with a real database."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import func, select

from bot.engine.clock import WoundClock
from bot.engine.engine import Engine
from bot.platforms.slack.platform import Slack
from handlers.core import registry
from handlers.core.card import Card
from handlers.core.context import ORDINARY
from handlers.core.turn import Turn
from storage.database import Database
from storage.plan import loading
from storage.plan.model import Plan
from storage.rows.crisis import Crisis
from storage.rows.log import LogEntry
from storage.rows.traffic import Inbox, MessageKind
from tests.fakes.slack import FakeMessage, FakeSlack, SlackPerson
from tests.fakes.slack.blocks import shown

START = datetime(2026, 7, 2, 12, 0, 10, tzinfo=UTC)


def read(blocks: Any) -> str:
    """Everything a person reads in the blocks: rich text too, to the letter."""
    rich = [block for block in blocks if block["type"] == "rich_text"]
    words = "".join(each["text"] for block in rich for part in block["elements"] for each in part["elements"])
    return f"{words}\n{shown([block for block in blocks if block['type'] != 'rich_text'])}"


class Person(SlackPerson):
    """A person who reads rich text."""

    def sees(self, text: str) -> list[FakeMessage]:
        mine = [each for each in self.messages() if each.user != self.id]
        return [each for each in mine if text in (read(each.blocks) if each.blocks else each.text)]

    @property
    def home(self) -> str:
        page = self.world.homes.get(self.id)
        return read(page.body["blocks"]) if page else ""


class House:
    """A workspace with krisebot in it, on HTTP."""

    def __init__(self, slack: FakeSlack, database: Database, **how: Any) -> None:
        self.slack = slack
        self.database = database
        self.clock = WoundClock(START)
        self.plan: Plan = loading.example()
        self.engine = Engine(database, self.clock, lambda: self.plan)
        how = {"signing_secret": slack.signing_secret, **how}
        self.platform = Slack(self.engine, bot_token=slack.bot_token, api_url=slack.url, **how)
        self.engine.use([self.platform])
        self.address: str | None = None

    async def open(self) -> None:
        registry.load()
        await self.platform.start()
        app = web.Application()
        app.add_routes(self.platform.routes())
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.address = f"http://127.0.0.1:{self._runner.addresses[0][1]}"

    async def close(self) -> None:
        await self._runner.cleanup()
        await self.engine.stop()

    def person(self, user: str, name: str = "") -> Person:
        return Person(self.slack, user, self.address, name=name)

    async def forward(self, **span: float) -> None:
        await self.engine.wind(self.clock, self.clock.now() + timedelta(**span))

    async def tell(
        self, person: str, card: Card, key: str = "besked", kind: MessageKind = "notice", urgency: int = ORDINARY
    ) -> None:
        """Put something in the outbox, for somebody or for "staff"."""
        async with self.database.transaction() as db:
            turn = Turn(db, self.clock.now(), self.plan, crisis=await db.scalar(select(Crisis)))
            await turn.say(turn.staff if person == "staff" else person, card, key=key, kind=kind, urgency=urgency)

    async def rows(self, query: Any) -> list[Any]:
        async with self.database.reading() as db:
            return list(await db.scalars(query))

    async def inbox(self) -> list[dict[str, Any]]:
        return await self.rows(select(Inbox.body).order_by(Inbox.id))

    async def rooms(self) -> int:
        """How many crises have been decided on."""
        return int((await self.rows(select(func.count()).select_from(Crisis).where(Crisis.level.is_not(None))))[0])

    async def crisis(self) -> None:
        """Jens decides on level 2; the staff's channel is made."""
        await self.person("U0JENS").command("aktiver 2 skybrud i Hedehusene")
        await self.engine.settle()

    @property
    def left(self) -> int:
        """How much was acknowledged without being understood."""
        return int(
            self.engine.telemetry.registry.get_sample_value("krisebot_not_understood_total", {"platform": "slack"}) or 0
        )

    @property
    def room(self) -> str:
        return next(name for each in self.slack.world.channels.values() if (name := each.name).startswith("krise-"))

    def posted(self, text: str) -> int:
        """How many messages with that text stand in Slack."""
        every = [each for channel in self.slack.world.channels.values() for each in channel.messages]
        return sum(text in (read(each.blocks) if each.blocks else each.text) for each in every)


@asynccontextmanager
async def a_house(database: Database, kind: type[House] | None = None, **how: Any) -> AsyncIterator[House]:
    people = {known.slack: known.name for known in loading.example().persons.values() if known.slack}
    async with FakeSlack(users={**people, "U0FINN": "Finn Holst"}) as slack:
        house = (kind or House)(slack, database, **how)
        await house.open()
        try:
            yield house
        finally:
            await house.close()


# For answers that never come.
hasty = pytest.mark.parametrize("patience", [0.3], ids=["hasty"])


async def eventually(condition: Callable[[], Any], within: float = 5.0) -> Any:
    """What the condition says, as soon as it says something."""
    async with asyncio.timeout(within):
        while not (found := condition()):  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)
    return found


async def log(house: House, kind: str) -> list[dict[str, Any]]:
    rows = await house.rows(select(LogEntry.canonical).where(LogEntry.kind == kind).order_by(LogEntry.no))
    return [json.loads(row) for row in rows]


async def said_in_the_staff(house: House, text: str) -> FakeMessage:
    await house.crisis()
    await house.person("U0ANNE").says(text, house.room)
    await house.engine.settle()
    return next(each for each in house.slack.messages(house.room) if each.user == "U0ANNE")
