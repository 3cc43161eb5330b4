"""The rehearsal chat's requests: reads what the page sends and answers it in JSON; nothing that is malformed goes any
further."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from importlib import resources
from typing import Any

from aiohttp import web

from bot.platforms.rehearsal.posts import storable
from storage.rows.log import LARGEST

# What a page may attach to one message; and, in bytes, how much it may send, text and base64 and all.
MOST_FILES, LONGEST_NAME = 10, 200
LARGEST_SAID = LARGEST * 4 // 3 + 2**20
TOO_LARGE = f"Det er for stort. Send højst {LARGEST // 1024**2} MB ad gangen."


def files_in(said: Any) -> list[tuple[str, str, bytes]]:
    """Return what is attached: name, content type and bytes of each.

    Raises:
        aiohttp.web.HTTPBadRequest: it is something else, or too much.
    """
    found = []
    for each in said if isinstance(said, list) else [] if said is None else [None]:
        if not isinstance(each, dict) or not all(isinstance(each.get(key), str) for key in ("name", "type", "data")):
            raise error(400, "files skal være en liste af navn, type og data (base64).")
        try:
            content = base64.b64decode(each["data"], validate=True)
        except ValueError:
            raise error(400, f"{each['name']} er ikke base64.") from None
        if len(content) > LARGEST:
            raise error(400, TOO_LARGE)
        found.append((storable(each["name"][:LONGEST_NAME]), storable(each["type"][:LONGEST_NAME]), content))
    if len(found) > MOST_FILES:
        raise error(400, f"Højst {MOST_FILES} filer ad gangen.")
    return found


async def body_of(request: web.Request, largest: int | None = None) -> dict[str, Any]:
    """Return the JSON object that was sent.

    Args:
        request: what came.
        largest: bytes it may have; None for what the server takes.

    Raises:
        aiohttp.web.HTTPBadRequest: it is something else.
    """
    if request.content_type != "application/json":
        raise error(400, "Kun JSON.")
    try:
        body = await (request.clone(client_max_size=largest) if largest else request).json()
    except web.HTTPRequestEntityTooLarge:
        raise error(400, TOO_LARGE) from None
    except (ValueError, LookupError, RecursionError):
        raise error(400, "Det er ikke JSON.") from None
    if not isinstance(body, dict):
        raise error(400, "Skriv et JSON-objekt.")
    return body


def values_in(body: Mapping[str, Any]) -> dict[str, str]:
    """Return what was filled in, field by field.

    Raises:
        aiohttp.web.HTTPBadRequest: it is something else.
    """
    values = body.get("values") or {}
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise error(400, "values skal være tekster.")
    return values


def error(status: int, why: str) -> web.HTTPException:
    """Make a refusal to raise: 400 or 403, with a Danish sentence that says why."""
    kind = {400: web.HTTPBadRequest, 403: web.HTTPForbidden}[status]
    return kind(text=json.dumps({"error": why}), content_type="application/json")


def refusal(status: int, why: str) -> web.Response:
    """Make a refusal to answer with: the status, and a Danish sentence that says why."""
    return web.json_response({"error": why}, status=status)


def page_file(name: str) -> web.Response:
    """Answer with one of the page's own files.

    Raises:
        aiohttp.web.HTTPNotFound: there is none of that name.
    """
    page = resources.files("bot.platforms.rehearsal").joinpath("page")
    kinds = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
    ending = name.rpartition(".")[2]
    if not re.fullmatch(r"[\w-]+\.\w+", name) or ending not in kinds:
        raise web.HTTPNotFound
    try:
        content = page.joinpath(name).read_bytes()
    except OSError:
        raise web.HTTPNotFound from None
    return web.Response(
        body=content,
        content_type=kinds[ending],
        charset="utf-8",
        headers={
            "Content-Security-Policy": "default-src 'self'; frame-ancestors 'none'",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "no-cache",
        },
    )
