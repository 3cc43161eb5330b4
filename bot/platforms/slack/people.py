"""People in Slack: which person of the plan a Slack user is, or an employee the plan doesn't name."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from bot.engine.platform import InDoubt, Throttled, Unavailable, Undeliverable
from bot.platforms.slack.api import SlackApi
from storage.plan.model import Plan

log = logging.getLogger(__name__)

NAME = "slack"
# How long an act may wait for its doer's name, in seconds: it must be on disk and acknowledged within three.
PATIENCE = 1.0


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
            return self._names.get(user) or f"@{user}"
        return known.name if plan.named(known.name) == [person] else person

    async def name(self, user: str) -> str:
        """Return the name of an employee who isn't in the plan, if Slack tells it in time; the plan knows the
        others'."""
        if self._plan().find(NAME, user) is None and user not in self._names:
            try:
                async with asyncio.timeout(PATIENCE):
                    told = await self._calls.read(self._calls.api.users_info(user=user))
            except (Throttled, Unavailable, InDoubt, Undeliverable, TimeoutError) as error:
                log.info("no name for %s: %s", user, error)
            else:
                self._names[user] = str(told["user"].get("real_name") or told["user"].get("name") or "")
        return self._names.get(user, "")
