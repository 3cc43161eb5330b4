"""The staff's channel in Teams, where somebody else shuts, renames, leaves or enters it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.pages.metrics import Metrics
from handlers.core.card import Card
from storage.rows.log import LogEntry
from tests.bot.platforms.teams.house import GROUP, House
from tests.fakes.teams import Refusal

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


@pytest.mark.long
@pytest.mark.parametrize(
    ("status", "code"),
    [
        (403, "BotNotInConversationRoster"),
        (403, "NotEnoughPermissions"),
        (404, "ConversationNotFound"),
        (404, "NotFound"),
        (410, "Gone"),
    ],
)
@pytest.mark.parametrize("then", ["send", "graph"])
async def test_a_channel_that_refuses_is_told_of_everywhere_and_the_staff_is_written_to_one_by_one(
    house: House, status: int, code: str, then: str
) -> None:
    """R030 R032 D02: an archived or removed channel swallowed what was said to the staff."""
    if then == "send":
        await house.crisis()
        channel = (await house.room()).name
        house.teams.fail("send", with_=Refusal(status, code), times=None, channel=channel)
    else:
        nowhere = house.plan.rooms.teams.model_copy(update={"channel": None})
        rooms = house.plan.rooms.model_copy(update={"teams": nowhere})
        house.plan = house.plan.model_copy(update={"rooms": rooms})
        house.teams.fail("graph", with_=Refusal(status, code), times=None)
        await house.crisis()
    await house.tell("staff", Card("Stabsmøde nu"))
    await house.forward(minutes=2)
    assert house.person("aad-kim").sees("risestabens kanal i Teams")
    assert house.person("aad-anne").sees("Stabsmøde nu")
    assert b"krisebot_channels_in_trouble 1.0" in await Metrics(house.engine, None).text()


def _alone(house: House, user: str, text: str) -> bool:
    """Whether somebody was written to alone."""
    return any(text in each.shown for each in house.teams.world.personal(user).messages)


@pytest.mark.long
async def test_a_staffs_channel_that_is_renamed_is_told_of_and_goes_on(house: House) -> None:
    """R030 D02: told once however often Teams tells it; another channel's name is nobody's."""
    await house.crisis()
    room = await house.room()
    eva = house.person("aad-eva")
    for _ in range(2):
        assert (await eva.happens("channelRenamed", str(room.address), name="Vand i Hedehusene")).status == 200
        await house.settle()
    await eva.happens("channelRenamed", house.teams.add_channel("Frokost", GROUP).id, name="Madpakker")
    await house.settle()
    said = "er omdøbt fra »krise-2026-07-02-skybrud-i-hedehusene« til »Vand i Hedehusene«. Den er stadig krisestabens"
    assert _alone(house, "aad-kim", f"Krisestabens kanal i Teams {said}")
    notices = await house.rows(select(LogEntry).where(LogEntry.kind == "notice"))
    assert len([line for line in notices if "omdøbt" in line.summary]) == 1
    await house.tell("staff", Card("Stabsmøde nu"))
    assert not _alone(house, "aad-kim", "Stabsmøde nu")
    assert "Stabsmøde nu" in "".join(each.shown for each in house.teams.world.named("Vand i Hedehusene").messages)


@pytest.mark.long
async def test_a_channel_is_as_it_was_left_in_whatever_order_teams_tells_of_it(house: House) -> None:
    """R030 D02: opened again, and then told that it was archived before that; what closes it afterwards does."""
    await house.crisis()
    room, eva = await house.room(), house.person("aad-eva")

    async def done(event: str, when: str) -> str:
        await eva.happens(event, room.name, timestamp=when)
        await house.settle()
        return str((await house.room()).state)

    assert await done("teamUnarchived", "2099-07-02T12:20:00.000Z") == "open"
    assert await done("teamArchived", "2099-07-02T12:10:00.000Z") == "open"
    assert await done("teamArchived", "2099-07-02T12:30:00.000Z") == "failed"
    assert await done("teamUnarchived", "2099-07-02T12:40:00.000Z") == "open"


@pytest.mark.long
@pytest.mark.parametrize(
    ("closes", "reopens"),
    [
        ("channelDeleted", "channelRestored"),
        ("teamArchived", "teamUnarchived"),
        ("teamDeleted", "teamRestored"),
        ("teamHardDeleted", "teamRestored"),
        ("teamMemberRemoved", "teamMemberAdded"),
        ("remove", "add"),
    ],
)
async def test_a_staffs_channel_that_is_closed_and_opened_by_hand_is_told_of_and_the_staff_goes_on(
    house: House, closes: str, reopens: str
) -> None:
    """R030 R032 D02: before anybody writes there what was said is sent to each, and afterwards it is said there again."""
    await house.crisis()
    room, eva = await house.room(), house.person("aad-eva")
    other, me = house.teams.add_channel("Frokost", GROUP).id, [{"id": house.teams.world.bot_id}]

    async def happens(event: str, place: str) -> None:
        if event in ("add", "remove"):
            await eva.happens("", place, kind="installationUpdate", action=event)
        else:
            members = {"teamMemberRemoved": "membersRemoved", "teamMemberAdded": "membersAdded"}
            about: dict[str, Any] = {members[event]: me} if event in members else {}
            await eva.happens(event, place, **about)
        await house.settle()

    if closes == "channelDeleted":
        await happens(closes, other)
        assert (await house.room()).state == "open"
    await happens(closes, room.name)
    await house.tell("staff", Card("Stabsmøde nu"))
    assert (await house.room()).state == "failed"
    assert _alone(house, "aad-kim", "Krisestabens kanal i Teams kan ikke bruges")
    assert _alone(house, "aad-anne", "Stabsmøde nu")
    await happens(reopens, room.name)
    assert (await house.room()).state == "open"
    assert _alone(house, "aad-kim", "Krisestabens kanal i Teams kan bruges igen")
    await house.tell("staff", Card("Mødet er flyttet"), key="flyttet")
    assert not _alone(house, "aad-anne", "Mødet er flyttet")
    shown = "".join(each.shown for each in house.teams.world.named(room.name).messages)
    assert "Stabsmøde nu" in shown
    assert "Mødet er flyttet" in shown


@pytest.mark.long
async def test_who_comes_into_the_staffs_team_by_hand_or_leaves_it_is_told_of(house: House) -> None:
    """R030 D02 D09 T30: in Teams whoever is in the team reads its channels along."""
    await house.crisis()
    room, eva = await house.room(), house.person("aad-eva")
    house.teams.add_person("aad-finn", "Finn Friis")
    finn, anne = ({"id": f"29:{user}", "aadObjectId": user} for user in ("aad-finn", "aad-anne"))
    other_app = {"id": "28:another"}
    await eva.happens("teamMemberAdded", room.name, membersAdded=[finn, other_app])
    await house.settle()
    assert (await house.room()).detail["strangers"].keys() == {"teams:aad-finn"}
    assert _alone(house, "aad-kim", "er kommet ind i krisestabens kanal i Teams uden at være i krisestaben")
    await eva.happens("teamMemberRemoved", room.name, membersRemoved=[finn, anne])
    await house.settle()
    assert (await house.room()).detail["strangers"] == {}
    assert _alone(house, "aad-kim", "Anne Holm er gået ud af krisestabens kanal i Teams")
    await house.tell("staff", Card("Stabsmøde nu"))
    assert _alone(house, "aad-anne", "Stabsmøde nu")
