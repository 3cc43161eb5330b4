"""Reading a length of time as people write it: "20 min", "en halv time"."""

from __future__ import annotations

import re
from datetime import timedelta

from storage.letters import fold

# --- How long ---------------------------------------------------------------------------------------------------------

NUMBERS = {
    "en": 1, "et": 1, "to": 2, "tre": 3, "fire": 4, "fem": 5, "seks": 6, "syv": 7, "otte": 8, "ni": 9, "ti": 10,
    "elleve": 11, "tolv": 12, "tretten": 13, "fjorten": 14, "femten": 15, "seksten": 16, "sytten": 17, "atten": 18,
    "nitten": 19, "tyve": 20, "enogtyve": 21, "toogtyve": 22, "treogtyve": 23, "fireogtyve": 24, "femogtyve": 25,
    "tredive": 30, "fyrre": 40, "femogfyrre": 45, "halvtreds": 50,
}  # fmt: skip
MINUTES_IN = {"m": 1, "t": 60, "h": 60, "k": 15}

_number = "|".join(sorted(NUMBERS, key=len, reverse=True))
NUMBER = f"(?:{_number})"
_amount = (
    rf"(?:(?:\d{{1,4}}|{_number})\s+(?:og\s+)?en\s+halv|\d{{1,4}}(?:[.,]\d)?½?|½|(?:en\s+)?halv|halvanden|{_number})"
)
_piece = rf"{_amount}\s*(?:min(?:ut(?:ter)?)?|m|timer?|t|h|kvarter)\b\.?"

DURATION = rf"(?:{_piece}(?:\s*(?:og\s+)?{_piece})?)"
PIECE = re.compile(rf"(?P<amount>{_amount})\s*(?P<unit>[mthk])")


def duration(text: str) -> timedelta | None:
    """Read a length of time: "20 min", "halvanden time", "1 t 30 min", "tre kvarter"; None when that isn't what it
    says."""
    folded = fold(text)
    if not re.fullmatch(DURATION, folded):
        return None
    return timedelta(
        minutes=sum(_how_many(each["amount"]) * MINUTES_IN[each["unit"]] for each in PIECE.finditer(folded))
    )


def _how_many(amount: str) -> float:
    if amount == "halvanden":
        return 1.5
    whole, half, _ = re.sub(r"(?:og )?en halv$|halv$", "½", amount).partition("½")
    whole = whole.strip().replace(",", ".")
    return (NUMBERS[whole] if whole in NUMBERS else float(whole or 0)) + (0.5 if half else 0)
