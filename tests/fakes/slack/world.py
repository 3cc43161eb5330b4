"""The workspace behind the fake Slack: who is there, what they have written, and what each of them sees."""

from __future__ import annotations

import asyncio
import copy
import re
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.fakes.slack.blocks import TEXT_IN_ALL_BLOCKS, Inspection, Json, buttons, drawn, named, shown


class SlackError(Exception):
    """What Slack answers with `"ok": false`."""

    def __init__(self, error: str, **extra: Any) -> None:
        super().__init__(error)
        self.body = {"ok": False, "error": error, **extra}


@dataclass(frozen=True)
class FakeMessage:
    """A message as it stood when it was looked at; an edit makes a new one."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: tuple[Json, ...] = ()
    thread_ts: str = ""
    ephemeral_for: str = ""
    metadata: Json | None = None
    edited: bool = False
    from_bot: bool = False
    client_msg_id: str = ""
    reactions: tuple[tuple[str, str], ...] = ()
    files: tuple[str, ...] = ()

    @property
    def buttons(self) -> list[str]:
        """The labels of its buttons, in the order they are drawn."""
        return [button["text"]["text"] for _, button in buttons(self.blocks)]

    @property
    def fields(self) -> list[str]:
        """The ids of what can be filled in on it."""
        return [block["block_id"] for block in self.blocks if block["type"] == "input"]

    @property
    def shown(self) -> str:
        """What a person reads: the blocks where there are any, else the text."""
        return shown(self.blocks) if self.blocks else drawn(self.text)


@dataclass
class Channel:
    """A public or private channel, or a person's one-to-one chat with the bot ("im")."""

    id: str
    name: str
    kind: str
    members: list[str]
    creator: str
    created: int
    topic: str = ""
    purpose: str = ""
    archived: bool = False
    messages: list[FakeMessage] = field(default_factory=list)
    pins: list[str] = field(default_factory=list)
    bookmarks: dict[str, tuple[str, str]] = field(default_factory=dict)


@dataclass
class View:
    """A dialog or a home page, and who has it before them."""

    user: str
    body: Json


@dataclass
class File:
    """A file that somebody has shared. `external` is one that Slack only points at."""

    about: Json
    content: bytes
    shared_in: str


@dataclass
class Trigger:
    user: str
    made: float
    exchanged: bool = False


@dataclass
class ResponseUrl:
    user: str
    channel: str
    message: str
    until: float
    uses: int = 0


class World:
    """Everything the fake Slack remembers.

    Args:
        now: the time as seconds since 1970; message ids come from it.
        users: the workspace's people, id to full name.
    """

    team = "T0HTK"
    team_domain = "htk"
    enterprise = ""  # the Grid organisation that the app is installed on as a whole
    bot_user = "U0KRISEBOT"
    bot_id = "B0KRISEBOT"
    app_id = "A0KRISEBOT"
    trigger_life = 3.0
    """Seconds of the machine's time that a trigger_id can be exchanged."""

    def __init__(self, now: Callable[[], float], users: Mapping[str, str]) -> None:
        self.now = now
        self.users = {self.bot_user: "Krisebot", **users}
        self.deactivated: set[str] = set()
        self.usergroups: dict[str, str] = {}
        """By id: what each is called after the @."""
        self.mails: dict[str, str] = {}
        """By user: the address that their account has."""
        self.said_of: dict[str, Json] = {}
        """By user: what else Slack says of the account, such as that it is a guest's."""
        self.channels: dict[str, Channel] = {}
        self.modals: dict[str, list[View]] = {}
        self.homes: dict[str, View] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.files: dict[str, File] = {}
        self.changed = asyncio.Event()
        self._last_ts = 0
        self._count = 0

    def remember(self) -> dict[str, Any]:
        """A copy of everything, for a world that begins where this one was."""
        kept = {name: each for name, each in vars(self).items() if name not in ("now", "changed")}
        return copy.deepcopy(kept)

    def recall(self, memory: dict[str, Any]) -> None:
        """Begin where another world was."""
        vars(self).update(copy.deepcopy(memory))

    def touch(self) -> None:
        """Tell whoever waits for something to happen."""
        self.changed.set()
        self.changed = asyncio.Event()

    def next_ts(self) -> str:
        """A message id: the time, and later than every one before it."""
        self._last_ts = max(int(self.now() * 1_000_000), self._last_ts + 1)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def next_id(self, letter: str) -> str:
        """An id nobody has: a letter and ten digits."""
        self._count += 1
        return f"{letter}{self._count:010d}"

    # -- places -------------------------------------------------------------------------------------------------------

    def is_person(self, user: str) -> bool:
        return user in self.users and user not in self.deactivated

    def open_channel(self, name: str, members: Sequence[str], private: bool = False, creator: str = "") -> Channel:
        """A new channel."""
        kind = "private_channel" if private else "public_channel"
        id = self.next_id("C")
        self.channels[id] = Channel(id, name, kind, list(members), creator, int(self.now()))
        return self.channels[id]

    def dm(self, user: str) -> Channel:
        """The person's one-to-one chat with the bot, opened when it wasn't."""
        id = "D" + user[1:]
        if id not in self.channels:
            self.channels[id] = Channel(id, "", "im", [user, self.bot_user], user, int(self.now()))
        return self.channels[id]

    def place(self, place: str | None, user: str) -> Channel:
        """A channel by its id or its name; None is that person's chat with the bot."""
        if place is None:
            return self.dm(user)
        for each in self.channels.values():
            if place in (each.id, each.name, f"#{each.name}"):
                return each
        names = ", ".join(each.name or each.id for each in self.channels.values())
        raise AssertionError(f"there is no channel {place!r}; there is {names or 'none'}")

    # -- messages -----------------------------------------------------------------------------------------------------

    def post(self, channel: Channel, user: str, text: str, **more: Any) -> FakeMessage:
        """A new message in a channel."""
        message = FakeMessage(channel.id, self.next_ts(), user, text, **more)
        channel.messages.append(message)
        self.touch()
        return message

    def share(self, channel: Channel, root: str, name: str, content_type: str, content: bytes) -> str:
        """A file is uploaded to a channel; returns its id. `root` is Slack's own address."""
        id = self.next_id("F")
        url = f"{root}files-pri/{self.team}-{id}/"
        about = {
            "id": id,
            "name": name,
            "title": name,
            "mimetype": content_type,
            "size": len(content),
            "mode": "hosted",
        }
        about |= {"url_private": url + name, "url_private_download": f"{url}download/{name}"}
        self.files[id] = File(about, content, channel.id)
        return id

    def message(self, channel: Channel, ts: str) -> FakeMessage | None:
        return next((each for each in channel.messages if each.ts == ts), None)

    def change(self, message: FakeMessage, **changes: Any) -> FakeMessage:
        """The message as it stands after a change."""
        channel = self.channels[message.channel]
        place = next(number for number, each in enumerate(channel.messages) if each.ts == message.ts)
        channel.messages[place] = replace(channel.messages[place], **changes)
        self.touch()
        return channel.messages[place]

    def remove(self, message: FakeMessage) -> None:
        channel = self.channels[message.channel]
        channel.messages = [each for each in channel.messages if each.ts != message.ts]
        self.touch()

    def seen_by(self, user: str) -> list[FakeMessage]:
        """Every message that person can see, newest last."""
        found = [
            each
            for channel in self.channels.values()
            for each in channel.messages
            if (each.ephemeral_for == user if each.ephemeral_for else user in channel.members)
        ]
        return sorted(found, key=lambda each: float(each.ts))

    def content(self, args: Json) -> Json:
        """The text and blocks of a message as Slack keeps them.

        Raises:
            SlackError: Slack refuses them.
        """
        text, blocks, metadata = args.get("text") or "", args.get("blocks") or [], args.get("metadata")
        if not text and not blocks:
            raise SlackError("no_text")
        if len(text) > 40_000:
            raise SlackError("msg_too_long")
        if blocks:
            inspection = Inspection()
            inspection.blocks("/blocks", blocks, "message")
            if inspection.faults:
                raise SlackError("invalid_blocks", errors=inspection.faults, **messages_of(inspection.faults))
            if inspection.characters > TEXT_IN_ALL_BLOCKS:
                raise SlackError("msg_blocks_too_long")
        return {"text": text, "blocks": named(blocks), "metadata": self.metadata(metadata)}

    @staticmethod
    def metadata(metadata: Any) -> Json | None:
        if not metadata:
            return None
        if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str):
            raise SlackError("invalid_metadata_format")
        if not isinstance(metadata.get("event_payload"), dict):
            raise SlackError("invalid_metadata_schema")
        return metadata

    def as_json(self, message: FakeMessage, metadata: bool = False) -> Json:
        """The message as Slack writes it in history and in payloads."""
        data: Json = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
        data |= {"team": self.team}
        if message.from_bot:
            data |= {"bot_id": self.bot_id, "app_id": self.app_id}
        if message.client_msg_id:
            data["client_msg_id"] = message.client_msg_id
        if message.blocks:
            data["blocks"] = list(message.blocks)
        if message.thread_ts:
            data["thread_ts"] = message.thread_ts
        if message.edited:
            data["edited"] = {"user": message.user, "ts": message.ts}
        if message.files:
            data["files"] = [self.files[each].about for each in message.files]
        if message.metadata and metadata:
            data["metadata"] = message.metadata
        if message.reactions:
            names = dict.fromkeys(name for name, _ in message.reactions)
            data["reactions"] = [
                {
                    "name": name,
                    "users": (who := [user for one, user in message.reactions if one == name]),
                    "count": len(who),
                }
                for name in names
            ]
        return data

    # -- dialogs and what leads to them -------------------------------------------------------------------------------

    def trigger(self, user: str) -> str:
        """A trigger_id, as comes with everything a person presses or submits."""
        self._count += 1
        id = f"{self._count}.{self.team[1:]}.{secrets.token_hex(8)}"
        self.triggers[id] = Trigger(user, time.monotonic())
        return id

    def exchange(self, trigger_id: Any) -> str:
        """The person whose trigger it is; it can't be used again.

        Raises:
            SlackError: it is unknown, used or too old.
        """
        trigger = self.triggers.get(trigger_id)
        if trigger is None:
            raise SlackError("invalid_trigger_id")
        if trigger.exchanged:
            raise SlackError("exchanged_trigger_id")
        if time.monotonic() - trigger.made > self.trigger_life:
            raise SlackError("expired_trigger_id")
        trigger.exchanged = True
        return trigger.user

    def response_url(self, user: str, channel: str, message: str = "") -> str:
        """The token of a new response_url: half an hour, five uses."""
        token = secrets.token_hex(8)
        self.response_urls[token] = ResponseUrl(user, channel, message, self.now() + 30 * 60)
        return token

    def respond(self, token: str, args: Json) -> None:
        """What is posted to a response_url.

        Raises:
            SlackError: the address is unknown, old or used up, or the message is refused.
        """
        link = self.response_urls.get(token)
        if link is None:
            raise SlackError("invalid_response_url")
        if self.now() > link.until:
            raise SlackError("expired_url")
        if link.uses >= 5:
            raise SlackError("used_url")
        link.uses += 1
        channel = self.channels[link.channel]
        original = self.message(channel, link.message)
        if args.get("delete_original") and original:
            return self.remove(original)
        content = self.content(args)
        if args.get("replace_original") and original:
            self.change(original, **content, edited=True)
        else:
            private = {} if args.get("response_type") == "in_channel" else {"ephemeral_for": link.user}
            thread = args.get("thread_ts") or ""
            self.post(channel, self.bot_user, from_bot=True, thread_ts=thread, **private, **content)

    def view(self, user: str, view: Any, surface: str, was: View | None = None) -> View:
        """A view as Slack keeps it.

        Raises:
            SlackError: Slack refuses it.
        """
        inspection = Inspection()
        inspection.view(view, surface)
        if inspection.faults:
            raise SlackError("invalid_arguments", **messages_of(inspection.faults))
        external = view.get("external_id")
        if external and any(each.body["external_id"] == external for each in self.open_views() if each is not was):
            raise SlackError("duplicate_external_id")
        id = was.body["id"] if was else self.next_id("V")
        defaults = {"private_metadata": "", "callback_id": "", "external_id": "", "submit": None, "close": None}
        added = {
            "id": id,
            "team_id": self.team,
            "state": {"values": {}},
            "hash": f"{self.next_ts()}.{secrets.token_hex(4)}",
            "clear_on_close": view.get("clear_on_close", False),
            "notify_on_close": view.get("notify_on_close", False),
            "previous_view_id": None,
            "root_view_id": id,
            "app_id": self.app_id,
            "app_installed_team_id": self.team,
            "bot_id": self.bot_id,
        }
        self.touch()
        return View(user, {**defaults, **view, **added, "blocks": list(named(view["blocks"]))})

    def open_views(self) -> list[View]:
        return [each for stack in self.modals.values() for each in stack]


def messages_of(faults: list[str]) -> Json:
    return {"response_metadata": {"messages": [f"[ERROR] {each}" for each in faults]}}


def typed(text: str) -> str:
    """What a person typed as Slack sends it on: `&`, `<` and `>` escaped, but not around `<@U…>` and its like."""
    safe = text.replace("&", "&amp;")
    return re.sub(r"(<[@#!][^<>\s]+>)|[<>]", lambda sign: sign[1] or {"<": "&lt;", ">": "&gt;"}[sign[0]], safe)
