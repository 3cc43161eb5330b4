"""What people do and write in Slack is kept before it is acknowledged, and takes effect once."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from handlers.core.card import Button, Card
from storage.rows.crisis import Crisis
from storage.rows.traffic import Inbox
from tests.bot.platforms.slack.house import House
from tests.fakes.slack import ServerError, Timeout

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


async def test_a_command_takes_effect_once_however_often_slack_sends_it(house: House) -> None:
    """D03: S1, 14:00:41."""
    finn = house.person("U0FINN")
    answers = [await finn.command("varsel vand i kælderen på Birkehøj"), await finn.retry(), await finn.retry()]
    assert all(answer.in_time for answer in answers)
    await house.engine.settle()
    assert len(await house.inbox()) == 1
    assert await house.rows(select(func.count()).select_from(Crisis)) == [1]
    assert len(finn.sees("vand i kælderen på Birkehøj")) == 1


async def test_it_is_on_disk_before_it_is_acknowledged(house: House) -> None:
    """D03: nothing runs here, so what is in the inbox was there when Slack got its answer."""
    assert (await house.person("U0FINN").command("varsel vand")).status == 200
    (kept,) = await house.inbox()
    assert (kept["kind"], kept["text"], kept["sender"], kept["place"]) == (
        "command",
        "varsel vand",
        "slack:U0FINN",
        "dm",
    )


async def test_what_cannot_be_kept_is_not_acknowledged_and_slacks_next_try_lands(house: House) -> None:
    """D03: the database is away for a moment."""
    finn = house.person("U0FINN")
    async with house.database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE inbox RENAME TO away")
    assert (await finn.says("vand i kælderen")).status == 503
    async with house.database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE away RENAME TO inbox")
    assert (await finn.retry()).status == 200
    assert [each["text"] for each in await house.inbox()] == ["vand i kælderen"]


async def test_a_command_that_cannot_be_kept_is_answered_so_with_whom_to_ring(house: House) -> None:
    """R005 D03: Slack sends a command once, so whoever warned would wait for nobody."""
    async with house.database.engine.begin() as connection:
        await connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE INSERT ON inbox BEGIN SELECT RAISE(FAIL, 'full'); END"
        )
    answer = await house.person("U0FINN").command("varsel vand i kælderen")
    assert answer.status == 200
    assert "Ikke gemt.* Ring Jens Lund, +45 20 00 00 01" in answer.text


async def test_while_slacks_api_is_down_a_warning_is_answered_all_the_same_with_whom_to_ring(house: House) -> None:
    """R005: the answer to the command itself is the one way that is left in Slack."""
    house.slack.fail("*", with_=ServerError(503), times=None)
    await house.tell("jens", Card("hej"))
    await house.engine.settle()
    answer = await house.person("U0FINN").command("varsel vand i kælderen")
    assert "gemt" in answer.text
    assert "Jens Lund, +45 20 00 00 01" in answer.text
    assert [each["text"] for each in await house.inbox()] == ["varsel vand i kælderen"]


async def test_an_employee_outside_the_plan_is_known_by_name(house: House) -> None:
    """R001: everybody may warn, and is not a number to those who are rung up."""
    await house.person("U0FINN").command("varsel vand")
    await house.engine.settle()
    assert [each["sender_name"] for each in await house.inbox()] == ["Finn Holst"]


@pytest.mark.long
async def test_a_name_slack_will_not_tell_delays_nothing(house: House) -> None:
    house.slack.fail("users.info", with_=Timeout(), times=None)
    answer = await house.person("U0FINN").command("varsel vand")
    assert answer.in_time
    assert len(await house.inbox()) == 1


async def test_a_direct_message_is_read_as_it_was_typed(house: House) -> None:
    """R001: kept to the letter."""
    await house.person("U0JENS").says("vand < 3 m & stigende, ring til <@U0PIA>")
    (kept,) = await house.inbox()
    assert kept["text"] == "vand < 3 m & stigende, ring til Pia Krogh"
    assert (kept["kind"], kept["place"], kept["sender"]) == ("text", "dm", "jens")


async def test_a_mention_is_told_twice_and_takes_effect_once(house: House) -> None:
    """R005 D03: slash commands don't work in threads, so a mention there must do the same."""
    channel = house.slack.add_channel("generelt", "U0JENS")
    jens = house.person("U0JENS")
    await jens.says("noget andet", "generelt")
    thread = house.slack.messages("generelt")[0].ts
    await jens.mentions("aktiver 2 skybrud", "generelt", thread_ts=thread)
    await house.engine.settle()
    said, mention = await house.inbox()
    assert (said["kind"], said["place"], said["conversation"]) == ("text", "channel", channel.id)
    assert (mention["kind"], mention["text"]) == ("command", "aktiver 2 skybrud")
    assert await house.rows(select(Crisis.level)) == [2]


async def test_a_mention_that_is_heard_as_a_message_first_is_still_a_command(house: House) -> None:
    house.slack.add_channel("generelt", "U0JENS")
    jens = house.person("U0JENS")
    await jens.mentions("status", "generelt")
    async with house.database.transaction() as db:
        for row in await db.scalars(select(Inbox)):
            await db.delete(row)
    message = house.slack.messages("generelt")[0]
    await jens._event(jens._heard(house.slack.channel("generelt"), message) | {"channel_type": "channel"})
    assert [(each["kind"], each["text"]) for each in await house.inbox()] == [("command", "status")]


async def test_what_the_bot_writes_itself_is_not_heard(house: House) -> None:
    channel = house.slack.add_channel("generelt", "U0JENS")
    jens = house.person("U0JENS")
    ours = house.slack.world.post(channel, house.slack.world.bot_user, "status", from_bot=True)
    assert (await jens._event(jens._heard(channel, ours) | {"channel_type": "channel"})).status == 200
    assert await house.inbox() == []


async def test_a_photo_without_words_is_not_lost(house: House) -> None:
    jens = house.person("U0JENS")
    await jens.says("", files=[("kaelder.jpg", "image/jpeg", b"vand")])
    (heard,) = await house.inbox()
    assert [(each["name"], each["size"]) for each in heard["enclosed"]] == [("kaelder.jpg", 4)]


async def test_a_command_in_a_channel_is_told_where_its_answer_stands(house: House) -> None:
    house.slack.add_channel("generelt", "U0FINN")
    finn = house.person("U0FINN")
    assert "direkte besked med Krisebot" in (await finn.command("varsel vand", "generelt")).text
    # Who has no chat with Krisebot yet may be anywhere.
    assert "direkte besked med Krisebot" in (await finn.command("varsel vand")).text
    await house.engine.settle()
    assert (await finn.command("varsel vand")).text == ""
    await house.crisis()
    assert (await house.person("U0JENS").command("status", house.room)).text == ""


async def test_a_command_in_a_chat_with_a_colleague_is_told_where_its_answer_stands(house: House) -> None:
    """It looks like the chat with Krisebot, and nothing came there."""
    finn = house.person("U0FINN")
    await finn.command("varsel vand")
    await house.engine.settle()
    elsewhere = {**finn._command("status", house.slack.world.dm("U0FINN")), "channel_id": "D0WITHPIA"}
    answer = await finn._deliver("slash_commands", elsewhere)
    assert "direkte besked med Krisebot" in answer.text
    assert (await finn.command("status")).text == ""


async def test_words_that_were_rewritten_before_they_came_in_are_read_as_they_were_rewritten(house: House) -> None:
    """R251: Slack's requests overtake each other. The newest words count; the older ones are not left standing."""
    await house.crisis()
    await house.tell("jens", Card("Står I klar?", buttons=(Button("Ja", "log.correct", {"no": 1}),)))
    jens = house.person("U0JENS")
    place, written = jens._writes("log vand i kelderen", None, "")
    assert (await jens.edits(written, "log vand i kælderen")).status == 200
    await house.engine.settle()
    assert (await jens._event(jens._heard(place, written) | {"channel_type": "im"})).status == 200
    await house.engine.settle()
    assert not jens.sees("Du har rettet")
    await house.forward(minutes=1)
    assert len(jens.sees("Du har rettet")) == 1
    await house.forward(minutes=10)
    assert len(jens.sees("Du har rettet")) == 1


async def test_an_edit_of_what_never_came_in_waits_for_it_no_longer_than_it_may_come(house: House) -> None:
    """R251: it holds up nobody, and ends."""
    jens = house.person("U0JENS")
    _, written = jens._writes("vand", None, "")
    await jens.edits(written, "vand i kælderen")
    await jens.command("hjælp")
    await house.engine.settle()
    assert [each["text"] for each in await house.rows(select(Inbox.body).where(Inbox.state == "done"))] == ["hjælp"]
    await house.forward(minutes=20)
    assert await house.rows(select(Inbox.state).where(Inbox.state != "done")) == []


async def test_a_reaction_in_somebodys_own_channel_is_met_with_silence(house: House) -> None:
    """Requirement 3.6: a party is no reason to be asked about a crisis."""
    channel = house.slack.add_channel("fredagsbar", "U0ANNE", bot=True)
    anne = house.person("U0ANNE")
    message = house.slack.world.post(channel, "U0ANNE", "God weekend")
    assert (await anne.reacts("tada", message)).status == 200
    await house.engine.settle()
    assert [each.text for each in anne.messages() if each.from_bot] == []


async def test_a_sign_on_a_card_that_asks_is_no_answer_and_the_card_says_which_buttons_are(house: House) -> None:
    """Requirement 3.6: one quiet line on the card, and nobody is written to."""
    finn, jens = house.person("U0FINN"), house.person("U0JENS")
    await finn.says("/krise varsel vand i kælderen")
    await house.engine.settle()
    await finn.presses("Ja")
    await house.engine.settle()
    (asked,) = jens.sees("vand i kælderen")
    before = len(jens.messages())
    for sign in ("thumbsup", "white_check_mark", "thumbsup"):
        assert (await jens.reacts(sign, asked)).status == 200
        await house.engine.settle()
    (shown,) = jens.sees("vand i kælderen")
    assert shown.text.count("Et tegn er ikke et svar. Tryk på Jeg har den.") == 1
    assert len(jens.messages()) == before
    await jens.presses("Jeg har den")
    await house.engine.settle()
    assert finn.sees("Jens Lund")
