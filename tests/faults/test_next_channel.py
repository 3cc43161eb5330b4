"""What doesn't come through one way goes another, in the plan's order."""

from __future__ import annotations

import pytest

from bot.engine.platform import Throttled, Unavailable, Undeliverable
from handlers.core.context import ORDINARY, URGENT
from storage.plan import loading
from tests.faults.fake_platform import FakePlatform
from tests.faults.house import House


@pytest.mark.parametrize("fault", [Unavailable("nede"), Undeliverable("ukendt bruger"), ValueError("fejl hos os")])
async def test_when_one_way_fails_the_person_is_written_to_the_other_way(database_url: str, fault: Exception) -> None:
    """D02."""
    first, second = FakePlatform("a"), FakePlatform("b")
    house = House(database_url, first, second)
    first.down = fault
    await house.say("jens", "Kan du tage den?", kind="alert")
    await house.forward(minutes=1)
    assert second.texts("jens") == ["Kan du tage den?"]
    first.down = None
    await house.forward(minutes=5)
    assert first.texts("jens") + second.texts("jens") == ["Kan du tage den?"] or isinstance(fault, ValueError)
    await house.database.close()


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("order", "urgent", "ordinary"),
    [
        ("[teams, slack, sms]", "teams", "teams"),
        ("[slack, teams, sms]", "slack", "slack"),
        ("{haster: [sms, slack]}", "sms", "slack"),
        ("{haster: [sms, slack], almindelig: [teams]}", "sms", "teams"),
    ],
)
async def test_the_plan_decides_in_which_order_a_person_is_tried(
    database_url: str, order: str, urgent: str, ordinary: str
) -> None:
    """Issue 5: the order for each urgency is in the plan file; when the first way is dead it is the next, by itself."""
    ways = {name: FakePlatform(name) for name in ("slack", "teams", "sms")}
    ways["slack"].has_rooms = ways["teams"].has_rooms = True
    text = loading.example_text().replace("rækkefølge: [slack, teams, sms, mail]", f"rækkefølge: {order}")
    house = House(database_url, *ways.values(), plan_=loading.parse(text, "planen"))
    await house.say("jens", "haster", urgency=URGENT)
    await house.say("jens", "ikke", urgency=ORDINARY)
    await house.engine.settle()
    assert {name: way.texts("jens") for name, way in ways.items() if "haster" in way.texts("jens")}.keys() == {urgent}
    assert {name for name, way in ways.items() if "ikke" in way.texts("jens")} == {ordinary}
    ways[urgent].down = Unavailable("nede")
    await house.say("jens", "igen", urgency=URGENT)
    await house.forward(minutes=1)
    assert len([name for name, way in ways.items() if "igen" in way.texts("jens")]) == 1
    await house.database.close()


@pytest.mark.long
@pytest.mark.parametrize(
    "fault",
    [
        Throttled(5),
        Throttled(0),
        Throttled(86_400),
        Throttled(float("inf")),
        Throttled(float("nan")),
        Unavailable("500"),
        Unavailable("nede"),
    ],
    ids=str,
)
async def test_what_is_urgent_and_has_not_come_through_in_half_a_minute_goes_the_next_way(
    database_url: str, fault: Exception
) -> None:
    """R005 D02: a platform that makes it wait is as bad as one that is down."""
    first, second = FakePlatform("a"), FakePlatform("b")
    house = House(database_url, first, second)
    first.down = fault
    await house.say("jens", "Kan du tage den?", kind="alert", urgency=URGENT)
    await house.say("lars", "nyt", kind="notice", urgency=ORDINARY)
    await house.forward(seconds=36)
    assert second.texts("jens") == ["Kan du tage den?"]
    assert second.texts("lars") == [] or isinstance(fault, Unavailable)
    await house.database.close()


async def test_what_is_urgent_and_waits_behind_others_goes_the_next_way_too(database_url: str) -> None:
    """It was not even tried: the platform takes nothing for a minute."""
    first, second = FakePlatform("a"), FakePlatform("b")
    house = House(database_url, first, second)
    first.down = Throttled(60)
    for person in ("mette", "lars"):
        await house.say(person, "nyt")
        await house.engine.settle()
    await house.say("jens", "Kan du tage den?", kind="alert", urgency=URGENT)
    await house.forward(seconds=29)
    assert second.texts("jens") == []
    await house.forward(seconds=1)
    await house.engine.deliverer.drain()
    assert second.texts("jens") == ["Kan du tage den?"]
    await house.database.close()


async def test_an_escalation_goes_every_way_at_once(database_url: str) -> None:
    """Contract: a person on both platforms gets one message, an escalation goes to both."""
    first, second = FakePlatform("a"), FakePlatform("b")
    house = House(database_url, first, second)
    await house.say("jens", "notits", kind="notice")
    await house.say("jens", "varsel", kind="alert", everywhere=True)
    await house.engine.settle()
    assert sorted(first.texts("jens") + second.texts("jens")) == ["notits", "varsel", "varsel"]
    await house.database.close()
