"""Pictures and files in Teams: how they are attached, and from where they are fetched.

Three kinds of place, and no other: the Connector that the activity came from (pictures in a chat, with our token),
Graph (pictures in a channel, with our token, where it is granted), and SharePoint (files sent to the bot, by a link
that lets in whoever has it, and so without a token). What a message says that it holds is written by whoever sent it:
with our token in Graph nothing is read but the message's own pictures.
"""

from __future__ import annotations

import mimetypes
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urlsplit

from bot.engine.platform import Undeliverable
from bot.platforms.downloads import ELSEWHERE, origin
from bot.platforms.teams.api import BOT, TeamsApi
from handlers.core.incoming import Enclosed

Json = dict[str, Any]

FILE = "application/vnd.microsoft.teams.file.download.info"
LINK = "reference"
# What is attached to a message without being a picture or a file.
NO_FILE = (
    "text/",
    "application/vnd.microsoft.card.",
    "messageReference",
    "forwardedMessageReference",
    "meetingReference",
)
SHAREPOINT = ".sharepoint.com"
# A picture in a message: its conversation, the message, and the answer to it where it is one.
IN_GRAPH = re.compile(
    r"/(?:v1\.0|beta)/(?:teams/[^/]++/channels|chats)/([^/]++)/messages/([^/]++)(?:/replies/([^/]++))?+"
    r"/hostedContents/[^/]++/\$value"
)
MOST, LONGEST_LINK = 15, 300
# What a picture without a name is called: one that was pasted in.
PASTED = "billede"

IN_SHAREPOINT = (
    "Krisebot må ikke hente filer fra et teams eller en anden chats SharePoint. Send filen direkte til Krisebot."
)


@dataclass(frozen=True)
class Place:
    """The place of a message: the Connector, the conversation and the message's id.

    Args:
        service_url: the Connector that the activity came from, as its token says.
        conversation: the chat or the channel that the activity came from.
        message: the message's id there.
    """

    service_url: str
    conversation: str
    message: str


def enclosed(attached: Any, place: Place) -> tuple[Enclosed, ...]:
    """Return what is attached to a message.

    Args:
        attached: the activity's or the message's attachments.
        place: where the message stands.
    """
    every = [each for each in attached if isinstance(each, Mapping)] if isinstance(attached, list) else []
    return tuple(one for each in every if (one := _one(each, place)))[:MOST]


def _one(attachment: Mapping[str, Any], place: Place) -> Enclosed | None:
    kind, name = str(attachment.get("contentType") or ""), str(attachment.get("name") or "")
    if kind.startswith(NO_FILE):
        return None
    if kind == FILE:
        content = attachment.get("content")
        url = content.get("downloadUrl") if isinstance(content, Mapping) else None
        return _at(url, name or "fil", _kind_of(name), place)
    if kind.startswith("image/"):
        return _at(attachment.get("contentUrl"), name or PASTED, "" if kind == "image/*" else kind, place)
    if not name:
        return None
    where = str(attachment.get("contentUrl") or "")[:LONGEST_LINK]
    return Enclosed({}, name, _kind_of(name), unreachable=f"{IN_SHAREPOINT} {where}".strip())


def _at(url: Any, name: str, kind: str, place: Place) -> Enclosed:
    if not isinstance(url, str) or not url:
        return Enclosed({}, name, kind, unreachable="Teams siger ikke, hvor filen er.")
    return Enclosed({"url": url, **asdict(place)}, name, kind)


def _kind_of(name: str) -> str:
    return mimetypes.guess_type(name)[0] or ""


def pictures(html: str, place: Place) -> tuple[Enclosed, ...]:
    """Return the pictures in the text of a message that Teams shows us as HTML.

    Args:
        html: the text.
        place: where the message stands: with our token nothing else's pictures are read.
    """
    reader = _Pictures()
    reader.feed(html)
    reader.close()
    return tuple(_at(url, PASTED, "", place) for url in reader.urls)[:MOST]


class _Pictures(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.urls: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        source = about.get("src") or ""
        if tag == "img" and "emoji" not in (about.get("itemtype") or "").lower() and source.startswith("http"):
            self.urls.append(source)


def _is_in_message(url: str, reference: Mapping[str, Any]) -> bool:
    """Whether an address is that of a picture in the very message that it came along with."""
    parts = urlsplit(url)
    found = IN_GRAPH.fullmatch(parts.path)
    if found is None or parts.query or parts.fragment or ".." in unquote(parts.path):
        return False
    conversation, message, reply = (unquote(each or "") for each in found.groups())
    return (conversation, reply or message) == (reference.get("conversation"), reference.get("message"))


async def fetch(calls: TeamsApi, reference: Mapping[str, Any], largest: int) -> bytes:
    """Fetch what `enclosed` or `pictures` found; raises as `bot.engine.platform.Fetches.fetch` does."""
    url, service_url = str(reference["url"]), str(reference["service_url"])
    place, path = origin(url), urlsplit(url).path if origin(url)[1] else ""
    if place == origin(service_url) and path.startswith(f"{urlsplit(service_url).path.rstrip('/')}/v3/attachments/"):
        return await calls.download(url, largest, BOT)
    if place == origin(calls.graph_url) and _is_in_message(url, reference):
        return await calls.download(url, largest, calls.graph_url)
    scheme, host, port = place
    if ((scheme, port) == ("https", 443) and host.endswith(SHAREPOINT)) or place == origin(service_url):
        return await calls.download(url, largest, None)
    raise Undeliverable(ELSEWHERE)
