"""Teams' own writing, turned into what a person typed."""

from __future__ import annotations

import re
from html.parser import HTMLParser

AT = re.compile(r"<at(?:\s[^<>]*+)?+>((?:(?!</?at\b).)*+)</at>", re.DOTALL | re.IGNORECASE)
FORWARD = re.compile(
    r"<blockquote(?>[^<>]*?schema\.skype\.com/Forward)[^<>]*+>(?:(.*)</blockquote>|(.*))", re.DOTALL | re.IGNORECASE
)
BREAKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "blockquote", "pre"}
SILENT = {"style", "script", "title"}


def plain(text: str) -> str:
    """What stands there, as the person who wrote it sees it."""
    return AT.sub(r"\1", text.replace("&nbsp;", " ").replace("\xa0", " "))


def without_mention(text: str, names: list[str]) -> str:
    """The text without the bot's name.

    Args:
        names: the mentions of the bot, as they stand in the text: "<at>Krisebot</at>".
    """
    for name in names:
        text = text.replace(name, " ")
    return re.sub(r"^[\s:,]++|(?<!\s)\s++$", "", plain(text))


def sent_on(html: str) -> tuple[str, str] | None:
    """What somebody wrote above a message that they sent on, and what stands in it; None when they sent nothing on."""
    found = FORWARD.search(html)
    if found is None:
        return None
    return from_html(html[: found.start()] + html[found.end() :]), from_html(found[1] or found[2] or "")


def from_html(html: str) -> str:
    """The words of a message that Teams shows us as HTML."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [re.sub(r"[ \t\xa0]+", " ", line).strip() for line in "".join(reader.words).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in SILENT
        if tag in BREAKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT and self._silent > 0
        if tag in BREAKS - {"br"}:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)
