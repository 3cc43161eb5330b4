"""What people do and write in Teams is kept before it is acknowledged, and takes effect once; what is forged leaves no trace."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from sqlalchemy import func, select

from storage.rows.crisis import Crisis
from storage.rows.traffic import Address
from tests.bot.platforms.teams.house import House, a_house
from tests.fakes.teams import NOT_JSON, Forgery

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


async def test_what_is_written_to_the_bot_is_on_disk_before_it_is_acknowledged(house: House) -> None:
    """R001 D03: nothing runs here, so what is in the inbox was there when Teams got its answer."""
    assert (await house.person("aad-jens").says("vand < 3 m & *stigende*")).status == 200
    (kept,) = await house.inbox()
    assert (kept["kind"], kept["place"], kept["sender"]) == ("text", "dm", "jens")
    assert kept["text"] == "vand < 3 m & *stigende*"


async def test_a_message_takes_effect_once_however_often_teams_sends_it(house: House) -> None:
    """D03: S1, 14:00:41."""
    finn = house.person("aad-finn")
    answers = [await finn.says("varsel vand i kælderen på Birkehøj"), await finn.retry(), await finn.retry()]
    assert all(answer.in_time for answer in answers)
    await house.settle()
    assert len(await house.inbox()) == 1
    assert await house.rows(select(func.count()).select_from(Crisis)) == [1]
    assert len(finn.sees("vand i kælderen på Birkehøj")) == 1


async def test_what_cannot_be_kept_is_not_acknowledged_and_teams_next_try_lands(house: House) -> None:
    """D03: the database is away for a moment."""
    finn = house.person("aad-finn")
    async with house.database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE inbox RENAME TO away")
    assert (await finn.says("vand i kælderen")).status == 503
    async with house.database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE away RENAME TO inbox")
    assert (await finn.retry()).status == 200
    assert [each["text"] for each in await house.inbox()] == ["vand i kælderen"]


async def test_an_employee_outside_the_plan_is_known_by_name(house: House) -> None:
    """R001: everybody may warn, and is not a number to those who are rung up."""
    await house.person("aad-finn").says("varsel vand")
    (kept,) = await house.inbox()
    assert (kept["sender"], kept["sender_name"]) == ("teams:aad-finn", "Finn Holst")


@pytest.mark.parametrize("gap", ["&nbsp;", " ", "\xa0", ""])
async def test_a_mention_in_a_channel_is_a_command_whatever_space_teams_puts_in_it(house: House, gap: str) -> None:
    """R005: Teams has no slash command of ours."""
    await house.person("aad-jens").mentions("aktiver 2 skybrud", "General", gap=gap)
    await house.settle()
    (kept,) = await house.inbox()
    assert (kept["kind"], kept["text"], kept["place"]) == ("command", "aktiver 2 skybrud", "channel")
    assert kept["conversation"] == house.teams.channel("General").id
    assert await house.rows(select(Crisis.level)) == [2]


async def test_what_is_said_in_a_channel_without_a_mention_is_heard_where_it_is_granted(house: House) -> None:
    house.teams.hears_all = True
    await house.person("aad-jens").says("vandet stiger", "General")
    (kept,) = await house.inbox()
    assert (kept["kind"], kept["place"]) == ("text", "channel")


async def test_an_edited_and_a_deleted_message_are_told_of_under_the_messages_own_name(house: House) -> None:
    """D08."""
    jens = house.person("aad-jens")
    await jens.says("40 cm vand")
    said = jens.messages()[0]
    await jens.edits(said, "60 cm vand")
    await jens.deletes(jens.messages()[0])
    kept = await house.inbox()
    assert [each["kind"] for each in kept] == ["text", "edited", "deleted"]
    assert len({each["message"] for each in kept}) == 1


async def test_every_edit_is_told_of_once(house: House) -> None:
    """D03 D08."""
    jens = house.person("aad-jens")
    await jens.says("40 cm vand")
    for text in ("50 cm vand", "60 cm vand"):
        await jens.edits(jens.messages()[0], text)
        await jens.retry()
    assert [each["text"] for each in await house.inbox()] == ["40 cm vand", "50 cm vand", "60 cm vand"]


async def test_whoever_gets_the_app_is_remembered_and_left_in_peace(house: House) -> None:
    """R022: it is rolled out to everybody at once; Teams tells of it in two ways."""
    finn = house.person("aad-finn")
    await finn.installs()
    await house.settle()
    assert [each["kind"] for each in await house.inbox()] == ["joined"]
    assert finn.messages() == []
    async with house.database.reading() as db:
        assert (await db.get_one(Address, ("teams:aad-finn", "teams"))).reference


@pytest.mark.parametrize("how", Forgery, ids=[how.name.lower() for how in Forgery])
async def test_a_forged_or_spoilt_activity_leaves_no_trace(house: House, how: Forgery) -> None:
    answer = await house.person("aad-jens").forged(how, "aktiver 2 skybrud")
    assert answer.status == (400 if how in NOT_JSON else 401)
    assert await house.inbox() == []
    assert house.platform.refused == 1


async def test_while_microsofts_keys_cannot_be_had_teams_is_asked_to_come_again(house: House) -> None:
    house.teams.metadata_down()
    assert (await house.person("aad-jens").says("status")).status == 503
    assert await house.inbox() == []


SPOILT: dict[str, dict[str, Any]] = {
    "a conversation that is none": {"conversation": "x", "channelData": {"tenant": {"id": ""}}},
    "no conversation": {"conversation": {}},
    "no sender": {"from": None},
    "a sender that is none": {"from": "jens"},
    "no id": {"id": None},
    "a time that is none": {"timestamp": "i går"},
    "entities that are none": {"entities": [1, 2]},
    "attachments that are none": {"attachments": {"a": 1}},
    "an invoke without anything in it": {"type": "invoke", "name": "adaptiveCard/action", "value": None},
    "a press of somebody else's button": {
        "type": "invoke",
        "name": "adaptiveCard/action",
        "value": {"action": {"data": {"another_app": 7}}},
    },
    "a press whose action is a list": {"type": "invoke", "name": "adaptiveCard/action", "value": {"action": []}},
    "a form from nowhere": {"type": "invoke", "name": "task/submit", "value": {"data": "x"}},
    "a message action without a message": {
        "type": "invoke",
        "name": "composeExtension/fetchTask",
        "value": {"commandId": "gemILog", "messagePayload": []},
    },
}


@pytest.mark.parametrize("change", SPOILT.values(), ids=SPOILT.keys())
async def test_rightly_signed_nonsense_is_acknowledged_and_kept_nowhere(house: House, change: dict[str, Any]) -> None:
    jens = house.person("aad-jens")
    activity = jens.activity({"type": "message", "text": "status"}, house.teams.world.personal("aad-jens"))
    change = {**change, "channelData": activity["channelData"]}
    assert (await jens.wire.deliver({**activity, **change})).status == 200
    assert await house.inbox() == []
    assert house.left == 1


async def test_a_button_of_another_release_says_so_in_words(house: House) -> None:
    """D03: it was answered "Modtaget.", and nothing came of it."""
    jens = house.person("aad-jens")
    carried = {"krisebot": {"message": 7, "does": "something later"}}
    value = {"action": {"type": "Action.Execute", "verb": "do", "data": carried}, "trigger": "manual"}
    answer = await jens._invoke("adaptiveCard/action", value, house.teams.world.personal("aad-jens"), "")
    assert answer.json["value"].startswith("Knappen er der ikke længere.")
    await house.settle()
    assert jens.sees("hører til en anden udgave af Krisebot")


@pytest.mark.parametrize("kind", ["typing", "event", "endOfConversation", "messageReaction", "7"])
async def test_what_means_nothing_to_us_is_acknowledged_and_not_kept(house: House, kind: str) -> None:
    jens = house.person("aad-jens")
    activity = jens.activity({"type": kind}, house.teams.world.personal("aad-jens"))
    assert (await jens.wire.deliver(activity)).status == 200
    assert await house.inbox() == []


async def test_a_body_beyond_all_bounds_is_refused(house: House) -> None:
    assert (await house.person("aad-jens").wire.post(b"x" * (1024**2 + 1), "Bearer x")).status == 413


async def test_unsigned_activities_are_taken_from_a_test_client_on_this_machine_alone(database_url: str) -> None:
    async with a_house(database_url, unverified=True) as house:
        jens = house.person("aad-jens")
        activity = jens.activity({"type": "message", "text": "status"}, house.teams.world.personal("aad-jens"))
        elsewhere = {**activity, "serviceUrl": "https://smba.example/emea/"}
        assert (await jens.wire.post(json.dumps(elsewhere).encode(), None)).status == 401
        assert (await jens.wire.post(json.dumps(activity).encode(), None)).status == 200
        assert len(await house.inbox()) == 1


async def test_a_photo_without_words_is_not_lost(house: House) -> None:
    """R001."""
    jens = house.person("aad-jens")
    place = house.teams.world.personal("aad-jens")
    image = {"contentType": "image/*", "contentUrl": "https://smba.example/1"}
    file = {"contentType": "application/vnd.microsoft.teams.file.download.info", "name": "kælder.jpg"}
    for attached in (image, file):
        await jens.wire.deliver(jens.activity({"type": "message", "attachments": [attached], "value": {}}, place))
    heard = await house.inbox()
    assert [(each["text"], each["enclosed"][0]["name"]) for each in heard] == [("", "billede"), ("", "kælder.jpg")]


async def test_what_a_bot_writes_is_not_heard(house: House) -> None:
    jens, place = house.person("aad-jens"), house.teams.channel("General")
    for kind, event in (("message", ""), ("messageUpdate", "editMessage")):
        activity = jens.activity({"type": kind, "text": "status"}, place, channel_data={"eventType": event})
        answer = await jens.wire.deliver({**activity, "from": {"id": "28:en-anden-robot", "name": "Robot"}})
        assert answer.status == 200
    assert await house.inbox() == []


async def test_forty_people_at_once_are_all_kept(house: House) -> None:
    people = [house.person(f"aad-{number}", f"Person {number}") for number in range(40)]
    answers = await asyncio.gather(*(each.says("varsel vand") for each in people))
    assert {answer.status for answer in answers} == {200}
    assert len(await house.inbox()) == 40


async def test_a_sign_on_a_card_that_asks_is_no_answer_and_the_card_says_which_buttons_are(house: House) -> None:
    """Requirement 3.6: one quiet line on the card, and nobody is written to."""
    finn, jens = house.person("aad-finn"), house.person("aad-jens")
    await finn.says("varsel vand i kælderen")
    await house.engine.settle()
    await finn.presses("Ja")
    await house.engine.settle()
    (asked,) = jens.sees("Kan du tage den?")
    before = len(jens.messages())
    for sign in ("like", "heart"):
        assert (await jens.reacts(sign, asked)).status == 200
        await house.engine.settle()
    (shown,) = jens.sees("Kan du tage den?")
    assert shown.shown.count("Et tegn er ikke et svar. Tryk på") == 1
    assert len(jens.messages()) == before
    # One on a card that asks nothing is met with silence.
    (told,) = finn.sees("Jens Lund")[-1:]
    await finn.reacts("like", told)
    await house.engine.settle()
    assert not finn.sees("Et tegn er ikke et svar")
