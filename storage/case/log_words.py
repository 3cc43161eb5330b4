"""An index of a log's words, so that a long log is searched as fast as a short one. Plan §7, Dokumentation.

The newest lines are looked through as they are. Older ones have been gone through once, a stretch at a time: for every
word, and every end of one, there is a row that says in which stretches it stands, so that "vand" finds "drikkevand".
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import UTC, datetime

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.letters import fold
from storage.rows.crisis import Crisis
from storage.rows.log import LogEntry, LogWord

# Lines that are gone through together. A log that is shorter has no rows here.
STRETCH = 500
# Letters of a word that are told apart: a longer one is found by these, and looked at where it stands.
LONGEST = 16
# So many of a text's words narrow it down enough.
TELLING = 3
WORD = re.compile(r"\w+|[^\w\s]")
# No word begins with a space, so these are nobody's words.
BY, AT = " by ", " at "
LAST = "\U0010ffff"

Line = tuple[str, str, datetime]
"""A line's folded summary, its recorder and its recorded time."""
Span = tuple[str, str]
"""From one word to another, the last not among them."""
Places = Sequence[Sequence[Span]]
"""What must all stand in a stretch for it to be looked through; any one of several."""


def said(text: str) -> list[Span]:
    """Return the places in the index where a text may stand, folded, wherever in a word it begins and ends."""
    longest = sorted(set(WORD.findall(fold(text))), key=len, reverse=True)[:TELLING]
    return [_beginning(word[:LONGEST]) for word in longest]


def by(person: str) -> list[Span]:
    """Return the places in the index where a person may have written a line."""
    return [(f"{BY}{person}", f"{BY}{person}\x01")]


def since(at: datetime) -> list[Span]:
    """Return the places in the index where lines from a time on may stand."""
    return [(_hour(at), f"{AT}{LAST}")]


def words(lines: Iterable[Line]) -> list[str]:
    """Return the words that stand in some lines, each once."""
    found: set[str] = set()
    marks: set[str] = set()
    for folded, recorder, recorded_time in lines:
        found.update(WORD.findall(folded))
        marks |= {f"{BY}{recorder}", _hour(recorded_time)}
    return sorted(marks | {word[at : at + LONGEST] for word in found for at in range(len(word))})


async def go_through(db: AsyncSession, crisis_id: int, stretch: int) -> None:
    """Write down what stands in a stretch, once it is whole; lines never change.

    Args:
        crisis_id: the row's id.
        stretch: its number, from 1.
    """
    lines = await db.execute(
        select(LogEntry.folded, LogEntry.recorder, LogEntry.recorded_time).where(
            LogEntry.crisis_id == crisis_id, LogEntry.no > (stretch - 1) * STRETCH, LogEntry.no <= stretch * STRETCH
        )
    )
    standing = words((folded, recorder, at) for folded, recorder, at in lines)
    rows = [{"crisis_id": crisis_id, "word": word, "stretch": stretch} for word in standing]
    await db.execute(insert(LogWord.metadata.tables["log_words"]), rows)


async def stretches(
    db: AsyncSession, crisis: Crisis, places: Places, before: int | None
) -> AsyncIterator[tuple[int, int]]:
    """Yield where to look, newest first: the first and the last number of lines that may have it.

    Args:
        db: a session to read with.
        crisis: whose log.
        places: what is looked for.
        before: the number that all shall be below; None: from the end.
    """
    newest = await db.scalar(select(func.max(LogEntry.no)).where(LogEntry.crisis_id == crisis.id)) or 0
    last = newest if before is None else before - 1
    whole = newest // STRETCH
    # What is often said has been said lately: no need to ask where.
    older = max(0, min(last, whole * STRETCH) - 1) // STRETCH
    yield older * STRETCH + 1, last
    for stretch in sorted(await _with(db, crisis, places, older), reverse=True):
        yield (stretch - 1) * STRETCH + 1, stretch * STRETCH


async def _with(db: AsyncSession, crisis: Crisis, places: Places, up_to: int) -> set[int]:
    """Return the stretches, up to one, that have all of any one of the places."""
    found: set[int] = set()
    for spans in places:
        having = set(range(1, up_to + 1))
        for begin, end in spans:
            here = select(LogWord.stretch).where(
                LogWord.crisis_id == crisis.id, LogWord.word >= begin, LogWord.word < end, LogWord.stretch <= up_to
            )
            having &= set(await db.scalars(here.distinct()))
        found |= having
    return found


def _beginning(word: str) -> Span:
    return word, f"{word}{LAST}"


def _hour(at: datetime) -> str:
    return f"{AT}{at.astimezone(UTC):%Y-%m-%dT%H}"
