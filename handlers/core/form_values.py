"""Form values: reads what a form was filled in with as the time, the persons or whatever else it is. Bilag 2 and 3.

It is the one place where the words of a form are read. What can't be what was meant is `Unread`: whoever runs the handler asks
about it, with all that was typed (`handlers.core.form_questions`). So a handler reads its form before it does anything.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Literal, TypeVar

from handlers.core import audiences, written_times
from handlers.core.context import Context
from handlers.core.language import times_read
from handlers.core.language.owners import Named
from handlers.core.language.times_read import FARTHEST, Parsed

Read = TypeVar("Read")
# "fra 15", "til kl. 22": the label says which of the two it is.
FROM_OR_TO = re.compile(r"^\s*+(?:fra|til)\s++", re.IGNORECASE)


class Unread(ValueError):
    """What a field was filled in with can't be what was meant, or a compulsory one was left empty.

    Args:
        field: the form's field.
        passed: the time that was read, which is on the wrong side of now.
        shared: those who share the name, where it is several persons'.
        names: which of the names are nobody's; None where it is no name that is looked for.
        hint: Danish, what would be understood.
    """

    def __init__(
        self,
        field: str,
        *,
        passed: Parsed | None = None,
        shared: tuple[str, ...] = (),
        names: tuple[str, ...] | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(field)
        self.field, self.passed, self.shared, self.names, self.hint = field, passed, shared, names, hint


def typed(turn: Context, field: str, read: Callable[[str], Read | None], hint: str = "") -> Read | None:
    """Return what a field was filled in with, as it is read; None when it wasn't filled in.

    Args:
        read: reads the words; None for what it can't read.
        hint: Danish, what would be understood: "Skriv fx 2."

    Raises:
        Unread: it can't be read.
    """
    words = turn.value(field)
    if not words:
        return None
    found = read(words)
    if found is None:
        raise Unread(field, hint=hint)
    return found


def lines(turn: Context, field: str) -> list[str]:
    """Return the lines that a field was filled in with, trimmed, without the empty ones."""
    return [line for each in turn.value(field).splitlines() if (line := each.strip())]


# --- times ---


def moment(turn: Context, field: str, since: Callable[[str], datetime] | None = None) -> datetime | None:
    """Return the time, UTC, that is still to come and that a field was filled in with; None when it wasn't.

    Args:
        since: from when it is reckoned, by the words; from when they were sent, when nothing else is said.

    Raises:
        Unread: it is no time, or one that has passed.
    """
    read = typed(turn, field, lambda words: _ahead(turn, words, since(words) if since else None))
    if read is not None and (read.passed or (since is not None and read.at < turn.now)):
        raise Unread(field, passed=_ahead(turn, turn.value(field)))
    return read.at if read else None


def moment_or_words(turn: Context, field: str) -> datetime | None:
    """Return the time, UTC, that is still to come and that a field was filled in with; None for other words, which the
    handler keeps as they are.

    Raises:
        Unread: it is a time that has passed.
    """
    read = _ahead(turn, turn.value(field))
    if read is not None and read.passed:
        raise Unread(field, passed=read)
    return read.at if read else None


def _ahead(turn: Context, words: str, since: datetime | None = None) -> Parsed | None:
    told = FROM_OR_TO.sub("", words)
    return times_read.parse(told, since, turn.zone) if since else written_times.parse(turn, told)


def end(turn: Context, field: str, begins: datetime) -> datetime | None:
    """Return when what begins at a time ends, UTC; None when the field wasn't filled in.

    Args:
        begins: UTC. A bare clock time that is before it is the next day's.

    Raises:
        Unread: it is no time, or none after that.
    """
    return typed(turn, field, lambda words: ends(turn, words, begins))


def ends(turn: Context, words: str, begins: datetime) -> datetime | None:
    """Read when what begins at a time ends, UTC; None where it can't be read, or is no time after that."""
    read = times_read.parse(words, begins, turn.zone)
    at = (read.tomorrow or read.at) if read and read.passed else read.at if read else None
    return at if at is not None and begins < at <= begins + FARTHEST else None


def been(turn: Context, field: str) -> datetime | None:
    """Return the time, UTC, that has been and that a field was filled in with; None when it wasn't.

    Raises:
        Unread: it is no time, one that has not come yet, or one that is more than a year back.
    """
    read = typed(turn, field, lambda words: written_times.parse_been(turn, words))
    if read is not None and (read.passed or read.at < turn.now - FARTHEST):
        raise Unread(field, passed=read)
    return read.at if read else None


def been_or_words(turn: Context, field: str) -> datetime | None:
    """Return the time, UTC, that has been and that a field was filled in with; None for other words, which the handler
    keeps as they are."""
    words = turn.value(field)
    return written_times.parse_past(turn, words) if words else None


# --- persons ---


def person(turn: Context, field: str, of_centre: Literal["chief", "contact"] = "chief") -> str | None:
    """Return the one person that a field was filled in with; None when it wasn't.

    Args:
        of_centre: whom a centre's name means: what it is given is its chief's to answer for (plan §5), what it is asked
            goes to its contact.

    Raises:
        Unread: nobody, or more than one, is called that.
    """
    words = turn.value(field)
    if not words:
        return None
    found = _meant(turn, words)
    if len(found.persons) != 1 or found.rest:
        raise Unread(field, shared=found.persons if not found.rest else (), names=(words,), hint="Skriv ét navn.")
    if found.centre is not None and of_centre == "contact":
        return next(each.contact or each.chief for each in turn.rules.centres if each.name == found.centre)
    return found.persons[0]


async def persons(turn: Context, field: str) -> list[str]:
    """Return all the persons that a field's names, roles, centres and groups mean, each once; see `audiences.persons`.

    Raises:
        Unread: one of the names is nobody's, or several persons'.
    """
    found, unknown = await persons_and_others(turn, field)
    if unknown:
        raise Unread(field, names=tuple(unknown))
    return found


async def persons_and_others(turn: Context, field: str) -> tuple[list[str], list[str]]:
    """Return the persons that a field was filled in with, and the names beside them that are nobody's in the plan."""
    return await audiences.persons(turn, turn.value(field))


async def unclear(turn: Context, field: str) -> Unread | None:
    """Find the first name in a field that is nobody's or several persons', whether one is looked for or more; None where
    each is somebody's."""
    _, unknown = await persons_and_others(turn, field)
    for name in unknown:
        found = _meant(turn, name)
        if len(found.persons) != 1:
            return Unread(field, shared=found.persons, names=(name,))
    return None


def _meant(turn: Context, name: str) -> Named:
    return turn.whom(f"@{name.lstrip('@ ')}")
