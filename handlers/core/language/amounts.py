"""Reading an amount of money out of what somebody wrote: "4500 pumper", "2 pumper 4.500,50 kr", "1,2 mio til vikarer".

Kroner only: what is paid in other money is written in kroner by whoever pays it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers.core.language.understood import understood

_CURRENCY = r"(?:kroner|kr|dkk)\b\.?|,-"
_AMOUNT = re.compile(
    r"(?<![\w.,])(?P<before>(?:kr|dkk)\b\.? {0,1})?"
    r"(?P<whole>\d{1,3}(?:[. ]\d{3}){1,3}|\d{1,10})(?:,(?P<ore>\d{1,2}))?(?![\d%]|[.:,]\d)"
    rf" ?(?P<unit>(?:mio|mill|tkr|t\. ?kr|tusind|tusinde)\b\.?)? ?(?P<after>{_CURRENCY})?",
    re.IGNORECASE,
)
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
        None where there is none, where there are several in kroner, or where it is other money.
    """
    text = understood(text).strip()
    if _OTHER_MONEY.search(text):
        return None
    found = list(_AMOUNT.finditer(text))
    in_kroner = [each for each in found if each["before"] or each["after"] or each["unit"]]
    chosen = in_kroner if in_kroner else [each for each in found if each.start() == 0]
    if len(chosen) != 1:
        return None
    (it,) = chosen
    hundredths = int(re.sub(r"\D", "", it["whole"])) * 100 + int((it["ore"] or "0").ljust(2, "0"))
    ore = hundredths * _TIMES.get((it["unit"] or " ")[0].lower(), 1)
    rest = " ".join(f"{text[: it.start()].strip(_AROUND)} {text[it.end() :].strip(_AROUND)}".split())
    return Amount(ore, re.sub(r"^(?:til|på|for) ", "", rest)) if ore else None


def shown(ore: int) -> str:
    """Write an amount as Danes do: "4.500 kr.", "4.500,50 kr."."""
    whole = f"{ore // 100:,}".replace(",", ".")
    return f"{whole},{ore % 100:02} kr." if ore % 100 else f"{whole} kr."
