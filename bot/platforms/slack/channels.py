"""The crisis staff's channel in Slack: made, or found again, and who is in it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import select

from bot.engine.engine import Engine
from bot.engine.platform import Undeliverable
from bot.platforms.channel_names import AllTaken, names_like
from bot.platforms.slack.api import NoAccess, Refused, SlackApi
from bot.platforms.slack.people import NAME, SlackDirectory
from storage.rows.traffic import StaffChannel

# How many channels are looked through at a time, and how many of Slack's users one invitation takes.
PAGE, INVITED = 200, 100

NOT_INSIDE = {"not_in_channel", "user_not_found", "user_not_in_channel"}


class SlackChannels:
    """What makes the staff's channels, lets people into them and takes them out.

    Args:
        engine: its database, and today's plan, which says whether a channel is private.
        calls: the way to Slack.
        people: whose ids are whose.
    """

    def __init__(self, engine: Engine, calls: SlackApi, people: SlackDirectory) -> None:
        self._engine = engine
        self._calls = calls
        self._people = people

    async def make(self, name: str) -> tuple[str, dict[str, Any]]:
        """Make a staff channel, or find the one that an earlier attempt made without hearing of it."""
        try:
            for each in names_like(name):
                address = await self._create(each) or await self._left_behind(each)
                if address is not None:
                    # What stands above it comes with all that does; each change of it is a line in the channel.
                    return address, {"name": each}
        except NoAccess as refused:
            # Waiting for a scope would leave the staff without a word: they are written to one by one instead.
            raise Undeliverable(str(refused)) from refused
        raise AllTaken(name)

    async def _create(self, name: str) -> str | None:
        private = self._engine.plan().rooms.slack.private
        try:
            made = await self._calls.write(self._calls.api.conversations_create(name=name, is_private=private))
        except Refused as refused:
            if refused.error != "name_taken":
                raise
            return None
        return str(made["channel"]["id"])

    async def _left_behind(self, name: str) -> str | None:
        """Return a channel of that name that we made and no crisis has."""
        async with self._engine.database.reading() as db:
            in_use = set(await db.scalars(select(StaffChannel.address).where(StaffChannel.platform == NAME)))
        me = (await self._calls.read(self._calls.api.auth_test()))["user_id"]
        cursor = None
        while True:
            page = await self._calls.read(
                self._calls.api.users_conversations(
                    types="public_channel,private_channel", exclude_archived=True, limit=PAGE, cursor=cursor
                )
            )
            for channel in page["channels"]:
                if channel["name"] == name and channel["creator"] == me and channel["id"] not in in_use:
                    return str(channel["id"])
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None

    async def admit(self, address: str, persons: Collection[str]) -> Collection[str]:
        """Invite persons into a staff channel, a hundred at a time; those Slack won't let in stay out, and the others
        don't."""
        by_user = {user: person for person in persons if (user := self._people.user(person))}
        outside: set[str] = set()
        users = list(by_user)
        for start in range(0, len(users), INVITED):
            outside |= await self._invite(address, users[start : start + INVITED])
        return [person for user, person in by_user.items() if user not in outside]

    async def _invite(self, address: str, users: list[str]) -> set[str]:
        """Invite some persons; return those who could not come in."""
        try:
            answer = await self._calls.write(
                self._calls.api.conversations_invite(channel=address, users=users, force=True)
            )
        except NoAccess as refused:
            # Waiting for a scope would leave them without a word: they are written to one by one, and it is told.
            raise Undeliverable(str(refused)) from refused
        except Refused as refused:
            answer = refused.data
            if "errors" not in answer:
                if len(users) > 1 or refused.error in ("channel_not_found", "is_archived", "not_in_channel"):
                    raise
                answer = {"errors": [{"user": users[0], "error": refused.error}]}
        return {each["user"] for each in answer.get("errors", []) if each["error"] != "already_in_channel"}

    async def dismiss(self, address: str, persons: Collection[str]) -> None:
        """Remove persons from a staff channel, where they are still in."""
        for user in filter(None, map(self._people.user, persons)):
            try:
                await self._calls.write(self._calls.api.conversations_kick(channel=address, user=user))
            except Refused as refused:
                if refused.error not in NOT_INSIDE:
                    raise
