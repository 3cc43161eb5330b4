"""The tenant behind the fake Teams: its people, teams and channels, what was written, and what each of them sees."""

from __future__ import annotations

import asyncio
import copy
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from tests.fakes.teams_cards import LARGEST, BadCard, Json, actions, card_in, inputs, inspect, shown, size
from tests.fakes.teams_faults import TeamsError


@dataclass(frozen=True)
class FakeMessage:
    """A message as it stood when it was looked at; an edit makes a new one. `root` is the thread that it stands in."""

    conversation: str
    id: str
    sender: str
    text: str = ""
    attachments: tuple[Json, ...] = ()
    root: str = ""
    edited: bool = False
    from_bot: bool = False
    activity: Json = field(default_factory=dict, repr=False)

    @property
    def card(self) -> Json | None:
        """Its Adaptive Card, if it has one."""
        return card_in(self.attachments)

    @property
    def buttons(self) -> list[str]:
        """The labels of its buttons, in the order they are drawn."""
        found = actions(self.card) if self.card else []
        return [each["title"] for each in found if each["type"] != "Action.ShowCard"]

    @property
    def fields(self) -> list[str]:
        """The ids of what can be filled in on it."""
        return [each["id"] for each in inputs(self.card)] if self.card else []

    @property
    def shown(self) -> str:
        """What a person reads: the text, and the card below it."""
        return "\n".join(part for part in (self.text, shown(self.card) if self.card else "") if part)

    @property
    def thread(self) -> str:
        """The conversation to answer in: the thread for a channel's message."""
        return f"{self.conversation};messageid={self.root or self.id}" if "@thread" in self.conversation else ""


@dataclass
class Person:
    aad_id: str
    name: str
    user_id: str
    installed: bool = True
    blocked: bool = False
    mail: str = ""
    upn: str = ""
    user_type: str = "Member"
    enabled: bool = True


@dataclass
class Team:
    """A team; `members` is membership id to AAD id, `bot` whether the app is installed in it."""

    group: str
    thread: str
    name: str
    members: dict[str, str] = field(default_factory=dict)
    bot: bool = True


@dataclass
class Conversation:
    """A person's one-to-one chat with the bot ("personal"), or a channel."""

    id: str
    kind: str
    person: str = ""
    team: str = ""
    name: str = ""
    description: str = ""
    membership: str = "standard"
    archived: bool = False
    messages: list[FakeMessage] = field(default_factory=list)


class World:
    """Everything the fake Teams remembers.

    Args:
        now: the time as seconds since 1970; message ids come from it.
    """

    def __init__(self, now: Callable[[], float], tenant: str, app_id: str) -> None:
        self.now, self.tenant, self.app_id = now, tenant, app_id
        self.bot_id = f"28:{app_id}"
        self.bot_name = "Krisebot"
        self.in_catalogue = True
        self.people: dict[str, Person] = {}
        self.teams: dict[str, Team] = {}
        self.conversations: dict[str, Conversation] = {}
        self.for_one: dict[tuple[str, str, str], Json] = {}
        """Cards that only the person who pressed sees, until the bot edits the message: (aad id, conversation, id)."""
        self.files: dict[str, tuple[str, bytes]] = {}
        """By id: content type and bytes."""
        self.changed = asyncio.Event()
        self._last_id = 0

    def remember(self) -> dict[str, Any]:
        """A copy of everything, for a world that begins where this one was."""
        kept = {name: each for name, each in vars(self).items() if name not in ("now", "changed")}
        return copy.deepcopy(kept)

    def recall(self, memory: dict[str, Any]) -> None:
        """Begin where another world was."""
        vars(self).update(copy.deepcopy(memory))

    # -- who is there -------------------------------------------------------------------------------------------------

    def person(self, anyhow: str) -> Person:
        """Someone by AAD id, or by the id that Teams uses in conversations."""
        for each in self.people.values():
            if anyhow in (each.aad_id, each.user_id):
                return each
        raise TeamsError(400, "BadSyntax", f"Failed to decrypt pairwise id {anyhow}")

    def personal(self, aad_id: str) -> Conversation:
        """A person's one-to-one chat with the bot, made when it isn't there."""
        for each in self.conversations.values():
            if each.person == aad_id:
                return each
        return self._remember(Conversation(f"a:1{secrets.token_urlsafe(24)}", "personal", person=aad_id))

    def team(self, group: str) -> Team:
        """A team by its group's id."""
        if group not in self.teams:
            raise TeamsError(404, "NotFound", f"No team found with Group Id {group}")
        return self.teams[group]

    def channels_of(self, team: Team) -> list[Conversation]:
        """The team's channels, the general one first."""
        return [each for each in self.conversations.values() if each.team == team.group]

    def open_channel(self, team: Team, name: str, **more: Any) -> Conversation:
        """A new channel in a team; the first one has the team's own thread."""
        first = not self.channels_of(team)
        thread = team.thread if first else f"19:{secrets.token_hex(16)}@thread.tacv2"
        return self._remember(Conversation(thread, "channel", team=team.group, name=name, **more))

    def join(self, team: Team, aad_id: str) -> str:
        """Someone becomes a member of a team; returns the membership's id."""
        for membership, member in team.members.items():
            if member == aad_id:
                return membership
        membership = f"membership-{uuid.uuid4()}"
        team.members[membership] = aad_id
        self.touch()
        return membership

    def members(self, place: Conversation) -> list[Person]:
        """Who is in a conversation, the bot left out."""
        ids = [place.person] if place.kind == "personal" else list(self.teams[place.team].members.values())
        return [self.people[each] for each in ids]

    def place(self, conversation: str) -> tuple[Conversation, str]:
        """A conversation by its id, and the thread's first message when the id names one."""
        base, _, root = conversation.partition(";messageid=")
        if base not in self.conversations:
            raise TeamsError(404, "ConversationNotFound", "Conversation not found.")
        place = self.conversations[base]
        if root and not any(each.id == root for each in place.messages):
            raise TeamsError(404, "ConversationNotFound", "Conversation not found.")
        return place, root

    def named(self, name: str) -> Conversation:
        """A channel by its name or id."""
        found = [
            each for each in self.conversations.values() if name in (each.id, each.name) and each.kind != "personal"
        ]
        assert found, f"there is no channel {name!r}"
        return found[-1]

    # -- what is written ----------------------------------------------------------------------------------------------

    def post(self, place: Conversation, sender: str, text: str, root: str = "", **more: Any) -> FakeMessage:
        """A new message."""
        message = FakeMessage(place.id, self.next_id(), sender, text, root=root, **more)
        place.messages.append(message)
        self.touch()
        return message

    def bot_posts(self, place: Conversation, activity: Json, root: str = "") -> FakeMessage | None:
        """What the bot sends; an activity that isn't a message shows nothing and is not kept.

        Raises:
            TeamsError: the bot may not write there, or Teams doesn't take what it wrote.
        """
        self._may_write(place)
        content = self._content(activity)
        if activity.get("type") != "message":
            return None
        return self.post(place, self.bot_id, root=root, from_bot=True, activity=activity, **content)

    def bot_edits(self, place: Conversation, message_id: str, activity: Json) -> FakeMessage:
        """The bot writes one of its own messages anew; raises as `bot_posts` does."""
        self._may_write(place)
        was = self.bots_own(place, message_id)
        for key in [each for each in self.for_one if each[1:] == (place.id, message_id)]:
            del self.for_one[key]
        return self.change(was, edited=True, activity=activity, **self._content(activity))

    def bots_own(self, place: Conversation, message_id: str) -> FakeMessage:
        """A message that the bot may change."""
        message = self.message(place, message_id)
        if message is None:
            raise TeamsError(404, "ActivityNotFoundInConversation", "The activity is not in the conversation.")
        if not message.from_bot:
            raise TeamsError(403, "NotEnoughPermissions", "The bot can't change someone else's message.")
        return message

    def share(self, place: Conversation, root: str, service_url: str, name: str, kind: str, content: bytes) -> Json:
        """A picture or a file is put into a message; returns it as Teams tells the bot of it, or would.

        A picture without a name lies with the Connector; a file in a chat with the bot in SharePoint, behind a link that
        lets anybody in; and a file in a channel where the bot can't get at it.
        """
        id = f"file-{uuid.uuid4()}"
        self.files[id] = (kind, content)
        if not name:
            return {"contentType": "image/*", "contentUrl": f"{service_url}v3/attachments/{id}/views/original"}
        sharepoint = f"https://kommune.sharepoint.com/sites/stab/{name}"
        if place.kind != "personal":
            return {"id": id, "contentType": "reference", "contentUrl": sharepoint, "name": name}
        about = {"downloadUrl": f"{root}/download?tempauth={id}", "uniqueId": id, "fileType": name.rpartition(".")[2]}
        return {
            "contentType": "application/vnd.microsoft.teams.file.download.info",
            "content": about,
            "contentUrl": sharepoint,
            "name": name,
        }

    def message(self, place: Conversation, message_id: str) -> FakeMessage | None:
        """A message by its id, as it stands now."""
        return next((each for each in place.messages if each.id == message_id), None)

    def change(self, message: FakeMessage, **what: Any) -> FakeMessage:
        """Puts a changed message in the place of the old one."""
        messages = self.conversations[message.conversation].messages
        at = [each.id for each in messages].index(message.id)
        messages[at] = replace(messages[at], **what)
        self.touch()
        return messages[at]

    def remove(self, message: FakeMessage) -> None:
        """A message is gone."""
        messages = self.conversations[message.conversation].messages
        messages[:] = [each for each in messages if each.id != message.id]
        self.touch()

    def seen_by(self, aad_id: str) -> list[FakeMessage]:
        """Every message that a person can see, newest last."""
        places = [place for place in self.conversations.values() if self.people[aad_id] in self.members(place)]
        seen = []
        for each in (each for place in places for each in place.messages):
            own = self.for_one.get((aad_id, each.conversation, each.id))
            seen.append(replace(each, attachments=(own,)) if own else each)
        return sorted(seen, key=lambda each: int(each.id))

    def next_id(self) -> str:
        """A message's id: milliseconds since 1970, never the same twice."""
        self._last_id = max(self._last_id + 1, int(self.now() * 1000))
        return str(self._last_id)

    def touch(self) -> None:
        """Wakes whoever waits for something to happen."""
        changed, self.changed = self.changed, asyncio.Event()
        changed.set()

    def _remember(self, place: Conversation) -> Conversation:
        self.conversations[place.id] = place
        self.touch()
        return place

    def _may_write(self, place: Conversation) -> None:
        if place.kind == "personal":
            person = self.people[place.person]
            if person.blocked:
                raise TeamsError(403, "MessageWritesBlocked", "The person has blocked the conversation.")
            if not person.installed:
                raise TeamsError(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")
        elif place.membership != "standard" or not self.teams[place.team].bot:
            raise TeamsError(403, "BotNotInConversationRoster", "The bot is not part of the conversation roster.")
        elif place.archived:
            raise TeamsError(403, "NotEnoughPermissions", "The channel is archived.")

    @staticmethod
    def _content(activity: Json) -> Json:
        attachments = activity.get("attachments") or []
        if activity.get("type") not in ("message", "typing"):
            raise TeamsError(400, "BadSyntax", f"Unknown activity type {activity.get('type')!r}")
        if activity["type"] == "message" and not activity.get("text") and not attachments:
            raise TeamsError(400, "BadSyntax", "Missing required field 'text' or 'attachments'")
        if size(attachments) > LARGEST or len((activity.get("text") or "").encode()) > LARGEST:
            raise TeamsError(413, "MessageSizeTooBig", "Message size too large.")
        try:
            inspect(attachments)
        except BadCard as bad:
            raise TeamsError(400, "BadSyntax", f"Bad Adaptive Card: {bad}") from bad
        return {"text": activity.get("text") or "", "attachments": tuple(attachments)}
