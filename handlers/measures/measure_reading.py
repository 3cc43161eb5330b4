"""Reading a measure out of one sentence: what, who and by when. Plan §9."""

from __future__ import annotations

import re
from dataclasses import replace

from handlers.core.card import quote
from handlers.core.language import owners, times_read
from handlers.core.language.urgency_words import hastens
from handlers.core.turn import Turn

POLITICAL = re.compile(r"(?:(?<![\s,;:(–-])[\s,;:(–-]++)?+\bkræver politisk godkendelse\b\)?[.!]?", re.IGNORECASE)
URGENTLY = re.compile(r"^\s*+haster\b[:!]?\s*+|(?:(?<![\s,])[\s,]++)?+\b(?:det )?haster[.!]*+\s*+$", re.IGNORECASE)


class Reading:
    """The measure that a text was read as: what, who, before when; and what couldn't be read of it.

    Args:
        turn: whose plan and clock it is read by.
        text: one sentence, or a form's title.
        owner: whom a form names; None: the sentence may.
        due: when by, in a form's words; None: the sentence may say.
    """

    def __init__(self, turn: Turn, text: str, *, owner: str | None = None, due: str | None = None) -> None:
        if due is None:
            found = times_read.find(text, turn.now, turn.zone, bare=True)
            parsed, rest = found if found else (None, text)
        else:
            parsed, rest = times_read.parse(due, turn.now, turn.zone), text
        self.passed = parsed if parsed and parsed.passed else None
        self.due = parsed.at if parsed and not parsed.passed else None
        self.political = bool(POLITICAL.search(rest))
        rest = POLITICAL.sub("", rest).strip()
        self.urgent = hastens(rest)
        rest = URGENTLY.sub("", rest)
        if owner is None:
            named = turn.whom(rest)
        else:
            named = replace(turn.whom(f"@{owner.lstrip('@')}" if owner else ""), rest=rest)
        self.title = named.rest
        self.named = len(named.persons) == 1
        self.unclear = (
            f"Jeg kan ikke læse fristen »{quote(due)}«. Hvornår skal det være gjort?" if due and not parsed else ""
        )
        centre = owners.of_subject(turn.rules, named.rest, turn.sender)
        if self.named:
            self.owner = named.persons[0]
            centre = owners.centre_of(turn.rules, self.owner) or centre
        else:
            # What is nobody's lands with the coordinator, who hands it on.
            self.owner = centre.chief if centre else turn.rules.holder("tovholder") or turn.sender
            if named.persons:
                self.unclear = f"Flere hedder »{quote(named.typed)}«: {turn.names(named.persons)}. Hvem har det?"
            elif named.typed:
                self.unclear = f"Jeg kan ikke se, hvem »{quote(named.typed)}« er. Hvem har det?"
        self.centre = named.centre or (centre.name if centre else None)
