"""The alphabet of SMS (3GPP TS 23.038), and how many parts a text takes.

A text whose letters are all in the alphabet takes 160 to a message and 153 to each part of a longer one, æ, ø and å
among them; any other letter makes it 70 and 67. So signs that only look nicer are written plainly.
"""

from __future__ import annotations

import unicodedata

# The order of the table is of no account here.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Each takes the room of two.
EXTENDED = frozenset("\f^{}\\[~]|€")
PLAIN = str.maketrans(
    {
        **dict.fromkeys("–—−‐‑", "-"),
        **dict.fromkeys("»«“”„", '"'),
        **dict.fromkeys("’‘‚`´", "'"),
        **dict.fromkeys("•·▪", "-"),
        **dict.fromkeys("\u00a0\u202f\u2009\t", " "),
        **dict.fromkeys("\u2060\u200b\ufeff\ufe0f\u200d\u00ad", None),
        "…": "...",
        "→": "->",
        "½": "1/2",
        "×": "x",
        "✓": "ok",
    }
)
# Letters to a single message and to each part of a longer one.
GSM7, UCS2 = (160, 153), (70, 67)


def plainly(text: str) -> str:
    """Return the text with signs that only look nicer written plainly, and without pictures; letters stay as they
    are."""
    plain = text.translate(PLAIN)
    kept = (
        each for each in plain if each in BASIC or each in EXTENDED or not unicodedata.category(each).startswith("S")
    )
    return "\n".join(line.strip() for line in "".join(kept).split("\n"))


def in_alphabet(text: str) -> bool:
    """Whether every letter is in the alphabet."""
    return all(each in BASIC or each in EXTENDED for each in text)


def parts(text: str) -> int:
    """Return how many messages a text is sent as."""
    if in_alphabet(text):
        room, (single, each) = len(text) + sum(letter in EXTENDED for letter in text), GSM7
    else:
        room, (single, each) = len(text.encode("utf-16-le")) // 2, UCS2
    return 1 if room <= single else -(-room // each)
