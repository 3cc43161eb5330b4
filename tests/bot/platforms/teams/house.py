"""A tenant with krisebot in it: Teams through the real botbuilder, over real HTTP, with a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiohttp import web
from sqlalchemy import select

from bot.engine.clock import WoundClock
from bot.engine.engine import Engine
from bot.platforms.teams.platform import Teams
from handlers.core import registry
from handlers.core.card import Card
from handlers.core.turn import Turn
from storage.database import Database
from storage.plan import loading
from storage.plan.model import Plan
from storage.rows.crisis import Crisis
from storage.rows.traffic import Inbox, StaffChannel
from tests.fakes.teams import FakeTeams, TeamsPerson

START = datetime(2026, 7, 2, 12, 0, 10, tzinfo=UTC)

GROUP = "00000000-0000-0000-0000-00000000aaaa"


class House:
    """A tenant with krisebot in it."""

    def __init__(self, teams: FakeTeams, url: str, **how: Any) -> None:
        self.teams = teams
        self.url = url
        self.how = how
        self.clock = WoundClock(START)
        self.plan: Plan = loading.example()

    async def open(self) -> None:
        registry.load()
        self.database = Database(self.url)
        self.engine = Engine(self.database, self.clock, lambda: self.plan)
        ours = {"app_id": self.teams.app_id, "app_password": self.teams.app_password, "tenants": [self.teams.tenant]}
        addresses = {
            name: getattr(self.teams, name) for name in ("metadata_url", "login_url", "graph_url", "service_url")
        }
        self.platform = Teams(self.engine, **{**ours, **addresses, **self.how})
        self.engine.use([self.platform])
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
        await self.database.close()

    async def restart(self) -> None:
        await self.close()
        await self.open()

    def person(self, user: str, name: str = "") -> TeamsPerson:
        return TeamsPerson(self.teams, user, self.address, name=name)

    async def settle(self) -> None:
        await self.engine.settle()

    async def forward(self, **span: float) -> None:
        await self.engine.wind(self.clock, self.clock.now() + timedelta(**span))

    async def tell(self, person: str, card: Card, key: str = "besked") -> None:
        """Put something in the outbox, for somebody or for "staff", and send it."""
        async with self.database.transaction() as db:
            turn = Turn(db, self.clock.now(), self.plan, crisis=await db.scalar(select(Crisis)))
            await turn.say(turn.staff if person == "staff" else person, card, key=key, kind="notice")
        await self.settle()

    async def rows(self, query: Any) -> list[Any]:
        async with self.database.reading() as db:
            return list(await db.scalars(query))

    async def inbox(self) -> list[dict[str, Any]]:
        return await self.rows(select(Inbox.body).order_by(Inbox.id))

    async def crisis(self) -> None:
        """Jens decides on level 2; the staff's channel is made."""
        await self.person("aad-jens").says("aktiver 2 skybrud i Hedehusene")
        await self.settle()

    async def room(self) -> StaffChannel:
        room: StaffChannel
        (room,) = await self.rows(select(StaffChannel))
        return room

    @property
    def left(self) -> int:
        """How much was acknowledged without being understood."""
        return int(
            self.engine.telemetry.registry.get_sample_value("krisebot_not_understood_total", {"platform": "teams"}) or 0
        )

    def posted(self, text: str) -> int:
        """How many messages with that text stand in Teams."""
        return sum(text in each.shown for place in self.teams.world.conversations.values() for each in place.messages)


@asynccontextmanager
async def a_house(url: str, **how: Any) -> AsyncIterator[House]:
    people = {known.teams: known.name for known in loading.example().persons.values() if known.teams}
    async with FakeTeams(people={**people, "aad-finn": "Finn Holst"}) as teams:
        teams.add_team(GROUP, "Krisestab", "aad-jens", "aad-eva")
        house = House(teams, url, **how)
        # The plan names the team and its general channel.
        general = house.plan.rooms.teams.model_copy(update={"channel": teams.channel("General").id})
        rooms = house.plan.rooms.model_copy(update={"teams": general})
        house.plan = house.plan.model_copy(update={"rooms": rooms})
        await house.open()
        try:
            yield house
        finally:
            await house.close()


# For answers that never come.
hasty = pytest.mark.parametrize("patience", [0.4], ids=["hasty"])
