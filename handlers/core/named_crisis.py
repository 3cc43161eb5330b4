"""Read which crisis somebody names among a verb's words: "bekræft 6 i krise 1", "erfaring krise 1: …", "eksport 1"."""

from __future__ import annotations

import re

from handlers.core.registry import Named

CRISIS = r"(?:(?:i|på|paa|til|for|om|fra|af) )?(?:krisen?|hændelsen?|haendelsen?|øvelsen?|oevelsen?)(?: nr\.?| nummer)? ?(\d{1,9})"
# "krise 1: …", and after a line's number: "6 i krise 1 …".
BEFORE = re.compile(rf"\s*+((?:nr\.? ?)?\d{{1,9}}[:.,]? )?{CRISIS}(?!\d)[:,.]?(?=\s|$)\s*+", re.IGNORECASE)
LAST = re.compile(rf"(?:^|(?<=\s)){CRISIS}[.!]?\s*+$", re.IGNORECASE)
ALONE = re.compile(r"\s*+(?:nr\.? ?|nummer )?(\d{1,9})[.!]?\s*+", re.IGNORECASE)


def read(text: str, where: Named) -> tuple[int, str] | None:
    """Split what came after a verb into the crisis that it names and the other words, verbatim.

    Args:
        text: as typed.
        where: where it may be named.

    Returns:
        the crisis' number and the rest; None where none is named.
    """
    if where == "number" and (alone := ALONE.fullmatch(text)):
        return int(alone[1]), ""
    if first := BEFORE.match(text):
        return int(first[2]), f"{first[1] or ''}{text[first.end() :]}".strip()
    if where != "before" and (last := LAST.search(text)):
        return int(last[1]), text[: last.start()].strip()
    return None
