"""What a platform takes at a time: it is waited for as long as it says, what is urgent goes first, and nobody else waits."""

from __future__ import annotations

import asyncio

import pytest

from bot.engine.clock import WoundClock
from bot.engine.platform import Throttled
from bot.engine.rates import Limits, Rate
from handlers.core.context import ORDINARY, ROUTINE, URGENT
from tests.faults.fake_platform import FakePlatform
from tests.faults.house import House, fake
from tests.stage.stage import SUMMER_AFTERNOON


async def test_a_throttled_message_waits_as_long_as_it_was_told_and_comes_once(house: House) -> None:
    """D02 R005: 429 never duplicates."""
    fake(house).next = [Throttled(30), Throttled(30)]
    await house.say("jens", "Kan du tage den?")
    await house.forward(seconds=59)
    assert fake(house).shown == []
    await house.forward(seconds=1)
    assert fake(house).texts("jens") == ["Kan du tage den?"]
    assert not fake(house).shown[0].repeated
    assert fake(house).calls == 3


async def test_a_wait_of_no_time_is_no_wait(house: House) -> None:
    """R005: `Retry-After: 0` means now, not in a minute."""
    fake(house).next = [Throttled(0)]
    await house.say("jens", "Kan du tage den?")
    await house.forward(seconds=1)
    assert fake(house).texts("jens") == ["Kan du tage den?"]


async def test_urgent_goes_before_ordinary_and_ordinary_before_routine(house: House) -> None:
    await house.say("jens", "rutine", urgency=ROUTINE)
    await house.say("jens", "almindelig", urgency=ORDINARY)
    await house.say("jens", "haster", urgency=URGENT)
    await house.say("jens", "haster også", urgency=URGENT)
    await house.engine.settle()
    assert fake(house).texts("jens") == ["haster", "haster også", "almindelig", "rutine"]


async def test_what_is_urgent_goes_past_a_broadcast_that_the_platform_takes_only_so_much_of(database_url: str) -> None:
    """R005: ten in ten seconds; and the eleventh to go is the one that was said last and hurries."""
    platform = FakePlatform(limits=Limits(posts=(Rate(10, 10, 10),)))
    house = House(database_url, platform)
    for number in range(40):
        await house.say(f"nr{number}", "til alle", urgency=ROUTINE)
    await house.engine.settle()
    assert len(platform.shown) == 10
    await house.say("jens", "haster", urgency=URGENT)
    await house.forward(seconds=9)
    assert len(platform.shown) == 10
    await house.forward(seconds=3)
    assert len(platform.shown) == 20
    assert platform.shown[10].text == "haster"
    await house.forward(minutes=1)
    assert sorted(shown.lane for shown in platform.shown) == sorted(["jens", *(f"nr{number}" for number in range(40))])
    assert platform.calls == 41
    await house.database.close()


async def test_a_pace_holds_over_a_restart_and_over_two_replicas(database_url: str) -> None:
    """D05: what one has sent counts for the next, and for the one beside it."""
    platform, clock = FakePlatform(limits=Limits(posts=(Rate(10, 60, 10),))), WoundClock(SUMMER_AFTERNOON)
    one, two, next_ = (House(database_url, platform, clock=clock) for _ in range(3))
    for number in range(30):
        await one.say(f"nr{number}", "til alle")
    await asyncio.gather(one.engine.settle(), two.engine.settle(), one.engine.settle())
    assert platform.calls == 10
    await next_.forward(seconds=59)
    assert platform.calls == 10
    await next_.forward(minutes=3)
    assert len({shown.lane for shown in platform.shown}) == platform.calls == 30
    for house in (one, two, next_):
        await house.database.close()


async def test_a_conversation_that_has_had_enough_keeps_no_other_waiting(database_url: str) -> None:
    """The staff's channel may be full; the summons in a chat of its own goes."""
    platform = FakePlatform(limits=Limits(conversation=(Rate(2, 10, 2),)))
    house = House(database_url, platform)
    for number in range(5):
        await house.say("jens", f"{number}", urgency=URGENT)
    await house.say("lars", "her", urgency=ROUTINE)
    await house.engine.settle()
    assert (platform.texts("jens"), platform.texts("lars")) == (["0", "1"], ["her"])
    await house.forward(minutes=1)
    assert platform.texts("jens") == ["0", "1", "2", "3", "4"]
    await house.database.close()


async def test_changes_that_wait_for_their_own_limit_hold_back_nothing_new(database_url: str) -> None:
    """Slack takes fifty changes a minute: the sixth card to be changed waits, what is said next doesn't."""
    platform = FakePlatform(limits=Limits(edits=(Rate(5, 60, 5),)))
    house = House(database_url, platform)
    for text in ("før", "efter"):
        for number in range(8):
            await house.say(f"nr{number}", text, key=f"card {number}")
        await house.engine.settle()
    await house.say("nr7", "nyt")
    await house.engine.settle()
    assert sorted(shown.text for shown in platform.shown) == ["efter"] * 5 + ["før"] * 3 + ["nyt"]
    await house.forward(minutes=2)
    assert platform.texts("nr7") == ["efter", "nyt"]
    await house.database.close()


@pytest.mark.long
async def test_when_a_second_conversation_is_told_to_wait_all_of_the_platform_waits(house: House) -> None:
    """A platform's limit is for all of us: nine hundred do not each ask in vain."""
    for number in range(120):
        await house.say(f"nr{number}", "til alle")
    fake(house).down = Throttled(30)
    await house.forward(seconds=29)
    assert fake(house).calls <= 52, "those who were abreast when the first answer came"
    fake(house).down = None
    await house.forward(seconds=2)
    assert len({shown.lane for shown in fake(house).shown}) == len(fake(house).shown) == 120


async def test_a_conversation_that_alone_is_told_to_wait_waits_alone(house: House) -> None:
    fake(house).next = [Throttled(30)]
    await house.say("jens", "haster", urgency=URGENT)
    await house.engine.settle()
    await house.say("lars", "her")
    await house.forward(seconds=1)
    assert (fake(house).texts("jens"), fake(house).texts("lars")) == ([], ["her"])


async def test_a_platform_that_asks_for_a_day_is_asked_again_for_what_is_urgent_and_for_nothing_else(
    house: House,
) -> None:
    """R005: `Retry-After: 86400` held an alert; what isn't urgent waits as long as it was told."""
    fake(house).next = [Throttled(86_400), Throttled(86_400)]
    await house.say("jens", "nyt", urgency=ORDINARY)
    await house.say("jens", "Kan du tage den?", urgency=URGENT)
    await house.forward(seconds=61)
    assert fake(house).texts("jens") == []
    await house.forward(seconds=61)
    assert fake(house).texts("jens") == ["Kan du tage den?"]
    await house.forward(hours=23)
    assert fake(house).texts("jens") == ["Kan du tage den?"]
    await house.forward(hours=2)
    assert fake(house).texts("jens") == ["Kan du tage den?", "nyt"]


async def test_what_is_said_while_a_platform_makes_us_wait_long_comes_after_what_waits_already(house: House) -> None:
    """D05: the second overtook the first, which alone waited as long as it was told."""
    fake(house).next = [Throttled(89)]
    await house.say("jens", "Gemt i log nr. 1")
    await house.engine.settle()
    await house.say("jens", "Gemt i log nr. 2")
    for _ in range(12):
        await house.forward(seconds=10)
    assert fake(house).texts("jens") == ["Gemt i log nr. 1", "Gemt i log nr. 2"]


@pytest.mark.long
async def test_a_platform_that_says_now_again_and_again_is_not_hammered(house: House) -> None:
    fake(house).down = Throttled(0)
    await house.say("jens", "Kan du tage den?", urgency=URGENT)
    await house.forward(seconds=30)
    assert 20 <= fake(house).calls <= 33
