"""People in Slack: which person of the plan a Slack user is, or an employee the plan doesn't name."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from itertools import islice
from typing import Any

from bot.engine.platform import InDoubt, NotGranted, Throttled, Unavailable, Undeliverable
from bot.engine.stalls import within
from bot.platforms.slack.api import SlackApi
from bot.platforms.slack.scopes import CHANNELS, GROUPS, LOST
from bot.platforms.slack.text import Mentioned, plain, signs
from handlers.core.names_in_words import calm, in_words, seen
from storage.plan.model import Plan

log = logging.getLogger(__name__)

NAME = "slack"
# How long a turn or a dialog may wait for all the names in it, in seconds. A Slack that lets one wait is asked nothing for a
# while, so that the next name, often of the same act, waits for nobody.
PATIENCE, QUIET, MOST_QUIET = 1.0, 2.0, 60.0
# Names that are asked for of one text, at most: a text may be all names.
MOST = 20
# Characters that a name is shown in, and seconds until the user groups are asked for once more.
LONGEST, ANEW = 80, 300.0


class SlackDirectory:
    """The directory that turns Slack's ids into the plan's, and back.

    Args:
        plan: today's plan.
        calls: the way to Slack.
    """

    def __init__(self, plan: Callable[[], Plan], calls: SlackApi) -> None:
        self._plan = plan
        self._calls = calls
        self._names: dict[str, str] = {}
        self._other_names: dict[Mentioned, str] = {}
        self._groups_from = self._asked_from = float("-inf")

    def person(self, user: str) -> str:
        """Return a person's id in the plan, or "slack:U…"."""
        return self._plan().find(NAME, user) or f"{NAME}:{user}"

    def user(self, person: str) -> str | None:
        """Return a person's id in Slack, or None for somebody who isn't there."""
        known = self._plan().person(person)
        if known is not None:
            return known.address(NAME)
        platform, _, user = person.partition(":")
        return user if platform == NAME and user else None

    def called(self, user: str) -> str:
        """Return what a person is called in a text that others read, so that it still means that person alone."""
        plan = self._plan()
        person = plan.find(NAME, user)
        known = plan.person(person) if person else None
        if person is None or known is None:
            named = self._names.get(user)
            return in_words(plan, named, NAME) if named else f"@{user}"
        return known.name if plan.named(known.name) == [person] and calm(known.name) == known.name else person

    def name_of(self, mentioned: Mentioned) -> str:
        """Return what somebody or something that a text names is called; where nobody knows, what Slack calls it."""
        if mentioned.kind == "user":
            return self.called(mentioned.id)
        known = calm(self._other_names.get(mentioned, ""))
        return known or (mentioned.id if mentioned.kind == "channel" else f"brugergruppe {mentioned.id}")

    def of_the_plan(self, every: Iterable[Mentioned]) -> list[str]:
        """Return what those whom a text names, and who are in the plan, are called in it."""
        plan = self._plan()
        return [self.called(each.id) for each in every if each.kind == "user" and plan.find(NAME, each.id)]

    def nameless(self, every: Iterable[Mentioned]) -> dict[str, str]:
        """Return how those whose names aren't known yet are read in a text, with how Slack writes them; of very many, the
        first."""
        unknown = (each for each in dict.fromkeys(every) if not self._is_known(each))
        return {plain(each.written, self.name_of): each.written for each in islice(unknown, MOST)}

    async def meet(self, every: Iterable[Mentioned]) -> None:
        """Ask for the names of those that have none yet, as far as Slack tells in time."""
        unknown = [each for each in every if not self._is_known(each)][:MOST]
        if not unknown or self._is_silent():
            return
        asked = [self._ask(each) for each in unknown if each.kind != "group"]
        if any(each.kind == "group" for each in unknown):
            asked.append(self._ask_for_groups())
        with suppress(TimeoutError):
            async with self._in_time():
                await asyncio.gather(*asked, return_exceptions=True)

    def _leave_in_peace(self, error: Exception) -> None:
        """Ask no more for a while, where Slack asks for that: it is asked for names by the dozen."""
        if isinstance(error, Throttled):
            self._asked_from = max(self._asked_from, time.monotonic() + max(QUIET, min(error.seconds, MOST_QUIET)))

    def _is_silent(self) -> bool:
        return time.monotonic() < self._asked_from

    @asynccontextmanager
    async def _in_time(self) -> AsyncIterator[None]:
        """Wait for Slack no longer than a turn may; raises TimeoutError, and it is left in peace for a while."""
        try:
            async with within(PATIENCE):
                yield
        except TimeoutError:
            self._asked_from = time.monotonic() + QUIET
            raise

    def _is_known(self, mentioned: Mentioned) -> bool:
        if mentioned.kind == "user":
            return mentioned.id in self._names or self._plan().find(NAME, mentioned.id) is not None
        return mentioned in self._other_names

    async def _ask(self, mentioned: Mentioned) -> None:
        if mentioned.kind == "user":
            await self.name(mentioned.id)
            return
        try:
            told = await self._calls.optional(
                self._calls.api.conversations_info(channel=mentioned.id), CHANNELS, LOST[CHANNELS]
            )
        except (Throttled, Unavailable, InDoubt, Undeliverable, NotGranted) as error:
            log.info("no name for %s: %s", mentioned.id, error)
            self._leave_in_peace(error)
            if isinstance(error, Undeliverable):
                # A channel that isn't ours to see stays nameless; it is not asked for each time.
                self._other_names[mentioned] = ""
        else:
            self._other_names[mentioned] = _shown(_name_in(told, "channel", "name"))

    async def _ask_for_groups(self) -> None:
        """Read all user groups' names: Slack tells of none alone. Not granted, it is not asked again for a while."""
        now = time.monotonic()
        if now < self._groups_from:
            return
        self._groups_from = now + ANEW
        try:
            told = await self._calls.optional(self._calls.api.usergroups_list(), GROUPS, LOST[GROUPS])
        except (Throttled, Unavailable, InDoubt, Undeliverable, NotGranted) as error:
            log.info("no names of user groups: %s", error)
            return
        listed = told.get("usergroups")
        for each in listed if isinstance(listed, list) else []:
            if isinstance(each, dict) and isinstance(each.get("id"), str):
                name = each.get("handle") or each.get("name") or ""
                self._other_names[Mentioned("group", each["id"])] = _shown(str(name))

    def told(self, user: str) -> str:
        """Return what Slack has told that somebody is called; empty where it hasn't."""
        return self._names.get(user, "")

    async def name(self, user: str) -> str:
        """Return the name of an employee who isn't in the plan, if Slack tells it in time; the plan knows the
        others'."""
        if self._plan().find(NAME, user) is None and user not in self._names and not self._is_silent():
            try:
                async with self._in_time():
                    told = await self._calls.read(self._calls.api.users_info(user=user))
            except (Throttled, Unavailable, InDoubt, Undeliverable, TimeoutError) as error:
                log.info("no name for %s: %s", user, error)
                self._leave_in_peace(error)
                if isinstance(error, Undeliverable):
                    # Somebody whom Slack doesn't know is not asked for at each word.
                    self._names[user] = ""
            else:
                self._names[user] = _shown(_name_in(told, "user", "real_name") or _name_in(told, "user", "name"))
        return self.told(user)


def _name_in(told: Any, what: str, name: str) -> str:
    """Return a name in what Slack told; empty where there is none.

    Args:
        what: whose, "user" or "channel".
        name: which of its names.
    """
    found = told.get(what) if isinstance(told, dict) else None
    value = found.get(name) if isinstance(found, dict) else None
    return value if isinstance(value, str) else ""


def _shown(name: str) -> str:
    return seen(signs(name))[:LONGEST]
