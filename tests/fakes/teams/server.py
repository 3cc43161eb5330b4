"""A Teams that krisebot talks to over real HTTP, with Entra and Graph beside it, and that fails when it is told to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

from aiohttp import ClientSession, ClientTimeout, web

from tests.fakes.teams.cards import Json
from tests.fakes.teams.connector import CONNECTOR, Perform
from tests.fakes.teams.faults import DisconnectBefore, Fault, Faults, Limits, RateLimited, TeamsError
from tests.fakes.teams.graph import ALL_CONSENTS, ROUTES, Endpoint, Reply
from tests.fakes.teams.keys import BOT, GRAPH, ISSUER, Entra, SigningKeys
from tests.fakes.teams.world import Conversation, FakeMessage, Person, Team, World

T = TypeVar("T")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

METADATA = "/v1/.well-known/openidconfiguration"
APP_ID = "3f1c6a52-0000-4000-8000-00000000b07a"
TENANT = "7c9d1e40-0000-4000-8000-0000000004ea"


@dataclass
class Call:
    """One request that reached Microsoft.

    `fault` is what it met; `status` and `answer` what was done, also where the answer was lost; 0 where nothing was.
    """

    method: str
    path: dict[str, str]
    body: Json
    at: float = field(default_factory=time.monotonic)
    fault: Fault | None = None
    status: int = 0
    answer: Json | None = None

    @property
    def ok(self) -> bool:
        return self.fault is None and 200 <= self.status < 300


class FakeTeams:
    """Teams on a loopback port, as an async context manager: the key server, Entra, the Bot Connector and Graph.

    Args:
        now: the time in seconds since 1970, for message ids and what activities carry.
        people: the tenant's people, AAD id to full name. A `TeamsPerson` adds herself.
        latency: seconds each answer takes; the work is done before.
        enforce_limits: answer 429 beyond the published rates.
        limits_clock: seconds that the rates are measured by.
        graph_granted: whether an administrator has consented to Graph.
        hears_all: whether the app may hear channel messages that don't mention it.
    """

    def __init__(
        self,
        *,
        now: Callable[[], float] = time.time,
        people: Mapping[str, str] | None = None,
        latency: float = 0.0,
        enforce_limits: bool = False,
        limits_clock: Callable[[], float] = time.monotonic,
        graph_granted: bool = True,
        hears_all: bool = False,
        tenant: str = TENANT,
        app_id: str = APP_ID,
        app_password: str = "fake-app-password",
    ) -> None:
        self.world = World(now, tenant, app_id)
        self.keys = SigningKeys()
        self.entra = Entra(tenant, app_id, app_password)
        self.tenant, self.app_id, self.app_password = tenant, app_id, app_password
        self.calls: list[Call] = []
        self.latency, self.hears_all = latency, hears_all
        self.consents = set(ALL_CONSENTS) if graph_granted else set()
        # What is consented to for one team alone stands in no token.
        self.entra.roles = lambda: sorted(each for each in self.consents if not each.endswith(".Group"))
        self.world.given_in_teams = lambda: sorted(each for each in self.consents if each.endswith(".Group"))
        self.answers: dict[str, Any] = {}
        """By kind of call: another body than the right one."""
        self.url = ""
        self._limits = Limits(limits_clock) if enforce_limits else None
        self._faults = Faults()
        self._down: Fault | None = None
        self._metadata_down: Fault | None = None
        for aad_id, name in (people or {}).items():
            self.add_person(aad_id, name)

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=4 * 2**20)
        app.router.add_get(METADATA, self._plain("metadata", self._openid))
        app.router.add_get("/v1/.well-known/keys", self._plain("keys", lambda path, form: self.keys.jwks()))
        app.router.add_get("/emea/v3/attachments/{file}/views/original", self._picture)
        app.router.add_get("/download", self._download)
        app.router.add_post("/{tenant}/oauth2/v2.0/token", self._plain("token", self._token))
        for verb, path, method, perform in CONNECTOR:
            app.router.add_route(verb, f"/emea/v3{path}", self._connector(method, perform))
        for (verb, path), endpoint in ROUTES.items():
            app.router.add_route(verb, f"/v1.0{path}", self._graph(endpoint))
        # A caller who goes away ends the request, so that an answer that never comes doesn't keep anything alive.
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.05, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        self.courier = ClientSession(timeout=ClientTimeout(total=30))
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.courier.close()
        await self._runner.cleanup()

    # -- where krisebot finds it --------------------------------------------------------------------------------------

    @property
    def metadata_url(self) -> str:
        return f"{self.url}{METADATA}"

    @property
    def login_url(self) -> str:
        return self.url

    @property
    def graph_url(self) -> str:
        """Without the version."""
        return self.url

    @property
    def service_url(self) -> str:
        return f"{self.url}/emea/"

    def settings(self) -> dict[str, str]:
        """What krisebot's environment says, to find this Teams."""
        return {
            "MICROSOFT_APP_ID": self.app_id,
            "MICROSOFT_APP_PASSWORD": self.app_password,
            "MICROSOFT_APP_TENANT_ID": self.tenant,
            "MICROSOFT_OPENID_METADATA_URL": self.metadata_url,
            "MICROSOFT_LOGIN_URL": self.login_url,
            "MICROSOFT_GRAPH_URL": self.graph_url,
            "MICROSOFT_SERVICE_URL": self.service_url,
        }

    # -- what a test arranges -----------------------------------------------------------------------------------------

    def add_person(self, aad_id: str, name: str, installed: bool = True, **account: Any) -> Person:
        """Someone comes into the tenant; `installed` is whether she has the app, `account` what Entra says of hers."""
        person = Person(aad_id, name, f"29:1{aad_id}-{self.app_id[:8]}", installed, **account)
        return self.world.people.setdefault(aad_id, person)

    def install(self, aad_id: str, installed: bool = True) -> None:
        """An administrator gives someone the app, or takes it away. Teams tells the bot nothing here."""
        self.world.people[aad_id].installed = installed

    def block(self, aad_id: str, blocked: bool = True) -> None:
        """Someone blocks the bot."""
        self.world.people[aad_id].blocked = blocked

    def add_team(self, group: str, name: str, *members: str, bot: bool = True) -> Team:
        """A team that was there before, with its general channel; `bot` is whether the app is installed in it."""
        team = self.world.teams[group] = Team(group, f"19:{group}@thread.tacv2", name, bot=bot)
        for each in members:
            self.world.join(team, each)
        self.world.open_channel(team, "General")
        return team

    def add_channel(self, name: str, group: str, membership: str = "standard") -> Conversation:
        """A channel that was there before."""
        return self.world.open_channel(self.world.team(group), name, membership=membership)

    def add_chat(self, name: str, *members: str) -> Conversation:
        """Several people's chat with each other, which the bot was added to."""
        return self.world.begin_chat(name, list(members))

    def channel(self, name: str) -> Conversation:
        """A channel by its name or id, as it stands now."""
        return self.world.named(name)

    def messages(self, channel: str) -> list[FakeMessage]:
        """Everything in a channel, by name or id, oldest first."""
        return list(self.channel(channel).messages)

    @property
    def graph_granted(self) -> bool:
        """Whether an administrator has consented to all of Graph; `consents` has them one by one."""
        return self.consents >= ALL_CONSENTS

    @graph_granted.setter
    def graph_granted(self, granted: bool) -> None:
        self.consents = set(ALL_CONSENTS) if granted else set()

    def rotate_keys(self) -> None:
        """Teams signs with a new key from now on."""
        self.keys.rotate()

    def metadata_down(self, with_: Fault | None = None) -> None:
        """The key server is gone: the connection breaks, unless told otherwise."""
        self._metadata_down = with_ or DisconnectBefore()

    def metadata_up(self) -> None:
        """The key server is back."""
        self._metadata_down = None

    def fail(self, method: str, *, with_: Fault, times: int | None = 1, channel: str | None = None) -> None:
        """Lets calls fail, in the order the failures were asked for.

        Args:
            method: "create", "send", "update", "delete", "members", "graph", "token", "metadata", "keys", "file"; "*" for
                any.
            with_: how.
            times: how many calls; None is until `heal`.
            channel: only calls about this place: a channel's id or name, or the person's AAD id for a one-to-one chat.
        """
        self._faults.order(method, times, with_, channel)

    def enforce(self, clock: Callable[[], float], tenant: tuple[int, float]) -> None:
        """Answers 429 beyond the published rates, and beyond so many calls in so many seconds over all conversations."""
        self._limits = Limits(clock, tenant)

    def heal(self) -> None:
        """Forgets every failure that was asked for."""
        self._faults.clear()

    @property
    def faults_left(self) -> int:
        """How many of the failures asked for have not been used up."""
        return self._faults.left

    def down(self, with_: Fault | None = None) -> None:
        """Microsoft is gone: every call fails (the connection breaks, unless told otherwise)."""
        self._down = with_ or DisconnectBefore()

    def up(self) -> None:
        """Microsoft is back."""
        self._down = None

    def calls_to(self, method: str) -> list[Call]:
        """The requests of one kind, oldest first; the kinds are those of `fail`."""
        return [each for each in self.calls if each.method == method]

    def claims(self, **changes: Any) -> Json:
        """What a token from Teams says; a claim changed to None is left out."""
        now = time.time()
        claims = {
            "iss": ISSUER,
            "aud": self.app_id,
            "serviceurl": self.service_url,
            "nbf": now - 300,
            "exp": now + 3300,
        }
        return {name: value for name, value in {**claims, **changes}.items() if value is not None}

    async def until(self, condition: Callable[[], T], within: float = 5.0) -> T:
        """Waits until something in the tenant is so, and returns what the condition returned.

        Raises:
            AssertionError: it wasn't so within that many seconds.
        """
        deadline = asyncio.get_running_loop().time() + within
        while not (found := condition()):
            changed = self.world.changed
            try:
                async with asyncio.timeout_at(deadline):
                    await changed.wait()
            except TimeoutError:
                last = [f"{each.method} {each.fault or each.status}" for each in self.calls[-10:]]
                raise AssertionError(f"it didn't happen within {within} s; the last calls were {last}") from None
        return found

    # -- what krisebot reaches ----------------------------------------------------------------------------------------

    def _plain(self, method: str, perform: Callable[[dict[str, str], dict[str, str]], Json]) -> Handler:
        """A page without a token before it."""

        async def handle(request: web.Request) -> web.StreamResponse:
            form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
            call = Call(method, dict(request.match_info), form)
            return await self._serve(request, call, lambda: (200, perform(call.path, form)))

        return handle

    def _connector(self, method: str, perform: Perform) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            asked = request.query.get("isTargetedActivity")
            path = {**request.match_info, **({"targeted": asked} if asked else {})}
            call = Call(method, path, await _body(request))

            def act() -> Reply:
                self.entra.admit(request.headers.get("Authorization", ""), BOT)
                return perform(self.world, call.path, call.body or dict(request.query))

            return await self._serve(request, call, act)

        return handle

    def _graph(self, endpoint: Endpoint) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            call = Call("graph", {**request.match_info, "": f"{request.method} {request.path}"}, await _body(request))

            def act() -> Reply:
                self.entra.admit(request.headers.get("Authorization", ""), GRAPH, self.url)
                if not self.consents & set(endpoint.consents):
                    needed = ", ".join(endpoint.consents)
                    raise TeamsError(403, "Forbidden", f"Missing role permissions; API requires one of '{needed}'.")
                return endpoint.perform(self.world, call.path, call.body or dict(request.query))

            return await self._serve(request, call, act)

        return handle

    async def _serve(self, request: web.Request, call: Call, perform: Callable[[], Reply]) -> web.StreamResponse:
        self.calls.append(call)
        call.fault = self._fault_for(call)
        if call.fault is None or call.fault.performs:
            try:
                call.status, call.answer = perform()
                call.answer = self.answers.get(call.method, call.answer)
            except TeamsError as error:
                call.status, call.answer = error.status, error.body
        self.world.touch()
        if self.latency:
            await asyncio.sleep(self.latency)
        if call.fault is not None:
            return await call.fault.answer(request)
        if call.answer is None:
            return web.Response(status=call.status)
        return web.json_response(call.answer, status=call.status)

    async def _picture(self, request: web.Request) -> web.StreamResponse:
        """A picture that lies with the Connector, to whoever has the bot's token."""
        try:
            self.entra.admit(request.headers.get("Authorization", ""), BOT)
        except TeamsError as error:
            return web.json_response(error.body, status=error.status)
        return await self._file(request, request.match_info["file"])

    async def _download(self, request: web.Request) -> web.StreamResponse:
        """A file by the link that lets anybody in."""
        return await self._file(request, request.query["tempauth"])

    async def _file(self, request: web.Request, id: str) -> web.StreamResponse:
        call = Call("file", {"file": id}, {})
        self.calls.append(call)
        call.fault = self._down or self._faults.take("file", set())
        self.world.touch()
        if call.fault is not None:
            return await call.fault.answer(request)
        if id not in self.world.files:
            return web.Response(status=404)
        kind, content = self.world.files[id]
        return web.Response(body=content, content_type=kind)

    def _fault_for(self, call: Call) -> Fault | None:
        if call.method in ("metadata", "keys") and self._metadata_down:
            return self._metadata_down
        return self._down or self._faults.take(call.method, self._places(call)) or self._too_many(call)

    def _too_many(self, call: Call) -> Fault | None:
        if self._limits is None or call.method not in ("send", "update"):
            return None
        wait = self._limits.wait(call.path["conversation"])
        return RateLimited(wait) if wait else None

    def _places(self, call: Call) -> set[str]:
        """Every name that the place of a call goes by: its id, its name, the person's AAD id."""
        names = {call.path.get("conversation", "").partition(";")[0], call.path.get("channel", "")}
        names |= {str(each.get("id")) for each in call.body.get("members") or [] if isinstance(each, dict)}
        for each in [self.world.conversations[name] for name in names if name in self.world.conversations]:
            names |= {each.name, each.person}
        return names - {""}

    def _openid(self, path: dict[str, str], form: dict[str, str]) -> Json:
        algorithms = {"id_token_signing_alg_values_supported": ["RS256"]}
        return {"issuer": ISSUER, "jwks_uri": f"{self.url}/v1/.well-known/keys", **algorithms}

    def _token(self, path: dict[str, str], form: dict[str, str]) -> Json:
        return self.entra.token(path["tenant"], form)


async def _body(request: web.Request) -> Json:
    """The JSON object that was sent; empty when none was."""
    if not request.can_read_body:
        return {}
    try:
        body = await request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
