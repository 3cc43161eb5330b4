"""A bot that the fake Teams is tried with, on Microsoft's own adapter, and what it says."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from botbuilder.core import InvokeResponse, TurnContext
from botbuilder.integration.aiohttp import CloudAdapter
from botbuilder.schema import Activity, Attachment
from botframework.connector.aio import ConnectorClient
from botframework.connector.auth import BotFrameworkAuthentication, ClaimsIdentity, ConnectorFactory
from botframework.connector.auth.authenticate_request_result import AuthenticateRequestResult
from msrest.pipeline import Response
from msrest.pipeline.async_abc import AsyncHTTPSender, AsyncPipeline
from msrest.pipeline.universal import RawDeserializer

from tests.fakes.teams import FakeTeams
from tests.fakes.teams.cards import ADAPTIVE_CARD

BOT_SCOPE = "https://api.botframework.com/.default"

GRAPH_SCOPE = "https://graph.microsoft.com/.default"

Json = dict[str, Any]

STAFF = "0f0f0f0f-0000-4000-8000-00000000005a"


class Refusal(Exception):
    """The Connector said no."""

    def __init__(self, status: int, headers: Mapping[str, str], body: Any) -> None:
        super().__init__(status, body)
        self.status, self.headers = status, headers


@dataclass
class Answered:
    """An answer in the form that the library's own deserializer reads."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes

    def body(self) -> bytes:
        return self.content

    def text(self, encoding: str | None = None) -> str:
        return self.content.decode(encoding or "utf-8")


class Sender(AsyncHTTPSender[Any, Answered]):
    """Carries the library's calls over aiohttp, with a token on them."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    async def __aexit__(self, *exc: object) -> None:
        pass

    async def send(self, request: Any, **config: Any) -> Response[Any, Answered]:
        it = request.http_request
        headers = {**it.headers, "Authorization": f"Bearer {await self.bot.token(BOT_SCOPE)}"}
        async with self.bot.session.request(it.method, it.url, headers=headers, data=it.data) as answer:
            content = await answer.read()
            if answer.status >= 400:
                raise Refusal(answer.status, answer.headers, content)
            return Response(request, Answered(answer.status, answer.headers, content))


class Connectors(ConnectorFactory):  # type: ignore[misc]
    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    async def create(self, service_url: str, audience: str | None = None) -> ConnectorClient:
        def pipeline(config: Any) -> AsyncPipeline[Any, Answered]:
            return AsyncPipeline([config.user_agent_policy, RawDeserializer()], Sender(self.bot))

        # Credentials must be there, but the sender has them.
        return ConnectorClient(object(), base_url=service_url, pipeline_type=pipeline)


class Authentication(BotFrameworkAuthentication):  # type: ignore[misc]
    def __init__(self, bot: Bot) -> None:
        self.bot = bot

    async def authenticate_request(self, activity: Activity, auth_header: str) -> AuthenticateRequestResult:
        raise PermissionError

    async def authenticate_streaming_request(
        self, auth_header: str, channel_id_header: str
    ) -> AuthenticateRequestResult:
        raise PermissionError

    def create_connector_factory(self, claims_identity: ClaimsIdentity) -> Connectors:
        return Connectors(self.bot)

    async def create_user_token_client(self, claims_identity: ClaimsIdentity) -> None:
        return None


class Bot:
    """A bot that answers what the test tells it to."""

    def __init__(self, teams: FakeTeams, session: aiohttp.ClientSession) -> None:
        self.teams, self.session = teams, session
        self.adapter = CloudAdapter(Authentication(self))
        self.heard: list[Json] = []
        self.answers: dict[str | None, Json] = {}
        self._tokens: dict[str, str] = {}

    async def token(self, scope: str, secret: str | None = None) -> str:
        if scope not in self._tokens or secret:
            form = {"grant_type": "client_credentials", "client_id": self.teams.app_id, "scope": scope}
            form["client_secret"] = secret or self.teams.app_password
            url = f"{self.teams.login_url}/{self.teams.tenant}/oauth2/v2.0/token"
            async with self.session.post(url, data=form) as answer:
                body = await answer.json()
                if answer.status != 200:
                    raise Refusal(answer.status, answer.headers, body)
                self._tokens[scope] = body["access_token"]
        return self._tokens[scope]

    def forget_tokens(self) -> None:
        self._tokens.clear()

    async def conversations(self) -> Any:
        return (await Connectors(self).create(self.teams.service_url)).conversations

    async def sends(self, place: str, text: str = "hej", card: Json | None = None) -> str:
        sent = await (await self.conversations()).send_to_conversation(place, message(text, card))
        return str(sent.id)

    async def graph(self, verb: str, path: str, body: Any = None, token: str | None = None) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {token or await self.token(GRAPH_SCOPE)}"}
        async with self.session.request(
            verb, f"{self.teams.graph_url}/v1.0{path}", json=body, headers=headers
        ) as answer:
            return answer.status, await answer.json() if answer.status != 204 and answer.content_length else {}

    async def receives(self, request: Any) -> web.Response:
        raw = await request.json()
        self.heard.append(raw)
        checked = AuthenticateRequestResult()
        checked.claims_identity = ClaimsIdentity({"aud": self.teams.app_id}, True)
        checked.connector_factory = Connectors(self)
        answer = await self.adapter.process_activity(checked, Activity().deserialize(raw), self.turn)
        return web.json_response(answer.body, status=answer.status) if answer and answer.body else web.Response()

    async def turn(self, context: TurnContext) -> None:
        if context.activity.type == "invoke":
            value = InvokeResponse(status=200, body=self.answers.get(context.activity.name))
            await context.send_activity(Activity(type="invokeResponse", value=value))
        elif context.activity.text:
            await context.send_activity(f"Du skrev: {context.activity.text}")


def message(text: str | None = None, card: Json | None = None) -> Activity:
    attachments = [Attachment(content_type=ADAPTIVE_CARD, content=card)] if card else None
    return Activity(type="message", text=text, attachments=attachments)


def card(*elements: Json, actions: Sequence[Json] = (), text: str = "Kan du tage den?", **more: Any) -> Json:
    body = [{"type": "TextBlock", "text": text, "wrap": True}, *elements]
    return {"type": "AdaptiveCard", "version": "1.5", "body": body, "actions": list(actions), **more}


def execute(title: str, **data: Any) -> Json:
    return {"type": "Action.Execute", "title": title, "verb": f"do-{title}", "id": f"id-{title}", "data": data}


def submit(title: str, **data: Any) -> Json:
    return {"type": "Action.Submit", "title": title, "data": data}


def text_input(name: str, **more: Any) -> Json:
    return {"type": "Input.Text", "id": name, "label": name.capitalize(), **more}


def dialog(title: str, content: Json) -> Json:
    value = {"title": title, "height": "medium", "card": {"contentType": ADAPTIVE_CARD, "content": content}}
    return {"task": {"type": "continue", "value": value}}


async def refused(call: Awaitable[object]) -> int:
    with pytest.raises(Refusal) as refusal:
        await call
    return refusal.value.status
