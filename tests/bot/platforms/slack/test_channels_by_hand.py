"""The staff's channel in Slack, where somebody else shuts, renames, leaves or enters it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update

from bot.pages.metrics import Metrics
from bot.platforms.slack import inbound
from handlers.core.card import Card
from storage.rows.staff import Member
from storage.rows.traffic import Message, StaffChannel
from tests.bot.platforms.slack.house import House, log, read
from tests.fakes.slack import OkFalse, Timeout

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)

SHUT_OUT = ("cant_invite", "restricted_action", "not_in_channel", "is_archived", "channel_not_found", "no_permission")


@pytest.mark.long
@pytest.mark.parametrize(
    ("method", "error"),
    [
        *(("conversations.invite", each) for each in SHUT_OUT),
        *(("conversations.create", each) for each in ("restricted_action", "no_permission")),
        *(
            ("chat.postMessage", each)
            for each in ("is_archived", "channel_not_found", "not_in_channel", "restricted_action")
        ),
    ],
)
async def test_a_channel_that_refuses_is_told_of_everywhere_and_the_staff_is_written_to_one_by_one(
    house: House, method: str, error: str
) -> None:
    """R030 R032 D02: an empty channel was written into, and nobody was told."""
    channel = None
    if method == "chat.postMessage":
        await house.crisis()
        channel = house.room
    house.slack.fail(method, with_=OkFalse(error), times=None, channel=channel)
    if method != "chat.postMessage":
        await house.crisis()
    await house.tell("staff", Card("Stabsmøde nu"))
    await house.forward(minutes=2)
    assert house.person("U0KIM").sees("risestabens kanal")
    assert house.person("U0ANNE").sees("Stabsmøde nu")
    assert await log(house, "notice")
    assert b"krisebot_channels_in_trouble 1.0" in await Metrics(house.engine, None).text()


def _alone(house: House, user: str, text: str) -> bool:
    """Whether somebody was written to alone."""
    return any(
        text in (read(each.blocks) if each.blocks else each.text) for each in house.slack.world.dm(user).messages
    )


async def _channel(house: House) -> Any:
    (room,) = await house.rows(select(StaffChannel))
    return room


async def test_who_leaves_the_staffs_channel_by_hand_is_told_of_and_goes_on_getting_what_is_said(house: House) -> None:
    """R030 D02 D09: still in the staff, they are written to alone; back again, they are not any more."""
    await house.crisis()
    channel = (await _channel(house)).address
    for _ in range(2):
        await house.person("U0OLE").leaves(channel)
        await house.engine.settle()
    assert _alone(house, "U0KIM", "Ole Bach er gået ud af krisestabens kanal i Slack, men er stadig i krisestaben")
    assert _alone(house, "U0OLE", "er gået ud af dens kanal i Slack")
    await house.tell("staff", Card("Stabsmøde nu"))
    await house.engine.settle()
    assert _alone(house, "U0OLE", "Stabsmøde nu")
    assert not _alone(house, "U0ANNE", "Stabsmøde nu")
    await house.person("U0OLE").joins(channel)
    await house.tell("staff", Card("Mødet er flyttet"), key="flyttet")
    await house.engine.settle()
    assert not _alone(house, "U0OLE", "Mødet er flyttet")
    assert house.posted("Mødet er flyttet") == 1


async def test_who_comes_into_the_staffs_channel_by_hand_is_told_of_by_name_and_gets_no_right(house: House) -> None:
    """T30 D09: they read along, numbers too; whoever runs the staff lets them in or takes them out."""
    await house.crisis()
    channel = (await _channel(house)).address
    await house.person("U0FINN", name="Finn Friis").joins(channel)
    await house.engine.settle()
    said = "Finn Friis er kommet ind i krisestabens kanal i Slack uden at være i krisestaben, og læser med."
    assert _alone(house, "U0KIM", said)
    assert not _alone(house, "U0FINN", "er kommet ind")
    assert "slack:U0FINN" not in [row.person for row in await house.rows(select(Member))]
    other = house.slack.add_channel("frokost", "U0LARS")
    before = len(await house.rows(select(Message)))
    await house.person("U0FINN").joins(other.id)
    await house.person("U0LARS").leaves(other.id)
    await house.engine.settle()
    assert len(await house.rows(select(Message))) == before


@pytest.mark.long
@pytest.mark.parametrize("how", [*inbound.CLOSED, "member_left_channel"])
async def test_a_staffs_channel_that_is_closed_by_hand_is_told_of_before_anybody_writes_there(
    house: House, how: str
) -> None:
    """R030 D02: and what was said to the staff is sent to each."""
    await house.crisis()
    channel = (await _channel(house)).address
    assert not _alone(house, "U0ANNE", "Krisestab nr. 1")
    await house.person("U0LARS").happens(how, channel=channel, user=house.slack.world.bot_user)
    await house.engine.settle()
    assert (await _channel(house)).state == "failed"
    assert _alone(house, "U0KIM", "Krisestabens kanal i Slack kan ikke bruges")
    assert _alone(house, "U0ANNE", "Krisestab nr. 1")


async def test_a_channel_is_as_it_was_left_in_whatever_order_slack_tells_of_it(house: House) -> None:
    """R030 D02: opened again, and then told that it was archived before that; what closes it afterwards does."""
    await house.crisis()
    channel, lars = (await _channel(house)).address, house.person("U0LARS")
    now = float(house.slack.world.next_ts())

    async def done(event: str, seconds: float) -> str:
        await lars.happens(event, channel=channel, user="U0LARS", event_ts=f"{now + seconds:.6f}")
        await house.engine.settle()
        return str((await _channel(house)).state)

    assert await done("channel_unarchive", 20) == "open"
    assert await done("channel_archive", 10) == "open"
    assert not _alone(house, "U0KIM", "Krisestabens kanal i Slack kan ikke bruges")
    assert await done("channel_archive", 30) == "failed"
    assert await done("channel_unarchive", 25) == "failed"
    assert await done("channel_unarchive", 40) == "open"


async def test_a_channel_that_becomes_the_staffs_after_somebody_wrote_there_is_known_as_such(house: House) -> None:
    """R030 D09: one that was left behind is taken into use; who comes into it by hand is told of, without a restart."""
    lunch = house.slack.add_channel("frokost", "U0LARS")
    await house.person("U0LARS").command("status", lunch.id)
    await house.crisis()
    async with house.engine.database.transaction() as db:
        # As another process would have written it.
        await db.execute(update(StaffChannel).values(address=lunch.id))
    await house.person("U0FINN", name="Finn Friis").joins(lunch.id)
    await house.engine.settle()
    assert _alone(house, "U0KIM", "Finn Friis er kommet ind i krisestabens kanal i Slack")


async def test_a_channel_that_gets_another_id_is_the_staffs_still(house: House) -> None:
    """R030 D02: as when it is made shared or moved to another workspace."""
    await house.crisis()
    old = (await _channel(house)).address
    new = house.slack.add_channel("krise-flyttet", "U0LARS", "U0KIM")
    await house.person("U0LARS").happens("channel_id_changed", old_channel_id=old, new_channel_id=new.id)
    await house.tell("staff", Card("Stabsmøde nu"))
    await house.engine.settle()
    assert (await _channel(house)).address == new.id
    assert [message for message in new.messages if "Stabsmøde nu" in (message.text or "")]
    assert _alone(house, "U0KIM", "Krisestabens kanal i Slack er flyttet eller delt")


@pytest.mark.parametrize("event", inbound.RENAMED)
async def test_a_staffs_channel_that_is_renamed_is_told_of_and_goes_on(house: House, event: str) -> None:
    """R030 D02: told once however often Slack tells it, and each time that it is renamed; other channels' names are nobody's."""
    await house.crisis()
    channel = await _channel(house)
    finn = house.person("U0FINN")
    for name in ("krise-vand", "krise-vand", "krise-vand-2"):
        about = {"id": channel.address, "name": name, "created": 1783000000}
        assert (await finn.happens(event, channel=about)).status == 200
        await house.engine.settle()
    other = house.slack.add_channel("frokost", "U0LARS")
    await finn.happens(event, channel={"id": other.id, "name": "madpakker", "created": 1783000000})
    await house.engine.settle()
    assert _alone(house, "U0KIM", f"Krisestabens kanal i Slack er omdøbt fra »{channel.name}« til »krise-vand«.")
    assert _alone(house, "U0KIM", "omdøbt fra »krise-vand« til »krise-vand-2«. Den er stadig krisestabens")
    assert len([line for line in await log(house, "notice") if "omdøbt" in line["summary"]]) == 2
    await house.tell("staff", Card("Stabsmøde nu"))
    await house.engine.settle()
    assert house.posted("Stabsmøde nu") == 1


@pytest.mark.long
@pytest.mark.parametrize("how", [*inbound.REOPENED, "member_joined_channel"])
async def test_a_staffs_channel_that_is_opened_again_is_the_staffs_again(house: House, how: str) -> None:
    """R030 D02: archived by mistake, or krisebot was taken out and is let in again: what was said meanwhile is said there too."""
    await house.crisis()
    channel = (await _channel(house)).address
    lars, bot = house.person("U0LARS"), house.slack.world.bot_user
    await lars.happens(how, channel=channel, user=bot)
    await house.engine.settle()
    assert not _alone(house, "U0KIM", "kan bruges igen")
    await lars.happens("group_left", channel=channel)
    await house.tell("staff", Card("Stabsmøde nu"))
    await house.engine.settle()
    assert _alone(house, "U0ANNE", "Stabsmøde nu")
    await lars.happens(how, channel=channel, user=bot)
    await house.engine.settle()
    assert (await _channel(house)).state == "open"
    assert _alone(house, "U0KIM", "Krisestabens kanal i Slack kan bruges igen")
    await house.tell("staff", Card("Mødet er flyttet"), key="flyttet")
    await house.engine.settle()
    assert not _alone(house, "U0ANNE", "Mødet er flyttet")
    shown = "".join(
        read(each.blocks) if each.blocks else each.text for each in house.slack.world.place(channel, "U0KIM").messages
    )
    assert "Stabsmøde nu" in shown
    assert "Mødet er flyttet" in shown


@pytest.mark.long
async def test_who_comes_in_by_hand_is_on_disk_before_slack_is_asked_for_their_name(house: House) -> None:
    """D03 T30: Slack waits for its answer three seconds, and a name may take as long; stopped in between, nobody is lost."""
    await house.crisis()
    channel = (await _channel(house)).address
    house.slack.fail("users.info", with_=Timeout(), times=None)
    before = len(house.slack.calls_to("users.info"))
    await house.person("U0FINN", name="Finn Friis").joins(channel)
    assert len(house.slack.calls_to("users.info")) == before
    assert (await _channel(house)).detail["strangers"] == {"slack:U0FINN": None}
    await house.engine.settle()
    assert _alone(house, "U0KIM", "er kommet ind i krisestabens kanal i Slack uden at være i krisestaben")
