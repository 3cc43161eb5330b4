"""Form values: reads the persons and times that a form was filled in with. Bilag 2 and 3."""

from __future__ import annotations

from datetime import datetime

from handlers.core.card import quote
from handlers.core.context import Context
from handlers.core.language import times_read


class Unreadable(ValueError):
    """A form's field can't be read; the message says which and why, in Danish."""


def who(turn: Context, field: str) -> str | None:
    """Return the person that a field was filled in with; None when it wasn't.

    Raises:
        Unreadable: nobody, or more than one, is called that.
    """
    typed = turn.value(field)
    if not typed:
        return None
    found = turn.whom(f"@{typed.lstrip('@')}")
    if len(found.persons) != 1:
        raise Unreadable(f"hvem »{quote(typed)}« er")
    return found.persons[0]


def when(turn: Context, field: str) -> datetime | None:
    """Return the time, UTC, that a field was filled in with; None when it wasn't.

    Raises:
        Unreadable: it is no time, or one that has passed.
    """
    typed = turn.value(field)
    if not typed:
        return None
    read = times_read.parse(typed, turn.now, turn.zone)
    if read is None or read.passed:
        raise Unreadable(f"hvornår »{quote(typed)}« er")
    return read.at
