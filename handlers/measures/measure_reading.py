"""Reading a measure out of one sentence: what, who and by when. Plan §9."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from handlers.core import rights, written_times
from handlers.core.card import quote
from handlers.core.language import owners
from handlers.core.language.urgency_words import hastens
from handlers.core.turn import Turn
from storage.plan.persons import SECRETARIAT_ROLES

POLITICAL = re.compile(r"(?:(?<![\s,;:(–-])[\s,;:(–-]++)?+\bkræver politisk godkendelse\b\)?[.!]?", re.IGNORECASE)
URGENTLY = re.compile(r"^\s*+haster\b[:!]?\s*+|(?:(?<![\s,])[\s,]++)?+\b(?:det )?haster[.!]*+\s*+$", re.IGNORECASE)


@dataclass(frozen=True)
class Said:
    """What a form says beside the words: they are then not looked through for it.

    Args:
        owner: whom it names; None for nobody.
        due: when by, UTC; None for no time.
    """

    owner: str | None
    due: datetime | None

    def named(self, words: str) -> owners.Named:
        """Return whom the form names, beside the words."""
        return owners.Named((self.owner,) if self.owner else (), None, "", words)


class Reading:
    """The measure that a text was read as: what, who, before when; and what couldn't be read of it.

    Args:
        turn: whose plan and clock it is read by.
        text: one sentence, or a form's title.
        said: who and when by, where a form says it; None: the sentence may.
    """

    def __init__(self, turn: Turn, text: str, *, said: Said | None = None) -> None:
        found = written_times.find(turn, text, bare=True) if said is None else None
        parsed, rest = found if found else (None, text)
        self.passed = parsed if parsed and parsed.passed else None
        self.due = said.due if said else parsed.at if parsed and not parsed.passed else None
        self.political = bool(POLITICAL.search(rest))
        rest = POLITICAL.sub("", rest).strip()
        self.urgent = hastens(rest)
        rest = URGENTLY.sub("", rest)
        named = turn.whom(rest) if said is None else said.named(rest)
        self.title = named.rest
        self.named = len(named.persons) == 1
        self.unclear = ""
        # What the secretariat writes down is the staff's, and not their own centre's every day.
        whose = named.persons[0] if self.named else turn.sender
        for_the_staff = not self.named and any(rights.acts_as(turn.rules, whose, role) for role in SECRETARIAT_ROLES)
        centre = owners.of_subject(turn.rules, named.rest, None if for_the_staff else whose)
        if self.named:
            self.owner = whose
            centre = owners.centre_of(turn.rules, whose) or centre
        else:
            # What is nobody's lands with the coordinator, who hands it on.
            self.owner = centre.chief if centre else turn.rules.holder("tovholder") or turn.sender
            if named.persons:
                self.unclear = f"Flere hedder »{quote(named.typed)}«: {turn.names(named.persons)}. Hvem har det?"
            elif named.typed:
                self.unclear = f"Jeg kan ikke se, hvem »{quote(named.typed)}« er. Hvem har det?"
        self.centre = named.centre or (centre.name if centre else None)
