"""The contract of a platform: what it must be able to do, and the errors it raises when it could not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, runtime_checkable

from aiohttp import web

from bot.engine.rates import Limits
from handlers.core.card import Card
from handlers.core.incoming import Incoming
from storage.plan.reach import Way

Ref = dict[str, Any]


# Seconds: nobody means more than that by "wait".
LONGEST = 86_400.0


class Throttled(Exception):
    """The message was not sent: the platform asks us to wait.

    Args:
        seconds: how long; of what no clock can show, a day.
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(f"wait {seconds} s")
        self.seconds = min(max(seconds, 0.0), LONGEST) if seconds == seconds else LONGEST


class Unavailable(Exception):
    """The message was not sent: the platform can't be reached or refuses for now. It is tried again."""


class InDoubt(Exception):
    """The message may have been sent, since the answer was lost. It is looked for before it is sent again."""


class Undeliverable(Exception):
    """The message can never be sent this way; the exception's text says why, in Danish."""


class Closed(Undeliverable):
    """A place that takes nothing any more: a channel was archived or deleted, or we were put out of it."""


class NoAccount(Exception):
    """A mail address has no account that may act as its person; the exception's text says why, in Danish."""


class NotGranted(Exception):
    """The municipality has not granted what this takes; all else works.

    Args:
        permission: the platform's own name for it.
        lost: Danish, what is done without.
        optional: whether krisebot does its work without it.
    """

    def __init__(self, permission: str, lost: str, *, optional: bool = True) -> None:
        super().__init__(f"{permission} er ikke givet: {lost}")
        self.permission = permission
        self.lost = lost
        self.optional = optional


class CannotLook(Exception):
    """The platform has no way to find out whether a message arrived."""


@dataclass(frozen=True)
class Outgoing:
    """A message as a platform is given it to send.

    Args:
        message: our number for it; a button's press comes back with it.
        key: a name that stays the same when it is sent again, for platforms that can look for it.
        version: which version of the card this is.
        card: what is said.
        repeated: it may stand there already, and nobody can tell.
        file: the bytes of the card's file, for whatever way can carry one.
        thread: the platform's thread that it answers in, of the channel it is sent to; None for none.
    """

    message: int
    key: str
    version: int
    card: Card
    repeated: bool = False
    file: bytes | None = None
    thread: str | None = None


@dataclass(frozen=True)
class Furnishing:
    """What stands above a staff channel.

    Args:
        topic: what it is about.
        pinned: what the platform calls the card that stands on top; None until it has been sent.
        bookmarks: (title, address) pairs.
    """

    topic: str
    pinned: Ref | None
    bookmarks: tuple[tuple[str, str], ...]


class Platform(Protocol):
    """A platform that people can be reached by."""

    name: str
    has_rooms: bool
    way: Way  # what is asked of people before this way reaches them

    @property
    def limits(self) -> Limits:
        """The platform's limits, as the operator has set them."""
        ...

    @property
    def refused(self) -> int:
        """The number of requests that were turned away: forged, stale, malformed, or from somebody else's workspace."""
        ...

    async def start(self) -> None:
        """Start the platform; raise nothing when it is down, since it may come up later."""

    async def stop(self) -> None:
        """Close its connections."""

    def routes(self) -> list[web.RouteDef]:
        """List the HTTP paths that the platform answers on."""
        ...

    def trouble(self) -> str | None:
        """Return what is wrong with the link, in Danish; None when nothing is."""
        ...

    def lane_of(self, person: str) -> str | None:
        """Return the conversation with a person as today's plan has it, or None when they can't be reached this way.

        Args:
            person: an id in the plan, or a stranger's, as "slack:U123".
        """
        ...

    async def send(self, lane: str, post: Outgoing) -> Ref:
        """Send a new message; return what is needed to change it later.

        Args:
            lane: the conversation, as `lane_of` and `open_room` gave it.
            post: the message.

        Raises:
            Throttled, Unavailable, InDoubt, Undeliverable: see there.
        """
        ...

    async def edit(self, lane: str, ref: Ref, post: Outgoing) -> Ref:
        """Change a message that was sent; raises as `send` does."""
        ...

    async def find(self, lane: str, post: Outgoing) -> Ref | None:
        """Look for a message whose sending was in doubt.

        Raises:
            CannotLook: there is no way to.
        """
        ...

    async def open_room(self, name: str, title: str, known: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Make a staff channel, and return its address and what to remember of it.

        Args:
            name: "krise-2026-07-02-skybrud"; the platform adds what it needs to make it unique.
            title: what people read above it.
            known: what an earlier attempt remembered.

        Returns:
            its address, and what to remember of it.
        """
        ...

    async def admit(self, address: str, detail: Mapping[str, Any], persons: Collection[str]) -> Collection[str]:
        """Let persons into a staff channel; return those who are in.

        Args:
            address: the channel's, as `open_room` gave it.
            detail: what `open_room` wanted remembered.
            persons: ids in the plan.
        """
        ...

    async def dismiss(self, address: str, detail: Mapping[str, Any], persons: Collection[str]) -> None:
        """Take persons out of a staff channel; the arguments are those of `admit`."""
        ...


@runtime_checkable
class Fetches(Protocol):
    """A platform where people attach pictures and files."""

    async def fetch(self, reference: Mapping[str, Any], largest: int) -> bytes:
        """Fetch what came along with something said, from the platform's own hosts and no other.

        Args:
            reference: what the platform wrote down to find it by.
            largest: bytes; more than that is not read.

        Raises:
            Throttled, Unavailable, InDoubt: it is tried again.
            Undeliverable: it can't be had; a sentence, Danish.
        """
        ...


@runtime_checkable
class HasDirectory(Protocol):
    """A platform that knows its people by their mail addresses."""

    async def account_of(self, mail: str) -> str:
        """Look for the one account that a mail address has: an active, full member of our own organisation.

        Returns:
            its id, as the plan file would have it.

        Raises:
            NoAccount: there is none, or more than one, or it is a guest's, a bot's, closed or somebody else's.
            NotGranted: we may not look.
            Throttled, Unavailable: it is tried again.
        """
        ...


@runtime_checkable
class HasNames(Protocol):
    """A platform whose texts name people and places by ids."""

    async def meet(self, incoming: Incoming) -> None:
        """Ask for the names that an input is without, for a second at most; raise nothing where they aren't told."""
        ...

    def named(self, incoming: Incoming) -> Incoming:
        """Return an input with the names that were told, and readable without those that weren't."""
        ...


@runtime_checkable
class NamesStrangers(Protocol):
    """A platform that tells what somebody is called who isn't in the plan."""

    async def name_of(self, person: str) -> str:
        """Ask for a person's name, for a second at most; empty where it isn't told. `person` is "platform:id"."""
        ...


@runtime_checkable
class HasHomePages(Protocol):
    """A platform where everybody has a page of their own with us."""

    def person_of(self, address: str) -> str:
        """Return a person's id in the plan, or a stranger's; `address` is the platform's own id for them."""
        ...

    async def show_home(self, address: str, card: Card) -> None:
        """Draw a person's page.

        Raises:
            Throttled, Unavailable, InDoubt: it is tried again.
            Undeliverable: they have none.
        """
        ...


@runtime_checkable
class Furnishes(Protocol):
    """A platform whose channels have something above them."""

    @property
    def open_to_all(self) -> bool:
        """Whether everybody in the organisation can see a staff's channel."""
        ...

    async def furnish(self, address: str, wanted: Furnishing, done: dict[str, Any]) -> list[NotGranted]:
        """Bring what stands above a staff channel up to date. What can't be had is done without.

        Args:
            address: the channel's.
            wanted: what shall stand there.
            done: what was remembered of it; brought up to date with each thing that is done, also where it then fails.

        Returns:
            what we may not do.

        Raises:
            Throttled, Unavailable, InDoubt: it is tried again.
        """
        ...


@runtime_checkable
class KnowsGrants(Protocol):
    """A platform that can be asked what the municipality has granted us."""

    async def lacking(self) -> list[NotGranted]:
        """Ask what we have not been granted, the most needed first. It is asked before the platform is started.

        Raises:
            Throttled, Unavailable, Undeliverable: it doesn't say.
        """
        ...


@runtime_checkable
class HasPackage(Protocol):
    """A platform that knows our app by a package that its administration has put in."""

    async def package_version(self) -> str:
        """Ask which version of our package is there, "1.2.0"; asked before the platform is started.

        Raises:
            NotGranted: we may not ask, or it is not there.
            Throttled, Unavailable, Undeliverable: it doesn't say.
        """
        ...
