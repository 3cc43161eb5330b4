"""Where an activity comes from: the sender, the conversation and its thread."""

from __future__ import annotations

from typing import Any

from bot.platforms.teams import files
from bot.platforms.teams.adapter import Malformed
from bot.platforms.teams.payload import text_at
from bot.platforms.teams.people import DM, TeamsDirectory
from bot.platforms.teams.spot import Spot
from bot.platforms.teams.text import name_in

Json = dict[str, Any]


class Here:
    """The place and sender of an activity.

    Raises:
        Malformed: it doesn't say.
    """

    def __init__(self, activity: Json, people: TeamsDirectory) -> None:
        self.activity = activity
        self._people = people
        self.place = text_at(activity, "conversation", "id")
        self.id = text_at(activity, "id")
        # Somebody who isn't in the directory has only Teams' own id.
        self.user = text_at(activity, "from", "aadObjectId") or text_at(activity, "from", "id")
        if not (self.place and self.id and self.user):
            raise Malformed("it does not say who, where or what")

    @property
    def is_dm(self) -> bool:
        """Whether only the sender and the bot are there."""
        kind = text_at(self.activity, "conversation", "conversationType")
        return kind == "personal" if kind else not self.place.startswith("19:")

    @property
    def service_url(self) -> str:
        """The Connector that it came from, as its token says."""
        return text_at(self.activity, "serviceUrl")

    @property
    def by_a_person(self) -> bool:
        """Whether a person did it, and not a bot."""
        return not text_at(self.activity, "from", "id").startswith("28:")

    @property
    def is_hidden(self) -> bool:
        """Whether nobody else in the conversation sees it: a slash command of Teams' own, written to us alone."""
        recipient = self.activity.get("recipient")
        return not self.is_dm and isinstance(recipient, dict) and recipient.get("isTargeted") is True

    @property
    def thread(self) -> str:
        """The thread that it stands in; empty where there is none."""
        return "" if self.is_dm or ";" not in self.place else self.place

    def spot(self, *, hidden: bool = False) -> str:
        """Return the address to answer at where others read along; empty in the one-to-one chat.

        Args:
            hidden: whether it was done in a dialog, which nobody else saw and which is no message to answer.
        """
        user = text_at(self.activity, "from", "id")
        if self.is_dm or not user:
            return ""
        return Spot(user, "" if hidden else self.id, self.place, hidden or self.is_hidden).lane

    @property
    def channel(self) -> str:
        """The conversation without its thread: a message's id is its own there."""
        return self.place.partition(";")[0]

    def at(self, message: str) -> files.Place:
        """Return the place of a message in this conversation.

        Args:
            message: its id.
        """
        return files.Place(self.service_url, self.channel, message)

    async def conversation(self) -> str:
        """Return the address of the place, as answers and staff rooms know it."""
        return self.place if self.is_dm else await self._people.room(self.place)

    async def lane(self) -> str:
        """Return the name of the conversation that messages to it are sent under."""
        if not self.is_dm:
            return await self.conversation()
        return f"{DM}{self._people.user(self._people.person(self.user)) or self.user}"

    def called(self, name: str) -> str:
        """Return how the name of somebody who is mentioned stands in the sender's words."""
        return self._people.in_words(name)

    def mentions(self) -> list[str]:
        """Return the mentions of us, as they stand in the text."""
        me = text_at(self.activity, "recipient", "id")
        ours = [each for each in self._mentions() if text_at(each, "mentioned", "id") == me]
        return [name for each in ours if (name := text_at(each, "text"))]

    def colleagues(self) -> list[str]:
        """Return how those of the plan who are mentioned stand in the sender's words."""
        me = text_at(self.activity, "recipient", "id")
        others = [each for each in self._mentions() if text_at(each, "mentioned", "id") != me]
        names = [(name_in(text_at(each, "text")), text_at(each, "mentioned", "aadObjectId")) for each in others]
        return [self.called(name) for name, user in names if self._people.is_of_the_plan(name, user)]

    def _mentions(self) -> list[Json]:
        entities = self.activity.get("entities")
        found = entities if isinstance(entities, list) else []
        return [each for each in found if text_at(each, "type") == "mention"]

    def reach(self) -> Json:
        """Return what it takes to write to the sender first, later: only the one-to-one chat is theirs alone."""
        if not self.is_dm:
            return {}
        tenant = text_at(self.activity, "channelData", "tenant", "id") or text_at(
            self.activity, "conversation", "tenantId"
        )
        return {
            "service_url": self.service_url,
            "conversation": self.place,
            "tenant": tenant,
            "user": text_at(self.activity, "from", "id"),
            "aad": text_at(self.activity, "from", "aadObjectId"),
        }
