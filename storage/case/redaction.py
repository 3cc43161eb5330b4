"""Redaction: removes what a confidential log line said from other texts, where those who may not see the line read
them.

A text is repeated in cards, forms and rows: whole, or shortened at its end. What is recognised is the beginning, and
from there as far as the two agree. A text that is too short to be anybody's own is recognised by what it was said of.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, bindparam, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from storage.grades import GRADES
from storage.rows.base import Base
from storage.rows.crisis import Crisis
from storage.rows.log import Attachment, LogEntry, LogState, exported
from storage.rows.measures import Order

# So much of a beginning is the line's own; a common opening ("Vi har brug for") is everybody's.
OWN = 40
# A shorter text than this, in letters, is a word that anybody may say; see `Short`.
SHORTEST = 8
# These lines stand for themselves; every other kind may tell of a row that has words of its own: a measure, an order.
ALONE = ("information", "saved", "correction", "grade")
# What people call a row by, in texts of ours, by the name that a line's refs have for it.
CALLED = {
    "measure": "T{}",
    "assistance": "B{}",
    "resource": "R{}",
    "order": "ordre {}",
    "question": "(?:spørgsmål|spm\\.) {}",
    "option_paper": "oplæg {}",
    "decision": "beslutning {}",
    "information_need": "OB{}",
    "improvement": "F{}",
    "partner_measure": "PT{}",
}

# A row's columns that have the number of a line that tells its words.
LINES = ("log_no", "draft_no")

Row = tuple[str, int]


class Short(NamedTuple):
    """A text that is a word anybody may say: it is a secret only where what it was said of is named as well.

    Args:
        text: the words.
        called: what its line and its row are called by.
        knowing: who said it or was told it.
    """

    text: str
    called: re.Pattern[str]
    knowing: frozenset[str]

    def in_(self, text: str) -> bool:
        """Whether it is repeated in a text, together with what it was said of."""
        return self.called.search(text) is not None and _whole(self.text).search(text) is not None


class Secrets(NamedTuple):
    """The confidential words and rows of a crisis' log, as they are now.

    Args:
        lines: the log lines' numbers.
        rows: what they tell of, as their refs name it: ("measure", 3).
        texts: what they and their rows say, longest first, each with the persons who said it or were told it.
        short: the same of what is too short to be known again by itself.
    """

    lines: frozenset[int]
    rows: frozenset[Row]
    texts: dict[str, frozenset[str]]
    short: tuple[Short, ...]


NOTHING = Secrets(frozenset(), frozenset(), {}, ())


async def secrets(db: AsyncSession, crisis: Crisis) -> Secrets:
    """Collect what is confidential now of a crisis' log."""
    found = await db.execute(
        select(LogEntry)
        .join(LogState, (LogState.crisis_id == LogEntry.crisis_id) & (LogState.no == LogEntry.no))
        .where(LogState.crisis_id == crisis.id, LogState.grade == GRADES[-1])
    )
    return await said_by(db, crisis, found.scalars())


async def said_by(db: AsyncSession, crisis: Crisis, entries: Iterable[LogEntry]) -> Secrets:
    """Collect what would be confidential if those lines of a crisis' log were."""
    lines = {line.no: line for line in entries}
    if not lines:
        return NOTHING
    content = {no: exported(line) for no, line in lines.items()}
    knowing = {
        no: frozenset([told["recorder"], told["sender"], *told["receiver"].split(", ")]) for no, told in content.items()
    }
    rows = {no: row for no, told in content.items() if (row := row_of(told["refs"]))}
    said = [(no, line.summary, knowing[no]) for no, line in lines.items() if line.kind != "grade"]
    sent = await _sent_to(db, crisis, lines)
    knows = {no: known | sent.get(no, frozenset()) for no, known in knowing.items()}
    told_of = [no for no, line in lines.items() if line.kind not in ALONE]
    if told_of:
        words = await db.execute(_rows_words(), {"crisis": crisis.id, "lines": told_of})
        said += [
            (row.no, row.said, knows[row.no]) for row in words if row.said and _says(lines[row.no].summary, row.said)
        ]
    texts: dict[str, frozenset[str]] = {}
    short = []
    for no, text, known in said:
        if _opening(text) is not None:
            # Whoever was told the same words elsewhere knows them.
            texts[text] = texts.get(text, frozenset()) | known
        elif text.strip():
            short.append(Short(text.strip(), _calls(no, rows.get(no)), known))
    # Telephones call every picture the same: a file's name tells something only beside what it is attached to.
    for attached in await db.scalars(
        select(Attachment).where(Attachment.crisis_id == crisis.id, Attachment.log_no.in_(list(lines)))
    ):
        if attached.log_no is not None and attached.name.strip():
            no = attached.log_no
            short.append(Short(attached.name.strip(), _calls(no, rows.get(no)), knows[no]))
    longest_first = dict(sorted(texts.items(), key=lambda each: len(each[0]), reverse=True))
    return Secrets(frozenset(lines), frozenset(rows.values()), longest_first, tuple(short))


async def _sent_to(db: AsyncSession, crisis: Crisis, lines: Collection[int]) -> dict[int, frozenset[str]]:
    """Return who was sent the written orders that stand at some lines, and so knows their words and what belongs to
    them: the receiver, and the deputy who got it in their place."""
    found = await db.execute(
        select(Order.log_no, Order.draft_no, Order.asked).where(
            Order.crisis_id == crisis.id, or_(Order.log_no.in_(list(lines)), Order.draft_no.in_(list(lines)))
        )
    )
    return {no: frozenset(row.asked) for row in found for no in (row.log_no, row.draft_no) if no is not None}


def row_of(refs: Mapping[str, Any]) -> Row | None:
    """Return the row that a line's refs say it is about; None when the line stands for itself."""
    return next(((name, refs[name]) for name in CALLED if isinstance(refs.get(name), int)), None)


@cache
def _rows_words() -> CompoundSelect[Any]:
    """Build the query for what people wrote (`Words`) in every row that stands at one of some lines."""
    selected = []
    for mapper in Base.registry.mappers:
        columns = mapper.local_table.c
        if "crisis_id" not in columns:
            continue
        selected += [
            select(columns[line].label("no"), column.label("said")).where(
                columns.crisis_id == bindparam("crisis"), columns[line].in_(bindparam("lines", expanding=True))
            )
            for line in LINES
            if line in columns
            for column in columns
            if column.info.get("words")
        ]
    return union_all(*selected)


def _says(summary: str, text: str) -> bool:
    return _whole(text.strip()).search(summary) is not None if _opening(text) is None else repeated(summary, text)


@lru_cache(maxsize=512)
def _whole(text: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")


def _calls(no: int, row: Row | None) -> re.Pattern[str]:
    names = [rf"nr\.? {no}", *([CALLED[row[0]].format(row[1])] if row else [])]
    return re.compile(rf"(?<!\w)(?:{'|'.join(names)})(?!\w)", re.IGNORECASE)


def repeated(text: str, secret: str) -> bool:
    """Whether a text says what a log line says, or the beginning of it."""
    return _next(text, secret, 0) is not None


def tells(text: str, secrets: Secrets) -> bool:
    """Whether a text says anything that is confidential."""
    return any(repeated(text, each) for each in secrets.texts) or any(each.in_(text) for each in secrets.short)


def without(
    value: Any, secrets: Secrets, mark: str, *, reader: str = "", leave: Collection[str] = (), together: bool = False
) -> Any:
    """Put a mark in JSON data wherever it repeats something confidential.

    Args:
        value: a string, or lists and mappings of them, all the way down.
        secrets: what is confidential.
        mark: what stands instead.
        reader: who reads it: what they know they may read.
        leave: keys of mappings whose values are no text for people.
        together: whether it is all read as one: then a row that is named anywhere in it is spoken of everywhere.
    """
    texts = [text for text, knowing in secrets.texts.items() if reader not in knowing]
    short = [each for each in secrets.short if reader not in each.knowing]
    if together and short:
        whole = "\n".join(_strings(value, leave))
        spoken_of = [each for each in short if each.called.search(whole)]
    else:
        spoken_of = []

    def cut(text: str) -> str:
        for secret in texts:
            text = _cut(text, secret, mark)
        for each in spoken_of if together else [each for each in short if each.called.search(text)]:
            text = _whole(each.text).sub(mark, text)
        return text

    return _mapped(value, cut, leave) if texts or short else value


def _mapped(value: Any, cut: Callable[[str], str], leave: Collection[str]) -> Any:
    if isinstance(value, str):
        return cut(value)
    if isinstance(value, Mapping):
        return {key: each if key in leave else _mapped(each, cut, leave) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_mapped(each, cut, leave) for each in value]
    return value


def _strings(value: Any, leave: Collection[str]) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, each in value.items():
            if key not in leave:
                yield from _strings(each, leave)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _strings(each, leave)


def _cut(text: str, secret: str, mark: str) -> str:
    kept, at = [], 0
    while (span := _next(text, secret, at)) is not None:
        kept += [text[at : span[0]], mark]
        at = span[1]
    return "".join([*kept, text[at:]]) if kept else text


def _next(text: str, secret: str, at: int) -> tuple[int, int] | None:
    """Find where the secret's beginning stands next, to where the two part."""
    opening = _opening(secret)
    begins = opening[0].search(text, at) if opening else None
    if opening is None or begins is None:
        return None
    end = begins.end()
    for word in opening[1]:
        goes_on = re.compile(r"\s++" + word).match(text, end)
        if goes_on is None:
            break
        end = goes_on.end()
    return begins.start(), end


@lru_cache(maxsize=512)
def _opening(secret: str) -> tuple[re.Pattern[str], list[str]] | None:
    """Return what a repetition begins with, and the words that may follow; None where the text is nobody's own."""
    words = secret.split()
    if sum(map(len, words)) < SHORTEST:
        return None
    first = 1
    while first < len(words) and len(" ".join(words[:first])) < OWN:
        first += 1
    patterns = [re.escape(word).replace(r"\*", "[*∗]") for word in words]
    return re.compile(r"(?<!\w)" + r"\s++".join(patterns[:first])), patterns[first:]
