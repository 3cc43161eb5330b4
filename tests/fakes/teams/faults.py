"""How Teams, Entra and Graph fail, and how much they put up with. The ways a network fails are the fake Slack's."""

from __future__ import annotations

import math
import time
from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from tests.fakes.slack.faults import (
    DisconnectAfter,
    DisconnectBefore,
    Fault,
    Faults,
    ServerError,
    Timeout,
    TimeoutBefore,
    WrongPage,
)

__all__ = [
    "DisconnectAfter",
    "DisconnectBefore",
    "Fault",
    "Faults",
    "Limits",
    "Precondition",
    "RateLimited",
    "Refusal",
    "ServerError",
    "TeamsError",
    "Timeout",
    "TimeoutBefore",
    "WrongPage",
]


class TeamsError(Exception):
    """What Microsoft answers with a status and `{"error": {"code", "message"}}`."""

    def __init__(self, status: int, code: str, message: str = "", inner: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        details: dict[str, Any] = {"innerError": inner} if inner else {}
        self.body: dict[str, Any] = {"error": {"code": code, "message": message or code, **details}}


@dataclass(frozen=True)
class RateLimited(Fault):
    """429, to be tried again after so many seconds; None leaves the header out, which Teams does too."""

    retry_after: int | None = 1

    async def answer(self, request: web.Request) -> web.StreamResponse:
        headers = {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
        return web.json_response(TeamsError(429, "TooManyRequests").body, status=429, headers=headers)


@dataclass(frozen=True)
class Refusal(Fault):
    """4xx with Microsoft's own word for why, such as 404 ConversationNotFound."""

    status: int
    code: str

    async def answer(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(TeamsError(self.status, self.code).body, status=self.status)


@dataclass(frozen=True)
class Precondition(Fault):
    """412: somebody else was at it at the same time; it may be tried again."""

    async def answer(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(TeamsError(412, "PreconditionFailed").body, status=412)


class Limits:
    """The published rates of one conversation: 7 sends a second and 60 in half a minute.

    Args:
        clock: seconds, which the rates are measured by.
        tenant: how many calls all conversations together take in how many seconds, where that is enforced.
    """

    RATES = ((7, 1.0), (60, 30.0))

    def __init__(self, clock: Callable[[], float] = time.monotonic, tenant: tuple[int, float] | None = None) -> None:
        self._clock = clock
        self._tenant = tenant
        self._all: deque[float] = deque(maxlen=tenant[0] if tenant else None)
        self._sent: defaultdict[str, deque[float]] = defaultdict(lambda: deque(maxlen=60))

    def wait(self, conversation: str) -> int:
        """Seconds the caller must wait, or 0; a send that may go on is counted."""
        now, sent = self._clock(), self._sent[conversation]
        if self._tenant and len(self._all) == self._tenant[0] and self._all[0] > now - self._tenant[1]:
            return math.ceil(self._all[0] + self._tenant[1] - now)
        for count, span in self.RATES:
            if len(sent) >= count and sent[-count] > now - span:
                return math.ceil(sent[-count] + span - now)
        sent.append(now)
        if self._tenant:
            self._all.append(now)
        return 0
