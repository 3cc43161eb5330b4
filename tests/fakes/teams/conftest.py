"""What the fake Teams' tests may ask for by name."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from pytest_aiohttp import AiohttpServer

from tests.fakes.teams import FakeTeams, TeamsPerson
from tests.fakes.teams.bot import STAFF, Bot


@pytest.fixture
async def teams() -> AsyncIterator[FakeTeams]:
    async with FakeTeams(people={"jens": "Jens Lund", "pia": "Pia Krogh", "lars": "Lars Vinther"}) as fake:
        fake.add_team(STAFF, "Krisestab", "jens", "pia")
        fake.add_channel("stab", STAFF)
        yield fake


@pytest.fixture
async def bot(teams: FakeTeams) -> AsyncIterator[Bot]:
    async with aiohttp.ClientSession() as session:
        yield Bot(teams, session)


@pytest.fixture
async def target(bot: Bot, aiohttp_server: AiohttpServer) -> str:
    app = web.Application()
    app.router.add_post("/api/messages", bot.receives)
    server = await aiohttp_server(app)
    return str(server.make_url("")).rstrip("/")


@pytest.fixture
def jens(teams: FakeTeams, target: str) -> TeamsPerson:
    return TeamsPerson(teams, "jens", target)
