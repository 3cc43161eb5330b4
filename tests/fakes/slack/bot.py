"""A bot that the fake Slack is tried with, through Slack's own client, and what it says."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack import FakeSlack
from tests.fakes.slack.blocks import Json


def button(label: str, **more: Any) -> Json:
    return {"type": "button", "text": {"type": "plain_text", "text": label}, **more}


def question(*labels: str) -> list[Json]:
    return [
        {"type": "section", "text": {"type": "mrkdwn", "text": "*Vand* i kælderen &amp; på viadukten"}},
        {
            "type": "input",
            "block_id": "title",
            "optional": True,
            "label": {"type": "plain_text", "text": "Titel"},
            "element": {"type": "plain_text_input", "action_id": "title", "initial_value": "Skybrud"},
        },
        {"type": "actions", "elements": [button(each, value=f"v-{each}") for each in labels]},
    ]


def modal(title: str = "Afblæs", **more: Any) -> Json:
    reason = {
        "type": "input",
        "block_id": "reason",
        "label": {"type": "plain_text", "text": "Begrundelse"},
        "element": {"type": "plain_text_input", "action_id": "reason"},
    }
    submit = {"type": "plain_text", "text": "Send"}
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": title},
        "submit": submit,
        "blocks": [reason],
        **more,
    }


async def refused(call: Awaitable[object]) -> str:
    with pytest.raises(SlackApiError) as error:
        await call
    return str(error.value.response["error"])


class Bot:
    """A Bolt app that only writes down what it hears."""

    def __init__(self, slack: FakeSlack) -> None:
        self.heard: list[tuple[Json, AsyncBoltContext]] = []
        self.app = AsyncApp(
            client=AsyncWebClient(slack.bot_token, slack.url),
            signing_secret=slack.signing_secret,
            raise_error_for_unhandled_request=False,
        )
        self.app.command("/krise")(self.command)
        for kind in ("message", "app_mention", "reaction_added", "app_home_opened", "member_joined_channel"):
            self.app.event(kind)(self.event)
        self.app.middleware(self.listen)
        self.app.view("afblæs")(self.submitted)
        self.app.shortcut("gem_i_log")(self.other)

    async def listen(
        self, body: Json, context: AsyncBoltContext, next: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse:
        self.heard.append((body, context))
        if body.get("type") == "block_actions":
            if body["actions"][0]["text"]["text"] == "Afblæs":
                await context.client.views_open(trigger_id=body["trigger_id"], view=modal(callback_id="afblæs"))
            return await context.ack()
        return await next()

    async def command(self, ack: AsyncAck) -> None:
        await ack("Modtaget")

    async def event(self, ack: AsyncAck) -> None:
        await ack()

    async def other(self, ack: AsyncAck) -> None:
        await ack()

    async def submitted(self, ack: AsyncAck, view: Json) -> None:
        text = view["state"]["values"]["reason"]["reason"]["value"]
        await ack(response_action="errors", errors={"reason": "For kort"}) if len(text) < 5 else await ack()

    @property
    def last(self) -> Json:
        return self.heard[-1][0]
