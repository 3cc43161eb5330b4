"""Text from Teams, turned from Teams' own markup into what a person typed."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from html.parser import HTMLParser

AT = re.compile(r"<at(?:\s[^<>]*+)?+>((?:(?!</?at\b).)*+)</at>", re.DOTALL | re.IGNORECASE)
FORWARD = re.compile(
    r"<blockquote(?>[^<>]*?schema\.skype\.com/Forward)[^<>]*+>(?:(.*)</blockquote>|(.*))", re.DOTALL | re.IGNORECASE
)
# What is quoted: in the text as a mark, in HTML as the message's own words.
QUOTED = re.compile(r"<quoted\b(?>[^<>]*?\bmessageId=[\"']?([^\"'<>\s/]++))?[^<>]*+>(?:\s*+</quoted>)?+", re.IGNORECASE)
REPLY = re.compile(
    r"<blockquote(?>[^<>]*?schema\.skype\.com/Reply)([^<>]*+)>(?:(?!</?blockquote).)*+</blockquote>",
    re.DOTALL | re.IGNORECASE,
)
ITEM = re.compile(r"\bitemid=[\"']?([^\"'<>\s]++)", re.IGNORECASE)
# HTML that says what the plain text beside it has lost.
MEANT = re.compile(r"<(?:s|strike|del|table|ol|ul|a\s|emoji|img)\b", re.IGNORECASE)
IMAGE = re.compile(r"<img\b[^<>]*+>", re.IGNORECASE)
EMOJI = re.compile(r"schema\.skype\.com/Emoji|personal-expressions|/emoticons/", re.IGNORECASE)
# Somebody who is mentioned, in the text and in the HTML beside it.
MENTIONED = re.compile(
    r"(<at(?:\s[^<>]*+)?+>|<span\b(?>[^<>]*?schema\.skype\.com/Mention)[^<>]*+>)([^<>]*+)(</(?:at|span)>)",
    re.IGNORECASE,
)
NAMED = re.compile(r"<(at|span)\b[^<>]*+>([^<>]*+)</\1>", re.IGNORECASE)
SPACE = re.compile(r"\s+")
STRUCK = {"s", "strike", "del"}
BREAKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "blockquote", "pre"}
SILENT = {"style", "script", "title"}


def plain(text: str) -> str:
    """Return the text as the person who wrote it sees it."""
    return AT.sub(lambda found: unescape(found[1]), text.replace("&nbsp;", " ").replace("\xa0", " "))


def without_quote(text: str) -> tuple[str, str]:
    """Return the id of the message that a text quotes, and the text without what is quoted: those words are somebody
    else's.

    Args:
        text: plain, or HTML.
    """
    marked, shown = QUOTED.search(text), REPLY.search(text)
    item = ITEM.search(shown[1]) if shown else None
    number = (marked[1] if marked else None) or (item[1] if item else None) or ""
    return number, REPLY.sub("", QUOTED.sub("", text)) if marked or shown else text


def bears_meaning(html: str) -> bool:
    """Whether the HTML says more than the plain text beside it: what is struck out, a link, a table, a list, an
    emoji."""
    return MEANT.search(html) is not None


def has_only_emoji(html: str) -> bool:
    """Whether there are pictures in the HTML, and each is an emoji."""
    images = IMAGE.findall(html)
    return all(map(EMOJI.search, images)) if images else "<emoji" in html.lower()


def without_mention(text: str, names: list[str]) -> str:
    """Return the text without the bot's name.

    Args:
        names: the mentions of the bot, as they stand in the text: "<at>Krisebot</at>".
    """
    ours = {_folded(name) for name in names}
    bare = {_folded(AT.sub(r"\1", name)) for name in names}
    text = AT.sub(lambda found: " " if _folded(found[0]) in ours or _folded(found[1]) in bare else found[0], text)
    return re.sub(r"^[\s:,]++|(?<!\s)\s++$", "", plain(text))


def html_without_mention(html: str, names: list[str]) -> str:
    """Return HTML without the bot's name, which is marked in more than one way there."""
    bare = {_folded(AT.sub(r"\1", name)) for name in names}
    return NAMED.sub(lambda found: " " if _folded(found[2]) in bare else found[0], html)


def with_names(text: str, called: Callable[[str], str], ours: list[str]) -> str:
    """Return a text, plain or HTML, with those who are mentioned named as they may stand in somebody else's words.

    Args:
        called: how a name stands there.
        ours: the mentions of the bot, which stay as they are.
    """
    bare = {_folded(AT.sub(r"\1", name)) for name in ours}

    def put(found: re.Match[str]) -> str:
        name = _spaced(found[2])
        shown = called(name)
        if _folded(found[2]) in bare or shown == name:
            return found[0]
        return f"{found[1]}{escape(shown, quote=False)}{found[3]}"

    return MENTIONED.sub(put, text)


def _folded(name: str) -> str:
    """Return a name as it is compared: Teams writes signs and spaces in it in one place so and in another otherwise."""
    return _spaced(name).casefold()


def name_in(mention: str) -> str:
    """Return the name in a mention as it stands in the text: "<at>Mads Rosen</at>"."""
    return _spaced(AT.sub(r"\1", mention))


def _spaced(name: str) -> str:
    return SPACE.sub(" ", unescape(name).replace("\xa0", " ")).strip()


def sent_on(html: str) -> tuple[str, str] | None:
    """Return what somebody wrote above a message that they sent on, and what stands in it; None when they sent nothing
    on."""
    found = FORWARD.search(html)
    if found is None:
        return None
    return from_html(html[: found.start()] + html[found.end() :]), from_html(found[1] or found[2] or "")


def from_html(html: str) -> str:
    """Return the words of a message that Teams shows us as HTML."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = [re.sub(r"[ \t\xa0]+", " ", line).strip() for line in "".join(reader.words).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    """A reader that keeps what the marks mean: what is struck out, where a link leads, a table's cells, a list's
    numbers."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._silent = 0
        self._lists: list[int | None] = []
        self._link: tuple[str, int] | None = None
        self._cells = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        about = dict(attrs)
        self._silent += tag in SILENT
        if tag in BREAKS:
            self.words.append("\n")
        if tag in ("ol", "ul"):
            self._lists.append(0 if tag == "ol" else None)
        elif tag == "li" and self._lists:
            number = self._lists[-1]
            self._lists[-1] = None if number is None else number + 1
            self.words.append("• " if number is None else f"{number + 1}. ")
        elif tag == "tr":
            self._cells = 0
        elif tag in ("td", "th"):
            self.words.append(" | " if self._cells else "")
            self._cells += 1
        elif tag in STRUCK:
            self.words.append("[overstreget: ")
        elif tag == "a":
            self._link = (about.get("href") or "", len(self.words))
        elif tag in ("img", "emoji") and (tag == "emoji" or EMOJI.search(self.get_starttag_text() or "")):
            self.words.append(about.get("alt") or "")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in SILENT and self._silent > 0
        if tag in ("ol", "ul") and self._lists:
            self._lists.pop()
        elif tag in STRUCK:
            self.words.append("]")
        elif tag == "a" and self._link is not None:
            target, begun = self._link
            shown = "".join(self.words[begun:]).strip()
            if target.startswith(("http:", "https:")) and target.rstrip("/") != shown.rstrip("/"):
                self.words.append(f" ({target})" if shown else target)
            self._link = None
        # An item and a row end where the next begins.
        if tag in BREAKS - {"br", "li", "tr"} | {"ol", "ul", "table"}:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.words.append(data)
