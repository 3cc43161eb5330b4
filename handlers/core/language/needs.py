"""Reading what somebody lacks out of what they wrote: how many of what, and where.

Only ever a suggestion: it is shown in fields that can be changed, and the words themselves are kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import OSA

from handlers.core.language.durations import NUMBERS
from handlers.core.language.understood import understood
from storage.letters import fold
from storage.plan.model import Plan

_number = "|".join(sorted(NUMBERS, key=len, reverse=True))
LACKS = re.compile(
    r"\b(?:mangler|savner|(?:har )?brug for|har behov for|skal bruge|kan (?:vi|jeg) (?:få|låne))\b\s*+(?P<what>.*)",
    re.IGNORECASE | re.DOTALL,
)
OFFERS = re.compile(
    r"\b(?:kan (?:godt )?(?:undvære|afgive|afse|sende|stille med|låne jer|hjælpe med)|(?:vi |jeg )?tilbyder|har (?:\w{1,20} )?i overskud)\b"
    r"\s*+(?P<what>.*)",
    re.IGNORECASE | re.DOTALL,
)
COUNTED = re.compile(
    rf"(?:(?P<count>\d{{1,5}}(?:[ ]?(?:-|–|til|eller)[ ]?\d{{1,5}})?|{_number}|flere|nogle)\s++)?(?P<need>[^\d.,;!?\n]+?)"
    r"(?<!\s)(?=\s++(?:på|i|til|ved|hos|fra|nu|straks|kl|inden|senest|omgående|og|men|så|for|med|der|som)\b|[^\S\n]*+(?:[.,;!?\n\d]|$))",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Need:
    """A need read out of a text: how many, of what, and where.

    Args:
        quantity: how many, as written; empty when it isn't said.
        need: of what, as written.
        place: one of the plan's places, as the plan spells it; empty when none is meant.
    """

    quantity: str
    need: str
    place: str


def lacking(plan: Plan, text: str) -> Need | None:
    """Read what a text says is lacked ("ok men vi mangler 4 mand på Birkehøj"); None when it says nothing of the
    kind."""
    text = understood(text)
    found = LACKS.search(text)
    return read(plan, found["what"], whole=text) if found and found["what"].strip() else None


def offering(plan: Plan, text: str) -> Need | None:
    """Read what a text says can be done without ("vi kan undvære 2 pædagoger fra kl 17"); None when it says nothing of
    the kind."""
    text = understood(text)
    found = OFFERS.search(text)
    return read(plan, found["what"], whole=text) if found and found["what"].strip() else None


def alike(one: str, other: str) -> bool:
    """Whether two names mean the same kind of help: "pædagoger" and "pædagog", not "mand" and "pumper"."""
    first, second = fold(one).split(), fold(other).split()
    return any(
        _sounds_like(a, b) or (min(len(a), len(b)) >= 4 and (a.startswith(b) or b.startswith(a)))
        for a in first
        for b in second
    )


def asked_for(plan: Plan, text: str) -> Need:
    """Read what a request asks for, whether it begins with it or with who lacks it: "4 mand", "vi mangler 4 mand"."""
    return lacking(plan, text) or read(plan, text)


def read(plan: Plan, text: str, whole: str = "") -> Need:
    """Read what a request asks for.

    Args:
        text: the request: "4 mand til Birkehøj nu".
        whole: where the place may stand, when that is more than the request.
    """
    text, whole = understood(text), understood(whole)
    asked = LACKS.match(text.strip())
    counted = COUNTED.match((asked["what"] if asked else text).strip())
    quantity, what = (counted["count"] or "", counted["need"].strip()) if counted else ("", "")
    return Need(quantity, what, place(plan, whole or text))


def place(plan: Plan, text: str) -> str:
    """Find the plan's place that a text speaks of, dictated and misspelt ones too ("birke høj"); empty when none."""
    words = re.findall(r"\w+", fold(text))
    heard = [*words, *(first + second for first, second in pairwise(words))]
    return next((known for known in plan.places if any(_sounds_like(each, fold(known)) for each in heard)), "")


def _sounds_like(heard: str, known: str) -> bool:
    return heard == known or (
        len(known) >= 5
        and heard[0] == known[0]
        and (OSA.distance(heard, known) <= 1 or (heard.startswith(known) and len(heard) <= len(known) + 2))
    )
