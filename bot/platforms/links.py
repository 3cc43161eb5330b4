"""What can be tapped in a text: web and mail addresses, and numbers to ring.

A card's words are data, drawn to the letter; a link stands under words that are its own address, so that what somebody
wrote can't lead anywhere but where it says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

WEB = r"https?://[^\s<>\"»«*∗|{}\\^`]{3,2000}"
MAIL = r"(?<![\w.+-])[\w.+-]{1,64}@(?:[\w-]{1,63}\.){1,8}[a-zæøå]{2,24}(?![\w@])"
# With a country's code; or eight digits in a Danish number's groups; or an emergency number that one is told to ring.
ABROAD = r"(?<![\w+])(?:\+|00)[1-9]\d{0,2}(?:[ .-]?\d{2,4}){2,6}(?![\w])"
DANISH = r"(?<![\w+.,:/-])(?:[2-9]\d(?: \d\d){3}|[2-9]\d{3} \d{4}|(?!20[0-4]\d[01]\d)[2-9]\d{7})(?![\w]| \d|[-.,:/]\d)"
SHORT = r"\bring (?:112|114|1813)(?!\w)"
FOUND = re.compile(f"(?P<web>{WEB})|(?P<mail>{MAIL})|(?P<phone>{ABROAD}|{DANISH}|{SHORT})", re.IGNORECASE)
# What ends a sentence, or what an address stands in, is no part of it.
AFTER = ".,;:!?…"
OPENED_BY = {")": "(", "]": "["}


def pieces(text: str) -> Iterator[tuple[str, str]]:
    """Split a text into words and where they lead.

    Args:
        text: one that is shown to the letter.

    Yields:
        the words, which put together are the text, and an address ("https://…", "mailto:…", "tel:…"), empty for those
        that lead nowhere.
    """
    at = 0
    for found in FOUND.finditer(text):
        words = _without_end(found[0]) if found["web"] else found[0]
        if found.start() > at:
            yield text[at : found.start()], ""
        yield words, _address(found, words)
        at = found.start() + len(words)
    if at < len(text):
        yield text[at:], ""


def links(text: str) -> dict[str, str]:
    """Return where the words in a text lead, by the words."""
    return {words: address for words, address in pieces(text) if address}


def _address(found: re.Match[str], words: str) -> str:
    if found["web"]:
        return words
    if found["mail"]:
        return f"mailto:{words}"
    digits = re.sub(r"[^0-9+]", "", words)
    digits = f"+{digits[2:]}" if digits.startswith("00") else digits
    return f"tel:{f'+45{digits}' if len(digits) == 8 else digits}"


def _without_end(address: str) -> str:
    while address[-1] in AFTER or address.count(address[-1]) > address.count(OPENED_BY.get(address[-1], address[-1])):
        address = address[:-1]
    return address
