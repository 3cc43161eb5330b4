"""What people do in the fake Slack reaches the bot as Slack sends it."""

import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import FakeSlack, Forgery, SlackPerson
from tests.fakes.slack.bot import Bot, question


async def test_a_command_is_signed_and_its_answer_is_for_the_one_who_typed_it(
    slack: FakeSlack, bot: Bot, jens: SlackPerson
) -> None:
    slack.add_channel("generelt", "U0JENS", "U0PIA", bot=False)
    answer = await jens.command("varsel vand på vejen", "generelt")
    assert answer.in_time
    assert (bot.last["text"], bot.last["channel_name"]) == ("varsel vand på vejen", "generelt")
    assert jens.sees("Modtaget")[-1].ephemeral_for == "U0JENS"
    assert SlackPerson(slack, "U0PIA").messages() == []


async def test_what_is_said_reaches_the_bot_where_it_is_a_member(slack: FakeSlack, bot: Bot, jens: SlackPerson) -> None:
    slack.add_channel("generelt", "U0JENS")
    slack.add_channel("frokost", "U0JENS", bot=False)
    await jens.says("er I < 5 & klar <@U0PIA>?")
    event = bot.last["event"]
    assert (event["channel_type"], event["text"]) == ("im", "er I &lt; 5 &amp; klar <@U0PIA>?")
    assert jens.messages()[-1].shown == "er I < 5 & klar <@U0PIA>?"
    await jens.mentions("status", "generelt")
    assert [each["event"]["type"] for each, _ in bot.heard[-2:]] == ["app_mention", "message"]
    assert bot.heard[-1][0]["event_id"] != bot.heard[-2][0]["event_id"]
    count = len(bot.heard)
    assert (await jens.says("smørrebrød", "frokost")).status == 0
    assert len(bot.heard) == count


async def test_a_button_sends_along_what_was_filled_in(
    slack: FakeSlack, client: AsyncWebClient, bot: Bot, jens: SlackPerson
) -> None:
    await client.chat_postMessage(channel="U0JENS", text="x", blocks=question("Ja", "Nej"))
    assert (await jens.presses("Nej")).status == 200
    assert bot.last["actions"][0]["value"] == "v-Nej"
    assert bot.last["state"]["values"]["title"]["title"]["value"] == "Skybrud"
    await jens.presses("Ja", values={"title": "Stormflod"})
    assert bot.last["state"]["values"]["title"]["title"]["value"] == "Stormflod"
    assert bot.last["message"]["ts"] == jens.messages()[-1].ts
    with pytest.raises(AssertionError, match="no button 'Måske'"):
        await jens.presses("Måske")
    with pytest.raises(AssertionError, match="no such field"):
        await jens.presses("Ja", values={"tittel": "x"})


async def test_a_button_that_has_since_gone_can_still_be_pressed(
    slack: FakeSlack, client: AsyncWebClient, bot: Bot, jens: SlackPerson
) -> None:
    sent = await client.chat_postMessage(channel="U0JENS", text="x", blocks=question("Ja"))
    old = jens.messages()[-1]
    await client.chat_update(channel=sent["channel"], ts=sent["ts"], text="Besvaret")
    with pytest.raises(AssertionError):
        await jens.presses("Ja")
    assert (await jens.presses("Ja", old)).status == 200


async def test_a_dialog_opens_refuses_and_closes(
    slack: FakeSlack, client: AsyncWebClient, bot: Bot, jens: SlackPerson
) -> None:
    await client.chat_postMessage(channel="U0JENS", text="x", blocks=question("Afblæs"))
    await jens.presses("Afblæs")
    with pytest.raises(AssertionError, match="not filled in"):
        await jens.submits({})
    assert (await jens.submits({"reason": "nej"})).json["errors"] == {"reason": "For kort"}
    assert jens.view is not None
    await jens.submits({"reason": "normal drift"})
    assert jens.view is None


async def test_a_message_can_be_saved_reacted_to_edited_and_deleted(
    slack: FakeSlack, bot: Bot, jens: SlackPerson
) -> None:
    slack.add_channel("generelt", "U0JENS")
    await jens.says("12 beboere", "generelt")
    message = jens.messages()[-1]
    await jens.shortcut("Gem i log", message)
    assert (bot.last["callback_id"], bot.last["message"]["text"]) == ("gem_i_log", "12 beboere")
    await jens.reacts("pushpin", message)
    assert bot.last["event"]["item"]["ts"] == message.ts
    await jens.edits(message, "14 beboere")
    event = bot.last["event"]
    assert (event["message"]["text"], event["previous_message"]["text"]) == ("14 beboere", "12 beboere")
    await jens.deletes(message)
    assert bot.last["event"]["deleted_ts"] == message.ts
    await jens.opens_home()
    assert bot.last["event"]["tab"] == "home"


async def test_a_retry_is_the_same_event_once_more(bot: Bot, jens: SlackPerson) -> None:
    await jens.says("har den")
    await jens.retry()
    (first, _), (second, again) = bot.heard
    assert first == second
    assert again.client is not None


@pytest.mark.parametrize(
    "how",
    [Forgery.BAD_SIGNATURE, Forgery.NO_SIGNATURE, Forgery.NO_TIMESTAMP, Forgery.OLD_TIMESTAMP, Forgery.CHANGED_BODY],
)
async def test_forgeries_are_forged(bot: Bot, jens: SlackPerson, how: Forgery) -> None:
    assert (await jens.forged(how)).status == 401
    assert bot.heard == []


async def test_the_same_acts_reach_the_bot_in_socket_mode(slack: FakeSlack, client: AsyncWebClient, bot: Bot) -> None:
    handler = AsyncSocketModeHandler(bot.app, slack.app_token, ping_interval=0.05)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    try:
        await slack.until(lambda: slack.socket.connections == 1)
        jens = SlackPerson(slack, "U0JENS")
        assert (await jens.command("status")).json == {"text": "Modtaget"}
        assert (await jens.says("har den")).in_time
        await client.chat_postMessage(channel="U0JENS", text="x", blocks=question("Ja"))
        assert (await jens.presses("Ja")).status == 200
        slack.socket.drop()
        await slack.until(lambda: slack.socket.opened == 2)
        slack.socket.go_silent()
        assert (await jens.says("hører du mig?")).status == 0
        heard = len(bot.heard)
        slack.socket.speak()
        await jens.retry()
        assert len(bot.heard) == heard + 1
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]
