"""A platform is down for long, in every way that it can be: what was said meanwhile comes when it is up again."""

from __future__ import annotations

import random
import re
import secrets

import pytest

from bot.engine.platform import InDoubt, Throttled, Unavailable
from tests.faults.fake_platform import FakePlatform
from tests.faults.house import House

KEEPERS = ("kim", "lars", "anne", "mads", "ole", "sara")
NUMBER = re.compile(r"Gemt i log nr\. (\d+)")
HOUR, MOMENT = 60, 5


@pytest.mark.parametrize("databases", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True)
@pytest.mark.parametrize("minutes", [MOMENT, pytest.param(HOUR, marks=pytest.mark.faults)])
async def test_an_hour_without_the_platform_loses_and_doubles_nothing_and_keeps_every_order(
    database_url: str, minutes: int, request: pytest.FixtureRequest
) -> None:
    """D02 D03 D05: by the bot's clock. Each line is in the log once, and each who wrote hears of each once, in order."""
    seed = request.config.getoption("seed")
    seed = secrets.randbelow(10**6) if seed is None else seed
    print(f"--seed={seed}")
    chance = random.Random(seed)
    platform = FakePlatform()
    house = House(database_url, platform)
    await house.does("lars", "aktiver 2 skybrud")
    said: list[tuple[str, str]] = []
    for half in range(2 * minutes):
        platform.down = chance.choice([Unavailable("nede"), Throttled(chance.randrange(90)), InDoubt("intet svar")])
        for _ in range(chance.randrange(3)):
            said.append((chance.choice(KEEPERS), f"linje {half}.{len(said)}"))
            await house.does(said[-1][0], f"log ? {said[-1][1]}", key=said[-1][1])
        await house.forward(seconds=30)
    platform.down = None
    await house.forward(minutes=5)
    written = [line["summary"] for line in (await house.export())["log"] if line["kind"] == "information"]
    assert written == [line for _, line in said]
    for keeper in KEEPERS:
        receipts = [text for text in platform.texts(keeper) if NUMBER.search(text)]
        told = [line for text in receipts for line in re.findall(r"linje [\d.]+", text)]
        assert told == [line for person, line in said if person == keeper]
    keys = [(shown.lane, shown.key) for shown in platform.shown]
    assert sorted(keys) == sorted(set(keys))
    await house.database.close()
