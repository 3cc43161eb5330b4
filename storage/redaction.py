"""What a log line said is taken out of other texts, where they are shown to those who may not see the line. R216.

A text is repeated in cards, forms and rows: whole, or shortened at its end. What is recognised is the beginning, and
from there as far as the two agree.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Text, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.grades import GRADES
from storage.log import exported
from storage.tables import Base, Crisis, LogEntry, LogState

# So much of a beginning is the line's own; a common opening ("Vi har brug for") is everybody's.
OWN = 40
# A shorter text than this is a word that anybody may say.
SHORTEST = 8
# These lines stand for themselves; every other kind may tell of a row that has words of its own: a measure, an order.
ALONE = ("information", "saved", "correction", "grade")
# What a row calls others by is no secret of its line.
NAMES = {
    "centre",
    "requester",
    "caller",
    "phone",
    "system",
    "forwarded_to",
    "channel",
    "unit",
    "place",
    "where",
    "audience",
}


Secrets = tuple[frozenset[int], dict[str, frozenset[str]]]


async def secrets(db: AsyncSession, crisis: Crisis) -> Secrets:
    """What is confidential now.

    Args:
        db: a session to read with.
        crisis: whose log.

    Returns:
        the lines' numbers; and what they and the rows that they tell of say, longest first, each with the persons who
        said it or were told it and so know it.
    """
    found = await db.execute(
        select(LogEntry)
        .join(LogState, (LogState.crisis_id == LogEntry.crisis_id) & (LogState.no == LogEntry.no))
        .where(LogState.crisis_id == crisis.id, LogState.grade == GRADES[-1])
    )
    lines = list(found.scalars())
    said = {line.no: line.summary for line in lines if line.kind != "grade"}
    told_of = {line.no for line in lines if line.kind not in ALONE}
    knowing = {line.no: _persons(line) for line in lines}
    texts = {text: knowing[no] for no, text in said.items()}
    for mapper in Base.registry.mappers if told_of else ():
        columns = mapper.local_table.c
        if "log_no" not in columns or "crisis_id" not in columns:
            continue
        words = [column for column in columns if isinstance(column.type, Text) and column.name not in NAMES]
        rows = await db.execute(
            select(columns.log_no, *words).where(columns.crisis_id == crisis.id, columns.log_no.in_(told_of))
        )
        texts.update({each: knowing[no] for no, *row in rows for each in row if each and repeated(said[no], each)})
    return frozenset(knowing), dict(sorted(texts.items(), key=lambda each: len(each[0]), reverse=True))


def _persons(line: LogEntry) -> frozenset[str]:
    told = exported(line)
    return frozenset([told["recorder"], told["sender"], *told["receiver"].split(", ")])


def repeated(text: str, secret: str) -> bool:
    """Whether a text says what a log line says, or the beginning of it."""
    return _next(text, secret, 0) is not None


def without(value: Any, secrets: Collection[str], mark: str, leave: Collection[str] = ()) -> Any:
    """JSON data with a mark wherever it repeats one of the secrets.

    Args:
        value: a string, or lists and mappings of them, all the way down.
        secrets: log lines' texts.
        mark: what stands instead.
        leave: keys of mappings whose values are no text for people.
    """
    if isinstance(value, str):
        for secret in secrets:
            value = _cut(value, secret, mark)
        return value
    if isinstance(value, Mapping):
        return {key: each if key in leave else without(each, secrets, mark, leave) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [without(each, secrets, mark, leave) for each in value]
    return value


def _cut(text: str, secret: str, mark: str) -> str:
    kept, at = [], 0
    while (span := _next(text, secret, at)) is not None:
        kept += [text[at : span[0]], mark]
        at = span[1]
    return "".join([*kept, text[at:]]) if kept else text


def _next(text: str, secret: str, at: int) -> tuple[int, int] | None:
    """Where the secret's beginning stands next, to where the two part."""
    opening = _opening(secret)
    begins = opening[0].search(text, at) if opening else None
    if opening is None or begins is None:
        return None
    end = begins.end()
    for word in opening[1]:
        goes_on = re.compile(r"\s+" + word).match(text, end)
        if goes_on is None:
            break
        end = goes_on.end()
    return begins.start(), end


@lru_cache(maxsize=512)
def _opening(secret: str) -> tuple[re.Pattern[str], list[str]] | None:
    """What a repetition begins with, and the words that may follow; None where the text is nobody's own."""
    words = secret.split()
    if sum(map(len, words)) < SHORTEST:
        return None
    first = 1
    while first < len(words) and len(" ".join(words[:first])) < OWN:
        first += 1
    patterns = [re.escape(word).replace(r"\*", "[*∗]") for word in words]
    return re.compile(r"(?<!\w)" + r"\s+".join(patterns[:first])), patterns[first:]
