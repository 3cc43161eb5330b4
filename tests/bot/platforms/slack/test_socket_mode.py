"""Socket Mode: the link that krisebot opens to Slack itself, where Slack can't reach us."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from sqlalchemy import select

from storage.database import Database
from storage.rows.crisis import Crisis
from tests.bot.platforms.slack.house import House, a_house, eventually

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


@asynccontextmanager
async def linked(database: Database) -> AsyncIterator[House]:
    async with a_house(database, signing_secret=None, app_token="xapp-fake", ping=0.05) as house:
        house.address = None
        await house.slack.until(lambda: house.slack.socket.connections)
        yield house


async def test_everything_comes_in_by_the_link_where_slack_cannot_reach_us(database: Database) -> None:
    """D03: acknowledged once kept, and once however often."""
    async with linked(database) as house:
        assert house.platform.routes() == []
        jens = house.person("U0JENS")
        assert (await jens.command("aktiver 2 skybrud")).status == 200
        await jens.retry()
        assert (await jens.says("hej")).status == 200
        await house.engine.settle()
        assert [each["kind"] for each in await house.inbox()] == ["command", "text"]
        assert await house.rows(select(Crisis.level)) == [2]


async def test_a_link_that_dies_without_a_word_is_noticed(database: Database) -> None:
    async with linked(database) as house:
        await eventually(lambda: house.platform.trouble() is None)
        house.slack.socket.go_silent()
        assert "forbindelsen til Slack er nede" in await eventually(house.platform.trouble)
        house.slack.socket.speak()
        await eventually(lambda: house.platform.trouble() is None)


async def test_a_link_that_breaks_is_made_again(database: Database) -> None:
    async with linked(database) as house:
        house.slack.down()
        assert await eventually(house.platform.trouble)
        house.slack.up()
        await house.slack.until(lambda: house.slack.socket.connections)
        assert (await house.person("U0JENS").command("status")).status == 200
