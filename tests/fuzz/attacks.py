"""Texts that are likely to make a pattern go over the same letters again and again, made out of the pattern itself.

Whatever a pattern may repeat is repeated, whatever it may begin with stands in front, and what it can't end with stands
behind. What it may repeat in many ways is repeated in each of them.
"""

from __future__ import annotations

import re
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random
from typing import Any

# The library's own parser, which has no other name.
from re import _constants as op  # type: ignore[attr-defined] # isort: skip
from re import _parser as parser  # type: ignore[attr-defined] # isort: skip

# In none of the house's patterns, or in nearly none; what a text may end with that nobody thought of.
TAILS = ("\x00", "", "x", "!", "\n", " ", ":", "7", "?", "ø")
ANYTHING = "a x7:.\n"
CATEGORIES = {
    op.CATEGORY_DIGIT: "7",
    op.CATEGORY_NOT_DIGIT: "x -",
    op.CATEGORY_SPACE: " \t\n",
    op.CATEGORY_NOT_SPACE: "x7.",
    op.CATEGORY_WORD: "ax7",
    op.CATEGORY_NOT_WORD: " .-",
}
# What counts as many: a repeat of fewer can't be driven far.
MANY = 8

Attack = tuple[str, str, str]
"""What stands in front, what is repeated, and what stands behind."""


def attacks(pattern: re.Pattern[str], rng: Random, most: int) -> list[Attack]:
    """Attacks on a pattern: all that could be thought of, or so many of them, drawn by lot.

    Args:
        pattern: the attacked.
        rng: the lot.
        most: how many at most.
    """
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE | re.UNICODE)
    every: dict[Attack, None] = {}
    for front, body, behind in _repeats(list(tree), rng):
        ways = _ways(body, rng)
        pumps = dict.fromkeys([*ways, *(one + other for one in ways[:6] for other in ways[:6])])
        for pump in pumps:
            if pump:
                tail = rng.choice(TAILS)
                every[front, pump, tail] = None
                every["", pump, tail] = None
                every[front, pump, behind + tail] = None
                every[front + pump, behind or pump, tail] = None
    # And what isn't repeated, repeated: a search begins anew at every letter.
    for way in _ways(list(tree), rng):
        for end in {len(way), rng.randint(1, max(1, len(way)))}:
            if way[:end]:
                every["", way[:end], rng.choice(TAILS)] = None
    for letter in (" ", "\n", "7", "a", ",", "a ", "ja tak ", "<", "("):
        every["", letter, rng.choice(TAILS)] = None
    found = list(every)
    return found if len(found) <= most else rng.sample(found, most)


def text_of(attack: Attack, length: int) -> str:
    """The attack, about so many letters long."""
    front, pump, tail = attack
    return front + pump * max(1, (length - len(front) - len(tail)) // len(pump)) + tail


def _repeats(nodes: Sequence[Any], rng: Random, front: str = "") -> Iterator[tuple[str, list[Any], str]]:
    """Whatever may be repeated: what may stand in front of it, itself, and what may stand behind."""
    for at, (kind, what) in enumerate(nodes):
        before = front + "".join(_ways([each], rng)[0] for each in nodes[:at])
        behind = "".join(_ways([each], rng)[0] for each in nodes[at + 1 :])
        if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
            _, most, body = what
            if most >= MANY:
                yield before, list(body), behind
            yield from _repeats(list(body), rng, before)
        for inner in _inner(kind, what):
            yield from _repeats(inner, rng, before)


def _inner(kind: Any, what: Any) -> list[list[Any]]:
    if kind is op.SUBPATTERN:
        return [list(what[3])]
    if kind is op.BRANCH:
        return [list(each) for each in what[1]]
    if kind is op.ATOMIC_GROUP:
        return [list(what)]
    if kind in (op.ASSERT, op.ASSERT_NOT):
        return [list(what[1])]
    return []


def _ways(nodes: Sequence[Any], rng: Random) -> list[str]:
    """Texts that match: each alternative stands in one of them."""
    said = [""]
    for kind, what in nodes:
        ways = _ways_of(kind, what, rng)
        if len(said) == 1:
            said = [said[0] + way for way in ways]
        else:
            said = [each + ways[at % len(ways)] for at, each in enumerate(said)]
            said += [rng.choice(said)[:0] + said[0] + way for way in ways[len(said) :]]
    return said


def _ways_of(kind: Any, what: Any, rng: Random) -> list[str]:
    if kind is op.LITERAL:
        return [chr(what)]
    if kind is op.NOT_LITERAL:
        return [next(letter for letter in ANYTHING if ord(letter) != what)]
    if kind is op.ANY:
        return ["x", " "]
    if kind is op.IN:
        return _letters(what)
    if kind is op.BRANCH:
        return [way for each in what[1] for way in _ways(list(each), rng)]
    if kind in (op.SUBPATTERN, op.ATOMIC_GROUP):
        return _ways(list(what[3] if kind is op.SUBPATTERN else what), rng)
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT, op.POSSESSIVE_REPEAT):
        least, most, body = what
        ways = _ways(list(body), rng)
        often = max(least, 1 if most >= 1 else 0)
        return [way * often for way in ways] + ([""] if least == 0 else [])
    return [""]


def _letters(choices: Sequence[Any]) -> list[str]:
    if choices[0][0] is op.NEGATE:
        test = re.compile(_as_class(choices))
        return [letter for letter in "x 7.-,:\n(øA" if test.match(letter)][:4] or ["x"]
    found = []
    for kind, what in choices:
        if kind is op.LITERAL:
            found.append(chr(what))
        elif kind is op.RANGE:
            found.append(chr(what[0]))
        elif kind is op.CATEGORY:
            found += CATEGORIES[what]
    return list(dict.fromkeys(found))[:5]


def _as_class(choices: Sequence[Any]) -> str:
    names = {
        op.CATEGORY_DIGIT: r"\d",
        op.CATEGORY_NOT_DIGIT: r"\D",
        op.CATEGORY_SPACE: r"\s",
        op.CATEGORY_NOT_SPACE: r"\S",
        op.CATEGORY_WORD: r"\w",
        op.CATEGORY_NOT_WORD: r"\W",
    }
    said = "^"
    for kind, what in choices[1:]:
        if kind is op.LITERAL:
            said += re.escape(chr(what))
        elif kind is op.RANGE:
            said += f"{re.escape(chr(what[0]))}-{re.escape(chr(what[1]))}"
        else:
            said += names[what]
    return f"[{said}]"


class Hung(Exception):
    """It took so long that nobody waited for it."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Break off what takes longer, a pattern too: the matcher asks for signals while it works.

    Raises:
        Hung: it did.
    """

    def ring(number: int, frame: Any) -> None:
        raise Hung(f"over {seconds} s")

    standing = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, standing)


# What is over sooner than this is no longer worth measuring: going over 8,000 letters once for each of them takes tens
# of times as long.
FLOOR = 0.003
# Twice the text may take so much longer.
TWICE = 2.5
SHORT = 8_000
# How often it is measured anew before it counts as slow: the machine has others to serve.
TRIES = 6
HANGS = 10.0


def how_much_longer(ask: Any, attack: Attack) -> float:
    """How many times as long twice the text takes; 0.0 where it is over at once.

    Args:
        ask: what is attacked, called with a text.
        attack: with what.

    Raises:
        Hung: it isn't over at all.
    """
    once, twice = text_of(attack, SHORT), text_of(attack, 2 * SHORT)
    with at_most(HANGS):
        if _seconds(ask, once) < FLOOR:
            return 0.0
    shortest, longest, least = float("inf"), float("inf"), float("inf")
    for _ in range(TRIES):
        with at_most(HANGS):
            shortest = min(shortest, _seconds(ask, once))
            longest = min(longest, _seconds(ask, twice))
        least = longest / max(shortest, 1e-9)
        if shortest < FLOOR or least <= TWICE:
            return 0.0 if shortest < FLOOR else least
    return least


def _seconds(ask: Any, text: str) -> float:
    begun = time.process_time()
    ask(text)
    return time.process_time() - begun
