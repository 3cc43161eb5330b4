"""Finding the verb that a text begins with, spelt as people spell."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rapidfuzz.distance import OSA

from storage.letters import fold

# --- The verb ---------------------------------------------------------------------------------------------------------

MARKS = ":.,;!?"

FIRST_WORD = re.compile(
    r"""
    [\s\u200b\ufeff"'“”„«»‘’]*+
    (?P<word>
        [^\W\d_]+ (?= \d+ (?:\W|$) )        # t7 is t 7
      | [^\W\d_]+ (?= : )                   # varsel:vand
      | [^\W\d_]{1,3} (?= [!?] \s* \w )     # l! is l !, for the log's marks mean something
      | \S+
    )
    (?P<rest> .* )
    """,
    re.VERBOSE | re.DOTALL,
)


def split_verb(text: str) -> tuple[str, str]:
    """Split a text into its first word, as typed, and what follows it, verbatim but for the marks and spaces between
    them."""
    found = FIRST_WORD.match(text)
    if not found:
        return "", ""
    return found["word"], found["rest"].removeprefix(":").strip()


@dataclass(frozen=True)
class Match:
    """The verb that a text begins with, and how surely.

    Args:
        kind: "exact" as it stands or by a synonym; "near" by a typing error; "none" of those.
        verb: its name; None when none.
        rest: what follows it, verbatim.
        typed: the verb as it was typed.
    """

    kind: Literal["exact", "near", "none"]
    verb: str | None
    rest: str
    typed: str


# Everyday words that are one typing error from a verb, and mean something else.
NO_VERBS = frozenset({"ringer", "ringet", "ringes"})


def match(text: str, verbs: Mapping[str, tuple[str, ...]]) -> Match:
    """Find the verb that a text begins with.

    Args:
        text: without the bot's own name.
        verbs: each verb's name and its synonyms, of one or more words.
    """
    names, longest = _names(tuple(verbs.items()))
    beginnings = list(_beginnings(text, longest))
    for typed, rest in reversed(beginnings):
        verb = names.get(_plain(typed))
        if verb:
            return Match("exact", verb, rest, typed)
    errors: dict[str, tuple[int, str, str]] = {}
    if beginnings and _plain(beginnings[0][0]) in NO_VERBS:
        beginnings = []
    for typed, rest in beginnings:
        plain = _plain(typed)
        for name, verb in names.items():
            distance = _typing_errors(plain, name)
            if distance is not None and distance < errors.get(verb, (3,))[0]:
                errors[verb] = (distance, typed, rest)
    fewest = min((distance for distance, _, _ in errors.values()), default=0)
    nearest = [verb for verb, (distance, _, _) in errors.items() if distance == fewest]
    if len(nearest) == 1:
        _, typed, rest = errors[nearest[0]]
        return Match("near", nearest[0], rest, typed)
    typed, rest = split_verb(text)
    return Match("none", None, rest, typed)


@lru_cache(maxsize=8)
def _names(verbs: tuple[tuple[str, tuple[str, ...]], ...]) -> tuple[dict[str, str], int]:
    """Give each name and synonym its verb, and tell of how many words the longest is."""
    names = {fold(each): verb for verb, synonyms in verbs for each in (verb, *synonyms)}
    return names, max((len(name.split()) for name in names), default=0)


def _beginnings(text: str, longest: int) -> Iterator[tuple[str, str]]:
    """Yield the first word and what follows, the first two words and what follows, and so on."""
    typed, rest = "", text
    for _ in range(longest):
        word, rest = split_verb(rest)
        if not word:
            return
        typed = f"{typed} {word}".strip()
        yield typed, rest


def _plain(typed: str) -> str:
    return fold(typed, trailing=MARKS) or fold(typed)


def _typing_errors(typed: str, name: str) -> int | None:
    """Count the typing errors from one folded word to another; None when too many to be forgiven.

    "og" is no log, "det" no ret, "skader" no eskaler: short words and double errors must at least begin right.
    """
    typed, name = _in_danish_letters(typed), _in_danish_letters(name)
    if min(len(typed), len(name)) < 3:
        return None
    begins_right = typed[0] == name[0]
    allowed = 1 if begins_right or len(name) >= 5 else 0
    if begins_right and len(name) >= 7 and " " not in name:
        allowed = 2
    distance = OSA.distance(typed, name, score_cutoff=allowed)
    return distance if distance <= allowed else None


def _in_danish_letters(folded: str) -> str:
    return folded.replace("ae", "æ").replace("oe", "ø").replace("aa", "å")
