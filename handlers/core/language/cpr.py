"""CPR numbers: finds what looks like one, ten digits of which the first six are a day."""

from __future__ import annotations

import re
from datetime import date

REMOVED = "[CPR-nummer fjernet]"
TEN_DIGITS = re.compile(r"(?<!\d)(\d\d)(\d\d)(\d\d) ?[-–]? ?\d{4}(?!\d)")


def found(text: str) -> list[str]:
    """Find what looks like CPR numbers, with or without a dash."""
    return [each[0] for each in TEN_DIGITS.finditer(text) if _is_one(each)]


def without(text: str) -> str:
    """Replace CPR numbers in a text by a mark."""
    return TEN_DIGITS.sub(lambda each: REMOVED if _is_one(each) else each[0], text)


def _is_one(digits: re.Match[str]) -> bool:
    return _is_a_day(*(int(part) for part in digits.groups()))


def _is_a_day(day: int, month: int, year: int) -> bool:
    # The century stands in the last four digits; 2000 was a leap year, so no 29 February is missed.
    for century in (2000, 1900):
        try:
            date(century + year, month, day)
        except ValueError:
            continue
        return True
    return False
