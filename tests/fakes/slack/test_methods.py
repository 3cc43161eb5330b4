"""The fake Slack does what Slack documents of its methods, seen from Slack's own client; and it fails as it is told to."""

import asyncio
import time

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.fakes.slack import (
    DisconnectAfter,
    FakeSlack,
    Fault,
    OkFalse,
    RateLimited,
    ServerError,
    SlackPerson,
    Timeout,
    TimeoutBefore,
)
from tests.fakes.slack.blocks import Json
from tests.fakes.slack.bot import button, modal, question, refused


async def test_only_the_bots_own_token_opens_the_door(slack: FakeSlack) -> None:
    assert (await AsyncWebClient(slack.bot_token, slack.url).auth_test())["user_id"] == "U0KRISEBOT"
    assert await refused(AsyncWebClient("xoxb-stolen", slack.url).auth_test()) == "invalid_auth"
    assert await refused(AsyncWebClient(base_url=slack.url).auth_test()) == "not_authed"
    assert await refused(AsyncWebClient(slack.bot_token, slack.url).api_call("chat.shout")) == "unknown_method"


async def test_a_message_to_a_person_lands_in_the_chat_with_that_person(
    slack: FakeSlack, client: AsyncWebClient
) -> None:
    sent = await client.chat_postMessage(channel="U0JENS", text="Kan du tage den?", blocks=question("Ja", "Nej"))
    jens, pia = SlackPerson(slack, "U0JENS"), SlackPerson(slack, "U0PIA")
    assert sent["channel"] == jens.dm
    assert jens.sees("Vand i kælderen & på viadukten")[-1].buttons == ["Ja", "Nej"]
    assert pia.messages() == []
    assert await refused(client.chat_postMessage(channel="U0NOBODY", text="hej")) == "channel_not_found"


@pytest.mark.parametrize(
    "blocks",
    [
        [{"type": "divider"}] * 51,
        [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}],
        [{"type": "section", "text": {"type": "mrkdwn", "text": ""}}],
        [{"type": "section"}],
        [{"type": "actions", "elements": [button("x" * 76)]}],
        [{"type": "actions", "elements": [button("Ja", value="x" * 2001)]}],
        [{"type": "actions", "elements": [button("Ja", action_id="x" * 256)]}],
        [{"type": "actions", "elements": [button("Ja", action_id="a"), button("Nej", action_id="a")]}],
        [{"type": "actions", "elements": [button("Ja")] * 26}],
        [{"type": "actions", "elements": [button("Ja", style="normal")]}],
        [{"type": "actions", "elements": []}],
        [{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}],
        [{"type": "sektion", "text": {"type": "mrkdwn", "text": "x"}}],
        [{"type": "divider", "text": "x"}],
    ],
)
async def test_blocks_that_slack_would_refuse_are_refused(
    slack: FakeSlack, client: AsyncWebClient, blocks: list[Json]
) -> None:
    assert await refused(client.chat_postMessage(channel="U0JENS", text="x", blocks=blocks)) == "invalid_blocks"
    assert SlackPerson(slack, "U0JENS").messages() == []


async def test_the_longest_that_slack_takes_is_taken(slack: FakeSlack, client: AsyncWebClient) -> None:
    blocks: list[Json] = [
        {"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3000}},
        {"type": "actions", "elements": [button("x" * 75, value="x" * 2000, action_id="x" * 255)]},
    ]
    assert (await client.chat_postMessage(channel="U0JENS", text="x" * 40_000, blocks=blocks))["ok"]
    assert await refused(client.chat_postMessage(channel="U0JENS", text="x" * 40_001)) == "msg_too_long"


async def test_the_bot_edits_and_deletes_only_what_it_wrote(slack: FakeSlack, client: AsyncWebClient) -> None:
    channel = slack.add_channel("generelt", "U0JENS")
    jens = SlackPerson(slack, "U0JENS", target="http://127.0.0.1:9")
    with pytest.raises(aiohttp.ClientConnectorError):
        await jens.says("vand på vejen", "generelt")
    (typed,) = jens.messages()
    assert await refused(client.chat_update(channel=channel.id, ts=typed.ts, text="x")) == "cant_update_message"
    assert await refused(client.chat_update(channel=channel.id, ts="1.000001", text="x")) == "message_not_found"
    sent = await client.chat_postMessage(channel=channel.id, text="Spørgsmål", blocks=question("Ja"))
    await client.chat_update(channel=channel.id, ts=sent["ts"], text="Besvaret af Jens")
    assert jens.sees("Besvaret af Jens")[-1].buttons == []
    await client.chat_delete(channel=channel.id, ts=sent["ts"])
    assert jens.messages() == [typed]


async def test_only_the_one_it_is_for_sees_an_ephemeral_message(slack: FakeSlack, client: AsyncWebClient) -> None:
    channel = slack.add_channel("generelt", "U0JENS", "U0PIA")
    await client.chat_postEphemeral(channel=channel.id, user="U0JENS", text="Kun til dig")
    assert SlackPerson(slack, "U0JENS").sees("Kun til dig")[-1].ephemeral_for == "U0JENS"
    assert SlackPerson(slack, "U0PIA").messages() == []
    assert (await client.conversations_history(channel=channel.id))["messages"] == []


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("Krise 1", "invalid_name_specials"),
        ("krise.1", "invalid_name_specials"),
        ("vand-i-kælderen", "invalid_name_specials"),
        ("x" * 81, "invalid_name_maxlength"),
        ("generelt", "name_taken"),
        ("--", "invalid_name_punctuation"),
    ],
)
async def test_channel_names_follow_slacks_rules(
    slack: FakeSlack, client: AsyncWebClient, name: str, error: str
) -> None:
    slack.add_channel("generelt")
    assert await refused(client.conversations_create(name=name)) == error


async def test_a_channel_is_made_filled_named_and_closed(slack: FakeSlack, client: AsyncWebClient) -> None:
    id = (await client.conversations_create(name="krise-1", is_private=True))["channel"]["id"]
    await client.conversations_invite(channel=id, users="U0JENS")
    assert await refused(client.conversations_invite(channel=id, users="U0JENS")) == "already_in_channel"
    assert await refused(client.conversations_invite(channel=id, users="U0PIA,U0JENS")) == "already_in_channel"
    assert await refused(client.conversations_invite(channel=id, users="U0KRISEBOT")) == "cant_invite_self"
    assert (
        await refused(client.conversations_invite(channel=id, users=",".join(["U0PIA"] * 101))) == "invalid_arguments"
    )
    assert (await client.conversations_members(channel=id))["members"] == ["U0KRISEBOT", "U0JENS"]
    await client.conversations_rename(channel=id, name="krise-2")
    await client.conversations_setTopic(channel=id, topic="Skybrud")
    mine = await client.users_conversations(types="private_channel,im")
    assert [each["name"] for each in mine["channels"]] == ["krise-2"]
    await client.conversations_kick(channel=id, user="U0JENS")
    await client.conversations_archive(channel=id)
    assert await refused(client.chat_postMessage(channel=id, text="x")) == "is_archived"


async def test_a_message_can_be_found_again_by_its_key(slack: FakeSlack, client: AsyncWebClient) -> None:
    channel = slack.add_channel("generelt")
    for number in range(3):
        key = {"event_type": "krisebot", "event_payload": {"key": f"k{number}"}}
        await client.chat_postMessage(channel=channel.id, text=f"nr. {number}", metadata=key)
    first = await client.conversations_history(channel=channel.id, limit=2, include_all_metadata=True)
    assert [each["metadata"]["event_payload"]["key"] for each in first["messages"]] == ["k2", "k1"]
    cursor = first["response_metadata"]["next_cursor"]
    last = await client.conversations_history(channel=channel.id, limit=2, cursor=cursor)
    assert [each["text"] for each in last["messages"]] == ["nr. 0"]
    oldest = first["messages"][1]["ts"]
    later = await client.conversations_history(channel=channel.id, oldest=oldest)
    assert [each["text"] for each in later["messages"]] == ["nr. 2"]
    both = await client.conversations_history(channel=channel.id, oldest=oldest, inclusive=True)
    assert [each["text"] for each in both["messages"]] == ["nr. 2", "nr. 1"]


async def test_a_thread_stays_out_of_the_channels_own_list(slack: FakeSlack, client: AsyncWebClient) -> None:
    channel = slack.add_channel("generelt")
    top = await client.chat_postMessage(channel=channel.id, text="top")
    await client.chat_postMessage(channel=channel.id, text="svar", thread_ts=top["ts"])
    assert len((await client.conversations_history(channel=channel.id))["messages"]) == 1
    replies = await client.conversations_replies(channel=channel.id, ts=top["ts"])
    assert [each["text"] for each in replies["messages"]] == ["top", "svar"]


async def test_a_trigger_opens_one_dialog_and_only_for_three_seconds(slack: FakeSlack, client: AsyncWebClient) -> None:
    trigger, late = slack.world.trigger("U0JENS"), slack.world.trigger("U0JENS")
    assert await refused(client.views_open(trigger_id=trigger, view=modal("x" * 25))) == "invalid_arguments"
    opened = await client.views_open(trigger_id=trigger, view=modal())
    assert await refused(client.views_open(trigger_id=trigger, view=modal())) == "exchanged_trigger_id"
    assert await refused(client.views_open(trigger_id="1.2.3", view=modal())) == "invalid_trigger_id"
    slack.world.triggers[late].made = time.monotonic() - 3.1
    assert await refused(client.views_open(trigger_id=late, view=modal())) == "expired_trigger_id"
    await client.views_update(view_id=opened["view"]["id"], view=modal("Nyt"))
    assert slack.world.modals["U0JENS"][-1].body["title"]["text"] == "Nyt"
    await client.views_publish(user_id="U0JENS", view={"type": "home", "blocks": question()[:1]})
    assert SlackPerson(slack, "U0JENS").home == "Vand i kælderen & på viadukten"


async def test_a_response_url_lasts_five_uses_or_half_an_hour() -> None:
    now = [1_782_000_000.0]
    async with FakeSlack(now=lambda: now[0], users={"U0JENS": "Jens Lund"}) as slack:
        jens = SlackPerson(slack, "U0JENS")
        channel = slack.add_channel("generelt", "U0JENS", bot=False)
        first = AsyncWebhookClient(
            f"{slack.url.removesuffix('api/')}response/{slack.world.response_url(jens.id, channel.id)}"
        )
        assert [(await first.send(text=f"nr. {number}")).status_code for number in range(6)] == [200] * 5 + [404]
        assert [each.ephemeral_for for each in jens.sees("nr. ")] == ["U0JENS"] * 5
        token = slack.world.response_url(jens.id, channel.id)
        now[0] += 31 * 60
        second = AsyncWebhookClient(f"{slack.url.removesuffix('api/')}response/{token}")
        assert (await second.send(text="for sent")).status_code == 404


async def test_ordered_failures_are_used_up_one_by_one(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.fail("chat.postMessage", times=2, with_=RateLimited(retry_after=7))
    slack.fail("chat.postMessage", with_=OkFalse("fatal_error"))
    slack.fail("chat.postMessage", with_=ServerError(503), channel="U0PIA")
    for _ in range(2):
        with pytest.raises(SlackApiError) as limited:
            await client.chat_postMessage(channel="U0JENS", text="x")
        assert limited.value.response.status_code == 429
        assert limited.value.response.headers["Retry-After"] == "7"
    assert await refused(client.chat_postMessage(channel="U0JENS", text="x")) == "fatal_error"
    await client.chat_postMessage(channel="U0JENS", text="kom frem")
    with pytest.raises(SlackApiError):
        await client.chat_postMessage(channel="U0PIA", text="x")
    assert slack.faults_left == 0
    assert [each.ok for each in slack.calls_to("chat.postMessage")] == [False] * 3 + [True, False]
    assert [each.text for each in SlackPerson(slack, "U0JENS").messages()] == ["kom frem"]


@pytest.mark.parametrize(("fault", "arrives"), [(Timeout(), 1), (TimeoutBefore(), 0), (DisconnectAfter(), 1)])
async def test_a_lost_answer_may_or_may_not_have_been_done(slack: FakeSlack, fault: Fault, arrives: bool) -> None:
    slack.fail("chat.postMessage", with_=fault)
    client = AsyncWebClient(slack.bot_token, slack.url, retry_handlers=[])
    with pytest.raises((TimeoutError, aiohttp.ClientError)):
        async with asyncio.timeout(0.2):
            await client.chat_postMessage(channel="U0JENS", text="x")
    assert len(SlackPerson(slack, "U0JENS").messages()) == arrives


async def test_slack_goes_down_and_comes_up_at_the_same_address(slack: FakeSlack, client: AsyncWebClient) -> None:
    slack.down()
    with pytest.raises(aiohttp.ClientError):
        await client.auth_test()
    slack.up()
    assert (await client.auth_test())["ok"]


async def test_the_published_limits_hold_when_asked_for() -> None:
    now = [0.0]
    async with FakeSlack(users={"U0JENS": "", "U0PIA": ""}, enforce_limits=True, limits_clock=lambda: now[0]) as slack:
        client = AsyncWebClient(slack.bot_token, slack.url, retry_handlers=[])
        for _ in range(3):
            await client.chat_postMessage(channel="U0JENS", text="x")
        assert await refused(client.chat_postMessage(channel="U0JENS", text="x")) == "ratelimited"
        await client.chat_postMessage(channel="U0PIA", text="en anden kanal")
        now[0] += 1
        await client.chat_postMessage(channel="U0JENS", text="x")
        for number in range(20):
            await client.conversations_create(name=f"krise-{number}")
        assert await refused(client.conversations_create(name="krise-20")) == "ratelimited"


async def test_a_wait_that_is_never_met_says_what_was_seen(slack: FakeSlack, client: AsyncWebClient) -> None:
    await client.chat_postMessage(channel="U0JENS", text="noget andet")
    with pytest.raises(AssertionError, match="noget andet"):
        await SlackPerson(slack, "U0JENS").gets("Kan du tage den?", within=0.05)


async def test_a_wait_ends_when_the_message_comes(slack: FakeSlack, client: AsyncWebClient) -> None:
    waiting = asyncio.create_task(SlackPerson(slack, "U0JENS").gets("Kan du tage den?"))
    await client.chat_postMessage(channel="U0JENS", text="Kan du tage den?")
    assert (await waiting).text == "Kan du tage den?"
