"""A Slack that krisebot talks to over real HTTP, and that fails when it is told to."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

from aiohttp import ClientSession, ClientTimeout, web

from tests.fakes.slack.blocks import Json
from tests.fakes.slack.faults import DisconnectBefore, Fault, Faults, Limits, RateLimited
from tests.fakes.slack.methods import METHODS
from tests.fakes.slack.socket import Socket
from tests.fakes.slack.world import Channel, FakeMessage, SlackError, World

T = TypeVar("T")
AS_JSON = ("blocks", "view", "metadata", "attachments")
SCOPES = (
    "app_mentions:read,bookmarks:write,channels:history,channels:manage,channels:read,chat:write,commands,files:read,"
    "groups:history,groups:read,groups:write,im:history,im:read,im:write,pins:write,reactions:read,reactions:write,"
    "usergroups:read,users:read,users:read.email"
)


@dataclass
class Call:
    """One request that reached Slack.

    `fault` is what it met; `answer` what Slack did, also where the answer was lost, and None where nothing was done.
    """

    method: str
    args: Json
    at: float = field(default_factory=time.monotonic)
    fault: Fault | None = None
    answer: Json | None = None

    @property
    def ok(self) -> bool:
        return self.fault is None and bool(self.answer and self.answer.get("ok"))


class FakeSlack:
    """Slack on a loopback port, as an async context manager.

    Args:
        now: the time in seconds since 1970, for message ids and for how long a response_url lasts.
        users: the people of the workspace, id to full name. A `SlackPerson` adds herself.
        latency: seconds each answer takes; the work is done before.
        enforce_limits: answer 429 beyond the published rates.
        limits_clock: seconds that the rates are measured by.
        shortcuts: the callback_id of each message shortcut, as the app's manifest has them.
    """

    def __init__(
        self,
        *,
        now: Callable[[], float] = time.time,
        users: Mapping[str, str] | None = None,
        latency: float = 0.0,
        enforce_limits: bool = False,
        limits_clock: Callable[[], float] = time.monotonic,
        shortcuts: Mapping[str, str] | None = None,
        bot_token: str = "xoxb-fake",
        app_token: str = "xapp-fake",
        signing_secret: str = "fake-signing-secret",
    ) -> None:
        self.world = World(now, users or {})
        self.socket = Socket(self.world)
        self.calls: list[Call] = []
        self.latency = latency
        self.shortcuts = dict(
            shortcuts or {"Gem i log": "gem_i_log", "Send som varsel": "send_som_varsel", "Vejledning": "vejledning"}
        )
        self.bot_token, self.app_token, self.signing_secret = bot_token, app_token, signing_secret
        self.url = ""
        self.may_read_files = True
        """Whether the app has the scope for files; without it Slack answers with its front page."""
        self.scopes = set(SCOPES.split(","))
        """What the app was granted when it was installed."""
        self._limits = Limits(limits_clock) if enforce_limits else None
        self._faults = Faults()
        self._down: Fault | None = None

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=4 * 2**20)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/response/{token}", self._response_url)
        app.router.add_get("/files-pri/{file}/download/{name}", self._file)
        app.router.add_get("/link", self._link)
        # A caller who goes away ends the request, so that an answer that never comes doesn't keep anything alive.
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.05, access_log=None)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self._root = f"{host}:{port}"
        self.url = f"http://{self._root}/api/"
        self.courier = ClientSession(timeout=ClientTimeout(total=30))
        return self

    async def __aexit__(self, *exc: object) -> None:
        await self.courier.close()
        await self._runner.cleanup()

    # -- what a test arranges -----------------------------------------------------------------------------------------

    def add_user(self, user: str, name: str, mail: str = "", **said: Any) -> None:
        """Someone joins the workspace.

        Args:
            mail: the address of the account; nobody else has it from then on.
            said: what else Slack says of the account: `is_restricted`, `team_id`, `email` for what its profile shows.
        """
        self.world.users[user] = name
        self.world.said_of[user] = said
        if mail:
            same = [each for each, its in self.world.mails.items() if its.casefold() == mail.casefold()]
            for each in same:
                del self.world.mails[each]
            self.world.mails[user] = mail

    def deactivate(self, user: str) -> None:
        """Someone's account is closed: the id is still known, but nothing reaches it."""
        self.world.deactivated.add(user)

    def add_channel(self, name: str, *members: str, private: bool = False, bot: bool = True) -> Channel:
        """A channel that was there before; `bot` is whether krisebot is in it."""
        people = [*members, self.world.bot_user] if bot else list(members)
        return self.world.open_channel(name, people, private=private, creator=members[0] if members else "")

    def add_direct_chat(self, *people: str) -> Channel:
        """People's own chat, which the bot has no part in and can't even see."""
        world = self.world
        chat = Channel(world.next_id("D"), "", "im", list(people), people[0], int(world.now()))
        world.channels[chat.id] = chat
        return chat

    def channel(self, name: str) -> Channel:
        """A channel by its name or id, as it stands now."""
        return self.world.place(name, "")

    def messages(self, channel: str) -> list[FakeMessage]:
        """Everything in a channel, by name or id, ephemeral messages too, oldest first."""
        return list(self.channel(channel).messages)

    def fail(self, method: str, *, with_: Fault, times: int | None = 1, channel: str | None = None) -> None:
        """Lets calls fail, in the order the failures were asked for.

        Args:
            method: a Web API method, "response_url", "file" for the bytes of one, or "*" for any.
            with_: how.
            times: how many calls; None is until `heal`.
            channel: only calls about this channel: its id or name, or the person's id for a one-to-one chat.
        """
        self._faults.order(method, times, with_, channel)

    def enforce(self, clock: Callable[[], float], workspace: tuple[int, float]) -> None:
        """Answers 429 beyond the published rates, and beyond so many messages in so many seconds over all channels."""
        self._limits = Limits(clock, workspace)

    def heal(self) -> None:
        """Forgets every failure that was asked for."""
        self._faults.clear()

    @property
    def settings(self) -> dict[str, str]:
        """What krisebot is set up with to speak with it."""
        return {
            "SLACK_BOT_TOKEN": self.bot_token,
            "SLACK_SIGNING_SECRET": self.signing_secret,
            "SLACK_API_URL": self.url,
        }

    @property
    def faults_left(self) -> int:
        """How many of the failures asked for have not been used up."""
        return self._faults.left

    def down(self, with_: Fault | None = None) -> None:
        """Slack is gone: every call fails (the connection breaks, unless told otherwise), and Socket Mode with it."""
        self._down = with_ or DisconnectBefore()
        self.socket.drop()

    def up(self) -> None:
        """Slack is back."""
        self._down = None

    def calls_to(self, method: str) -> list[Call]:
        """The requests for one method, oldest first."""
        return [each for each in self.calls if each.method == method]

    async def until(self, condition: Callable[[], T], within: float = 5.0) -> T:
        """Waits until something in the workspace is so, and returns what the condition returned.

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
                last = [
                    f"{each.method} {each.fault or (each.answer or {}).get('error', 'ok')}" for each in self.calls[-10:]
                ]
                raise AssertionError(f"it didn't happen within {within} s; the last calls were {last}") from None
        return found

    # -- what krisebot reaches ----------------------------------------------------------------------------------------

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        args = await _arguments(request)
        token = request.headers.get("Authorization", "").removeprefix("Bearer ").strip() or args.pop("token", "")
        return await self._serve(request, Call(method, args), lambda: self._perform(method, args, token))

    async def _response_url(self, request: web.Request) -> web.StreamResponse:
        args, token = await _arguments(request), request.match_info["token"]

        def perform() -> Json:
            self.world.respond(token, args)
            return {}

        return await self._serve(request, Call("response_url", args), perform)

    async def _file(self, request: web.Request) -> web.StreamResponse:
        """A file's bytes, to whoever has the bot's token; to anybody else Slack's front page."""
        id = request.match_info["file"].partition("-")[2]
        call = Call("file", {"file": id})
        self.calls.append(call)
        call.fault = self._down or self._faults.take("file", set())
        self.world.touch()
        if call.fault is not None:
            return await call.fault.answer(request)
        if request.headers.get("Authorization") != f"Bearer {self.bot_token}" or not self.may_read_files:
            return web.Response(text="<!DOCTYPE html><html><title>Slack</title></html>", content_type="text/html")
        file = self.world.files.get(id)
        if file is None:
            return web.Response(status=404)
        return web.Response(body=file.content, content_type=file.about["mimetype"])

    async def _link(self, request: web.Request) -> web.StreamResponse:
        if self._down:
            return await self._down.answer(request)
        return await self.socket.accept(request)

    async def _serve(self, request: web.Request, call: Call, perform: Callable[[], Json]) -> web.StreamResponse:
        self.calls.append(call)
        call.fault = self._down or self._faults.take(call.method, self._places(call.args)) or self._too_many(call)
        if call.fault is None or call.fault.performs:
            try:
                call.answer = {"ok": True, **perform()}
            except SlackError as error:
                call.answer = error.body
        self.world.touch()
        if self.latency:
            await asyncio.sleep(self.latency)
        if call.fault is not None:
            return await call.fault.answer(request)
        status = 404 if call.method == "response_url" and not call.ok else 200
        return web.json_response(call.answer, status=status, headers={"x-oauth-scopes": ",".join(sorted(self.scopes))})

    def _perform(self, method: str, args: Json, token: str) -> Json:
        if not token:
            raise SlackError("not_authed")
        if token not in (self.bot_token, self.app_token):
            raise SlackError("invalid_auth")
        if (method == "apps.connections.open") != (token == self.app_token):
            raise SlackError("not_allowed_token_type")
        if method == "apps.connections.open":
            return {"url": f"ws://{self._root}/link?ticket={self.socket.ticket()}"}
        if method not in METHODS:
            raise SlackError("unknown_method", req_method=method)
        scopes = METHODS[method].scopes
        if scopes and not self.scopes & set(scopes):
            raise SlackError("missing_scope", needed=scopes[0], provided=",".join(sorted(self.scopes)))
        return METHODS[method].perform(self.world, args)

    def _too_many(self, call: Call) -> Fault | None:
        if self._limits is None or call.method not in METHODS:
            return None
        places = self._places(call.args)
        wait = self._limits.wait(call.method, METHODS[call.method].tier, min(places, default=""))
        return RateLimited(wait) if wait else None

    def _places(self, args: Json) -> set[str]:
        """Every name that the channel of a call goes by: its id, its name, the person's id."""
        target = str(args.get("channel") or "")
        if target.startswith("U"):
            return {target, "D" + target[1:]}
        channel = self.world.channels.get(target)
        if channel is None:
            return {target} - {""}
        return {channel.id, channel.name or channel.members[0]}


async def _arguments(request: web.Request) -> Json:
    """The arguments of a call, however it was sent: in the address, as a form or as JSON."""
    args: Json = dict(request.query)
    if request.content_type == "application/json":
        body: Any = await request.json()
        args |= body if isinstance(body, dict) else {}
    elif request.can_read_body:
        args |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    for name in AS_JSON:
        if isinstance(args.get(name), str):
            try:
                args[name] = json.loads(args[name])
            except ValueError:
                args[name] = None
    return args
