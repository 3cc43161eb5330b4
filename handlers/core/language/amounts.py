"""Reading an amount of money out of what somebody wrote: "4500 pumper", "2 pumper 4.500,50 kr", "1,2 mio til vikarer".

Kroner only: what is paid in other money is written in kroner by whoever pays it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers.core.language.understood import understood

_CURRENCY = r"(?:kroner|kr|dkk)\b\.?|,-"
_AMOUNT = re.compile(
    r"(?<![\w.,'’])(?P<before>(?:kr|dkk)(?![^\W\d])\.? {0,1})?"
    r"(?P<whole>(?!0\d)(?:\d{1,3}(?:[. ]\d{3}){1,3}|\d{1,10}))(?:,(?P<ore>\d{1,2}))?(?![\d%]|[.:,]\d)"
    rf" ?(?P<unit>(?:mio|mill(?:ion(?:er)?)?|tkr|t\.? ?kr|tusind|tusinde)\b\.?)? ?(?P<after>{_CURRENCY})?",
    re.IGNORECASE,
)
# What is to be reckoned first, or is paid back: "2x450 kr", "450 kr x 2", "5000 + 3000", "-500 kr", "450 kr pr. stk.", "50 øre".
_RECKONED = re.compile(
    r"(?:\d|kr\.?|kroner|,-) ?[x×*+] ?\d|(?:(?<!\S)|kr\.?)[-−]\d|\d ?(?:mia\b|milliard|øre\b)"
    r"|\b[áà]\b|@ ?\d|\bstk\.? a\b|(?:\bpr\.? ?|\bper |/ ?)(?:stk|styk|person|mand|time|dag|døgn|nat|uge|km)"
    r"|\b(?:hver|stykket|i timen|i døgnet|om dagen|om ugen)\b",
    re.IGNORECASE,
)
# One of several that belong together: "4000-5000", "mellem 4000 og 5000 kr", "3/12".
_AFTER_ONE = re.compile(r"\d ?(?:[-–−/]|\b(?:og|til|eller)\b) ?$", re.IGNORECASE)
_BEFORE_ONE = re.compile(r" ?[-–−/] ?\d")
# Where no kroner are said, it is a telephone number, part of one, or no number at all: "20000001", "20 00 00 01", "1e9", "25 %".
_LONG = re.compile(r"\d{8,}")
_GOES_ON = re.compile(r"[^\W\d]|[ '’]\d| ?%")
_OTHER_MONEY = re.compile(r"(?:euro|eur|usd|sek|nok|dollars?|pund)\b|[€$£]", re.IGNORECASE)
_TIMES = {"m": 1_000_000, "t": 1_000}
_AROUND = " .,;:–-"


@dataclass(frozen=True)
class Amount:
    """An amount and what it was for.

    Args:
        ore: in øre.
        rest: the words beside it.
    """

    ore: int
    rest: str


def read(text: str) -> Amount | None:
    """Read the amount that a text tells of: the one in kroner, else the number that it begins with.

    Returns:
        None where there is none, where there are several or one that is to be reckoned, or where it is other money.
    """
    text = understood(text).strip()
    if _OTHER_MONEY.search(text) or _RECKONED.search(text):
        return None
    found = list(_AMOUNT.finditer(text))
    in_kroner = [each for each in found if each["before"] or each["after"] or each["unit"]]
    chosen = in_kroner if in_kroner else [each for each in found if each.start() == 0]
    if len(chosen) != 1:
        return None
    (it,) = chosen
    ore = _ore(it)
    before, after = text[: it.start()].rstrip(), text[it.end() :]
    if _AFTER_ONE.search(before) or _BEFORE_ONE.match(after):
        return None
    if not in_kroner and (
        _LONG.fullmatch(it["whole"]) or _GOES_ON.match(text, it.end("whole")) or max(map(_ore, found)) > ore
    ):
        return None
    rest = " ".join(f"{text[: it.start()].strip(_AROUND)} {text[it.end() :].strip(_AROUND)}".split())
    return Amount(ore, re.sub(r"^(?:til|på|for) ", "", rest)) if ore else None


def _ore(found: re.Match[str]) -> int:
    hundredths = int(re.sub(r"\D", "", found["whole"])) * 100 + int((found["ore"] or "0").ljust(2, "0"))
    return hundredths * _TIMES.get((found["unit"] or " ")[0].lower(), 1)


def shown(ore: int) -> str:
    """Write an amount as Danes do: "4.500 kr.", "4.500,50 kr."."""
    whole = f"{ore // 100:,}".replace(",", ".")
    return f"{whole},{ore % 100:02} kr." if ore % 100 else f"{whole} kr."
