"""Pictures and files in Slack: how they are identified, and how they are fetched.

They are fetched by their id, so that the address is always Slack's own answer and never what somebody sent us; and from
Slack's own hosts alone: that of the API, and `files.` in front of it.
"""

from __future__ import annotations

from typing import Any

from bot.engine.platform import Unavailable, Undeliverable
from bot.platforms.downloads import ELSEWHERE, NotAllowed, download, origin
from bot.platforms.slack.api import SlackApi
from handlers.core.incoming import Enclosed

Json = dict[str, Any]

# Slack keeps 3000 characters for us beside a dialog; more files than these are not sent in one message.
MOST, LONGEST_NAME, LONGEST_TYPE = 15, 60, 60
PAGE = (b"<!doctype html", b"<html")
# Files that Slack shows but doesn't have.
NOT_THERE = {
    "external": "Filen ligger uden for Slack.",
    "hidden_by_limit": "Slack viser ikke længere filen.",
    "tombstone": "Filen er slettet i Slack.",
}


def enclosed(files: Any) -> tuple[Enclosed, ...]:
    """Return what is attached to a message, as Slack tells of it."""
    return tuple(_one(each) for each in files or [] if isinstance(each, dict))[:MOST]


def _one(file: Json) -> Enclosed:
    number, size = file.get("id"), file.get("size")
    reason = NOT_THERE.get(str(file.get("mode"))) or ("" if number else "Slack siger ikke, hvor filen er.")
    return Enclosed(
        reference={"file": number} if number else {},
        name=str(file.get("name") or file.get("title") or "uden navn"),
        content_type=str(file.get("mimetype") or ""),
        size=size if isinstance(size, int) else 0,
        unreachable=f"{reason} {file.get('url_private') or ''}".strip() if reason else "",
    )


def packed(files: tuple[Enclosed, ...]) -> list[list[Any]]:
    """Pack what is attached, small enough to lie beside a dialog."""
    return [
        [each.reference.get("file"), each.name[:LONGEST_NAME], each.content_type[:LONGEST_TYPE], each.size]
        for each in files
    ]


def unpacked(files: list[list[Any]]) -> tuple[Enclosed, ...]:
    """Read what `packed` wrote."""
    return enclosed(
        [{"id": number, "name": name, "mimetype": kind, "size": size} for number, name, kind, size in files]
    )


async def fetch(calls: SlackApi, file: Json, largest: int) -> bytes:
    """Fetch a file that Slack has told of; raises as `bot.engine.platform.Fetches.fetch` does."""
    url = str(file.get("url_private_download") or file.get("url_private") or "")
    scheme, host, port = origin(calls.api.base_url)
    if origin(url) not in ((scheme, host, port), (scheme, f"files.{host.removeprefix('www.')}", port)):
        raise Undeliverable(ELSEWHERE)
    try:
        content = await download(calls.session, url, largest, {"Authorization": f"Bearer {calls.token}"})
    except NotAllowed as refused:
        # Somebody must mend the app's scopes; until they do, the file is still there.
        raise Unavailable("Slack giver ikke Krisebot filen (files:read)") from refused
    # To whoever may not have the file, Slack shows its front page.
    if content[:20].lower().startswith(PAGE) and file.get("mimetype") not in ("text/html", "text/plain"):
        raise Unavailable("Slack giver ikke Krisebot filen (files:read)")
    return content
