"""Entra: the tokens of an app of the municipality's own, which Microsoft's services let us in by (OAuth's client
credentials)."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from typing import Any

import aiohttp

from bot.engine.platform import Throttled, Unavailable

Json = dict[str, Any]

# How long to wait where Microsoft asks us to without saying how long, in seconds.
BREATHER = 5.0
# How long before its end a token is renewed, in seconds.
RENEWED_BEFORE = 300.0


class AppTokens:
    """The tokens of one app, by the service that each is for; kept while they last.

    Args:
        app_id, app_password: the app's own, from its registration in Entra.
        tenant: who issues them.
        login_url: Entra's address.
    """

    def __init__(self, app_id: str, app_password: str, tenant: str, login_url: str) -> None:
        self._app = {"grant_type": "client_credentials", "client_id": app_id, "client_secret": app_password}
        self._login = f"{login_url.rstrip('/')}/{tenant}/oauth2/v2.0/token"
        self._kept: dict[str, tuple[str, float]] = {}
        self._asking = asyncio.Lock()
        self.trouble: str | None = None

    def forget(self, audience: str) -> None:
        """Forget a service's token: it has been turned away, and may have been revoked."""
        self._kept.pop(audience, None)

    async def of(self, session: aiohttp.ClientSession, audience: str) -> str:
        """Return a token for a service. Nothing has been sent while there is none, so no failure here is a doubt.

        Args:
            session: what Entra is asked with.
            audience: the service's address.

        Raises:
            Throttled, Unavailable: see there.
        """
        async with self._asking:
            token, until = self._kept.get(audience, ("", 0.0))
            if time.monotonic() < until:
                return token
            try:
                async with session.post(
                    self._login, data={**self._app, "scope": f"{audience}/.default"}, allow_redirects=False
                ) as answer:
                    status, data = answer.status, read_json(await answer.text(errors="replace")) or {}
                    wait = answer.headers.get("Retry-After")
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                self.trouble = "Entra kan ikke nås"
                raise Unavailable(self.trouble) from error
            if status == 429:
                raise Throttled(seconds(wait))
            issued, lasts = data.get("access_token"), data.get("expires_in")
            if status != 200 or not isinstance(issued, str) or not issued:
                self.trouble = f"Entra giver os ikke adgang ({data.get('error') or status})"
                raise Unavailable(self.trouble)
            left = float(lasts) if isinstance(lasts, int | float) else 0.0
            self._kept[audience] = issued, time.monotonic() + max(0.0, left - RENEWED_BEFORE)
            self.trouble = None
            return issued

    async def roles(self, session: aiohttp.ClientSession, audience: str) -> frozenset[str]:
        """Return the permissions that an administrator has consented to in a service, as our own token says; `of` has the
        arguments.

        Raises:
            Throttled, Unavailable: see there; it is unreadable.
        """
        try:
            payload = (await self.of(session, audience)).split(".")[1]
            told = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        except (IndexError, ValueError) as error:
            raise Unavailable("Entras nøgle siger ikke, hvad der er givet") from error
        found = told.get("roles") if isinstance(told, dict) else None
        return frozenset(str(each) for each in found) if isinstance(found, list) else frozenset()


def read_json(text: str) -> Json | None:
    """Read a JSON object; empty where nothing was said, None for anything else."""
    if not text.strip():
        return {}
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def seconds(header: str | None) -> float:
    """Return how long a service asks us to wait, by its Retry-After."""
    return float(header) if header and header.isdecimal() else BREATHER
