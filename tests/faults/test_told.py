"""What is wrong with krisebot itself is told to whoever can act, by a way that works."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.engine.clock import SystemClock
from bot.engine.platform import Unavailable
from tests.faults.fake_platform import FakePlatform
from tests.faults.house import House, fake
from tests.stage.stage import SUMMER_AFTERNOON

THOSE_WHO_ACT = ("jens", "kim")


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    house = House(database_url, FakePlatform("chat"), FakePlatform("sms"))
    yield house
    await house.database.close()


async def look(house: House, **later: float) -> None:
    """Krisebot looks at itself, as it does every five seconds, so much later."""
    if later:
        await house.forward(**later)
    await house.engine.check.look()
    await house.engine.settle()


def told(house: House, person: str, words: str) -> list[str]:
    """By which ways somebody was told that."""
    return [name for name in ("chat", "sms") if any(words in text for text in fake(house, name).texts(person))]


async def test_a_chat_that_is_down_is_told_of_by_another_way_and_so_is_that_it_works_again(house: House) -> None:
    """R005: nobody in the chat could know. A link that is away for a moment is nobody's work."""
    fake(house, "chat").down = Unavailable("svarer ikke")
    await look(house)
    await look(house, seconds=50)
    assert not told(house, "jens", "Krisebot har en fejl")
    await look(house, seconds=15)
    await house.forward(seconds=61)
    for person in THOSE_WHO_ACT:
        assert told(house, person, "chat: svarer ikke") == ["sms"]
    for _ in range(5):
        await look(house, seconds=5)
    assert sum("svarer ikke" in text for text in fake(house, "sms").texts("jens")) == 1
    fake(house, "chat").down = None
    await look(house, seconds=5)
    assert told(house, "jens", "chat virker igen")


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_a_disk_that_was_full_is_told_of_when_there_is_room_again(house: House) -> None:
    """R005: what somebody wrote meanwhile was not kept, and nobody knew whom to ask."""
    async with house.database.engine.begin() as connection:
        await connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE UPDATE ON facts BEGIN SELECT RAISE(FAIL, 'full'); END"
        )
        await connection.exec_driver_sql(
            "CREATE TRIGGER full2 BEFORE INSERT ON facts BEGIN SELECT RAISE(FAIL, 'full'); END"
        )
    await house.engine.check.look()
    house.clock.set(house.clock.now().replace(minute=59))
    await house.engine.check.look()
    async with house.database.engine.begin() as connection:
        await connection.exec_driver_sql("DROP TRIGGER full")
        await connection.exec_driver_sql("DROP TRIGGER full2")
    await look(house)
    for person in THOSE_WHO_ACT:
        assert told(house, person, "kunne intet gemmes")
        assert told(house, person, "er måske tabt")


@pytest.mark.parametrize(("seconds", "how"), [(-600, "tilbage"), (600, "frem")])
async def test_a_machines_clock_that_is_set_is_told_of(database_url: str, seconds: float, how: str) -> None:
    """R005: 600 seconds back stood the chain still, and nobody was told."""
    of_day, steady = SUMMER_AFTERNOON.timestamp(), 0.0
    clock = SystemClock(of_day=lambda: of_day, steady=lambda: steady)
    house = House(database_url, FakePlatform("chat"), FakePlatform("sms"), clock=clock)
    await look(house)
    assert not told(house, "jens", "Krisebot har en fejl")
    of_day, steady = of_day + seconds + 5, 5.0
    await look(house)
    for person in THOSE_WHO_ACT:
        assert told(house, person, f"sekunder {how}")
    await house.database.close()
