"""Downloads over HTTP: from where files may be fetched, how much of them is read, and what an answer means."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import aiohttp

from bot.engine.platform import Throttled, Unavailable, Undeliverable

# Seconds that a connection may take to open, and that may pass without a byte.
CONNECT, SILENCE = 4.0, 30.0
# How long to wait where we are asked to without being told how long, in seconds.
BREATHER = 5.0
CHUNK = 2**16

GONE = "Filen er der ikke længere."
TOO_LARGE = "Det er for stort."
ELSEWHERE = "Filen ligger et sted, hvor Krisebot ikke henter filer."


class NotAllowed(Undeliverable):
    """The file may not be fetched: our request had no token, or one that isn't good for it."""


def origin(url: str) -> tuple[str, str, int]:
    """Return the scheme, host and port of an address, lower case; empty where it is none."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    except ValueError:
        return "", "", 0
    return parts.scheme, (parts.hostname or "").lower(), port


async def download(
    session: aiohttp.ClientSession, url: str, largest: int, headers: Mapping[str, str] | None = None
) -> bytes:
    """Read a file. Where it may lie is the caller's to see to: a redirect is not followed, so that it stays so.

    Args:
        largest: bytes; one more and nothing is kept.
        headers: what lets us in.

    Raises:
        Throttled, Unavailable, NotAllowed, Undeliverable: see there.
    """
    timeout = aiohttp.ClientTimeout(total=None, sock_connect=CONNECT, sock_read=SILENCE)
    try:
        async with session.get(url, headers=headers, allow_redirects=False, timeout=timeout) as answer:
            _read(answer)
            content = bytearray()
            async for chunk in answer.content.iter_chunked(CHUNK):
                content += chunk
                if len(content) > largest:
                    raise Undeliverable(TOO_LARGE)
            return bytes(content)
    except aiohttp.InvalidURL as error:
        raise Undeliverable(ELSEWHERE) from error
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Unavailable("filen kan ikke hentes lige nu") from error


def _read(answer: aiohttp.ClientResponse) -> None:
    status, wait = answer.status, answer.headers.get("Retry-After", "")
    if status == 429:
        raise Throttled(float(wait) if wait.isdecimal() else BREATHER)
    if status in (401, 403) or 300 <= status < 400:
        raise NotAllowed("Krisebot har ikke adgang til filen.")
    if status in (404, 410):
        raise Undeliverable(GONE)
    if status != 200:
        raise Unavailable(f"filen kan ikke hentes lige nu ({status})")
