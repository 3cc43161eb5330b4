"""What a text says of a measure: what, who, before when. Plan §3, §5 and §7."""

from __future__ import annotations

import re
from datetime import datetime

from handlers import owners, times
from handlers.card import quote
from handlers.turn import Turn

POLITICAL = re.compile(r"[\s,;:(–-]*\bkræver politisk godkendelse\b\)?[.!]?", re.IGNORECASE)
URGENTLY = re.compile(r"^\s*haster\b[:!]?\s*|[\s,]*\b(?:det )?haster[.!]*\s*$", re.IGNORECASE)


class Unreadable(ValueError):
    """What was filled in can't be read; the message says what it is that one can't see."""


def who(turn: Turn, field: str) -> str | None:
    """The person that a field was filled in with; None when it wasn't.

    Raises:
        Unreadable: nobody, or more than one, is called that.
    """
    typed = turn.value(field)
    if not typed:
        return None
    found = owners.named(turn.rules, f"@{typed.lstrip('@')}")
    if len(found.persons) != 1:
        raise Unreadable(f"hvem »{quote(typed)}« er")
    return found.persons[0]


def when(turn: Turn, field: str) -> datetime | None:
    """The time, UTC, that a field was filled in with; None when it wasn't.

    Raises:
        Unreadable: it is no time, or one that has passed.
    """
    typed = turn.value(field)
    if not typed:
        return None
    read = times.parse(typed, turn.now, turn.zone)
    if read is None or read.passed:
        raise Unreadable(f"hvornår »{quote(typed)}« er")
    return read.at


class Reading:
    """What a text says of a measure: what, who, before when; and what couldn't be read of it."""

    def __init__(self, turn: Turn, text: str) -> None:
        found = times.find(text, turn.now, turn.zone)
        parsed, rest = found if found else (None, text)
        self.passed = parsed if parsed and parsed.passed else None
        self.due = parsed.at if parsed and not parsed.passed else None
        self.political = bool(POLITICAL.search(rest))
        rest = POLITICAL.sub("", rest).strip()
        self.urgent = bool(URGENTLY.search(rest))
        named = owners.named(turn.rules, URGENTLY.sub("", rest))
        self.title = named.rest
        self.named = len(named.persons) == 1
        self.unclear = ""
        centre = owners.of_subject(turn.rules, named.rest, turn.sender)
        if self.named:
            self.owner = named.persons[0]
            centre = owners.centre_of(turn.rules, self.owner) or centre
        else:
            # What is nobody's lands with the coordinator, who hands it on (R146).
            self.owner = centre.chief if centre else turn.rules.holder("tovholder") or turn.sender
            if named.persons:
                self.unclear = f"Flere hedder »{quote(named.typed)}«: {turn.names(named.persons)}. Hvem har det?"
            elif named.typed:
                self.unclear = f"Jeg kan ikke se, hvem »{quote(named.typed)}« er. Hvem har det?"
        self.centre = named.centre or (centre.name if centre else None)
