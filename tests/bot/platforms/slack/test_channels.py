"""The staff's channel in Slack: made with its name and its people."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.engine.platform import Throttled, Undeliverable
from storage.rows.traffic import StaffChannel
from tests.bot.platforms.slack.house import House, hasty
from tests.fakes.slack import DisconnectAfter, Fault, OkFalse, RateLimited, Timeout

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


async def test_the_staff_gets_a_private_channel_with_its_name_and_its_people(house: House) -> None:
    """R032: krise-<date>-<title>."""
    await house.crisis()
    channel = house.slack.channel("krise-2026-07-02-skybrud-i-hedehusene")
    assert channel.kind == "private_channel"
    assert channel.topic == "skybrud i Hedehusene · niveau 2, fuldt etableret senest kl. 16:00"
    assert {"U0LARS", "U0ANNE", "U0OLE", "U0SARA", "U0JENS"} <= set(channel.members)
    assert house.person("U0LARS").sees("Krisestab nr. 1")


async def test_a_name_that_is_taken_gets_a_number(house: House) -> None:
    """R032: somebody else's channel is left alone."""
    house.slack.add_channel("krise-2026-07-02-skybrud-i-hedehusene", "U0FINN")
    house.slack.add_channel("krise-2026-07-02-skybrud-i-hedehusene-2", "U0FINN", bot=False)
    await house.crisis()
    channel = house.slack.channel("krise-2026-07-02-skybrud-i-hedehusene-3")
    assert "U0LARS" in channel.members
    assert await house.rows(select(StaffChannel.address)) == [channel.id]


@hasty
@pytest.mark.parametrize("fault", [Timeout(), DisconnectAfter()], ids=["timeout", "broken"])
async def test_a_channel_that_was_made_without_our_hearing_of_it_is_used(house: House, fault: Fault) -> None:
    """D03: one crisis, one channel."""
    house.slack.fail("conversations.create", with_=fault)
    await house.crisis()
    await house.forward(minutes=2)
    made = [each for each in house.slack.world.channels.values() if each.name.startswith("krise-")]
    assert [each.topic.partition(" · ")[0] for each in made] == ["skybrud i Hedehusene"]
    assert "U0LARS" in made[0].members


async def test_one_429_loses_no_channel(house: House) -> None:
    house.slack.fail("conversations.create", with_=RateLimited(retry_after=20))
    house.slack.fail("conversations.setTopic", with_=RateLimited(retry_after=20))
    await house.crisis()
    await house.forward(minutes=2)
    made = [each for each in house.slack.world.channels.values() if each.name.startswith("krise-")]
    assert [each.topic.partition(" · ")[0] for each in made] == ["skybrud i Hedehusene"]


async def test_a_crisis_of_the_same_name_gets_a_channel_of_its_own(house: House) -> None:
    await house.crisis()
    (first,) = await house.rows(select(StaffChannel.address))
    address, _ = await house.platform.open_room("krise-2026-07-02-skybrud-i-hedehusene", "Den anden", {})
    assert address != first
    assert house.slack.channel(address).name == "krise-2026-07-02-skybrud-i-hedehusene-2"


async def test_one_who_cannot_come_in_keeps_nobody_else_out(house: House) -> None:
    channel = house.slack.add_channel("stab", "U0LARS")
    house.slack.deactivate("U0OLE")
    inside = await house.platform.admit(channel.id, {}, ["lars", "ole", "anne", "slack:U0FINN", "teams:x"])
    assert set(inside) == {"lars", "anne", "slack:U0FINN"}
    assert "U0ANNE" in channel.members
    assert await house.platform.admit(channel.id, {}, ["ole"]) == []
    assert await house.platform.admit(channel.id, {}, ["lars"]) == ["lars"]


async def test_more_than_a_hundred_are_invited(house: House) -> None:
    channel = house.slack.add_channel("stab")
    for number in range(150):
        house.slack.add_user(f"U{number}", f"Nr. {number}")
    everyone = [f"slack:U{number}" for number in range(150)]
    assert set(await house.platform.admit(channel.id, {}, everyone)) == set(everyone)
    assert len(channel.members) == 151


async def test_whoever_leaves_the_staff_leaves_its_channel(house: House) -> None:
    """D09."""
    channel = house.slack.add_channel("stab", "U0LARS", "U0ANNE")
    await house.platform.dismiss(channel.id, {}, ["anne", "ole"])
    assert "U0ANNE" not in channel.members
    assert "U0LARS" in channel.members


async def test_where_channels_may_not_be_made_the_staff_is_written_to_one_by_one(house: House) -> None:
    house.slack.fail("conversations.create", with_=OkFalse("missing_scope", {"needed": "groups:write"}), times=None)
    await house.crisis()
    assert house.person("U0ANNE").sees("Krisestab nr. 1")
    with pytest.raises(Undeliverable, match="groups:write"):
        await house.platform.open_room("krise-x", "x", {})


async def test_slacks_wish_is_passed_on_in_seconds(house: House) -> None:
    house.slack.fail("conversations.invite", with_=RateLimited(retry_after=7))
    with pytest.raises(Throttled) as wait:
        await house.platform.admit(house.slack.add_channel("stab").id, {}, ["jens"])
    assert wait.value.seconds == 7
