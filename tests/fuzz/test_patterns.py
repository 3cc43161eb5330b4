"""No message can stop the bot: whatever is written, twice as much of it takes about twice as long to read."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from random import Random

import pytest

from tests.fuzz.attacks import Hung, attacks, how_much_longer
from tests.fuzz.patterns import Found, patterns

warnings.filterwarnings("ignore", category=FutureWarning)
EVERY = patterns()


@pytest.mark.parametrize("found", EVERY, ids=lambda found: found.where)
def test_twice_the_text_takes_no_more_than_about_twice_as_long(found: Found, lot: Random, attacked_by: int) -> None:
    slow = []
    for attack in attacks(found.pattern, lot, attacked_by):
        for way in sorted(found.ways):
            try:
                longer = how_much_longer(asked(found.pattern, way), attack)
            except Hung as hung:
                slow.append(f"{way}: {attack!r}: {hung}")
                break
            if longer > 2.5:
                slow.append(f"{way}: {attack!r}: {longer:.1f} times")
        if len(slow) > 2:
            break
    assert not slow, f"{found.where} {found.pattern.pattern[:300]!r}\n" + "\n".join(slow)


def asked(pattern: re.Pattern[str], way: str) -> Callable[[str], object]:
    """The pattern, asked in that way to the end."""
    ways: dict[str, Callable[[str], object]] = {
        "match": pattern.match,
        "fullmatch": pattern.fullmatch,
        "search": pattern.search,
        "finditer": lambda text: sum(1 for _ in pattern.finditer(text)),
    }
    return ways[way]
