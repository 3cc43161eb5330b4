"""Calls to Microsoft: our tokens from Entra, the Bot Connector and Graph, and what their answers mean.

These are plain calls. botbuilder's own client fetches its tokens with blocking code, which would hold up everybody
while Entra is slow, and its errors don't tell whether a message may have arrived.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp

from bot.engine.platform import Closed, InDoubt, Throttled, Unavailable, Undeliverable
from bot.platforms.downloads import NotAllowed, download
from bot.platforms.entra import AppTokens, Json, read_json, seconds

# How long a connection may take to open, in seconds.
CONNECT = 4.0

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
        self._tokens = AppTokens(app_id, app_password, tenant, login_url)
        self.graph_url = graph_url.rstrip("/")
        self._timeout = aiohttp.ClientTimeout(total=timeout, sock_connect=CONNECT)
        self._session: aiohttp.ClientSession | None = None
        self._trouble: str | None = None

    @property
    def trouble(self) -> str | None:
        """What is wrong with the way out, Danish; None when nothing is."""
        return self._tokens.trouble or self._trouble

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
        return await self._tokens.roles(self.session, self.graph_url)

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
            self._tokens.forget(audience)
            return await download(self.session, url, largest, await self._bearer(audience))

    async def _bearer(self, audience: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {await self._token(audience)}"}

    async def _call(self, method: str, url: str, audience: str, body: Json | None) -> Json:
        token = await self._token(audience)
        status, headers, text = await self._ask(method, url, token, body)
        if status == 401:
            # It may have been revoked; a fresh one is tried once.
            self._tokens.forget(audience)
            status, headers, text = await self._ask(method, url, await self._token(audience), body)
        return self._read(status, headers, text)

    async def _ask(self, method: str, url: str, token: str, body: Json | None) -> tuple[int, Any, str]:
        try:
            async with self.session.request(
                method, url, json=body, headers={"Authorization": f"Bearer {token}"}, allow_redirects=False
            ) as answer:
                return answer.status, answer.headers, await answer.text(errors="replace")
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
            self._trouble = "Teams kan ikke nås"
            raise Unavailable(self._trouble) from error
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            self._trouble = "Teams svarer ikke"
            raise InDoubt(self._trouble) from error

    def _read(self, status: int, headers: Any, text: str) -> Json:
        """Return what an answer means: its JSON, or the outbox's error."""
        data = read_json(text)
        if 200 <= status < 300 and data is not None:
            self._trouble = self._tokens.trouble = None
            return data
        if status == 429:
            raise Throttled(seconds(headers.get("Retry-After")))
        if status == 401:
            self._trouble = "Microsoft afviser Krisebots adgang (401)"
            raise Unavailable(self._trouble)
        if 400 <= status < 500 and status not in (408, 412):
            self._trouble = self._tokens.trouble = None
            error = (data or {}).get("error")
            error = error if isinstance(error, dict) else {}
            inner = error.get("innerError") or error.get("innererror") or {}
            code = str((inner.get("code") if isinstance(inner, dict) else "") or error.get("code") or "")
            raise (Shut if status in SHUT else Refused)(status, code, str(error.get("message") or ""))
        self._trouble = f"Teams svarer med en fejl ({status})"
        raise InDoubt(self._trouble)

    async def _token(self, audience: str) -> str:
        return await self._tokens.of(self.session, audience)


def in_path(part: str) -> str:
    """Return a part of an address' path, such as an id, whose own signs mean nothing there."""
    return quote(part, safe="")
