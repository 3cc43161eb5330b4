"""Calls to Microsoft: our tokens from Entra, the Bot Connector and Graph, and what their answers mean.

These are plain calls. botbuilder's own client fetches its tokens with blocking code, which would hold up everybody
while Entra is slow, and its errors don't tell whether a message may have arrived.
"""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp

from bot.engine.platform import Closed, InDoubt, Throttled, Unavailable, Undeliverable
from bot.platforms.downloads import NotAllowed, download

Json = dict[str, Any]

# How long a connection may take to open, in seconds.
CONNECT = 4.0
# How long to wait where Microsoft asks us to without saying how long, in seconds.
BREATHER = 5.0
# How long before its end a token is renewed, in seconds.
RENEWED_BEFORE = 300.0

BOT = "https://api.botframework.com"


# A conversation that we are not in, or that is no more.
SHUT = {403, 404, 410}


class Refused(Undeliverable):
    """Microsoft understood the call, and refused it.

    Args:
        status: the HTTP status.
        code: Microsoft's own word for it.
        message: its explanation.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"Teams siger nej ({status} {code})".strip())
        self.status = status
        self.code = code
        self.message = message


class Shut(Refused, Closed):
    """Teams takes nothing in that conversation."""


class TeamsApi:
    """The client for Entra, the Bot Connector and Graph.

    Args:
        app_id, app_password: the app's own, from its registration in Entra.
        tenant: who issues our tokens.
        login_url, graph_url: Microsoft's addresses, without a version.
        timeout: seconds one call may take.
    """

    def __init__(
        self, app_id: str, app_password: str, tenant: str, login_url: str, graph_url: str, timeout: float = 10.0
    ) -> None:
        self._app = {"grant_type": "client_credentials", "client_id": app_id, "client_secret": app_password}
        self._login = f"{login_url.rstrip('/')}/{tenant}/oauth2/v2.0/token"
        self.graph_url = graph_url.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=timeout, sock_connect=CONNECT)
        self._session: aiohttp.ClientSession | None = None
        self._tokens: dict[str, tuple[str, float]] = {}
        self._asking = asyncio.Lock()
        self.trouble: str | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """The HTTP client, made when it is first needed."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(timeout=self._timeout)
        return self._session

    async def close(self) -> None:
        """Close the HTTP session."""
        if self._session is not None:
            await self._session.close()

    async def look(self) -> None:
        """Check that Entra still knows us, so that a wrong or expired secret is noticed before it matters.

        Raises:
            Throttled, Unavailable: see there.
        """
        await self._token(BOT)

    async def roles(self) -> frozenset[str]:
        """Return the permissions that an administrator has consented to in Graph, as our own token says.

        Raises:
            Throttled, Unavailable: see there; it is unreadable.
        """
        try:
            payload = (await self._token(self.graph_url)).split(".")[1]
            told = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        except (IndexError, ValueError) as error:
            raise Unavailable("Entras nøgle siger ikke, hvad der er givet") from error
        found = told.get("roles") if isinstance(told, dict) else None
        return frozenset(str(each) for each in found) if isinstance(found, list) else frozenset()

    async def connector(self, method: str, service_url: str, path: str, body: Json | None = None) -> Json:
        """Call the Bot Connector.

        Args:
            service_url: where the conversation lives.
            path: after "v3/".

        Raises:
            Throttled, Unavailable, InDoubt, Refused: see there.
        """
        return await self._call(method, f"{service_url.rstrip('/')}/v3/{path}", BOT, body)

    async def graph(
        self, method: str, path: str, body: Json | None = None, *, asked: Mapping[str, str] | None = None
    ) -> Json:
        """Call Graph; `path` comes after "v1.0/". Raises as `connector` does.

        Args:
            asked: what stands behind the path, "$filter" and the like.
        """
        if asked is not None:
            path = f"{path}?{urlencode(asked, quote_via=quote, safe='$')}"
        return await self._call(method, f"{self.graph_url}/v1.0/{path}", self.graph_url, body)

    async def download(self, url: str, largest: int, audience: str | None) -> bytes:
        """Fetch a file; raises as `bot.platforms.downloads.download` does.

        Args:
            largest: bytes.
            audience: whose token lets us in; None for none.
        """
        if audience is None:
            return await download(self.session, url, largest)
        try:
            return await download(self.session, url, largest, await self._bearer(audience))
        except NotAllowed:
            # It may have been revoked; a fresh one is tried once.
            self._tokens.pop(audience, None)
            return await download(self.session, url, largest, await self._bearer(audience))

    async def _bearer(self, audience: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {await self._token(audience)}"}

    async def _call(self, method: str, url: str, audience: str, body: Json | None) -> Json:
        token = await self._token(audience)
        status, headers, text = await self._ask(method, url, token, body)
        if status == 401:
            # It may have been revoked; a fresh one is tried once.
            self._tokens.pop(audience, None)
            status, headers, text = await self._ask(method, url, await self._token(audience), body)
        return self._read(status, headers, text)

    async def _ask(self, method: str, url: str, token: str, body: Json | None) -> tuple[int, Any, str]:
        try:
            async with self.session.request(
                method, url, json=body, headers={"Authorization": f"Bearer {token}"}, allow_redirects=False
            ) as answer:
                return answer.status, answer.headers, await answer.text(errors="replace")
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            self.trouble = "Teams kan ikke nås"
            raise Unavailable(self.trouble) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self.trouble = "Teams svarer ikke"
            raise InDoubt(self.trouble) from error

    def _read(self, status: int, headers: Any, text: str) -> Json:
        """Return what an answer means: its JSON, or the outbox's error."""
        data = _json(text)
        if 200 <= status < 300 and data is not None:
            self.trouble = None
            return data
        if status == 429:
            raise Throttled(_seconds(headers.get("Retry-After")))
        if status == 401:
            self.trouble = "Microsoft afviser Krisebots adgang (401)"
            raise Unavailable(self.trouble)
        if 400 <= status < 500 and status not in (408, 412):
            self.trouble = None
            error = (data or {}).get("error")
            error = error if isinstance(error, dict) else {}
            inner = error.get("innerError") or error.get("innererror") or {}
            code = str((inner.get("code") if isinstance(inner, dict) else "") or error.get("code") or "")
            raise (Shut if status in SHUT else Refused)(status, code, str(error.get("message") or ""))
        self.trouble = f"Teams svarer med en fejl ({status})"
        raise InDoubt(self.trouble)

    async def _token(self, audience: str) -> str:
        """Return a token for a service. Nothing has been sent while there is none, so no failure here is a doubt."""
        async with self._asking:
            token, until = self._tokens.get(audience, ("", 0.0))
            if time.monotonic() < until:
                return token
            try:
                async with self.session.post(
                    self._login, data={**self._app, "scope": f"{audience}/.default"}, allow_redirects=False
                ) as answer:
                    status, data = answer.status, _json(await answer.text(errors="replace")) or {}
                    wait = answer.headers.get("Retry-After")
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                self.trouble = "Entra kan ikke nås"
                raise Unavailable(self.trouble) from error
            if status == 429:
                raise Throttled(_seconds(wait))
            issued, lasts = data.get("access_token"), data.get("expires_in")
            if status != 200 or not isinstance(issued, str) or not issued:
                self.trouble = f"Entra giver os ikke adgang ({data.get('error') or status})"
                raise Unavailable(self.trouble)
            seconds = float(lasts) if isinstance(lasts, int | float) else 0.0
            self._tokens[audience] = issued, time.monotonic() + max(0.0, seconds - RENEWED_BEFORE)
            if self.trouble and self.trouble.startswith("Entra"):
                self.trouble = None
            return issued


def _json(text: str) -> Json | None:
    """Read a JSON object; empty where nothing was said, None for anything else."""
    if not text.strip():
        return {}
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _seconds(header: str | None) -> float:
    return float(header) if header and header.isdecimal() else BREATHER
