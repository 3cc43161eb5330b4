"""The crisis staff's channel in Teams: a channel in the staff's team, or a thread where we may make none, and who is in it."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Collection, Mapping
from typing import Any

from sqlalchemy import select

from bot.engine.engine import Engine
from bot.engine.platform import InDoubt, Undeliverable
from bot.platforms.channel_names import AllTaken, names_like
from bot.platforms.teams.api import Refused, TeamsApi, in_path
from bot.platforms.teams.people import NAME, TeamsDirectory
from storage.rows.traffic import StaffChannel

log = logging.getLogger(__name__)

# Pages of a team's members that are looked through, of at least fifty each.
MOST_PAGES = 100

NOT_IN_TEAM = "Krisebot er ikke installeret i krisestabens team i Teams"


class TeamsChannels:
    """What makes the staff's channels, and lets people into them.

    Args:
        engine: its database, and today's plan, which names the staff's team and its channel.
        calls: the way to Graph and the Bot Framework.
        people: whose ids are whose.
        app_id: our own.
        tenant: the municipality's.
        service: asks for the address that Teams is reached at.
    """

    def __init__(
        self,
        engine: Engine,
        calls: TeamsApi,
        people: TeamsDirectory,
        app_id: str,
        tenant: str,
        service: Callable[[], Awaitable[str]],
    ) -> None:
        self._engine = engine
        self._calls = calls
        self._people = people
        self._app_id = app_id
        self._tenant = tenant
        self._service = service

    async def make(self, name: str, title: str) -> tuple[str, dict[str, Any]]:
        """Make a channel in the staff's team, where Graph is granted; else begin a thread in the staff's channel."""
        where = self._engine.plan().rooms.teams
        if where.group:
            try:
                return await self._new_channel(where.group, name, title)
            except Refused as refused:
                if not where.channel:
                    raise Undeliverable("Krisebot må ikke oprette en kanal i krisestabens team i Teams") from refused
                log.warning("no channel of its own in Teams, a thread instead: %s %s", refused, refused.message)
        if where.channel:
            return await self._new_thread(where.channel, title), {"kind": "thread"}
        raise Undeliverable("planen nævner hverken et team eller en kanal til krisestaben i Teams")

    async def _new_channel(self, group: str, name: str, title: str) -> tuple[str, dict[str, Any]]:
        for each in names_like(name):
            body = {"displayName": each, "description": title[:1000], "membershipType": "standard"}
            try:
                made = await self._calls.graph("POST", f"teams/{in_path(group)}/channels", body)
                address = made.get("id")
            except Refused as refused:
                if not _taken(refused):
                    raise
                address = await self._left_behind(group, each, body["description"])
            if address:
                return str(address), {"kind": "channel", "group": group, "name": each}
        raise AllTaken(name)

    async def _left_behind(self, group: str, name: str, description: str) -> str | None:
        """Return a channel of that name that an earlier attempt made without hearing of it."""
        try:
            listed = await self._calls.graph("GET", f"teams/{in_path(group)}/channels")
        except Refused:
            return None
        async with self._engine.database.reading() as db:
            in_use = set(await db.scalars(select(StaffChannel.address).where(StaffChannel.platform == NAME)))
        for channel in listed.get("value") or []:
            same = (channel.get("displayName"), channel.get("description")) == (name, description)
            if same and channel["id"] not in in_use:
                return str(channel["id"])
        return None

    async def _new_thread(self, channel: str, title: str) -> str:
        body = {
            "isGroup": True,
            "bot": {"id": f"28:{self._app_id}"},
            "tenantId": self._tenant,
            "channelData": {"channel": {"id": channel}, "tenant": {"id": self._tenant}},
            "activity": {"type": "message", "textFormat": "plain", "text": f"Krisestaben: {title}"},
        }
        try:
            begun = await self._calls.connector("POST", await self._service(), "conversations", body)
        except Refused as refused:
            raise Undeliverable(NOT_IN_TEAM) from refused
        if not begun.get("id"):
            raise InDoubt("Teams svarede uden et id")
        return str(begun["id"])

    async def admit(self, address: str, detail: Mapping[str, Any], persons: Collection[str]) -> Collection[str]:
        """Make persons members of the staff's team, where Graph is granted; else those are in who are in the team."""
        users = {person: user for person in persons if (user := self._people.user(person))}
        if detail.get("kind") != "channel":
            return await self._those_in_team(address, users)
        inside = []
        for person, user in users.items():
            try:
                if await self._join(detail["group"], user):
                    inside.append(person)
            except Refused as refused:
                log.warning("the team's members can't be changed: %s", refused.message)
                return await self._those_in_team(address, users)
        return inside

    async def _those_in_team(self, address: str, users: Mapping[str, str]) -> list[str]:
        """Ask who is in the team already; where that isn't told, nobody is taken for being in it."""
        channel, service = in_path(address.partition(";")[0]), await self._service()
        inside: set[str] = set()
        after = ""
        try:
            for _ in range(MOST_PAGES):
                page = await self._calls.connector("GET", service, f"conversations/{channel}/pagedmembers{after}")
                inside |= {str(each.get("aadObjectId") or "").casefold() for each in page.get("members") or []}
                if not page.get("continuationToken"):
                    break
                after = f"?continuationToken={in_path(str(page['continuationToken']))}"
        except Refused as refused:
            log.warning("the team's members can't be seen: %s", refused.message)
        return [person for person, user in users.items() if user.casefold() in inside]

    async def _join(self, group: str, user: str) -> bool:
        """Make a person a member; True when they are one now.

        Raises:
            Refused: the app may not change the members at all.
        """
        body = {
            "@odata.type": "#microsoft.graph.aadUserConversationMember",
            "roles": [],
            "user@odata.bind": f"{self._calls.graph_url}/v1.0/users('{user}')",
        }
        try:
            await self._calls.graph("POST", f"teams/{in_path(group)}/members", body)
        except Refused as refused:
            if refused.status == 403:
                raise
            # Who is a member already stays one.
            return refused.status == 409 or "already" in refused.message.casefold()
        return True


def _taken(refused: Refused) -> bool:
    return refused.status == 409 or refused.code == "NameAlreadyExists" or "already exist" in refused.message.casefold()
