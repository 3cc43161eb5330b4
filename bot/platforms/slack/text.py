"""Text from Slack, turned from Slack's own markup into what a person typed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from handlers.core.names_in_words import calm

# "<@U123>", "<#C123|generelt>", "<!here>", "<https://htk.dk|htk.dk>", and the three signs Slack escapes.
WRITTEN = re.compile(r"<([@#!]?)([^<>|\n]+)(?:\|([^<>\n]*))?>|&(amp|lt|gt);")
LINK = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)
EMOJI = re.compile(r":([^\s:]{1,80}):(?::skin-tone-[2-6]:)?")
CODES = re.compile(r"[0-9a-f]{2,5}(?:-[0-9a-f]{2,5}){0,9}")
GROUP = "subteam^"
BEFORE_ID = {"user": "@", "channel": "#", "group": f"!{GROUP}"}
SIGNS = {"amp": "&", "lt": "<", "gt": ">"}


@dataclass(frozen=True)
class Mentioned:
    """A person, a channel or a user group that a text names by its id."""

    kind: Literal["user", "channel", "group"]
    id: str

    @property
    def written(self) -> str:
        """As Slack writes it in a text."""
        return f"<{BEFORE_ID[self.kind]}{self.id}>"


def plain(text: str, name_of: Callable[[Mentioned], str]) -> str:
    """Return the text as the person who wrote it sees it.

    Args:
        text: as Slack sends it.
        name_of: what somebody or something with that Slack id is called.
    """

    def read(found: re.Match[str]) -> str:
        kind, target, label, sign = found.groups()
        if sign:
            return SIGNS[sign]
        if kind == "@":
            return name_of(Mentioned("user", target))
        if kind == "#":
            return f"#{calm(signs(label)) if label else name_of(Mentioned('channel', target))}"
        if target.startswith(GROUP):
            called = calm(signs(label).removeprefix("@")) if label else ""
            return f"@{called or name_of(Mentioned('group', target.removeprefix(GROUP)))}"
        if kind == "!":
            return signs(label) if label else f"@{target}"
        return _link(signs(target), signs(label or "")) if LINK.match(target) else found[0]

    return WRITTEN.sub(read, text)


def mentioned(text: str) -> list[Mentioned]:
    """List what a text names by its id alone, in order, each once."""
    found: dict[Mentioned, None] = {}
    for kind, target, label, _ in WRITTEN.findall(text):
        if kind == "@":
            found[Mentioned("user", target)] = None
        elif kind == "#" and not label:
            found[Mentioned("channel", target)] = None
        elif kind == "!" and not label and target.startswith(GROUP):
            found[Mentioned("group", target.removeprefix(GROUP))] = None
    return list(found)


def with_emoji(text: str, blocks: Any) -> str:
    """Return the text with its emoji as signs: Slack writes them as ":thumbsup:", and tells the signs beside it.

    Args:
        text: as Slack sends it.
        blocks: the message's blocks.
    """
    known = {
        str(each["name"]): "".join(chr(int(part, 16)) for part in str(each["unicode"]).split("-"))
        for each in within(blocks)
        if each.get("type") == "emoji" and CODES.fullmatch(str(each.get("unicode"))) and each.get("name")
    }
    return EMOJI.sub(lambda found: known.get(found[1], found[0]), text) if known else text


def tables(message: Mapping[str, Any]) -> str:
    """Return the tables that stand in a message, a line a row: they are in none of its text."""
    shown = [each for name in ("blocks", "attachments") for each in within(message.get(name))]
    rows = [row for each in shown if each.get("type") == "table" for row in _list(each.get("rows"))]
    lines = (" | ".join(_cell(cell) for cell in _list(row)) for row in rows)
    return "\n".join(line for line in lines if line.strip(" |"))


def words_of(message: Mapping[str, Any]) -> str:
    """Return what a message says, as Slack writes it. An app's has often no text of its own: then it is what is drawn of
    it, a line a block, and what is attached as words.

    Args:
        message: as Slack sends it.
    """
    text = str(message.get("text") or "")
    lines = [with_emoji(text, message.get("blocks"))] if text.strip() else list(_drawn(message))
    return "\n".join(line.strip() for line in (*lines, tables(message)) if line.strip())


def _drawn(message: Mapping[str, Any]) -> Iterator[str]:
    yield from _blocks(message)
    for each in (each for each in _list(message.get("attachments")) if isinstance(each, Mapping)):
        fields = [field for field in _list(each.get("fields")) if isinstance(field, Mapping)]
        said = [str(each[name]) for name in ("pretext", "title", "text") if each.get(name)]
        said += [f"{field.get('title') or ''}: {field.get('value') or ''}".strip(": ") for field in fields]
        said += _blocks(each)
        yield from said or [str(each.get("fallback") or "")]


def _blocks(drawn: Mapping[str, Any]) -> list[str]:
    """Return the words of what is drawn in blocks, but for tables and what is pressed."""
    shown = (each for each in _list(drawn.get("blocks")) if isinstance(each, Mapping))
    return [
        ("" if each.get("type") == "rich_text" else " ").join(_texts(each))
        for each in shown
        if each.get("type") not in ("actions", "table")
    ]


def within(value: Any, depth: int = 12) -> Iterator[Mapping[str, Any]]:
    """Yield each object in what Slack drew of a message, from the outside in; nothing below `depth`."""
    if depth and isinstance(value, Mapping):
        yield value
        value = list(value.values())
    for each in value if depth and isinstance(value, list) else ():
        yield from within(each, depth - 1)


def _cell(cell: Any) -> str:
    return "".join(_texts(cell)).strip()


def _texts(drawn: Any) -> list[str]:
    return [str(each["text"]) for each in within(drawn) if isinstance(each.get("text"), str)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def signs(text: str) -> str:
    """Return the text with Slack's three escaped signs as they were typed."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def without_mention(text: str, user: str) -> str | None:
    """Return the text without the bot's name, or None when it isn't mentioned.

    Args:
        user: the bot's Slack id.
    """
    mention = re.compile(rf"(?:(?<!\s)\s++)?+<@{re.escape(user)}(?:\|[^<>]*+)?+>[\s:,]*+")
    return mention.sub(" ", text).strip() if user and mention.search(text) else None


def _link(target: str, label: str) -> str:
    """Return what was typed for a link: Slack makes links of addresses and numbers by itself, and then the label is
    what was typed."""
    if not label or target.startswith("tel:") or target.rstrip("/").endswith(label.rstrip("/")):
        return label or target
    return f"{label} ({target})"
