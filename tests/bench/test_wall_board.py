"""What a line in the log costs while two hundred screens look on, beside the same line with none."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack
from datetime import timedelta

import aiohttp
import pytest
from sqlalchemy import select

from bot.engine.clock import SystemClock
from storage.plan.loading import example
from storage.rows.crisis import Crisis
from storage.rows.overview import BoardLink
from tests.bench.page import measured
from tests.bench.programs import KRISEBOT, running
from tests.bench.test_size import used
from tests.bench.test_slack import Workspace
from tests.fakes.slack import FakeSlack, SlackPerson

pytestmark = pytest.mark.bench

VIEWERS, LINES, SECRET = 200, 20, "tavlen-i-stabsrummet"
# Seconds between two lines: a log keeper who writes fast, and longer than between two looks at the rows.
BETWEEN = 1.5


async def looking_on(client: aiohttp.ClientSession, address: str, seen: list[int], number: int) -> None:
    """A screen: counts the boards that it is sent."""
    async with client.get(f"{address}/tavle/{SECRET}/live") as live:
        async for line in live.content:
            seen[number] += line.startswith(b'data: {"now"') and b'"pages"' in line


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_two_hundred_screens_cost_a_line_less_than_a_screen_a_millisecond(database_url: str) -> None:
    """R204: processor time of the whole process a line, with the drawing and the sending to each, over what it takes at rest."""
    users = {person.slack: person.name for person in example().persons.values() if person.slack}
    keeper = example().persons["kim"].slack
    assert keeper
    async with AsyncExitStack() as stack:
        slack = await stack.enter_async_context(FakeSlack(users=users))
        slack.add_channel("generelt", *users, bot=True)
        settings = {"KRISEBOT_DATABASE_URL": database_url, **slack.settings}
        address, process = await stack.enter_async_context(running(KRISEBOT, settings))
        space = Workspace(slack, database_url, address, address)
        stack.push_async_callback(space.database.close)
        kim = SlackPerson(slack, keeper, address)
        await space.command(kim, "aktiver 2 skybrud")
        await space.quiet()
        now = SystemClock().now()
        async with space.database.transaction() as db:
            crisis = (await db.scalars(select(Crisis))).one()
            db.add(
                BoardLink(
                    crisis_id=crisis.id,
                    secret=SECRET,
                    grade="staff",
                    given_by="kim",
                    given_at=now,
                    until=now + timedelta(hours=1),
                )
            )
        per_line = {}
        client = await stack.enter_async_context(
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0), read_bufsize=2**22)
        )
        seen = [0] * VIEWERS
        for viewers in (0, VIEWERS):
            screens = [asyncio.create_task(looking_on(client, address, seen, number)) for number in range(viewers)]
            began = time.monotonic()
            while not all(seen[:viewers]):
                await asyncio.sleep(0.1)
                assert time.monotonic() - began < 60, "a screen was never sent the board"
            at_rest = used(process)
            await asyncio.sleep(LINES * BETWEEN)
            idle = used(process) - at_rest
            costs = used(process)
            for number in range(LINES):
                await space.command(kim, f"log ! pumpe {viewers}-{number} er sat op")
                await asyncio.sleep(BETWEEN)
            per_line[viewers] = (used(process) - costs - idle) / LINES * 1000
            print(
                f"\n{viewers} screens: {per_line[viewers]:.1f} ms a line, {idle / (LINES * BETWEEN):.1%} of a core at rest"
            )
            for screen in screens:
                screen.cancel()
        assert min(seen) >= LINES / 2, "screens were not sent the lines"
    each = (per_line[VIEWERS] - per_line[0]) / VIEWERS
    print(f"{each:.2f} ms a screen")
    measured(
        f"a log line with {VIEWERS} screens",
        per_line[VIEWERS],
        per_line[0],
        "ms",
        "the same with none",
        "≤ 1 ms a screen",
        met=each <= 1,
    )
    assert each < 3
