"""People in Teams: which person of the plan a Teams user is, and the address they are written to at."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from sqlalchemy import select

from bot.engine.naming import with_names
from bot.engine.platform import InDoubt, Throttled, Unavailable, Undeliverable
from bot.engine.stalls import within
from bot.platforms.teams.api import TeamsApi, in_path
from handlers.core.clock import Clock
from handlers.core.incoming import Incoming
from handlers.core.names_in_words import calm, in_words, seen
from storage.database import Database
from storage.plan.model import Plan
from storage.rows.traffic import Address, StaffChannel

NAME = "teams"
DM = "dm:"
# How long a turn may wait for names, in seconds; how many are asked for, and in how many letters they are shown.
PATIENCE, MOST, LONGEST = 1.0, 20, 80
# Somebody who was picked, stands in no plan, and whom Entra doesn't name to us; no comma, which parts persons.
NAMELESS = "en person uden for planen"

log = logging.getLogger(__name__)


class TeamsDirectory:
    """The directory that turns Teams' ids into the plan's, and back.

    Args:
        database: what was learnt from having heard from people.
        clock: the time.
        plan: today's plan.
        calls: the way to Entra's names.
    """

    def __init__(self, database: Database, clock: Clock, plan: Callable[[], Plan], calls: TeamsApi) -> None:
        self._calls = calls
        self._names: dict[str, str] = {}
        self._database = database
        self._clock = clock
        self._plan = plan

    def person(self, user: str) -> str:
        """Return a person's id in the plan, or "teams:<id>".

        Args:
            user: the person's AAD object id.
        """
        return self._plan().find(NAME, user) or f"{NAME}:{user}"

    def user(self, person: str) -> str | None:
        """Return a person's AAD object id, or None for somebody who isn't in Teams."""
        known = self._plan().person(person)
        if known is not None:
            return known.address(NAME)
        platform, _, user = person.partition(":")
        return user if platform == NAME and user else None

    def name(self, user: str, otherwise: str = "") -> str:
        """Return what a person is called in the plan, or else by Teams.

        Args:
            user: their AAD object id.
            otherwise: what Teams calls them.
        """
        known = self._plan().person(self.person(user))
        return known.name if known else seen(otherwise)

    def called(self, user: str) -> str:
        """Return what a person is called in a text that others read, so that it still means that person alone."""
        plan = self._plan()
        person = plan.find(NAME, user)
        known = plan.person(person) if person else None
        if person is None or known is None:
            named = self._names.get(user)
            return in_words(plan, named, NAME) if named else f"@{user}" if named is None else NAMELESS
        return known.name if plan.named(known.name) == [person] and calm(known.name) == known.name else person

    def in_words(self, name: str) -> str:
        """Return how a name that Teams wrote into a text stands there."""
        return in_words(self._plan(), name)

    def is_of_the_plan(self, name: str, user: str) -> bool:
        """Whether a name that Teams wrote into a text is one person's of the plan.

        Args:
            name: as Teams wrote it.
            user: their AAD object id; empty where Teams doesn't tell it.
        """
        plan = self._plan()
        meant = plan.named(self.in_words(name))
        return len(meant) == 1 and (not user or plan.find(NAME, user) == meant[0])

    def nameless(self, users: Iterable[str]) -> dict[str, str]:
        """Return how those whose names aren't known yet are read in a text, with their ids."""
        return {self.called(each): each for each in users if not self._is_known(each)}

    def named(self, incoming: Incoming) -> Incoming:
        """Return an input with the names that Entra has told."""
        names = {
            shown: in_words(self._plan(), self._names.get(user) or NAMELESS, NAME)
            for shown, user in incoming.unnamed.items()
        }
        return with_names(incoming, names)

    def _is_known(self, user: str) -> bool:
        return user in self._names or self._plan().find(NAME, user) is not None

    async def meet(self, users: Iterable[str]) -> None:
        """Ask Entra for the names of those who were picked and stand in no plan, as far as it tells in time."""
        unknown = [each for each in dict.fromkeys(users) if not self._is_known(each)][:MOST]
        if not unknown:
            return
        with suppress(TimeoutError):
            async with within(PATIENCE):
                await asyncio.gather(*map(self._ask, unknown), return_exceptions=True)

    async def ask_name(self, user: str) -> str:
        """Ask Entra what somebody is called who stands in no plan; empty where it isn't told in time."""
        await self.meet([user])
        return self._names.get(user, "")

    async def _ask(self, user: str) -> None:
        try:
            told = await self._calls.graph("GET", f"users/{in_path(user)}", asked={"$select": "displayName"})
        except (Throttled, Unavailable, InDoubt, Undeliverable) as error:
            log.info("no name for somebody who was picked: %s", error)
        else:
            self._names[user] = seen(str(told.get("displayName") or ""))[:LONGEST]

    async def reference(self, user: str) -> dict[str, Any]:
        """Return how a person is written to, as last learnt of this account; empty for one never heard from.

        Args:
            user: the account's AAD object id: the person may have had another before.
        """
        async with self._database.reading() as db:
            known = await db.get(Address, (self.person(user), NAME))
        learnt = dict(known.reference) if known else {}
        return learnt if (learnt.get("aad") or user).casefold() == user.casefold() else {}

    async def remember(self, user: str, reference: dict[str, Any]) -> None:
        """Keep how a person is written to, so that it is known after a restart."""
        async with self._database.transaction() as db:
            known = await db.get(Address, (self.person(user), NAME))
            if known is None:
                known = Address(person=self.person(user), platform=NAME, reference={}, name=self.name(user))
                db.add(known)
            known.reference = reference

    async def last_heard_at(self) -> str | None:
        """Return the service address that somebody was last heard from."""
        async with self._database.reading() as db:
            latest = await db.scalars(
                select(Address)
                .where(Address.platform == NAME, Address.heard_at.is_not(None))
                .order_by(Address.heard_at.desc())
                .limit(20)
            )
            # Who was only heard from in a channel has no reference.
            return next((each.reference["service_url"] for each in latest if each.reference.get("service_url")), None)

    async def room(self, conversation: str) -> str:
        """Return a place in a channel, as its staff room's address: the thread where the room is one, else the channel.

        Args:
            conversation: "19:…@thread.tacv2;messageid=…" or without its end.
        """
        channel = conversation.partition(";")[0]
        async with self._database.reading() as db:
            thread = await db.scalar(
                select(StaffChannel.id).where(StaffChannel.platform == NAME, StaffChannel.address == conversation)
            )
        return conversation if thread is not None else channel
