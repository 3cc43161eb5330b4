"""The staff's channel where it can't be made, entered or kept: the staff is written to all the same, and it is told."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from bot.engine.platform import Closed, Undeliverable
from handlers.core.card import Card
from handlers.core.incoming import Incoming
from handlers.core.turn import Turn
from storage.rows.crisis import Crisis
from tests.faults.fake_platform import Doors, FakePlatform, Roomy
from tests.faults.house import PLAN, House, fake, of_kind


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


CHANNEL = "krise-2026-07-02-skybrud"


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
