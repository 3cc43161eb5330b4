"""Microsoft Teams as a platform: reaches people, and has the crisis staff's channel."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from aiohttp import web

from bot.engine import grants
from bot.engine.engine import Engine
from bot.engine.platform import (
    CannotLook,
    Closed,
    InDoubt,
    NotGranted,
    Outgoing,
    Ref,
    Throttled,
    Unavailable,
    Undeliverable,
)
from bot.engine.rates import NO_LIMITS, Limits
from bot.platforms.teams import accounts, drawing, files, permissions
from bot.platforms.teams.api import SHUT, Refused, TeamsApi, in_path
from bot.platforms.teams.channels import NOT_IN_TEAM, TeamsChannels
from bot.platforms.teams.door import TeamsDoor
from bot.platforms.teams.inbound import TeamsInbound
from bot.platforms.teams.installing import Installer
from bot.platforms.teams.people import DM, NAME, TeamsDirectory
from bot.platforms.teams.spot import Spot
from bot.platforms.teams.token import TokenCheck
from bot.settings import Settings
from handlers.core.incoming import Incoming
from storage.plan.reach import Way

log = logging.getLogger(__name__)

Json = dict[str, Any]

# How often Entra is asked whether it still knows us, in seconds.
WATCH = 60.0
# How long we don't try to give anybody the app once we were told that we may not.
NOT_GRANTED = timedelta(hours=1)
# What makes a message one that its receiver alone sees, in a conversation of many.
TARGETED = "?isTargetedActivity=true"
# Bytes that a message is drawn in when Teams finds it too large all the same.
SMALLER = 10_000

NOT_HERS = "Krisebot er ikke installeret hos personen i Teams"
BLOCKED = "personen har blokeret Krisebot i Teams"


class Teams:
    """The platform for Teams, over the Bot Framework's own HTTP.

    Args:
        engine: what it puts inputs into.
        app_id, app_password: the app's own, from its registration in Entra.
        tenants: the only ones that are let in; the first issues our tokens.
        metadata_url, login_url, graph_url: Microsoft's addresses.
        service_url: for a first message to somebody, before anybody has been heard from.
        unverified: take unsigned activities from this machine, for a local test client.
        timeout: seconds one call may take.
        limits: how much Teams takes.
    """

    name = NAME
    has_rooms = True
    way = Way(NAME, "Teams", first="Giv alle appen fra Teams' administration", danish=True, directory=True)

    def __init__(
        self,
        engine: Engine,
        *,
        app_id: str,
        app_password: str,
        tenants: Sequence[str],
        metadata_url: str,
        login_url: str,
        graph_url: str,
        service_url: str,
        unverified: bool = False,
        timeout: float = 10.0,
        limits: Limits = NO_LIMITS,
    ) -> None:
        self.limits = limits
        self._engine = engine
        self._app_id = app_id
        self._tenants = list(tenants)
        self._metadata_url = metadata_url
        self._service_url = service_url
        self._unverified = unverified
        self._calls = TeamsApi(app_id, app_password, self._tenants[0], login_url, graph_url, timeout)
        self._people = TeamsDirectory(engine.database, engine.clock, engine.plan, self._calls)
        self._channels = TeamsChannels(engine, self._calls, self._people, app_id, self._tenants[0], self._service)
        self._installer = Installer(self._calls, app_id)
        self._may_install_from = datetime.min.replace(tzinfo=UTC)
        self._inbound = TeamsInbound(engine, self._people, app_id)
        self._door: TeamsDoor | None = None
        self._watching: asyncio.Task[None] | None = None

    @classmethod
    def from_settings(cls, engine: Engine, settings: Settings) -> Self:
        """Make it from the operator's settings."""
        secret = settings.microsoft_app_password
        return cls(
            engine,
            app_id=settings.microsoft_app_id or "",
            app_password=secret.get_secret_value() if secret else "",
            tenants=settings.tenants,
            metadata_url=settings.microsoft_openid_metadata_url,
            login_url=settings.microsoft_login_url,
            graph_url=settings.microsoft_graph_url,
            service_url=settings.microsoft_service_url,
            unverified=settings.teams_unverified,
            limits=settings.teams_limits,
        )

    @property
    def refused(self) -> int:
        """The number of requests that were forged or malformed."""
        return self._door.refused if self._door else 0

    async def start(self) -> None:
        """Start the platform; Teams may come up later."""
        self._watching = asyncio.create_task(self._watch())

    async def stop(self) -> None:
        """Close its connections."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        await self._inbound.close()
        await self._calls.close()

    def routes(self) -> list[web.RouteDef]:
        """List the HTTP path for the Bot Framework's requests."""
        return [web.post("/api/messages", self._request)]

    async def _request(self, request: web.Request) -> web.StreamResponse:
        return await self._the_door().request(request)

    def _the_door(self) -> TeamsDoor:
        """Return who checks requests, made at the first request: its HTTP client needs a running loop."""
        if self._door is None:
            check = (
                None
                if self._unverified
                else TokenCheck(self._app_id, self._tenants, self._metadata_url, self._calls.session)
            )
            self._door = TeamsDoor(self._engine, self._inbound, check)
        return self._door

    def trouble(self) -> str | None:
        """Return what is wrong with the way out."""
        return self._calls.trouble

    async def _watch(self) -> None:
        while True:
            try:
                await self._calls.look()
            except (Throttled, Unavailable) as error:
                log.warning("Teams: %s", error)
            await asyncio.sleep(WATCH)

    async def lacking(self) -> list[NotGranted]:
        """Ask which of Graph's permissions have not been consented to, in the tenant and in the staff's team; all of them
        can be done without."""
        try:
            granted = await self._calls.roles()
            lost = {each: why for each, why in permissions.LOST.items() if each not in granted}
            lost |= await self._lost_in_team()
        finally:
            await self._calls.close()
        return [NotGranted(each, lost[each]) for each in sorted(lost)]

    async def _lost_in_team(self) -> dict[str, str]:
        """Ask what an owner of the staff's team has not given us there, with what is lost by it."""
        group = self._engine.plan().rooms.teams.group
        if not group:
            return {}
        try:
            listed = await self._calls.graph("GET", f"teams/{in_path(group)}/permissionGrants")
        except InDoubt as silent:
            raise Unavailable(str(silent)) from silent
        except Refused:
            # Not even this may be asked: the app isn't in the team, or is of an older package.
            return {permissions.SEE_GRANTS: permissions.LOST_IN_TEAM[permissions.SEE_GRANTS]}
        rows = listed.get("value")
        given = {
            str(each.get("permission"))
            for each in (rows if isinstance(rows, list) else [])
            # Which of the two names is the app's own has changed in Microsoft's pages.
            if isinstance(each, dict) and self._app_id in (each.get("clientAppId"), each.get("clientId"))
        }
        return {each: why for each, why in permissions.LOST_IN_TEAM.items() if each not in given}

    async def package_version(self) -> str:
        """Ask which version of our app package the tenant's catalogue has."""
        try:
            return await self._installer.version()
        except InDoubt as silent:
            raise Unavailable(str(silent)) from silent
        finally:
            await self._calls.close()

    # --- people ---

    async def account_of(self, mail: str) -> str:
        """Look for the one account that a mail address has in our own tenant."""
        return await accounts.account_of(self._calls, mail)

    async def meet(self, incoming: Incoming) -> None:
        """Ask for the names that an input is without."""
        await self._people.meet(incoming.unnamed.values())

    def named(self, incoming: Incoming) -> Incoming:
        """Return an input with the names that Entra has told."""
        return self._people.named(incoming)

    async def name_of(self, person: str) -> str:
        """Ask for a person's name, where they aren't in the plan."""
        user = self._people.user(person)
        return await self._people.ask_name(user) if user else ""

    # --- messages ---

    def lane_of(self, person: str) -> str | None:
        """Return the directory id that a person is written to by, which needs no conversation beforehand."""
        user = self._people.user(person)
        return f"{DM}{user}" if user else None

    async def send(self, lane: str, post: Outgoing) -> Ref:
        """Send a new message: to a person's chat, to a staff channel, or to where somebody wrote among others."""
        if lane.startswith(DM):
            return await self._write_to(lane, post)
        spot = Spot.read(lane)
        if spot is not None:
            return await self._answer_at(spot, post)
        try:
            if post.thread is not None and post.thread.partition(";")[0] == lane:
                return await self._answer_in(post.thread, lane, post)
            return await self._say(await self._service(), lane, post)
        except Refused as refused:
            raise _why(lane, refused) from refused

    async def _answer_in(self, thread: str, channel: str, post: Outgoing) -> Ref:
        """Answer in a channel's thread; in the channel itself where the thread is gone."""
        try:
            return await self._say(await self._service(), thread, post)
        except Refused as refused:
            if refused.status != 404:
                raise
            return await self._say(await self._service(), channel, post)

    async def _answer_at(self, spot: Spot, post: Outgoing) -> Ref:
        """Answer among others, for nobody but whoever wrote to read where Teams can; else for everybody, unless nobody
        else saw what was written."""
        service = await self._service()
        try:
            return await self._say(service, spot.conversation, post, spot)
        except Refused as refused:
            if spot.hidden:
                raise
            log.info("no message for one alone in Teams, one for all instead: %s %s", refused, refused.message)
        return await self._say(service, spot.conversation, post)

    async def _write_to(self, lane: str, post: Outgoing) -> Ref:
        user = lane.removeprefix(DM)
        try:
            return await self._say_to(user, post)
        except Refused as refused:
            if not _lacks_app(refused) or not await self._install(user):
                raise _why(lane, refused) from refused
        try:
            return await self._say_to(user, post)
        except Refused as refused:
            raise _why(lane, refused) from refused

    async def _say_to(self, user: str, post: Outgoing) -> Ref:
        known = await self._people.reference(user)
        if known.get("conversation"):
            try:
                return await self._say(known.get("service_url") or await self._service(), known["conversation"], post)
            except Refused as refused:
                if refused.status != 404:
                    raise
                # The chat we knew is gone; a new one is asked for below.
        reference = await self._open(user, known)
        return await self._say(reference["service_url"], reference["conversation"], post)

    async def _install(self, user: str) -> bool:
        """Give one of the plan's people the app; False where that can't be done. Where we may not, nobody is tried for a
        while."""
        now = self._engine.clock.now()
        if self._engine.plan().find(NAME, user) is None or now < self._may_install_from:
            return False
        try:
            return await self._installer.install(user)
        except NotGranted as refused:
            self._may_install_from = now + NOT_GRANTED
            await grants.note(self._engine.database, self.way, [refused], now)
            return False

    async def _open(self, user: str, known: Mapping[str, Any]) -> Json:
        """Ask for the one-to-one chat with somebody; asked for again, it is the same one, so nothing is in doubt."""
        tenant = known.get("tenant") or self._tenants[0]
        service_url = known.get("service_url") or await self._service()
        body = {
            "bot": {"id": f"28:{self._app_id}"},
            "members": [{"id": user}],
            "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}},
            "isGroup": False,
        }
        try:
            opened = await self._calls.connector("POST", service_url, "conversations", body)
        except InDoubt as lost:
            raise Unavailable(str(lost)) from lost
        if not opened.get("id"):
            raise Unavailable("Teams gav ingen samtale")
        reference = {**known, "service_url": service_url, "conversation": opened["id"], "tenant": tenant, "aad": user}
        await self._people.remember(user, reference)
        return reference

    async def _say(self, service_url: str, conversation: str, post: Outgoing, spot: Spot | None = None) -> Ref:
        path = f"conversations/{in_path(conversation)}/activities"
        answer = await self._draw("POST", service_url, path, post, spot)
        if not answer.get("id"):
            raise InDoubt("Teams svarede uden et id")
        ref = {"service_url": service_url, "conversation": conversation, "activity": answer["id"]}
        return ref if spot is None else {**ref, "targeted": True}

    async def edit(self, lane: str, ref: Ref, post: Outgoing) -> Ref:
        """Change a message where it stands; say it anew where it stands no longer."""
        path = f"conversations/{in_path(ref['conversation'])}/activities/{in_path(ref['activity'])}"
        path += TARGETED if ref.get("targeted") else ""
        try:
            await self._draw("PUT", ref["service_url"], path, post)
        except Refused as refused:
            if refused.status == 404 and Spot.read(lane) is None:
                return await self.send(lane, post)
            raise _why(lane, refused) from refused
        return ref

    async def _draw(self, method: str, service_url: str, path: str, post: Outgoing, spot: Spot | None = None) -> Json:
        drawn = drawing.message(post.card, post.message, post.repeated)
        if spot is not None:
            return await self._calls.connector(method, service_url, f"{path}{TARGETED}", spot.addressed(drawn))
        try:
            return await self._calls.connector(method, service_url, path, drawn)
        except Refused as refused:
            if refused.status == 413:
                drawn = drawing.message(post.card, post.message, post.repeated, SMALLER)
            elif refused.status == 400:
                # Better without its buttons than not at all: everything can be typed as well.
                log.error("Teams would not draw message %s: %s %s", post.message, refused, refused.message)
                drawn = drawing.bare(post.card, post.repeated)
            else:
                raise
        return await self._calls.connector(method, service_url, path, drawn)

    async def find(self, lane: str, post: Outgoing) -> Ref | None:
        """Raise CannotLook: Teams shows a bot nothing of what it has said."""
        raise CannotLook

    async def _service(self) -> str:
        return await self._people.last_heard_at() or self._service_url

    # --- files ---

    async def fetch(self, reference: Mapping[str, Any], largest: int) -> bytes:
        """Fetch a picture or a file, from Microsoft's own places."""
        return await files.fetch(self._calls, reference, largest)

    # --- the staff's channel ---

    async def open_room(self, name: str, title: str, known: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Make a channel in the staff's team, where Graph is granted; else begin a thread in the staff's channel."""
        return await self._channels.make(name, title)

    async def admit(self, address: str, detail: Mapping[str, Any], persons: Collection[str]) -> Collection[str]:
        """Make persons members of the staff's team, where Graph is granted; else those are in who are in the team."""
        return await self._channels.admit(address, detail, persons)

    async def dismiss(self, address: str, detail: Mapping[str, Any], persons: Collection[str]) -> None:
        """Do nothing: a team has its members for other reasons too, and its owners decide on those."""


def _lacks_app(refused: Refused) -> bool:
    return refused.status in SHUT and refused.code != "MessageWritesBlocked"


def _why(lane: str, refused: Refused) -> Undeliverable:
    """Return the error that says why nobody can be written to there, as far as it is known."""
    if refused.code == "MessageWritesBlocked":
        return Undeliverable(BLOCKED)
    if refused.status not in SHUT:
        return refused
    return Undeliverable(NOT_HERS) if lane.startswith(DM) else Closed(NOT_IN_TEAM)
