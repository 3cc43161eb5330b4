"""Times that somebody has written: counted from when the words reached us, and held against the clock as it is now. Plan §5.

Whoever writes "om 20 min" means from then, however long the words waited; and what has passed meanwhile is asked about, as what
had passed when it was written.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from handlers.core.context import Context
from handlers.core.language import begun, times_read
from handlers.core.language.times_read import Parsed


def since(turn: Context) -> datetime:
    """Return from when the words that are read are counted, UTC: their own receipt, also where they were asked about first and
    are now taken up, or somebody presses on them later."""
    written = turn.written_at or (turn.incoming.received_at if turn.incoming else turn.now)
    return min(written, turn.now)


def parse(turn: Context, text: str) -> Parsed | None:
    """Read a time that is still to come, as `times_read.parse` does."""
    return _held_against(turn, times_read.parse(text, since(turn), turn.zone))


def parse_been(turn: Context, text: str) -> Parsed | None:
    """Read a time that should have been, as `times_read.parse_been` does."""
    return times_read.parse_been(text, since(turn), turn.zone)


def parse_past(turn: Context, text: str) -> datetime | None:
    """Read a time that has been, as `times_read.parse_past` does."""
    return times_read.parse_past(text, since(turn), turn.zone)


def parse_day(turn: Context, text: str) -> date | None:
    """Read a day, as `times_read.parse_day` does."""
    return times_read.parse_day(text, since(turn), turn.zone)


def parse_begun(turn: Context, text: str) -> datetime | None:
    """Read when something began, as `begun.read` does: from when the message was written, where that is another's that was
    saved or sent on."""
    said_at = turn.incoming.said_at if turn.incoming else None
    return begun.read(text, said_at or since(turn), turn.zone)


def find(turn: Context, text: str, *, bare: bool = False) -> tuple[Parsed, str] | None:
    """Find a deadline inside free text, as `times_read.find` does."""
    found = times_read.find(text, since(turn), turn.zone, bare=bare)
    held = _held_against(turn, found[0]) if found else None
    return (held, found[1]) if found and held else None


def _held_against(turn: Context, read: Parsed | None) -> Parsed | None:
    """Return what was read as it is now: passed, where it came while the words waited."""
    if read is None or read.passed or turn.now <= since(turn):
        return read
    if read.at >= turn.now.replace(second=0, microsecond=0) or _is_now(turn, read):
        return read
    again = times_read.parse(read.text, turn.now, turn.zone)
    return replace(read, passed=True, tomorrow=again.tomorrow if again and again.passed else None)


def _is_now(turn: Context, read: Parsed) -> bool:
    """Whether "nu" was what was written, which never passes."""
    return read.at == since(turn)
