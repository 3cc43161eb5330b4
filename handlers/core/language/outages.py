"""Reading that something stands still, or runs again, out of what somebody tells: "nødkaldet er nede", "det kører igen".

It starts a clock, so it is read strictly: a question, a supposition, a negation, a wish and what has not come yet say
nothing, and neither does the name of a function beside somebody else's trouble ("Mads fra hjemmeplejen er syg").
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from handlers.core.language import dangers
from handlers.core.language.understood import understood
from storage.letters import fold

State = Literal["down", "up"]

# A dot in a time of day, "13.40", ends none.
SENTENCE = re.compile(r"(?:[^.!?\n]|(?<=\d)\.(?=\d))++[.!?\n]*+|[.!?\n]++")
# Where a new thing is said in a sentence, in folded text.
CLAUSE = re.compile(r"[,;()–»«]|: |\b(?:og|men|saa|fordi|derfor|mens|samtidig)\b")
WORD = re.compile(r"\w++")
# Words of a clause that are read, and of what follows a name.
MOST, NEAR = 60, 7

ENDINGS = ("", "en", "et", "n", "t", "er", "r", "ne", "erne", "ene")
# Before a name: then it is about something else.
BESIDE = frozenset(
    [
        "fra",
        "hos",
        "til",
        "med",
        "for",
        "om",
        "i",
        "paa",
        "af",
        "ved",
        "under",
        "efter",
        "ingen",
        "intet",
        "ikke",
        "hverken",
        "uden",
    ]
)
SUPPOSED = frozenset(
    [
        "hvis",
        "naar",
        "maaske",
        "muligvis",
        "mon",
        "risiko",
        "risikerer",
        "frygter",
        "frygt",
        "rygte",
        "rygter",
        "tror",
        "kunne",
        "kan",
        "vil",
        "ville",
        "skal",
        "skulle",
        "bliver",
        "snart",
        "planlagt",
        "senere",
        "forventer",
        "forventes",
        "forventet",
        "haaber",
        "oevelse",
        "oeve",
        "test",
        "lod",
        "proev",
        "proever",
        "ellers",
        "saafremt",
        "medmindre",
        "morgen",
        "overmorgen",
    ]
)
ASKS_BY_VERB = frozenset(["er", "var", "virker", "koerer", "har", "fungerer", "svarer", "staar", "ligger", "ved"])
RUNS = frozenset(["koerer", "virker", "fungerer"])
AGAIN = frozenset(["igen", "normalt", "oppe"])
RESTORED = frozenset(["genoprettet", "genetableret", "normaliseret"])
NO_MORE = frozenset(["laengere", "mere"])
ENDED = frozenset(["loest", "rettet", "slut", "overstaaet", "afsluttet", "ovre", "udbedret"])
# After "nede" and "væk", where it is the function that is so, and nobody who has gone down to the cellar.
HOW_LONG = frozenset(
    [
        "siden",
        "igen",
        "overalt",
        "grundet",
        "pga",
        "helt",
        "fortsat",
        "stadig",
        "lige",
        "nu",
        "endnu",
        "laengere",
        "mere",
    ]
)
WHERE_ALL = frozenset(["hele", "alle", "flere", "begge", "mange", "kommunen"])
# Where people go down to: "Hjemmeplejen er nede i kælderen" tells of people; "nødkaldet er nede på Birkehøj" of a place.
THERE = frozenset(
    [
        "kaelder",
        "kaelderen",
        "kantinen",
        "koekkenet",
        "stuen",
        "stueetagen",
        "gaarden",
        "haven",
        "garagen",
        "depotet",
        "lageret",
        "hallen",
        "salen",
        "receptionen",
        "arkivet",
        "teknikrummet",
        "serverrummet",
        "byen",
        "knae",
        "gear",
        "tid",
        "vaegt",
        "niveau",
    ]
)
GONE = frozenset(["nede", "vaek"])
ALONE = frozenset(["doed", "afbrudt", "svigter", "svigtet", "lammet"])
PHRASES = (
    ("ude", "af", "drift"),
    ("brudt", "sammen"),
    ("lukket", "ned"),
    ("gik", "ned"),
    ("gaaet", "ned"),
    ("staar", "stille"),
    ("gaaet", "i", "staa"),
)
BREAKDOWNS = frozenset(["nedbrud", "svigt", "afbrydelse", "udfald", "driftsstop", "driftsnedbrud"])
OF = frozenset(["i", "paa", "af", "hos"])


@dataclass(frozen=True)
class Heard:
    """What was heard of one of the functions.

    Args:
        state: whether it stands still or runs again.
        clause: the words that said it.
    """

    state: State
    clause: str


def read(functions: Mapping[str, Iterable[str]], text: str) -> dict[str, Heard]:
    """Read which functions a text says stand still or run again; the last word on each counts.

    Args:
        functions: what people call each, by its name.
        text: as it was written.
    """
    called = [(name, its) for name, names in functions.items() for each in names if (its := _words(each))]
    found: dict[str, Heard] = {}
    for sentence in SENTENCE.findall(understood(text)):
        folded = fold(sentence)
        first = _words(sentence)[:1]
        if "?" in sentence or dangers.is_question(sentence) or (first and first[0] in ASKS_BY_VERB):
            continue
        spoken_of: list[str] = []
        for clause in CLAUSE.split(folded):
            words = WORD.findall(clause)[:MOST]
            # Only what is told as a fact.
            certain = SUPPOSED.isdisjoint(words) and "om" not in _before(words, "at")
            named = [(name, place) for name, its in called if (place := _named(words, its)) is not None]
            for name, (begins, ends) in named:
                state = _state_of(words, begins, ends) if certain else None
                if state is not None:
                    found[name] = Heard(state, clause.strip())
            if named:
                spoken_of = [name for name, _ in named]
            elif certain and words[:1] and words[0] in {*RUNS, "er", "det", "den", "de"} and _read(words) == "up":
                # "… var nede, men kører igen"
                found.update({name: Heard("up", clause.strip()) for name in spoken_of})
    return found


def _before(words: Sequence[str], word: str) -> list[str]:
    """Return the words that are not followed by another one."""
    return [each for each, after in zip(words, [*words[1:], ""], strict=False) if after != word]


def _named(words: Sequence[str], name: Sequence[str]) -> tuple[int, int] | None:
    """Find where a name stands among words, its last word with any ending but the genitive's."""
    count, last = len(name), name[-1][-1:]
    # "anlæg" is "anlægget".
    endings = (*ENDINGS, *(f"{last}{each}" for each in ("et", "en", "er", "ene", "erne")))
    for at in range(len(words) - count + 1):
        here = words[at : at + count]
        if list(here[:-1]) == list(name[:-1]) and any(here[-1] == f"{name[-1]}{end}" for end in endings):
            return at, at + count
    return None


def _state_of(words: Sequence[str], begins: int, ends: int) -> State | None:
    before = words[:begins]
    if before[-1:] and before[-1] in OF and before[-2:-1] and before[-2] in BREAKDOWNS:
        denied = {"ingen", "intet", "ikke", "efter", "uden", "hverken"} & set(before)
        return None if denied or ENDED & set(words) else "down"
    if before and before[-1] in BESIDE:
        return None
    return _read(words[ends : ends + NEAR])


def _read(words: Sequence[str]) -> State | None:
    """Read what is said right after a name."""
    said = set(words)
    denied = bool(said & {"ikke", "aldrig", "hverken"})
    if _stands_still(words):
        if denied:
            return "up" if said & NO_MORE else None
        return None if said & {"var", "vaeret"} else "down"
    runs = bool(said & RUNS) or ("drift" in said and "i" in said) or "oppe" in said
    if runs:
        if denied:
            after = words[list(words).index("ikke") + 1 :] if "ikke" in said else words
            return "down" if _of_all(after) or after[:2] == ["i", "drift"] else None
        return "up" if said & AGAIN or "drift" in said else None
    return "up" if said & RESTORED and not denied else None


def _of_all(rest: Sequence[str]) -> bool:
    """Whether what follows leaves it with the function, everywhere or in a place: "nede i hele kommunen", "nede på
    Birkehøj", not "nede i kælderen" or "nede på 10 %"."""
    if not rest or rest[0] in HOW_LONG:
        return True
    if rest[0] not in OF or not rest[1:]:
        return False
    where = rest[1]
    return where in WHERE_ALL or (rest[0] in ("i", "paa") and where not in THERE and not where[0].isdigit())


def _stands_still(words: Sequence[str]) -> bool:
    for at, word in enumerate(words):
        rest = words[at + 1 :]
        if word in ALONE or (word in GONE and _of_all(rest)):
            return True
        if any(tuple(words[at : at + len(phrase)]) == phrase for phrase in PHRASES):
            return True
    return False


def _words(text: str) -> list[str]:
    return WORD.findall(fold(text))
