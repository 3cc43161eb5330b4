"""Know a yes or a no that has news behind it: "ja det brænder nu", "nej der er røg i Fløng"."""

from __future__ import annotations

import re
from typing import Literal

from handlers.core.language import dangers

# What a sentence begins with, folded, in the four languages.
BEGINS: tuple[tuple[Literal["yes", "no"], re.Pattern[str]], ...] = (
    ("yes", re.compile(r"(?:ja+|jo|jep|jeps|jaja|yes|yep|jawohl|так|да) (.+)")),
    ("no", re.compile(r"(?:nej+|nope|nix|no|nein|ні|нет) (.+)")),
)
# What takes it back or makes a condition of it, folded: then it is asked.
TURNS = re.compile(
    r"\b(?:ikke|itte|ingen|nej|ja|hvis|maaske|slukket|overstaaet|loest|falsk\w*|fejl\w*|proeve\w*|oevelse\w*|test\w*|not?|nicht|false"
    r"|vent|lige|bare|kun|glem|annuller|fortryd|samme|anden|andet|hoerer|ні|не)\b"
)


def read(text: str) -> Literal["yes", "no"] | None:
    """Read the yes or no that a sentence begins with and stands by; None where there is none, or it is unclear.

    Args:
        text: as it was written.
    """
    if dangers.is_question(text):
        return None
    said = dangers.folded(text)
    for answer, begins in BEGINS:
        if news := begins.fullmatch(said):
            return None if TURNS.search(news[1]) else answer
    return None
