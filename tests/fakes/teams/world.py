"""The tenant behind the fake Teams: its people, teams and channels, what was written, and what each of them sees."""

from __future__ import annotations

import asyncio
import copy
import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from tests.fakes.teams.cards import LARGEST, BadCard, Json, actions, card_in, inputs, inspect, shown, size
from tests.fakes.teams.faults import TeamsError

Targets = Literal["yes", "refused", "ignored"]
# Milliseconds: so long stands a message for one alone.
TARGETED_LASTS = 24 * 3600 * 1000


@dataclass(frozen=True)
class FakeMessage:
    """A message as it stood when it was looked at; an edit makes a new one. `root` is the thread that it stands in;
    `only_for` the one person who sees it, by AAD id, of a targeted one."""

    conversation: str
    id: str
    sender: str
    text: str = ""
    attachments: tuple[Json, ...] = ()
    root: str = ""
    edited: bool = False
    from_bot: bool = False
    only_for: str = ""
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
        return f"{self.conversation};messageid={self.root or self.id}" if "@thread.tacv2" in self.conversation else ""


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
    """A person's one-to-one chat with the bot ("personal"), a channel, or several people's chat with the bot in it
    ("groupChat")."""

    id: str
    kind: str
    person: str = ""
    team: str = ""
    name: str = ""
    description: str = ""
    membership: str = "standard"
    archived: bool = False
    members: list[str] = field(default_factory=list)
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
        self.package = "1.1.0"
        """The version of the app's package that the tenant has."""
        self.targets: Targets = "yes"
        """Whether messages for one alone are known here: a cloud that doesn't refuses them, or shows them to all."""
        self.people: dict[str, Person] = {}
        self.teams: dict[str, Team] = {}
        self.conversations: dict[str, Conversation] = {}
        self.given_in_teams: Callable[[], list[str]] = list
        """What an owner has given the app in her team."""
        self.for_one: dict[tuple[str, str, str], Json] = {}
        """Cards that only the person who pressed sees, until the bot edits the message: (aad id, conversation, id)."""
        self.files: dict[str, tuple[str, bytes]] = {}
        """By id: content type and bytes."""
        self.changed = asyncio.Event()
        self._last_id = 0

    def remember(self) -> dict[str, Any]:
        """A copy of everything, for a world that begins where this one was."""
        own = ("now", "changed", "given_in_teams")
        kept = {name: each for name, each in vars(self).items() if name not in own}
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

    def begin_chat(self, name: str, members: list[str]) -> Conversation:
        """A chat of several people with the bot in it."""
        id = f"19:{secrets.token_hex(16)}@thread.v2"
        return self._remember(Conversation(id, "groupChat", name=name, members=members))

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
        if place.kind == "channel":
            ids = list(self.teams[place.team].members.values())
        else:
            ids = [place.person] if place.kind == "personal" else place.members
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
        """A channel or a group's chat by its name or id."""
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

    def bot_posts(
        self, place: Conversation, activity: Json, root: str = "", targeted: bool = False
    ) -> FakeMessage | None:
        """What the bot sends; an activity that isn't a message shows nothing and is not kept.

        Raises:
            TeamsError: the bot may not write there, or Teams doesn't take what it wrote.
        """
        self._may_write(place)
        content = self._content(activity)
        if activity.get("type") != "message":
            return None
        only_for = self._target(place, activity) if targeted else ""
        more: Json = {"from_bot": True, "activity": activity, "only_for": only_for, **content}
        return self.post(place, self.bot_id, root=root, **more)

    def _target(self, place: Conversation, activity: Json) -> str:
        """Whom a message for one alone is for; nobody in particular where the cloud does not know of such."""
        if self.targets == "refused":
            raise TeamsError(400, "BadArgument", "Unknown query parameter isTargetedActivity")
        if place.kind == "personal":
            raise TeamsError(400, "BadArgument", "Targeted messages are not supported in personal chats.")
        recipient = (activity.get("recipient") or {}).get("id")
        if not recipient:
            raise TeamsError(400, "BadArgument", "A targeted message needs a recipient.")
        person = self.person(str(recipient))
        if person not in self.members(place):
            raise TeamsError(400, "BadArgument", "The recipient is not a member of the conversation.")
        for each in activity.get("entities") or []:
            if each.get("type") == "targetedMessageInfo":
                asked = self.message(place, str(each.get("messageId")))
                if asked is None or asked.only_for != person.aad_id:
                    raise TeamsError(400, "BadArgument", "The message that is answered was not targeted.")
        return person.aad_id if self.targets == "yes" else ""

    def bot_edits(self, place: Conversation, message_id: str, activity: Json, targeted: bool = False) -> FakeMessage:
        """The bot writes one of its own messages anew; raises as `bot_posts` does."""
        self._may_write(place)
        was = self.bots_own(place, message_id)
        if targeted and (activity.get("recipient") or self.targets == "refused"):
            raise TeamsError(400, "BadArgument", "The recipient of a targeted message can't be changed.")
        expired = was.only_for and int(self.now() * 1000) - int(was.id) > TARGETED_LASTS
        if expired or (bool(was.only_for) != targeted and self.targets == "yes"):
            raise TeamsError(404, "ActivityNotFoundInConversation", "The activity is not in the conversation.")
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
        for each in (each for place in places for each in place.messages if each.only_for in ("", aad_id)):
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
        elif place.kind == "groupChat":
            if not place.members:
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
