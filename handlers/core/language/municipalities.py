"""Reading which municipalities an event hits: the own one first, then the plan's, then any other. Plan §6."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz.distance import OSA

from handlers.core.language.understood import understood
from storage.letters import fold
from storage.plan.model import Plan

# One letter wrong in a name as long as these is a slip: "vallensbek".
SLIP = 1


@dataclass(frozen=True)
class Named:
    """The municipalities that a text names, known and unknown.

    Args:
        known: names as the plan spells them.
        unknown: names as they were typed, which the plan doesn't have.
    """

    known: tuple[str, ...]
    unknown: tuple[str, ...]


def own(plan: Plan) -> str:
    """Return the name, as it is written among the others, of the municipality whose plan it is."""
    mine = next((name for name in plan.municipalities if _plain(name) in _plain(plan.municipality)), None)
    return mine or plan.municipality.removesuffix(" Kommune")


def named(plan: Plan, text: str) -> Named:
    """Find the municipalities that a text names: "ishøj vallensbæk", "Ishøj, Lyngby-Taarbæk og Greve Kommune".

    Without a comma, each word is a name, other than those the plan knows in two.
    """
    rest = re.sub(r"\bkommuner?\b", " ", understood(text), flags=re.IGNORECASE)
    known: list[str] = []
    for name in sorted(plan.municipalities, key=len, reverse=True):
        pattern = r"[-\s]+".join(re.escape(word) for word in re.split(r"[-\s]+", name))
        rest, found = re.subn(rf"\b{pattern}\b", " ", rest, flags=re.IGNORECASE)
        if found:
            known.append(name)
    unknown: list[str] = []
    parts = re.split(r"[,;]|\bog\b|\bsamt\b" if "," in text else r"[,;\s]+|\bog\b|\bsamt\b", rest)
    for part in filter(None, (each.strip(" .:!") for each in parts)):
        meant = next(
            (name for name in plan.municipalities if OSA.distance(fold(name), fold(part), score_cutoff=SLIP) <= SLIP),
            None,
        )
        if meant:
            known.append(meant)
        else:
            unknown.append(part)
    order = {name: place for place, name in enumerate(plan.municipalities)}
    return Named(tuple(sorted(dict.fromkeys(known), key=order.__getitem__)), tuple(dict.fromkeys(unknown)))


def _plain(name: str) -> str:
    return re.sub(r"[-\s]+", " ", fold(name))
