"""Slack's own writing, turned into what a person typed."""

from __future__ import annotations

import re
from collections.abc import Callable

# "<@U123>", "<#C123|generelt>", "<!here>", "<https://htk.dk|htk.dk>", and the three signs Slack escapes.
WRITTEN = re.compile(r"<([@#!]?)([^<>|\n]+)(?:\|([^<>\n]*))?>|&(amp|lt|gt);")
LINK = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)
SIGNS = {"amp": "&", "lt": "<", "gt": ">"}


def plain(text: str, name_of: Callable[[str], str]) -> str:
    """What stands there, as the person who wrote it sees it.

    Args:
        text: as Slack sends it.
        name_of: what somebody with that Slack id is called.
    """

    def read(found: re.Match[str]) -> str:
        kind, target, label, sign = found.groups()
        if sign:
            return SIGNS[sign]
        if kind == "@":
            return name_of(target)
        if kind == "#":
            return f"#{signs(label or target)}"
        if kind == "!":
            return signs(label) if label else f"@{target}"
        return _link(signs(target), signs(label or "")) if LINK.match(target) else found[0]

    return WRITTEN.sub(read, text)


def signs(text: str) -> str:
    """The text with Slack's three escaped signs as they were typed."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def without_mention(text: str, user: str) -> str | None:
    """The text without the bot's name, or None when it isn't mentioned.

    Args:
        user: the bot's Slack id.
    """
    mention = re.compile(rf"(?:(?<!\s)\s++)?+<@{re.escape(user)}(?:\|[^<>]*+)?+>[\s:,]*+")
    return mention.sub(" ", text).strip() if user and mention.search(text) else None


def _link(target: str, label: str) -> str:
    """Slack makes links of addresses and numbers by itself: then the label is what was typed."""
    if not label or target.startswith("tel:") or target.rstrip("/").endswith(label.rstrip("/")):
        return label or target
    return f"{label} ({target})"
