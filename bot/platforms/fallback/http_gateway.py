"""A gateway that is called over HTTP and calls back: what GatewayAPI and Twilio have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.engine.engine import Engine
from bot.engine.platform import InDoubt, Throttled, Unavailable, Undeliverable
from bot.platforms.entra import read_json
from bot.platforms.fallback.gateway import Gateway

# Seconds to wait when it doesn't say how many.
BREATHER = 5.0
PATIENCE = aiohttp.ClientTimeout(total=8)


@dataclass(frozen=True)
class Service:
    """The address and credentials of an HTTP gateway.

    Args:
        name: as people call it.
        key: what it knows us by, in Danish: "token".
        taken: the status that says that it has it.
    """

    name: str
    key: str
    taken: int


class HttpGateway(Gateway):
    """The base of platforms that send by a call of ours and receive by a webhook.

    Args:
        name: the platform's: "sms" or "opkald".
        address: the plan's.
        service: whom it is.
        base: where it is.
        engine: what takes in the answers, and remembers what was sent.
    """

    def __init__(self, name: str, address: str, service: Service, base: str, engine: Engine) -> None:
        super().__init__(name, address, engine.plan)
        self._engine = engine
        self._service = service
        self._base = base.rstrip("/")
        self._session: aiohttp.ClientSession | None = None

    def _head(self) -> Mapping[str, str]:
        """Return the headers that tell the gateway who we are."""
        raise NotImplementedError

    async def start(self) -> None:
        """Open a session; the gateway itself is first asked when something is sent."""
        self._session = aiohttp.ClientSession(timeout=PATIENCE, headers=self._head())

    async def stop(self) -> None:
        """Close its connections."""
        if self._session is not None:
            await self._session.close()

    def _refusal(self, status: int, told: Mapping[str, Any]) -> Unavailable | Undeliverable:
        """Return what a refusal means: for every message until somebody mends it, or for this one.

        Args:
            status: HTTP's.
            told: what the gateway said.
        """
        if status in (401, 403):
            return Unavailable(f"{self._service.name} afviser vores {self._service.key}")
        return Undeliverable(f"{self._service.name}: {told.get('message') or status}")

    async def _ask(self, path: str, **request: Any) -> dict[str, Any]:
        """Ask the gateway to send; raises as `bot.engine.platform.Platform.send` says.

        Args:
            path: where.
            request: `json` or `data`.
        """
        if self._session is None:
            raise Unavailable("ikke startet")
        service = self._service
        try:
            async with self._session.post(f"{self._base}{path}", **request) as answer:
                if answer.status == 429:
                    # It may be a date as well, and anybody's words.
                    wait = answer.headers.get("Retry-After", "")
                    raise Throttled(float(wait) if wait.isdecimal() else BREATHER)
                if answer.status >= 500:
                    raise InDoubt(f"{service.name} svarede {answer.status}")
                if answer.status != service.taken:
                    refusal = self._refusal(answer.status, read_json(await answer.text(errors="replace")) or {})
                    self._trouble = str(refusal) if isinstance(refusal, Unavailable) else None
                    raise refusal
                told: dict[str, Any] = await answer.json(content_type=None)
        except aiohttp.ClientConnectorError as error:
            self._trouble = f"{service.name} kan ikke nås"
            raise Unavailable(self._trouble) from error
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise InDoubt(f"{service.name} svarede ikke: {type(error).__name__}") from error
        self._trouble = None
        return told
