"""What is said arrives: once where that can be known, and in order, or as a fact."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.engine.clock import WoundClock
from bot.engine.platform import Throttled, Unavailable, Undeliverable
from handlers.core.context import URGENT
from storage.rows.crisis import Crisis
from storage.rows.traffic import Conversation, Delivery, Message, Timer
from tests.faults.fake_platform import FakePlatform
from tests.faults.house import PLAN, House, fake, of_kind
from tests.stage.stage import SUMMER_AFTERNOON


async def test_a_send_whose_answer_was_lost_is_looked_for_and_not_sent_again(house: House) -> None:
    fake(house).lose_answers = 1
    await house.say("jens", "Kan du tage den?")
    await house.forward(minutes=1)
    assert fake(house).texts("jens") == ["Kan du tage den?"]
    assert await house.states() == ["sent"]


async def test_a_doubt_that_nobody_can_settle_is_sent_again_and_says_so(house: House) -> None:
    fake(house).can_look = False
    fake(house).lose_answers = 1
    await house.say("jens", "Kan du tage den?")
    await house.forward(minutes=1)
    assert [shown.repeated for shown in fake(house).shown] == [False, True]
    assert await house.states() == ["sent"]


async def test_a_conversation_keeps_its_order_through_faults(house: House) -> None:
    """What is said first is read first, though the first sends fail; another conversation doesn't wait for it."""
    fake(house).next = [Unavailable("nede"), Throttled(5), Unavailable("nede")]
    for number in range(4):
        await house.say("jens", f"{number}")
    await house.forward(seconds=1)
    await house.say("lars", "her")
    await house.forward(minutes=2)
    assert fake(house).texts("jens") == ["0", "1", "2", "3"]
    assert fake(house).texts("lars") == ["her"]


async def test_what_cannot_be_delivered_is_a_fact_in_the_log_and_the_chain_does_not_wait_for_it(
    database_url: str,
) -> None:
    """R005 D02 T30: Jens is on no platform: he is passed over at once, and the log says why, without his number."""
    platform = FakePlatform(reaches=set(PLAN.persons) - {"jens"} | {"fake:finn"})
    house = House(database_url, platform)
    await house.does("fake:finn", "aktiver vand i kælderen")
    told = await house.export()
    assert [(step["person"], step["result"]) for step in told["escalation"]] == [("jens", "failed"), ("pia", None)]
    assert any(
        "Kom ikke frem til Jens" in entry["summary"] for entry in told["log"] if entry["kind"] == "undeliverable"
    )
    assert not any("20 00 00 01" in entry["summary"] for entry in told["log"])
    assert any("Kan du tage den?" in text for text in platform.texts("pia"))
    await house.database.close()


async def test_a_chain_that_reaches_nobody_tells_whoever_raised_it_at_once(database_url: str) -> None:
    """R005: no five minutes of waiting for each of seven who can't be reached; and it is tried again."""
    platform = FakePlatform(reaches={"fake:finn"})
    house = House(database_url, platform)
    await house.does("fake:finn", "aktiver vand i kælderen")
    assert any("Ingen af de 7" in text for text in platform.texts("fake:finn"))
    assert {step["result"] for step in (await house.export())["escalation"]} == {"failed"}
    platform.reaches = None
    await house.forward(minutes=5)
    assert any("Kan du tage den?" in text for text in platform.texts("jens"))
    await house.database.close()


@pytest.mark.long
async def test_whoever_was_never_reached_is_not_called_silent(database_url: str) -> None:
    """R005: the platform was down all the while; the log says who was not reached, and the chain goes on."""
    house = House(database_url, FakePlatform())
    fake(house).down = Unavailable("nede")
    await house.does("fake:finn", "aktiver vand i kælderen")
    await house.forward(minutes=5)
    told = await house.export()
    assert [(step["person"], step["result"]) for step in told["escalation"]] == [("jens", "failed"), ("pia", None)]
    assert any("Ikke nået" in line and "Jens" in line for line in await of_kind(house, "undeliverable"))
    assert not any("Intet svar fra Jens" in line["summary"] for line in told["log"])
    await house.database.close()


@pytest.mark.parametrize("arrived", [False, True], ids=["before it was sent", "after it was sent"])
async def test_a_death_between_the_mark_and_the_send_loses_and_doubles_nothing(house: House, arrived: bool) -> None:
    """D05: the next one to start finds the mark without its holder."""
    await house.say("jens", "Kan du tage den?")
    dead = FakePlatform()
    dying = House(house.database.url.render_as_string(hide_password=False), dead, clock=house.clock)
    dead.lose_answers = 1 if arrived else 0
    dead.down = None if arrived else Unavailable("det døde")
    await dying.engine.settle()
    async with house.database.transaction() as db:
        delivery = (await db.scalars(select(Delivery))).one()
        lane = (await db.scalars(select(Conversation))).one()
        delivery.state, delivery.attempts = "sending", 0
        lane.held_by, lane.held_until, lane.not_before = "the dead", house.clock.now() + timedelta(seconds=12), None
    fake(house).shown.extend(dead.shown)
    await house.engine.settle()
    assert fake(house).calls == 0, "the dead one's conversation is its own for a while"
    await house.forward(seconds=13)
    assert fake(house).texts("jens") == ["Kan du tage den?"]
    assert await house.states() == ["sent"]
    await dying.database.close()


@pytest.mark.long
async def test_ten_minutes_without_the_platform_lose_nothing(house: House) -> None:
    """D05: everything said meanwhile comes when it is up again, in order and once."""
    fake(house).down = Unavailable("nede")
    said = [f"besked {number}" for number in range(10)]
    for text in said:
        await house.say("jens", text)
        await house.say("lars", text)
        await house.forward(minutes=1)
    assert fake(house).shown == []
    fake(house).down = None
    await house.forward(minutes=2)
    assert fake(house).texts("jens") == said
    assert fake(house).texts("lars") == said


async def test_a_change_of_what_stands_there_reaches_it_where_it_stands(house: House) -> None:
    await house.say("jens", "1 af 6", key="centre")
    await house.engine.settle()
    await house.say("jens", "2 af 6", key="centre")
    await house.say("jens", "3 af 6", key="centre")
    await house.engine.settle()
    assert fake(house).texts("jens") == ["3 af 6"]


@pytest.mark.parametrize("fault", [Throttled(5), Unavailable("nede")])
async def test_a_day_old_card_that_is_changed_in_a_bad_moment_is_changed_a_moment_later(
    house: House, fault: Exception
) -> None:
    """What was delivered yesterday is not undeliverable because its change has to wait."""
    await house.say("jens", "1 af 6", key="centre", kind="notice")
    await house.forward(hours=25)
    fake(house).next = [fault]
    await house.say("jens", "2 af 6", key="centre", kind="notice")
    await house.forward(minutes=2)
    assert fake(house).texts("jens") == ["2 af 6"]
    assert await house.states() == ["sent"]


async def test_a_change_that_is_refused_does_not_undo_that_the_message_came(house: House) -> None:
    """The card is too old to be changed, or was deleted: the person did get it."""
    await house.say("jens", "1 af 6", key="centre", kind="notice")
    await house.engine.settle()
    fake(house).next = [Undeliverable("kan ikke ændres")]
    await house.say("jens", "2 af 6", key="centre", kind="notice")
    await house.engine.settle()
    assert await house.states() == ["sent"]
    async with house.database.reading() as db:
        assert list(await db.scalars(select(Timer.kind))) == []


class Picky(FakePlatform):
    """A platform module with a fault of its own: one card makes it fall over, every time."""

    async def send(self, lane, post):  # type: ignore[no-untyped-def]
        if "gift" in post.card.text:
            raise KeyError("tegnes ikke")
        return await super().send(lane, post)


async def test_a_card_that_cannot_be_drawn_does_not_shut_the_conversation_for_a_day(database_url: str) -> None:
    """Our own fault in one message may not cost the mayor the next ones."""
    house = House(database_url, Picky())
    await house.say("lars", "gift", kind="notice")
    await house.engine.settle()
    await house.say("lars", "Du indkaldes", kind="summons", urgency=URGENT)
    await house.forward(minutes=10)
    assert fake(house).texts("lars") == ["Du indkaldes"]
    await house.database.close()


@pytest.mark.long
async def test_two_engines_on_one_database_do_each_timer_and_each_delivery_once(database_url: str) -> None:
    """D03 D05: a second replica is no second bot."""
    screen = FakePlatform()
    clock = WoundClock(SUMMER_AFTERNOON)
    one, two = House(database_url, screen, clock=clock), House(database_url, screen, clock=clock)
    for number in range(12):
        for person in ("jens", "pia", "lars", "anne"):
            await one.say(person, f"{person} {number}")
    await one.does("fake:finn", "aktiver vand i kælderen")
    for _ in range(6):
        clock.set(clock.now() + timedelta(minutes=3))
        await asyncio.gather(one.engine.settle(), two.engine.settle(), one.engine.settle(), two.engine.settle())
    keys = [(shown.lane, shown.key) for shown in screen.shown]
    assert sorted(keys) == sorted(set(keys))
    assert not any(shown.repeated for shown in screen.shown)
    for person in ("jens", "pia", "lars", "anne"):
        assert [text for text in screen.texts(person) if text.startswith(f"{person} ")] == [
            f"{person} {number}" for number in range(12)
        ]
    steps = (await one.export())["escalation"]
    asked = [step["person"] for step in steps]
    assert asked == ["jens", "pia", "lars", "mette", "anne", "ole", "sara"][: len(asked)]
    assert len(asked) >= 4
    await one.database.close()
    await two.database.close()


@pytest.mark.long
async def test_the_same_delivery_from_the_platform_takes_effect_once(house: House) -> None:
    """D03: retried by the platform, at once and an hour later."""
    for _ in range(2):
        await house.does("lars", "aktiver 2 skybrud", key="slack/T1")
    await house.forward(hours=1)
    await house.does("lars", "aktiver 2 skybrud", key="slack/T1")
    async with house.database.reading() as db:
        assert len(list(await db.scalars(select(Crisis.id)))) == 1
        assert not [
            message
            for message in await db.scalars(select(Message).where(Message.recipient == "lars"))
            if "allerede i gang" in message.card["text"]
        ]


@pytest.mark.long
async def test_who_repeats_a_warning_holds_up_nobody_and_rings_no_more_than_every_other_minute(
    database_url: str,
) -> None:
    """R005: a stranger's 60 times `aktiver` gave the chief 61 urgent messages; each is kept, on one card at once."""
    house = House(database_url, FakePlatform())
    await house.does("fake:finn", "aktiver vand i kælderen")
    before = len(fake(house).texts("jens"))
    for number in range(20):
        await house.does("fake:finn", f"aktiver vandet står {number} cm højt")
        await house.forward(seconds=1)
    (card,) = fake(house).texts("jens")[before:]
    assert "20 varsler mere" in card
    assert "står 19 cm" in card
    assert sum("cm højt" in line for line in await of_kind(house, "alert")) >= 20
    await house.does("mette", "varsel broen er væk")
    assert any("broen er væk" in text for text in fake(house).texts("jens")[before + 1 :])
    await house.forward(seconds=100)  # two minutes to the second since it rang for the first of them
    await house.does("fake:finn", "aktiver det er over kanten")
    told = [text for text in fake(house).texts("jens")[before:] + fake(house).texts("pia") if "over kanten" in text]
    assert told
    assert all("står 19 cm" not in text for text in told)
    await house.database.close()
