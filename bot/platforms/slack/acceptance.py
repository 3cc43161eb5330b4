"""What is taken in from Slack, whoever it came from: the person, the place, and the words as they are read."""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from slack_bolt.async_app import AsyncApp

from bot.engine import standing
from bot.engine.engine import Engine
from bot.engine.intake import NotUnderstood
from bot.engine.naming import with_names
from bot.platforms.slack import drawing
from bot.platforms.slack.api import SlackApi
from bot.platforms.slack.door import Json, outside
from bot.platforms.slack.people import NAME, SlackDirectory
from bot.platforms.slack.spot import Spot
from bot.platforms.slack.text import Mentioned, mentioned, plain
from handlers.core.incoming import Incoming


class Acceptance:
    """Puts what a person did in Slack into the engine.

    Args:
        engine: what inputs are put into.
        people: who is who in Slack.
    """

    def __init__(self, engine: Engine, people: SlackDirectory) -> None:
        self._engine = engine
        self._people = people

    async def accept(
        self,
        key: str,
        kind: Any,
        user: str,
        channel: str,
        *,
        written: Mapping[str, str] | None = None,
        names: Iterable[Mentioned] = (),
        **what: Any,
    ) -> None:
        """Keep what somebody did.

        Args:
            key: Slack's own name for it, the same when it is sent twice.
            kind: of input.
            user, channel: Slack's ids of who, and of where.
            written: those of its texts that Slack wrote, with its own marks and ids.
            names: who is named in the rest.
            what: the rest of the `Incoming`.
        """
        from_outside = outside.get()
        marked = written or {}
        every = [Mentioned("user", user), *names, *(each for text in marked.values() for each in mentioned(text))]
        texts: dict[str, Any] = {name: plain(text, self._people.name_of) for name, text in marked.items()}
        await self._engine.intake.accept(
            Incoming(
                key=f"{NAME}:{key}",
                kind=kind,
                platform=NAME,
                sender=self.person(user),
                outside=from_outside,
                place="channel" if channel.startswith(("C", "G")) else "dm",
                conversation=channel,
                received_at=self._engine.clock.now(),
                sender_name=self._sender_name(user, from_outside),
                unnamed=self._people.nameless(every),
                mentioned=tuple(self._people.of_the_plan(every[1:])),
                **texts,
                **what,
            )
        )

    def person(self, user: str) -> str:
        """Return whoever is acting now; another organisation's id is nobody's in the plan, even where it is written there."""
        return f"{NAME}:{user}" if outside.get() else self._people.person(user)

    async def press(
        self,
        key: str,
        user: str,
        press: drawing.Press,
        channel: str,
        values: Mapping[str, str],
        names: Iterable[Mentioned] = (),
    ) -> None:
        """Keep a press of a button, with what its form was filled in with, and who is named there."""
        await self.accept(
            key,
            "press",
            user,
            channel,
            names=names,
            action=press.do,
            args=press.args,
            values=values,
            message=press.message,
        )

    async def meet(self, incoming: Incoming) -> None:
        """Ask for the names that an input is without."""
        await self._people.meet(each for written in incoming.unnamed.values() for each in mentioned(written))

    def named(self, incoming: Incoming) -> Incoming:
        """Return an input with the names that Slack has told."""
        names = {shown: plain(written, self._people.name_of) for shown, written in incoming.unnamed.items()}
        user = incoming.sender.removeprefix(f"{NAME}:")
        return replace(with_names(incoming, names), sender_name=self._sender_name(user, incoming.outside))

    def _sender_name(self, user: str, from_outside: bool) -> str:
        """Return what somebody is called who isn't in the plan; empty while nobody knows."""
        name = self._people.told(user)
        return f"{name or 'En person'} (udefra)" if from_outside else name

    def at_home(self, user: str) -> Incoming:
        """Return what stands for somebody having opened their own page."""
        from_outside = outside.get()
        return Incoming(
            key="",
            kind="home",
            platform=NAME,
            sender=self.person(user),
            place="dm",
            conversation=user,
            received_at=self._engine.clock.now(),
            outside=from_outside,
        )

    async def plain(self, text: str) -> str:
        """Return a text without Slack's own marks and ids: what isn't known by name yet is asked for first."""
        await self._people.meet(mentioned(text))
        return plain(text, self._people.name_of)


class Listener(ABC):
    """What answers to a part of what Slack sends.

    Args:
        engine: what inputs are put into.
        calls, people: the way to Slack, and who is who there.
    """

    def __init__(self, engine: Engine, calls: SlackApi, people: SlackDirectory) -> None:
        self._engine = engine
        self._calls = calls
        self._people = people
        self._acceptance = Acceptance(engine, people)
        self._own_chats: dict[str, str] = {}

    async def _hidden(self, user: str, channel: str, link: str) -> str:
        """Return where something that nobody else saw is answered, as an input has it; empty in the chat with us, and where
        it was done in no place at all.

        Args:
            user, channel: Slack's ids of who, and of where.
            link: what Slack gave us to answer by.
        """
        if not channel or await self._is_own_chat(user, channel):
            return ""
        return Spot.of(user, channel, link, self._calls.api.base_url).lane

    async def _is_own_chat(self, user: str, channel: str) -> bool:
        """Whether somebody did something in their chat with us. It is remembered, and of a channel it isn't asked: nobody waits
        for a question before what they did is on disk. Another chat than the one that is remembered is looked up: it is a
        colleague's, or the one that they have now (a workspace that was moved to a Grid organisation, another account).

        Args:
            user, channel: Slack's ids of who, and of where.
        """
        if channel.startswith("D") and self._own_chats.get(user) != channel:
            self._own_chats[user] = await standing.place_of(self._engine.database, f"{NAME}/{user}", "channel")
        return channel.startswith("D") and channel == self._own_chats[user]

    @abstractmethod
    def listen(self, app: AsyncApp) -> None:
        """Tell Slack's app what this answers to."""


def text_id(value: Any) -> str:
    """Return an id as the text that it is: a database asks for a number otherwise, and finds that it has none."""
    if not isinstance(value, str):
        raise NotUnderstood("an id that is no text")
    return value


def submitted(view: Json) -> str:
    """Return a name for a form as it was filled in: sent again it is the same, however often."""
    filled = hashlib.sha256(json.dumps(drawing.values(view["state"]), sort_keys=True).encode()).hexdigest()
    return f"view:{view['id']}:{filled}"


def at(ts: str) -> datetime:
    """Return the time that Slack names a message by."""
    return datetime.fromtimestamp(float(ts), UTC)
