"""The fake Teams is as strict as Teams, and as unreliable as it is told to be: seen through Microsoft's own library."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import jwt
import pytest
from aiohttp import web
from botbuilder.core import InvokeResponse, TurnContext
from botbuilder.integration.aiohttp import CloudAdapter
from botbuilder.schema import (
    Activity,
    Attachment,
    ChannelAccount,
    ConversationAccount,
    ConversationParameters,
    ConversationReference,
)
from botframework.connector.aio import ConnectorClient
from botframework.connector.auth import BotFrameworkAuthentication, ClaimsIdentity, ConnectorFactory
from botframework.connector.auth.authenticate_request_result import AuthenticateRequestResult
from msrest.pipeline import Response
from msrest.pipeline.async_abc import AsyncHTTPSender, AsyncPipeline
from msrest.pipeline.universal import RawDeserializer
from pytest_aiohttp import AiohttpServer

from tests.fakes.teams import (
    NOT_JSON,
    DisconnectAfter,
    DisconnectBefore,
    FakeTeams,
    Fault,
    Forgery,
    Precondition,
    RateLimited,
    ServerError,
    TeamsPerson,
    Timeout,
    TimeoutBefore,
    WrongPage,
)
from tests.fakes.teams_cards import ADAPTIVE_CARD, LARGEST

BOT_SCOPE = "https://api.botframework.com/.default"
GRAPH_SCOPE = "https://graph.microsoft.com/.default"
Json = dict[str, Any]

STAFF = "0f0f0f0f-0000-4000-8000-00000000005a"


# -- a bot on Microsoft's library, with nothing in it that blocks -----------------------------------------------------


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


@pytest.fixture
async def teams() -> AsyncIterator[FakeTeams]:
    async with FakeTeams(people={"jens": "Jens Lund", "pia": "Pia Krogh", "lars": "Lars Vinther"}) as fake:
        fake.add_team(STAFF, "Krisestab", "jens", "pia")
        fake.add_channel("stab", STAFF)
        yield fake


@pytest.fixture
async def bot(teams: FakeTeams) -> AsyncIterator[Bot]:
    async with aiohttp.ClientSession() as session:
        yield Bot(teams, session)


@pytest.fixture
async def target(bot: Bot, aiohttp_server: AiohttpServer) -> str:
    app = web.Application()
    app.router.add_post("/api/messages", bot.receives)
    server = await aiohttp_server(app)
    return str(server.make_url("")).rstrip("/")


@pytest.fixture
def jens(teams: FakeTeams, target: str) -> TeamsPerson:
    return TeamsPerson(teams, "jens", target)


async def refused(call: Awaitable[object]) -> int:
    with pytest.raises(Refusal) as refusal:
        await call
    return refusal.value.status


# -- what the bot does ------------------------------------------------------------------------------------------------


async def test_a_message_and_its_edit_reach_a_person_through_the_real_adapter(
    teams: FakeTeams, bot: Bot, jens: TeamsPerson
) -> None:
    async def turn(context: TurnContext) -> None:
        sent = await context.send_activity(message("Vand i kælderen", card(actions=[execute("Ja"), execute("Nej")])))
        assert jens.sees("Kan du tage den?")[-1].buttons == ["Ja", "Nej"]
        edited = message("Besvaret af Pia")
        edited.id, edited.conversation = sent.id, context.activity.conversation
        await context.update_activity(edited)

    where = ConversationAccount(id=jens.dm)
    me, you = ChannelAccount(id=teams.world.bot_id), ChannelAccount(id="29:x")
    reference = ConversationReference(
        channel_id="msteams", service_url=teams.service_url, conversation=where, bot=me, user=you
    )
    await bot.adapter.continue_conversation(reference, turn, teams.app_id)
    (seen,) = jens.messages()
    assert (seen.shown, seen.buttons, seen.edited) == ("Besvaret af Pia", [], True)
    assert TeamsPerson(teams, "pia").messages() == []
    assert [each.method for each in teams.calls] == ["token", "send", "update"]


async def test_the_first_word_to_a_person_needs_the_tenant_and_the_app_installed(
    teams: FakeTeams, bot: Bot, jens: TeamsPerson
) -> None:
    def to(who: str, tenant: str | None = teams.tenant) -> ConversationParameters:
        return ConversationParameters(is_group=False, members=[ChannelAccount(id=who)], tenant_id=tenant)

    conversations = await bot.conversations()
    assert (await conversations.create_conversation(to("jens"))).id == jens.dm
    assert (await conversations.create_conversation(to("jens"))).id == jens.dm
    assert await refused(conversations.create_conversation(to("jens", None))) == 403
    assert await refused(conversations.create_conversation(to("ukendt"))) == 400
    teams.install("pia", False)
    assert await refused(conversations.create_conversation(to("pia"))) == 403
    teams.install("pia")
    assert (await conversations.create_conversation(to("pia"))).id == TeamsPerson(teams, "pia").dm


async def test_who_takes_the_app_away_or_blocks_it_gets_nothing(teams: FakeTeams, bot: Bot, jens: TeamsPerson) -> None:
    await jens.uninstalls()
    assert await refused(bot.sends(jens.dm)) == 403
    await jens.installs()
    teams.block("jens")
    assert await refused(bot.sends(jens.dm)) == 403
    teams.block("jens", False)
    assert await bot.sends(jens.dm)


async def test_where_nothing_is_it_is_not_found(teams: FakeTeams, bot: Bot, jens: TeamsPerson) -> None:
    conversations = await bot.conversations()
    assert await refused(bot.sends("a:1nowhere")) == 404
    assert await refused(bot.sends(f"{teams.channel('stab').id};messageid=1")) == 404
    assert await refused(conversations.update_activity(jens.dm, "1", message("x"))) == 404
    assert await refused(conversations.delete_activity(jens.dm, "1")) == 404


async def test_the_bot_changes_only_what_it_wrote(bot: Bot, jens: TeamsPerson) -> None:
    await jens.says("hej")
    own = jens.messages()[0]
    conversations = await bot.conversations()
    assert await refused(conversations.update_activity(jens.dm, own.id, message("x"))) == 403
    sent = await bot.sends(jens.dm, "slettes")
    await conversations.delete_activity(jens.dm, sent)
    assert not jens.sees("slettes")


@pytest.mark.parametrize(
    "bad",
    [
        card(version="1.9"),
        card(version=""),
        card({"type": "TextBlok", "text": "x"}),
        card({"type": "TextBlock"}),
        card({"type": "Input.Text"}),
        card(text_input("a"), text_input("a")),
        card(text_input("a", isRequired=True)),
        card({"type": "Input.ChoiceSet", "id": "a", "choices": []}),
        card(actions=[{"type": "Action.Execute", "title": "Ja"}]),
        card(actions=[{"type": "Action.Execute", "verb": "ja"}]),
        card(actions=[execute("Ja")], version="1.3"),
        card(actions=[{**execute("Ja"), "style": "danger"}]),
        {"type": "Card", "version": "1.5"},
    ],
)
async def test_a_card_that_teams_would_not_draw_is_refused(bot: Bot, jens: TeamsPerson, bad: Json) -> None:
    assert await refused(bot.sends(jens.dm, card=bad)) == 400
    assert jens.messages() == []


async def test_twenty_eight_kilobytes_are_taken_and_no_more(bot: Bot, jens: TeamsPerson) -> None:
    room = LARGEST - len(f'[{{"contentType":"{ADAPTIVE_CARD}","content":}}]')
    room -= len(
        '{"type":"AdaptiveCard","version":"1.5","body":[{"type":"TextBlock","text":"","wrap":true}],"actions":[]}'
    )
    assert await bot.sends(jens.dm, card=card(text="x" * room))
    assert await refused(bot.sends(jens.dm, card=card(text="x" * room + "x"))) == 413
    assert await refused(bot.sends(jens.dm, card=card(text="å" * (room // 2 + 1)))) == 413
    assert await refused(bot.sends(jens.dm, text="")) == 400


async def test_a_thread_is_begun_in_a_channel_and_gone_on_with(teams: FakeTeams, bot: Bot) -> None:
    stab = teams.channel("stab")
    conversations = await bot.conversations()

    def thread(channel: str, **more: Any) -> ConversationParameters:
        return ConversationParameters(is_group=True, channel_data={"channel": {"id": channel}}, **more)

    begun = await conversations.create_conversation(thread(stab.id, activity=message("Krise 1")))
    assert begun.id == f"{stab.id};messageid={begun.activity_id}"
    await bot.sends(begun.id, "Første linje")
    pia = TeamsPerson(teams, "pia")
    assert [(each.text, each.root) for each in pia.messages()] == [("Krise 1", ""), ("Første linje", begun.activity_id)]
    assert TeamsPerson(teams, "lars").messages() == []
    assert await refused(conversations.create_conversation(thread(stab.id))) == 400
    private = teams.add_channel("lukket", STAFF, membership="private")
    assert await refused(conversations.create_conversation(thread(private.id, activity=message("x")))) == 403


async def test_members_come_whole_or_in_pages(teams: FakeTeams, bot: Bot, jens: TeamsPerson) -> None:
    conversations, stab = await bot.conversations(), teams.channel("stab").id
    assert [each.name for each in await conversations.get_conversation_members(stab)] == ["Jens Lund", "Pia Krogh"]
    assert [each.aad_object_id for each in await conversations.get_conversation_members(jens.dm)] == ["jens"]
    first = await conversations.get_conversation_paged_members(stab, page_size=1)
    rest = await conversations.get_conversation_paged_members(
        stab, page_size=1, continuation_token=first.continuation_token
    )
    assert [each.name for each in first.members + rest.members] == ["Jens Lund", "Pia Krogh"]
    assert rest.continuation_token is None


# -- Entra and Graph --------------------------------------------------------------------------------------------------


async def test_only_the_right_secret_gets_a_token_and_only_a_good_token_opens_the_door(
    teams: FakeTeams, bot: Bot, jens: TeamsPerson
) -> None:
    assert await refused(bot.token(BOT_SCOPE, secret="gættet")) == 401
    assert await refused(bot.token("https://api.botframework.com")) == 400
    await bot.sends(jens.dm)
    teams.entra.revoke()
    assert await refused(bot.sends(jens.dm)) == 401
    bot.forget_tokens()
    teams.entra.lasts = -1
    assert await refused(bot.sends(jens.dm)) == 401


async def test_a_token_for_the_bot_is_none_for_graph(teams: FakeTeams, bot: Bot) -> None:
    path = f"/teams/{STAFF}/channels"
    assert (await bot.graph("GET", path, token=await bot.token(BOT_SCOPE)))[0] == 401
    assert (await bot.graph("GET", path))[0] == 200


async def test_graph_makes_a_channel_that_the_bot_can_write_in(teams: FakeTeams, bot: Bot) -> None:
    status, made = await bot.graph("POST", f"/teams/{STAFF}/channels", {"displayName": "Krise 1 skybrud"})
    assert status == 201
    assert made["id"].endswith("@thread.tacv2")
    await bot.sends(made["id"], "Velkommen")
    assert TeamsPerson(teams, "pia").sees("Velkommen")
    names = [each["displayName"] for each in (await bot.graph("GET", f"/teams/{STAFF}/channels"))[1]["value"]]
    assert names == ["General", "stab", "Krise 1 skybrud"]
    changed = {"displayName": "Krise 1 afblæst", "description": "Afblæst kl. 21.14"}
    assert (await bot.graph("PATCH", f"/teams/{STAFF}/channels/{made['id']}", changed))[0] == 204
    assert (await bot.graph("POST", f"/teams/{STAFF}/channels/{made['id']}/archive"))[0] == 202
    assert await refused(bot.sends(made["id"])) == 403
    assert teams.channel("Krise 1 afblæst").description == "Afblæst kl. 21.14"


@pytest.mark.parametrize("name", ["", "x" * 51, "krise: skybrud", "_krise", "krise.", "STAB", None])
async def test_a_channel_name_that_graph_would_refuse_is_refused(bot: Bot, name: str) -> None:
    status, body = await bot.graph("POST", f"/teams/{STAFF}/channels", {"displayName": name})
    taken = name == "STAB"
    assert (status, body["error"]["innerError"]["code"] == "NameAlreadyExists") == (400, taken)


async def test_without_consent_graph_does_nothing(teams: FakeTeams, bot: Bot) -> None:
    teams.graph_granted = False
    assert (await bot.graph("POST", f"/teams/{STAFF}/channels", {"displayName": "krise"}))[0] == 403
    assert (await bot.graph("GET", "/users/jens"))[0] == 403
    teams.consents.add("Channel.Create.Group")
    assert (await bot.graph("POST", f"/teams/{STAFF}/channels", {"displayName": "krise"}))[0] == 201
    assert (await bot.graph("GET", "/users/jens"))[0] == 403


async def test_graph_lets_people_in_and_out_of_the_team(teams: FakeTeams, bot: Bot) -> None:
    lars = TeamsPerson(teams, "lars")
    kind = {"@odata.type": "#microsoft.graph.aadUserConversationMember", "roles": []}
    bind = {"user@odata.bind": "https://graph.microsoft.com/v1.0/users('lars')"}
    status, member = await bot.graph("POST", f"/teams/{STAFF}/members", {**kind, **bind})
    assert (status, member["userId"]) == (201, "lars")
    await bot.sends(teams.channel("stab").id, "Til staben")
    assert lars.sees("Til staben")
    people = [each["userId"] for each in (await bot.graph("GET", f"/teams/{STAFF}/members"))[1]["value"]]
    assert people == ["jens", "pia", "lars"]
    assert (await bot.graph("DELETE", f"/teams/{STAFF}/members/{member['id']}"))[0] == 204
    assert lars.messages() == []
    assert (await bot.graph("POST", f"/teams/{STAFF}/members", kind))[0] == 400
    assert (await bot.graph("GET", "/users/lars"))[1]["displayName"] == "Lars Vinther"
    assert (await bot.graph("GET", "/users/ukendt"))[0] == 404
    assert (await bot.graph("GET", "/teams/ukendt/channels"))[0] == 404


# -- how it fails -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "status"),
    [(RateLimited(7), 429), (ServerError(502), 502), (Precondition(), 412), (ServerError(504), 504)],
)
async def test_a_refusal_that_was_asked_for_comes_as_often_as_asked_and_does_nothing(
    teams: FakeTeams, bot: Bot, jens: TeamsPerson, fault: Fault, status: int
) -> None:
    teams.fail("send", with_=fault, times=2)
    assert [await refused(bot.sends(jens.dm)) for _ in range(2)] == [status, status]
    assert jens.messages() == []
    assert teams.faults_left == 0
    await bot.sends(jens.dm, "endelig")
    assert jens.sees("endelig")


async def test_how_long_to_wait_is_told(teams: FakeTeams, bot: Bot, jens: TeamsPerson) -> None:
    teams.fail("send", with_=RateLimited(7))
    with pytest.raises(Refusal) as refusal:
        await bot.sends(jens.dm)
    assert refusal.value.headers["Retry-After"] == "7"


@pytest.mark.parametrize(
    ("fault", "done"),
    [(Timeout(), True), (TimeoutBefore(), False), (DisconnectAfter(), True), (DisconnectBefore(), False)],
)
async def test_a_lost_answer_may_or_may_not_have_been_a_sent_message(
    teams: FakeTeams, bot: Bot, jens: TeamsPerson, fault: Fault, done: bool
) -> None:
    teams.fail("send", with_=fault)
    with pytest.raises((TimeoutError, aiohttp.ClientError)):
        async with asyncio.timeout(0.3):
            await bot.sends(jens.dm, "i tvivl")
    assert bool(jens.sees("i tvivl")) is done
    (call,) = teams.calls_to("send")
    assert (call.ok, call.status) == (False, 201 if done else 0)


async def test_a_fault_may_be_for_one_place_alone(teams: FakeTeams, bot: Bot, jens: TeamsPerson) -> None:
    pia = TeamsPerson(teams, "pia")
    teams.fail("*", with_=ServerError(503), times=None, channel="pia")
    teams.fail("send", with_=ServerError(500), times=None, channel="stab")
    await bot.sends(jens.dm)
    assert await refused(bot.sends(pia.dm)) == 503
    to_pia = ConversationParameters(is_group=False, members=[ChannelAccount(id="pia")], tenant_id=teams.tenant)
    assert await refused((await bot.conversations()).create_conversation(to_pia)) == 503
    assert await refused(bot.sends(teams.channel("stab").id)) == 500
    teams.heal()
    await bot.sends(pia.dm)


async def test_each_service_fails_by_its_own_name(teams: FakeTeams, bot: Bot, jens: TeamsPerson) -> None:
    sent = await bot.sends(jens.dm)
    for name in ("update", "delete", "members", "graph", "token"):
        teams.fail(name, with_=ServerError(503))
    conversations = await bot.conversations()
    assert await refused(conversations.update_activity(jens.dm, sent, message("x"))) == 503
    assert await refused(conversations.delete_activity(jens.dm, sent)) == 503
    assert await refused(conversations.get_conversation_members(jens.dm)) == 503
    bot.forget_tokens()
    with pytest.raises((Refusal, aiohttp.ClientError)):
        await bot.sends(jens.dm)
    teams.heal()
    teams.fail("graph", with_=RateLimited(3))
    assert (await bot.graph("GET", "/users/jens"))[0] == 429
    assert (await bot.graph("GET", "/users/jens"))[0] == 200


async def test_a_page_from_somebody_between_us_is_no_answer(teams: FakeTeams, bot: Bot, jens: TeamsPerson) -> None:
    teams.fail("send", with_=WrongPage())
    with pytest.raises(ValueError, match="text/html"):
        await bot.sends(jens.dm)


async def test_when_microsoft_is_gone_all_is_gone_until_it_is_back(
    teams: FakeTeams, bot: Bot, jens: TeamsPerson
) -> None:
    teams.down()
    with pytest.raises(aiohttp.ClientError):
        await bot.sends(jens.dm)
    teams.up()
    assert await bot.sends(jens.dm)


async def test_answers_take_as_long_as_told(teams: FakeTeams, bot: Bot, jens: TeamsPerson) -> None:
    await bot.sends(jens.dm)
    teams.latency = 0.1
    began = time.monotonic()
    await bot.sends(jens.dm)
    assert 0.1 <= time.monotonic() - began < 1


async def test_seven_a_second_and_sixty_in_half_a_minute_in_each_conversation() -> None:
    now = [0.0]
    async with (
        FakeTeams(people={"jens": "J", "pia": "P"}, enforce_limits=True, limits_clock=lambda: now[0]) as teams,
        aiohttp.ClientSession() as session,
    ):
        bot, jens, pia = Bot(teams, session), TeamsPerson(teams, "jens"), TeamsPerson(teams, "pia")
        for _ in range(7):
            await bot.sends(jens.dm)
        assert await refused(bot.sends(jens.dm)) == 429
        await bot.sends(pia.dm)
        now[0] += 1
        for _ in range(53):
            now[0] += 0.2
            await bot.sends(jens.dm)
        now[0] += 5
        with pytest.raises(Refusal) as refusal:
            await bot.sends(jens.dm)
        wait = int(refusal.value.headers["Retry-After"])
        assert 10 < wait < 30
        now[0] += wait
        await bot.sends(jens.dm)


# -- what people do ---------------------------------------------------------------------------------------------------


async def test_what_is_said_comes_as_teams_sends_it_and_is_answered_in_place(
    teams: FakeTeams, bot: Bot, jens: TeamsPerson
) -> None:
    answer = await jens.says("vand i kælderen <nu> & her")
    assert answer.in_time
    (heard,) = bot.heard
    assert heard["text"] == "vand i kælderen <nu> & her"
    assert heard["from"] == {"id": heard["from"]["id"], "name": "Jens Lund", "aadObjectId": "jens"}
    assert heard["conversation"] == {"conversationType": "personal", "tenantId": teams.tenant, "id": jens.dm}
    assert heard["channelData"]["tenant"]["id"] == teams.tenant
    assert heard["serviceUrl"] == teams.service_url
    assert jens.sees("Du skrev: vand i kælderen <nu> & her")


@pytest.mark.parametrize("gap", ["&nbsp;", "\xa0", " ", "  ", ""])
async def test_in_a_channel_the_bot_hears_only_its_own_name(
    teams: FakeTeams, bot: Bot, jens: TeamsPerson, gap: str
) -> None:
    assert (await jens.says("uden navn", "stab")).status == 0
    await jens.mentions("status", "stab", gap=gap)
    (heard,) = bot.heard
    assert heard["text"] == f"<at>Krisebot</at>{gap}status\n"
    (mention,) = [each for each in heard["entities"] if each["type"] == "mention"]
    assert mention["mentioned"]["id"] == heard["recipient"]["id"] == teams.world.bot_id
    stab, root = teams.channel("stab"), jens.messages()[1]
    assert heard["conversation"]["id"] == f"{stab.id};messageid={root.id}"
    assert heard["channelData"]["channel"]["id"] == stab.id
    assert TeamsPerson(teams, "pia").sees("Du skrev")[-1].root == root.id


async def test_who_is_not_in_the_channel_says_nothing_there(teams: FakeTeams, target: str) -> None:
    with pytest.raises(AssertionError, match="is not in stab"):
        await TeamsPerson(teams, "lars", target).mentions("status", "stab")


async def test_with_the_right_to_all_messages_the_bot_hears_what_is_said_and_changed(
    teams: FakeTeams, bot: Bot, jens: TeamsPerson
) -> None:
    teams.hears_all = True
    await jens.says("12 beboere", "stab")
    await jens.edits(jens.messages()[0], "14 beboere")
    assert [each["type"] for each in bot.heard] == ["message", "messageUpdate"]


async def test_a_button_sends_what_was_filled_in_and_its_answer_is_for_the_presser_alone(
    teams: FakeTeams, bot: Bot, jens: TeamsPerson
) -> None:
    choices = [{"title": "To", "value": "2"}, {"title": "En", "value": "1"}]
    choice = {"type": "Input.ChoiceSet", "id": "level", "choices": choices, "value": "2"}
    asked = card(text_input("title", value="Skybrud"), choice, actions=[execute("Ja", do="level", args={"n": 2})])
    stab = teams.channel("stab").id
    sent = await bot.sends(stab, card=asked)
    pia = TeamsPerson(teams, "pia")
    bot.answers["adaptiveCard/action"] = {
        "statusCode": 200,
        "type": ADAPTIVE_CARD,
        "value": card(text="Besvaret"),
    }
    answer = await jens.presses("Ja", values={"title": "Oversvømmelse"})
    assert answer.json["value"]["type"] == "AdaptiveCard"
    heard = bot.heard[-1]
    assert (heard["type"], heard["name"], heard["replyToId"]) == ("invoke", "adaptiveCard/action", sent)
    action = heard["value"]["action"]
    assert (action["type"], action["id"], action["verb"]) == ("Action.Execute", "id-Ja", "do-Ja")
    assert action["data"] == {"do": "level", "args": {"n": 2}, "title": "Oversvømmelse", "level": "2"}
    assert jens.sees("Besvaret")[-1].buttons == []
    assert pia.messages()[-1].buttons == ["Ja"]
    await (await bot.conversations()).update_activity(stab, sent, message("Jens har den"))
    assert (jens.messages()[-1].shown, pia.messages()[-1].shown) == ("Jens har den", "Jens har den")


async def test_an_old_button_can_be_pressed_and_a_missing_one_cannot(bot: Bot, jens: TeamsPerson) -> None:
    sent = await bot.sends(jens.dm, card=card(actions=[execute("Ja")]))
    old = jens.messages()[-1]
    await (await bot.conversations()).update_activity(jens.dm, sent, message("Besvaret"))
    word = {"statusCode": 200, "type": "application/vnd.microsoft.activity.message", "value": "Allerede besvaret"}
    bot.answers["adaptiveCard/action"] = word
    with pytest.raises(AssertionError, match="no button 'Ja'"):
        await jens.presses("Ja")
    await jens.presses("Ja", old)
    assert jens.notice == "Allerede besvaret"


async def test_an_answer_to_a_button_that_teams_cannot_show_is_a_failure(bot: Bot, jens: TeamsPerson) -> None:
    await bot.sends(jens.dm, card=card(actions=[execute("Ja")]))
    for bad in ({"ok": True}, {"statusCode": 200, "type": "text", "value": "ja"}):
        bot.answers["adaptiveCard/action"] = bad
        with pytest.raises(AssertionError, match=r"Teams (shows|knows)"):
            await jens.presses("Ja")


async def test_what_must_be_filled_in_is_demanded_before_the_bot_hears_of_it(bot: Bot, jens: TeamsPerson) -> None:
    required = text_input("reason", isRequired=True, errorMessage="Skriv hvorfor")
    await bot.sends(jens.dm, card=card(required, actions=[execute("Afblæs")]))
    with pytest.raises(AssertionError, match="must be filled in"):
        await jens.presses("Afblæs")
    with pytest.raises(AssertionError, match="no fields"):
        await jens.presses("Afblæs", values={"grund": "x"})
    assert bot.heard == []


async def test_a_button_may_open_a_dialog_that_is_filled_in_and_submitted(bot: Bot, jens: TeamsPerson) -> None:
    await bot.sends(jens.dm, card=card(actions=[submit("Afblæs", msteams={"type": "task/fetch"}, do="end")]))
    bot.answers["task/fetch"] = dialog("Afblæs", card(text_input("reason"), actions=[submit("Send", do="end")]))
    bot.answers["task/submit"] = {"task": {"type": "message", "value": "Modtaget"}}
    await jens.presses("Afblæs")
    assert bot.heard[-1]["value"]["data"] == {"msteams": {"type": "task/fetch"}, "do": "end"}
    opened = jens.dialog
    assert opened is not None
    assert (opened.title, opened.fields, opened.buttons) == ("Afblæs", ["reason"], ["Send"])
    await jens.submits({"reason": "normal drift"})
    assert bot.heard[-1]["name"] == "task/submit"
    assert bot.heard[-1]["value"]["data"] == {"do": "end", "reason": "normal drift"}
    assert (jens.dialog, jens.notice) == (None, "Modtaget")


async def test_a_dialog_with_a_fault_comes_back_and_one_can_be_closed(bot: Bot, jens: TeamsPerson) -> None:
    await bot.sends(jens.dm, card=card(actions=[submit("Ret", msteams={"type": "task/fetch"})]))
    bot.answers["task/fetch"] = dialog("Ret", card(text_input("time"), actions=[submit("Send")]))
    bot.answers["task/submit"] = dialog("Ret igen", card(text_input("time"), actions=[submit("Send")]))
    await jens.presses("Ret")
    await jens.submits({"time": "i går"})
    assert jens.dialog is not None
    assert jens.dialog.title == "Ret igen"
    jens.closes()
    with pytest.raises(AssertionError, match="no dialog"):
        await jens.submits()


async def test_a_plain_submit_is_a_message_with_a_value(bot: Bot, jens: TeamsPerson) -> None:
    sent = await bot.sends(jens.dm, card=card(text_input("a"), actions=[submit("Send", x=1)]))
    await jens.presses("Send", values={"a": "æ"})
    heard = bot.heard[-1]
    assert (heard["type"], heard["value"], heard["replyToId"]) == ("message", {"x": 1, "a": "æ"}, sent)


async def test_a_colleagues_message_is_saved_with_author_and_time(
    teams: FakeTeams, bot: Bot, jens: TeamsPerson, target: str
) -> None:
    pia = TeamsPerson(teams, "pia", target)
    await pia.says("12 beboere <skal> flyttes", "stab")
    said = jens.sees("12 beboere")[-1]
    bot.answers["composeExtension/fetchTask"] = dialog("Gem i log", card(text_input("note"), actions=[submit("Gem")]))
    await jens.saves(said)
    heard = bot.heard[-1]["value"]
    assert (heard["commandId"], heard["commandContext"]) == ("gemILog", "message")
    payload = heard["messagePayload"]
    assert (payload["id"], payload["from"]["user"]["id"]) == (said.id, "pia")
    assert payload["body"] == {"contentType": "html", "content": "<div>12 beboere &lt;skal&gt; flyttes</div>"}
    await jens.submits({"note": "n"})
    submitted = bot.heard[-1]
    assert submitted["name"] == "composeExtension/submitAction"
    assert submitted["value"]["data"] == {"note": "n"}
    assert submitted["value"]["messagePayload"]["id"] == said.id
    assert jens.dialog is None


async def test_installing_tells_the_bot_who_and_where(teams: FakeTeams, bot: Bot, jens: TeamsPerson) -> None:
    teams.install("jens", False)
    await jens.installs()
    update, install = bot.heard
    assert (update["type"], update["membersAdded"]) == ("conversationUpdate", [{"id": teams.world.bot_id}])
    assert (install["type"], install["action"]) == ("installationUpdate", "add")
    assert install["conversation"]["id"] == jens.dm
    await jens.installs(team=STAFF)
    assert bot.heard[-1]["channelData"]["team"]["aadGroupId"] == STAFF


async def test_edits_deletions_and_reactions_are_told(bot: Bot, jens: TeamsPerson) -> None:
    await jens.says("12 beboere")
    own, reply = jens.messages()
    await jens.edits(own, "14 beboere")
    update = bot.heard[-1]
    assert (update["type"], update["id"], update["text"]) == ("messageUpdate", own.id, "14 beboere")
    assert update["channelData"]["eventType"] == "editMessage"
    await jens.deletes(jens.messages()[0])
    assert (bot.heard[-1]["type"], bot.heard[-1]["id"]) == ("messageDelete", own.id)
    await jens.reacts("like", reply)
    assert (bot.heard[-1]["reactionsAdded"], bot.heard[-1]["replyToId"]) == ([{"type": "like"}], reply.id)
    with pytest.raises(AssertionError, match="own messages"):
        await jens.edits(reply, "x")


async def test_a_retry_is_the_same_activity_again(bot: Bot, jens: TeamsPerson) -> None:
    await jens.says("varsel")
    await jens.retry()
    assert bot.heard[0] == bot.heard[1]


async def test_every_forgery_is_delivered_and_spoilt_in_its_own_way(
    teams: FakeTeams, aiohttp_server: AiohttpServer
) -> None:
    seen: list[tuple[str | None, bytes]] = []

    async def receive(request: Any) -> web.Response:
        seen.append((request.headers.get("Authorization"), await request.read()))
        return web.Response(status=401)

    app = web.Application()
    app.router.add_post("/api/messages", receive)
    server = await aiohttp_server(app)
    jens = TeamsPerson(teams, "jens", str(server.make_url("")).rstrip("/"))
    for how in Forgery:
        assert (await jens.forged(how)).status == 401
    assert len(seen) == len(Forgery)
    right = {how for how, (token, _) in zip(Forgery, seen, strict=True) if _valid(teams, token)}
    spoilt_bodies = {
        Forgery.OTHER_SERVICE_URL,
        Forgery.NO_SERVICE_URL,
        Forgery.FOREIGN_TENANT,
        Forgery.NO_TENANT,
        Forgery.NO_CHANNEL_ID,
        Forgery.OTHER_CHANNEL_ID,
    }
    assert right == spoilt_bodies | set(NOT_JSON)


def _valid(teams: FakeTeams, authorization: str | None) -> bool:
    """Whether the token is one that Teams itself would have sent."""
    key = teams.keys.jwks()["keys"][0]
    try:
        token = (authorization or "").removeprefix("Bearer ")
        known: bool = jwt.get_unverified_header(token)["kid"] == key["kid"]
        issuer = "https://api.botframework.com"
        jwt.decode(
            token,
            jwt.PyJWK(key),
            ["RS256"],
            audience=teams.app_id,
            issuer=issuer,
            options={"require": ["exp", "serviceurl", "iss", "aud"]},
        )
    except (KeyError, jwt.PyJWTError):
        return False
    return known
