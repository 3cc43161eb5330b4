"""The staff's channel in Teams: made in the staff's team with its people, or what it has instead."""

from __future__ import annotations

import pytest

from handlers.core.card import Card
from tests.bot.platforms.teams.house import GROUP, House, hasty
from tests.fakes.teams import Timeout

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


async def test_the_staff_gets_a_channel_of_its_own_with_its_members_in_the_team(house: House) -> None:
    """R017: as soon as level 2 is decided."""
    await house.crisis()
    room = await house.room()
    channel = house.teams.channel("krise-2026-07-02-skybrud-i-hedehusene")
    assert (room.state, room.address) == ("open", channel.id)
    assert set(room.inside) >= {"jens", "lars", "anne"}
    assert "aad-lars" in house.teams.world.teams[GROUP].members.values()
    assert channel.messages


async def test_what_is_asked_in_the_staffs_channel_is_answered_there(house: House) -> None:
    await house.crisis()
    channel = house.teams.channel("krise-2026-07-02-skybrud-i-hedehusene")
    before = len(channel.messages)
    await house.person("aad-jens").mentions("status", channel.id)
    await house.settle()
    assert [each.from_bot for each in channel.messages[before:]] == [False, True]
    assert (await house.inbox())[-1]["conversation"] == channel.id


async def test_a_second_channel_of_the_same_name_gets_a_number(house: House) -> None:
    house.teams.add_channel("krise-2026-07-02-skybrud-i-hedehusene", GROUP)
    await house.crisis()
    assert house.teams.channel("krise-2026-07-02-skybrud-i-hedehusene-2").id == (await house.room()).address


@pytest.mark.long
@hasty
async def test_a_channel_that_was_made_without_our_hearing_of_it_is_taken_up(house: House) -> None:
    """D03: no second channel for the same staff."""
    house.teams.fail("graph", with_=Timeout())
    await house.crisis()
    await house.forward(seconds=10)
    made = [each for each in house.teams.world.conversations.values() if each.name.startswith("krise-")]
    assert [each.id for each in made] == [(await house.room()).address]


async def test_a_channel_that_a_staff_already_has_is_not_taken_from_it(house: House) -> None:
    """A second crisis of the same name on the same day."""
    await house.crisis()
    first = await house.room()
    address, _ = await house.platform.open_room(first.name, first.title, {})
    assert address == house.teams.channel(f"{first.name}-2").id


@pytest.mark.long
async def test_where_graph_is_not_granted_the_staff_gets_a_thread_in_its_channel(house: House) -> None:
    house.teams.graph_granted = False
    await house.crisis()
    room = await house.room()
    general = house.teams.channel("General")
    assert room.address is not None
    assert room.address.startswith(f"{general.id};messageid=")
    assert "jens" in room.inside
    root = room.address.rpartition("=")[2]
    await house.tell("staff", Card("Til staben"))
    assert [each.root for each in general.messages if "Til staben" in each.shown] == [root]
    await house.person("aad-jens").mentions("status", "General", root=root)
    await house.settle()
    assert (await house.inbox())[-1]["conversation"] == room.address


@pytest.mark.long
async def test_where_members_may_not_be_changed_those_in_the_team_are_in(house: House) -> None:
    """Those who aren't are told so, and written to one by one: they were taken for being in it."""
    house.teams.consents.discard("TeamMember.ReadWrite.All")
    await house.crisis()
    room = await house.room()
    assert room.inside == ["eva", "jens"]
    assert "anne" in room.detail["outside"]
    await house.tell("staff", Card("Til staben"))
    assert house.person("aad-anne").sees("Til staben")
    assert house.person("aad-anne").sees("kunne ikke lukkes ind i dens kanal i Teams")
    told = house.person("aad-jens").sees("Til staben")
    assert {each.conversation for each in told} <= {str(room.address).partition(";")[0]}


@pytest.mark.long
async def test_without_a_team_and_without_a_channel_the_staff_is_written_to_one_by_one(house: House) -> None:
    nowhere = house.plan.rooms.model_copy(update={"teams": type(house.plan.rooms.teams)()})
    house.plan = house.plan.model_copy(update={"rooms": nowhere})
    await house.crisis()
    room = await house.room()
    assert (room.state, room.error) == (
        "failed",
        "planen nævner hverken et team eller en kanal til krisestaben i Teams",
    )
    await house.tell("staff", Card("Til staben"))
    assert house.person("aad-jens").sees("Til staben")
