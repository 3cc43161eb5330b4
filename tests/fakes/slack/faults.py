"""How Slack fails, and how much it puts up with."""

from __future__ import annotations

import asyncio
import math
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

from aiohttp import web


@dataclass(frozen=True)
class Fault:
    """One way to fail. `performs` tells whether Slack does what it was asked before it fails."""

    performs: ClassVar[bool] = False

    async def answer(self, request: web.Request) -> web.StreamResponse:
        raise NotImplementedError


@dataclass(frozen=True)
class RateLimited(Fault):
    """429, to be tried again after so many seconds."""

    retry_after: int = 1

    async def answer(self, request: web.Request) -> web.StreamResponse:
        headers = {"Retry-After": str(self.retry_after)}
        return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers=headers)


@dataclass(frozen=True)
class OkFalse(Fault):
    """200, and an error in the body."""

    error: str
    extra: dict[str, Any] = field(default_factory=dict)

    async def answer(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"ok": False, "error": self.error, **self.extra})


@dataclass(frozen=True)
class UsedUp(Fault):
    """404: a response_url that has been used five times, or is older than half an hour."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        return web.json_response({"ok": False, "error": "used_url"}, status=404)


@dataclass(frozen=True)
class ServerError(Fault):
    """5xx, in plain text."""

    status: int = 503

    async def answer(self, request: web.Request) -> web.StreamResponse:
        return web.Response(status=self.status, text="upstream connect error")


@dataclass(frozen=True)
class WrongPage(Fault):
    """A 200 from somebody between us and Slack, who answers with a page of HTML."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text="<html><title>Proxy</title></html>", content_type="text/html")


@dataclass(frozen=True)
class NoLetters(Fault):
    """It is done, and answered in letters that are none."""

    performs = True

    async def answer(self, request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"\xff\xfe\xff", headers={"Content-Type": "text/plain; charset=utf-8"})


@dataclass(frozen=True)
class TimeoutBefore(Fault):
    """Nothing is done, and nothing is answered until the caller goes away."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        await asyncio.Event().wait()
        raise AssertionError("nobody sets that event")


@dataclass(frozen=True)
class Timeout(TimeoutBefore):
    """It is done, but the answer never comes."""

    performs = True


@dataclass(frozen=True)
class DisconnectBefore(Fault):
    """The connection breaks before anything is done."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()


@dataclass(frozen=True)
class DisconnectAfter(DisconnectBefore):
    """It is done, and the connection breaks before the answer."""

    performs = True


@dataclass
class _Order:
    method: str
    fault: Fault
    left: float
    channel: str | None


class Faults:
    """The failures that a test has ordered, used up in that order."""

    def __init__(self) -> None:
        self._orders: list[_Order] = []

    def order(self, method: str, times: int | None, fault: Fault, channel: str | None) -> None:
        self._orders.append(_Order(method, fault, math.inf if times is None else times, channel))

    def clear(self) -> None:
        self._orders.clear()

    @property
    def left(self) -> int:
        """How many orders are not used up yet, those without end among them."""
        return sum(each.left > 0 for each in self._orders)

    def take(self, method: str, places: set[str]) -> Fault | None:
        """The fault for this call, which is then one less.

        Args:
            method: the Web API method, or "response_url".
            places: every name the call's channel goes by.
        """
        for each in self._orders:
            if each.left > 0 and each.method in (method, "*") and (each.channel is None or each.channel in places):
                each.left -= 1
                return each.fault
        return None


PER_MINUTE = {1: 1, 2: 20, 3: 50, 4: 100}


class Limits:
    """Slack's published rates: a message a second in each channel with a small burst, and a tier for each method.

    Args:
        clock: seconds, which the rates are measured by.
        workspace: how many messages all channels together take in how many seconds, where that is enforced; Slack
            publishes no more than "several hundred per minute".
    """

    BURST = 3

    def __init__(self, clock: Callable[[], float] = time.monotonic, workspace: tuple[int, float] | None = None) -> None:
        self._clock = clock
        self._workspace = workspace
        self._all: deque[float] = deque(maxlen=workspace[0] if workspace else None)
        self._posts: dict[str, tuple[float, float]] = {}
        self._calls: defaultdict[str, deque[float]] = defaultdict(deque)

    def wait(self, method: str, tier: int, channel: str) -> int:
        """Seconds the caller must wait, or 0; a call that may go on is counted."""
        now = self._clock()
        if method == "chat.postMessage":
            if self._workspace and len(self._all) == self._workspace[0] and self._all[0] > now - self._workspace[1]:
                return math.ceil(self._all[0] + self._workspace[1] - now)
            left, since = self._posts.get(channel, (float(self.BURST), now))
            left = min(self.BURST, left + now - since)
            self._posts[channel] = (left - 1 if left >= 1 else left, now)
            if self._workspace and left >= 1:
                self._all.append(now)
            return 0 if left >= 1 else math.ceil(1 - left)
        recent = self._calls[method]
        while recent and recent[0] <= now - 60:
            recent.popleft()
        if len(recent) >= PER_MINUTE[tier]:
            return math.ceil(recent[0] + 60 - now)
        recent.append(now)
        return 0
