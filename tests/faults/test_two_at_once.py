"""Two replicas that do the same at once, and one that was frozen meanwhile: what is done once is done once."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.engine.clock import WoundClock
from bot.engine.platform import Ref, Unavailable, Undeliverable
from storage.rows.staff import Member
from storage.rows.traffic import Address, Message, StaffChannel, StaffRecipient
from tests.faults.fake_platform import Doors, FakePlatform
from tests.faults.house import House, fake, of_kind
from tests.stage.stage import SUMMER_AFTERNOON

CHANNEL = "krise-2026-07-02-skybrud"


async def two(url: str, screen: FakePlatform) -> tuple[House, House]:
    clock = WoundClock(SUMMER_AFTERNOON)
    return House(url, screen, clock=clock), House(url, screen, clock=clock)


@pytest.mark.long
async def test_two_replicas_make_one_channel_of_the_staff_and_say_there_what_is_said_once(database_url: str) -> None:
    """D05 R018: both saw that it was missing, and each made one; what was said in the first was said in the second."""
    platform = Doors()
    platform.may_go_on.clear()
    one, other = await two(database_url, platform)
    await one.says("lars", "aktiver 2 skybrud")
    await one.engine.turns.drain()
    making = [asyncio.create_task(house.engine.rooms.drain()) for house in (one, other)]
    await asyncio.wait(making, timeout=5, return_when=asyncio.FIRST_COMPLETED)
    platform.may_go_on.set()
    await asyncio.gather(*making)
    await one.engine.settle()
    await other.engine.settle()
    assert platform.made == [CHANNEL]
    async with one.database.reading() as db:
        assert list(await db.scalars(select(StaffChannel.address))) == [CHANNEL]
    keys = [(shown.lane, shown.key) for shown in platform.shown]
    assert sorted(keys) == sorted(set(keys))
    for house in (one, other):
        await house.database.close()


@pytest.mark.long
async def test_a_channel_whose_maker_died_is_made_by_the_other(database_url: str) -> None:
    """D05: half a minute later at most."""
    platform = Doors()
    platform.may_go_on.clear()
    one, other = await two(database_url, platform)
    await one.says("lars", "aktiver 2 skybrud")
    await one.engine.turns.drain()
    dying = asyncio.create_task(one.engine.rooms.drain())
    await platform.asked.wait()
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    platform.may_go_on.set()
    await other.engine.settle()
    assert platform.made == []
    await other.forward(seconds=30)
    assert platform.made == [CHANNEL]
    for house in (one, other):
        await house.database.close()


@pytest.mark.long
async def test_who_cannot_be_taken_out_of_the_channel_is_told_of_once_and_keeps_nobody_out(database_url: str) -> None:
    """R032: whoever left the staff reads on; it was asked for again and again, and nobody was told."""
    platform = Doors()
    platform.kept_in = Undeliverable("må ikke fjerne nogen")
    house = House(database_url, platform)
    await house.does("lars", "aktiver 2 skybrud")
    async with house.database.turn() as db:
        inside = await db.scalar(select(Member).where(Member.person == "mads"))
        assert inside is not None
        inside.until = house.clock.now()
    await house.engine.rooms.drain()
    await house.forward(minutes=5)
    for person in ("lars", "kim"):
        (told,) = [text for text in platform.texts(person) if "kunne ikke tages ud af" in text]
        assert "Mads" in told
        assert "må ikke fjerne nogen" in told
    assert len([line for line in await of_kind(house, "notice") if "kunne ikke tages ud" in line]) == 1
    await house.database.close()


class Frozen(FakePlatform):
    """A platform whose one call is under way while somebody else sends the same."""

    def __init__(self) -> None:
        super().__init__(can_look=False)
        self.arrived, self.answers = asyncio.Event(), asyncio.Event()
        self.holds = True

    async def send(self, lane: str, post: object) -> Ref:
        if self.holds:
            self.holds = False
            self.arrived.set()
            await self.answers.wait()
            raise TimeoutError
        return await super().send(lane, post)  # type: ignore[arg-type]


async def test_whoever_lost_a_conversation_says_nothing_of_what_became_of_its_send(database_url: str) -> None:
    """D05: a replica that was frozen in a send found it sent by another, and put it in doubt again: it came twice."""
    platform = Frozen()
    one, other = await two(database_url, platform)
    await one.say("anne", "Stabsmøde kl. 16")
    frozen = asyncio.create_task(one.engine.deliverer.drain())
    await platform.arrived.wait()
    one.clock.set(one.clock.now() + timedelta(seconds=13))
    await other.engine.deliverer.drain()
    platform.answers.set()
    await frozen
    for _ in range(3):
        one.clock.set(one.clock.now() + timedelta(minutes=1))
        await asyncio.gather(one.engine.settle(), other.engine.settle())
    assert len(platform.texts("anne")) == 1
    for house in (one, other):
        await house.database.close()


async def test_a_send_that_was_given_out_too_long_ago_is_not_made_but_put_back(database_url: str) -> None:
    """D05: between its being given out and being made the process stood still, and the conversation may be another's."""
    platform = FakePlatform()
    house = House(database_url, platform)
    await house.say("anne", "Stabsmøde kl. 16")
    sender = house.engine.deliverer
    await sender._addresser.address_some()
    (job,) = await sender._claims.take(set())
    await sender._carry(replace(job, asked_at=job.asked_at - 11))
    assert platform.calls == 0
    assert await house.states() == ["queued"]
    await house.engine.settle()
    assert platform.texts("anne") == ["Stabsmøde kl. 16"]
    await house.database.close()


@pytest.mark.long
async def test_what_is_said_to_the_staff_while_its_other_channel_opens_is_said_there_too(database_url: str) -> None:
    """R072 D05: whoever addressed it had seen one channel; the other one opened before they had written it down."""
    house = House(database_url, Doors())
    await house.does("lars", "aktiver 2 skybrud")
    await house.say(StaffRecipient.of(1), "Stabsmøde nu")
    async with house.database.transaction() as db:
        said = await db.scalar(select(Message).where(Message.recipient == StaffRecipient.of(1)).with_for_update())
        assert said is not None
        said.dispatched_version = said.version
        await db.flush()
        opened = asyncio.create_task(house.engine.rooms.moved("fake", CHANNEL, "krise-flyttet"))
        await asyncio.wait([opened], timeout=0.3)
    await opened
    await house.engine.settle()
    assert "Stabsmøde nu" in fake(house).texts("krise-flyttet")
    await house.database.close()


@pytest.mark.long
async def test_who_is_outside_goes_on_being_written_to_while_the_chat_lets_in_nobody(database_url: str) -> None:
    """R032: somebody else was to be let in, and the chat failed: who had been left outside was written to by nobody."""
    platform = Doors()
    platform.shut_out = {"mads"}
    house = House(database_url, platform)
    await house.does("lars", "aktiver 2 skybrud")
    platform.let_in = Unavailable("nede")
    await house.does("lars", "rolle logfører Gitte")
    await house.say(StaffRecipient.of(1), "Stabsmøde nu")
    await house.engine.settle()
    assert platform.texts("mads").count("Stabsmøde nu") == 1
    await house.database.close()


@pytest.mark.long
async def test_who_is_to_be_let_in_is_asked_in_though_another_may_not_be_taken_out(database_url: str) -> None:
    """R032: they were said to be left outside, and nobody had tried."""
    platform = Doors()
    platform.kept_in = Undeliverable("må ikke fjerne nogen")
    house = House(database_url, platform)
    await house.does("lars", "aktiver 2 skybrud")
    await house.says("lars", "rolle logfører Gitte")
    await house.engine.turns.drain()
    async with house.database.turn() as db:
        inside = await db.scalar(select(Member).where(Member.person == "mads"))
        assert inside is not None
        inside.until = house.clock.now()
    await house.engine.rooms.drain()
    await house.engine.settle()
    async with house.database.reading() as db:
        room = (await db.scalars(select(StaffChannel))).one()
    assert "gitte" in room.inside
    assert not any("kunne ikke lukkes ind" in text for text in platform.texts("lars"))
    await house.database.close()


@pytest.mark.long
async def test_who_is_written_to_alone_has_it_once_though_they_are_heard_elsewhere_meanwhile(database_url: str) -> None:
    """R032 D02: their way was another one when the channel was closed or the words were mended, and they got it twice."""
    one, other = Doors(), Doors("andet")
    one.shut_out = other.shut_out = {"mads"}
    house = House(database_url, one, other)
    await house.does("lars", "aktiver 2 skybrud")
    await house.say(StaffRecipient.of(1), "Stabsmøde nu")
    await house.engine.settle()
    had = [screen.texts("mads").count("Stabsmøde nu") for screen in (one, other)]
    assert sum(had) == 1
    there = other if had[0] else one
    async with house.database.transaction() as db:
        heard = house.clock.now() + timedelta(seconds=1)
        db.add(Address(person="mads", platform=there.name, reference={}, name="", heard_at=heard))
    await house.engine.rooms.closed("fake", CHANNEL, "kanalen er arkiveret")
    await house.engine.settle()
    assert [screen.texts("mads").count("Stabsmøde nu") for screen in (one, other)] == had
    await house.database.close()
