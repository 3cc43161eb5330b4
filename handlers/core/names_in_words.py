"""Names in what somebody wrote: whom a mention names calls themselves as they like, and none of it is the writer's own word.

Nothing is hastened, ordered or answered by what a colleague, a channel or a group is called. Plan §9, Meldinger.
"""

from __future__ import annotations

import re
from functools import lru_cache

from handlers.core import registry
from handlers.core.language import colours, dangers, verb_words
from handlers.core.language.urgency_words import hastens
from storage.letters import fold
from storage.plan.model import Plan

WORD = re.compile(r"[^\W_]+")
# "Ny, Nanna", as directories have it.
TURNED = re.compile(r"\s*+([^,]++),\s*+([^,]++)")
PARTS = re.compile(r",|\s(?:og|and)\s", re.IGNORECASE)
LETTER, VOWEL = re.compile(r"[^\W\d_]"), re.compile(r"[aeiouyæøåäöüé]", re.IGNORECASE)
COLOURS = {"groen", "groent", "gul", "gult", "roed", "roedt"}
# What has no width, or turns the letters after it around: all that others wrote behind the name would be read backwards.
UNSEEN = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
# Of whom nothing can be said that isn't read.
NAMELESS = "N.N."


def in_words(plan: Plan, name: str, elsewhere: str = "") -> str:
    """Return how a name stands in what somebody wrote: as it is, where it says nothing else; a person of the plan by the
    name that is theirs alone there, and anybody else with a dot where it would be read.

    Args:
        plan: today's.
        name: as they call themselves on their platform, or as the plan has it.
        elsewhere: where they are known to be in no plan, the platform: whoever has the name in the plan and an id of their
            own there is somebody else.
    """
    plain = _turned(name)
    shown = calm(name)
    meant = plan.named(name) or plan.named(plain)
    if elsewhere and meant and all(plan.persons[each].address(elsewhere) for each in meant):
        return f"{shown} (ikke i planen)"
    if shown == name:
        return name
    if len(meant) != 1:
        return shown
    own = plan.persons[meant[0]].name
    return own if calm(own) == own else meant[0]


@lru_cache(maxsize=2048)
def calm(name: str) -> str:
    """Return a name on one line, with nothing unseen and no comma to part it at, and a dot for a vowel in each word that would
    be read: "Anne R·d"."""
    plain = _turned(name)
    if not plain or not _is_read(plain):
        return plain or (NAMELESS if name else "")
    ways = (
        WORD.sub(lambda word: VOWEL.sub("·", word[0], count=1) if _is_read(word[0]) else word[0], plain),
        WORD.sub(lambda word: VOWEL.sub("·", word[0], count=1), plain),
        VOWEL.sub("·", plain),
    )
    return next((each for each in ways if not _is_read(each)), NAMELESS)


def seen(name: str) -> str:
    """Return a name on one line, with nothing in it that nobody sees."""
    return " ".join(UNSEEN.sub("", name).split())


def _turned(name: str) -> str:
    name = seen(name)
    turned = TURNED.fullmatch(name)
    plain = f"{turned[2].strip()} {turned[1].strip()}" if turned else name
    return PARTS.sub(lambda part: " " if part[0] == "," else " & ", plain)


def _is_read(name: str) -> bool:
    """Whether a name, or a word of it, says something that is acted on."""
    first = verb_words.match(name, {each.name: each.synonyms for each in registry.verbs.values()})
    return (
        not LETTER.search(name)
        or first.kind == "exact"
        or hastens(name)
        or dangers.answered(name) is not None
        # What is dangerous is asked about, and "@brandfolk" is who they are.
        or colours.read(name) == "green"
        or any(fold(word) in COLOURS for word in WORD.findall(name))
    )
