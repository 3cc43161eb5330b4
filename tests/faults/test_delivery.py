"""What is said arrives: once where that can be known, in order, urgent first, another way if need be, or as a fact."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.engine.clock import SystemClock, WoundClock
from bot.engine.engine import Engine
from bot.engine.platform import Closed, Throttled, Unavailable, Undeliverable
from bot.engine.rates import Limits, Rate
from handlers.core import registry
from handlers.core.card import Card
from handlers.core.context import ORDINARY, ROUTINE, URGENT
from handlers.core.incoming import Incoming
from handlers.core.turn import Turn
from storage.case import export
from storage.database import Database
from storage.plan import loading, model
from storage.rows.crisis import Crisis
from storage.rows.traffic import Conversation, Delivery, Message, Timer
from tests.faults.fake_platform import Doors, FakePlatform, Roomy
from tests.stage.stage import SUMMER_AFTERNOON

PLAN = loading.example()


class House:
    """An engine between rows and fake platforms, and a clock to wind."""

    def __init__(
        self, url: str, *platforms: FakePlatform, clock: SystemClock | None = None, plan_: model.Plan = PLAN
    ) -> None:
        registry.load()
        self.clock = clock or WoundClock(SUMMER_AFTERNOON)
        self.database = Database(url)
        self.engine = Engine(self.database, self.clock, lambda: plan_)
        self.engine.use(platforms)

    async def say(self, person: str, text: str, *, key: str = "", kind: str = "card", **how: object) -> None:
        async with self.database.turn() as db:
            turn = Turn(db, self.clock.now(), PLAN)
            await turn.say(person, Card(text), key=key or f"{person}/{text}", kind=kind, **how)  # type: ignore[arg-type]

    async def says(self, person: str, text: str, key: str = "") -> None:
        """A person's command comes in, as a platform would hand it over."""
        await self.engine.intake.accept(
            Incoming(
                key=key or f"{person}/{text}",
                kind="command",
                platform="fake",
                sender=person,
                place="dm",
                conversation=person,
                received_at=self.clock.now(),
                text=text,
            )
        )

    async def does(self, person: str, text: str, key: str = "") -> None:
        """A person's command comes in, and all that follows from it is done."""
        await self.says(person, text, key)
        await self.engine.settle()

    async def forward(self, **span: float) -> None:
        await self.engine.wind(self.clock, self.clock.now() + timedelta(**span))

    async def states(self) -> list[str]:
        async with self.database.reading() as db:
            return list(await db.scalars(select(Delivery.state).order_by(Delivery.id)))

    async def export(self) -> dict[str, list[dict[str, str]]]:
        async with self.database.reading() as db:
            crisis = await db.scalar(select(Crisis))
            assert crisis is not None
            return await export.document(db, crisis)


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    house = House(database_url, FakePlatform())
    yield house
    await house.database.close()


def fake(house: House, name: str = "fake") -> FakePlatform:
    found = house.engine.platforms[name]
    assert isinstance(found, FakePlatform)
    return found


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


async def test_an_escalation_goes_every_way_at_once(database_url: str) -> None:
    """Contract: a person on both platforms gets one message, an escalation goes to both."""
    first, second = FakePlatform("a"), FakePlatform("b")
    house = House(database_url, first, second)
    await house.say("jens", "notits", kind="notice")
    await house.say("jens", "varsel", kind="alert", everywhere=True)
    await house.engine.settle()
    assert sorted(first.texts("jens") + second.texts("jens")) == ["notits", "varsel", "varsel"]
    await house.database.close()


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


async def activate(house: House) -> None:
    await house.does("lars", "aktiver 2 skybrud")


async def test_a_fault_in_making_the_channel_keeps_nobody_from_being_summoned(database_url: str) -> None:
    """R018 R030: the summons goes out though the channel can't be made."""
    platform = Roomy(RuntimeError("uventet"))
    house = House(database_url, platform)
    await activate(house)
    assert any("Du indkaldes" in text for text in platform.texts("anne"))
    await house.database.close()


async def test_a_channel_that_takes_for_ever_to_make_keeps_nobody_waiting_for_the_summons(database_url: str) -> None:
    """R010 R030."""
    platform = Roomy()
    house = House(database_url, platform)
    await house.engine.start()
    try:
        await house.engine.intake.accept(
            Incoming("1", "command", "fake", "lars", "dm", "lars", house.clock.now(), text="aktiver 2 skybrud")
        )
        async with asyncio.timeout(4):
            await platform.shows("anne", "Du indkaldes")
    finally:
        await house.engine.stop()
        await house.database.close()


@pytest.mark.long
async def test_where_no_channel_can_be_made_the_staff_is_written_to_one_by_one(database_url: str) -> None:
    """R030 R018."""
    platform = FakePlatform()
    platform.has_rooms = True
    house = House(database_url, platform)
    await activate(house)
    assert any("Krisestab nr. 1" in text for text in platform.texts("anne"))
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


CHANNEL = "krise-2026-07-02-skybrud"


async def of_kind(house: House, kind: str) -> list[str]:
    return [line["summary"] for line in (await house.export())["log"] if line["kind"] == kind]


@pytest.mark.long
@pytest.mark.parametrize("everybody", [False, True], ids=["some", "all"])
async def test_whoever_is_not_let_into_the_channel_is_written_to_and_the_chief_and_the_secretariat_are_told(
    database_url: str, everybody: bool
) -> None:
    """R032: an empty channel was written into, and nobody was told."""
    platform = Doors()
    platform.shut_out = set(PLAN.persons) if everybody else {"mads", "line"}
    house = House(database_url, platform)
    await activate(house)
    for person in ("lars", "kim"):
        assert any("kunne ikke lukkes ind i krisestabens kanal" in text for text in platform.texts(person))
    assert any("Mads" in line and "kunne ikke lukkes ind" in line for line in await of_kind(house, "notice"))
    async with house.database.turn() as db:
        crisis = await db.scalar(select(Crisis))
        turn = Turn(db, house.clock.now(), PLAN, crisis=crisis)
        await turn.say(turn.staff, Card("Stabsmøde nu"), key="to the staff")
    await house.engine.settle()
    assert "Stabsmøde nu" in platform.texts(CHANNEL)
    assert [text for text in platform.texts("mads") if text == "Stabsmøde nu"] == ["Stabsmøde nu"]
    assert ("Stabsmøde nu" in platform.texts("anne")) == everybody
    told = len([text for text in platform.texts("lars") if "kunne ikke lukkes ind i" in text])
    await house.forward(minutes=5)
    assert len([text for text in platform.texts("lars") if "kunne ikke lukkes ind i" in text]) == told
    await house.database.close()


@pytest.mark.long
async def test_a_channel_that_is_archived_is_told_of_and_what_is_said_goes_to_each(database_url: str) -> None:
    """R032 D02: what the staff is told reaches it, and what nobody could read in the channel too."""
    platform = Doors()
    house = House(database_url, platform)
    await activate(house)
    platform.closed = Closed("kanalen i Slack er arkiveret")
    await house.does("kim", "melding HASTER: broen er væk")
    await house.does("lars", "log vandet stiger")
    assert any("er arkiveret" in text for text in platform.texts("kim"))
    assert any("broen er væk" in text for text in platform.texts("anne"))
    assert any("er arkiveret" in line for line in await of_kind(house, "notice"))
    await house.database.close()


async def test_a_channel_that_cannot_be_made_is_told_of(database_url: str) -> None:
    house = House(database_url, Roomy(Undeliverable("må ikke lave kanaler")))
    await activate(house)
    for person in ("lars", "kim"):
        assert any("må ikke lave kanaler" in text for text in fake(house).texts(person))
    await house.database.close()


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
    await house.forward(minutes=2)
    await house.does("fake:finn", "aktiver det er over kanten")
    told = [text for text in fake(house).texts("jens")[before:] + fake(house).texts("pia") if "over kanten" in text]
    assert told
    assert all("står 19 cm" not in text for text in told)
    await house.database.close()
