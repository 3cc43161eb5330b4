"""What is said around a quota: who are wanted, and how many somebody says will come. Plan §5."""

from __future__ import annotations

import re
from dataclasses import dataclass

from handlers.core.language import dangers
from handlers.core.language.durations import DURATION, NUMBERS
from handlers.core.language.understood import understood
from storage.letters import fold

NUMBER = "|".join(sorted(NUMBERS, key=len, reverse=True))
WANTED = re.compile(
    rf"(?P<count>\d{{1,6}}|{NUMBER}) (?:(?P<who>[^\d\W][\w-]{{0,30}}(?: [\w-]{{1,30}}){{0,3}}?) )?til (?P<what>[^\d\W].{{0,300}})",
    re.IGNORECASE,
)
AMONG = re.compile(r" (?:hos|blandt) ", re.IGNORECASE)
ONE_BY_ONE = re.compile(r"(?<![ ,])[ ,]++(?:en ad gangen|én ad gangen|i rækkefølge|på skift)\b", re.IGNORECASE)
# "Ja, vi er tre", "ja 3 mand", "ja, men først kl 20": how many, and when; a condition is none of it.
_YES = r"ja(?: tak)?[ ,.!:–-]{1,4}"
_MANY = re.compile(
    rf"{_YES}(?:(?:vi|jeg) (?:er|kan|kommer|sender|stiller)(?: med)? )?(?P<count>\d{{1,3}}|{NUMBER})"
    r"(?: (?:mand|mennesker|personer|styk|stykker|medarbejdere|kolleger|kommer|kan|af os|i alt)){0,2}"
)
_LATER = re.compile(
    rf"{_YES}(?:men )?(?:jeg (?:kan|kommer|er der) )?(?:(?:komme|vaere der) )?(?:tidligst |foerst |fra )?"
    rf"(?:(?:kl\.? ?)?\d{{1,2}}[:.]\d\d|kl\.? ?\d{{1,2}}|om {DURATION})"
)


@dataclass(frozen=True)
class Asked:
    """What somebody wants found.

    Args:
        wanted: how many.
        text: what they can, and for what: "pædagoger til evakueringscenteret".
        among: whom to ask; empty for every centre's contact.
        in_order: whether it says one after the other.
    """

    wanted: int
    text: str
    among: str
    in_order: bool


def read(text: str) -> Asked | None:
    """Read "3 pædagoger til evakueringscenteret hos Børn, Sundhed"; None where that isn't what is said.

    Args:
        text: what came after the verb.
    """
    said = " ".join(understood(text).split())
    in_order = ONE_BY_ONE.search(said) is not None
    found = WANTED.fullmatch(ONE_BY_ONE.sub("", said))
    if found is None:
        return None
    what, *among = AMONG.split(found["what"], maxsplit=1)
    count = found["count"].casefold()
    wanted = NUMBERS[count] if count in NUMBERS else int(count)
    who = f"{found['who']} " if found["who"] else ""
    return Asked(wanted, f"{who}til {what.strip(' .,;')}", among[0].strip(" .,;") if among else "", in_order)


def count(text: str) -> int | None:
    """Read how many a text begins with, "2", "ca. 3", "to mand"; None where it is no number."""
    number = re.match(rf"(?:ca\.? ?)?(\d{{1,3}}|{NUMBER})\b", text.strip().casefold())
    if number is None:
        return None
    return NUMBERS[number[1]] if number[1] in NUMBERS else int(number[1])


def coming(text: str) -> int | None:
    """Read how many come by a written answer: 1 for "ja" and "ja, men først kl 20", 3 for "ja, vi er 3", 0 for "nej"; None
    where that isn't what is said.

    Args:
        text: as it was written.
    """
    answer = dangers.answered(text)
    if answer in ("yes", "no"):
        return int(answer == "yes")
    said = fold(text).strip(" .,!")
    if many := _MANY.fullmatch(said):
        return NUMBERS[many["count"]] if many["count"] in NUMBERS else int(many["count"])
    return 1 if _LATER.fullmatch(said) else None
