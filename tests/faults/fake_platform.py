"""A platform that does as it is told: throttles, falls silent, loses answers, and remembers all it has shown."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from bot.engine.platform import CannotLook, InDoubt, Outgoing, Ref, Undeliverable
from bot.engine.rates import NO_LIMITS, Limits
from storage.plan.reach import Way


@dataclass
class Shown:
    """What stands on somebody's screen."""

    lane: str
    key: str
    text: str
    repeated: bool


class FakePlatform:
    """A way to reach people, in memory.

    Args:
        name: as the plan and the rows call it.
        can_look: whether a message in doubt can be looked for.
        reaches: whom it reaches; everybody when None.
        limits: how much it takes.
    """

    has_rooms = False

    def __init__(
        self,
        name: str = "fake",
        *,
        can_look: bool = True,
        reaches: Collection[str] | None = None,
        limits: Limits = NO_LIMITS,
    ) -> None:
        self.name = name
        self.way = Way(name, name, everybody=True)
        self.can_look = can_look
        self.reaches = reaches
        self.limits = limits
        self.down: Exception | None = None
        self.next: list[Exception] = []
        self.lose_answers = 0
        self.shown: list[Shown] = []
        self.calls = 0
        self._news = asyncio.Event()

    refused = 0

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    def routes(self) -> list[web.RouteDef]:
        return []

    def trouble(self) -> str | None:
        return str(self.down) if self.down else None

    def lane_of(self, person: str) -> str | None:
        return person if self.reaches is None or person in self.reaches else None

    async def send(self, lane: str, post: Outgoing) -> Ref:
        await self._answer()
        self.shown.append(Shown(lane, post.key, post.card.text, post.repeated))
        self._news.set()
        if self.lose_answers:
            self.lose_answers -= 1
            raise InDoubt("intet svar")
        return {"at": len(self.shown) - 1}

    async def edit(self, lane: str, ref: Ref, post: Outgoing) -> Ref:
        await self._answer()
        self.shown[ref["at"]].text = post.card.text
        return ref

    async def find(self, lane: str, post: Outgoing) -> Ref | None:
        if not self.can_look:
            raise CannotLook
        at = next((at for at, shown in enumerate(self.shown) if (shown.lane, shown.key) == (lane, post.key)), None)
        return None if at is None else {"at": at}

    async def open_room(self, name: str, title: str, known: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        raise Undeliverable("der er ingen kanaler her")

    async def admit(self, address: str, detail: Mapping[str, Any], persons: Collection[str]) -> Collection[str]:
        return persons

    async def dismiss(self, address: str, detail: Mapping[str, Any], persons: Collection[str]) -> None: ...

    async def _answer(self) -> None:
        self.calls += 1
        await asyncio.sleep(0)
        if self.down is not None:
            raise self.down
        if self.next:
            raise self.next.pop(0)

    async def shows(self, lane: str, words: str) -> None:
        """Wait until a person sees that."""
        while not any(words in text for text in self.texts(lane)):
            self._news.clear()
            await self._news.wait()

    def texts(self, lane: str) -> list[str]:
        """What a person sees, oldest first."""
        return [shown.text for shown in self.shown if shown.lane == lane]


class Doors(FakePlatform):
    """A platform with channels, which lets in some."""

    has_rooms = True

    def __init__(self, name: str = "fake") -> None:
        super().__init__(name)
        self.shut_out: set[str] = set()
        self.kept_in: Exception | None = None
        self.let_in: Exception | None = None
        self.closed: Exception | None = None
        self.made: list[str] = []
        self.asked, self.may_go_on = asyncio.Event(), asyncio.Event()
        self.may_go_on.set()

    async def open_room(self, name: str, title: str, known: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        self.asked.set()
        await self.may_go_on.wait()
        number = self.made.count(name) + 1
        self.made.append(name)
        return name if number == 1 else f"{name}-{number}", {}

    async def dismiss(self, address: str, detail: Mapping[str, Any], persons: Collection[str]) -> None:
        if self.kept_in is not None:
            raise self.kept_in

    async def admit(self, address: str, detail: Mapping[str, Any], persons: Collection[str]) -> Collection[str]:
        if self.let_in is not None:
            raise self.let_in
        return set(persons) - self.shut_out

    async def send(self, lane: str, post: Outgoing) -> Ref:
        if self.closed is not None and lane.startswith("krise-"):
            raise self.closed
        return await super().send(lane, post)


class Roomy(FakePlatform):
    """A platform with channels, whose making may fail or take for ever."""

    has_rooms = True

    def __init__(self, fault: Exception | None = None) -> None:
        super().__init__()
        self.fault = fault

    async def open_room(self, name: str, title: str, known: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        if self.fault is not None:
            raise self.fault
        await asyncio.Event().wait()
        raise AssertionError("for ever is over")
