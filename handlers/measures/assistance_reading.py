"""Reading from when and until when something is lacked, whom to ask for, and whether it hastens. Plan §7, Anmodninger om
assistance.

Only what is said for sure: all else stands in the words themselves, which are kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from handlers.core import form_values, written_times
from handlers.core.context import Context
from handlers.core.language.urgency_words import hastens

_hour = r"\d{1,2}+(?:[.:]\d{2}+)?+(?![.,:]?\d)"
# "til kl 20", "indtil i morgen kl 8", "indtil på mandag"; "til 12 beboere" and "til Birkehøj" are none.
UNTIL = re.compile(
    r"[ ,]{0,2}\b(?:til|indtil)[ ](?P<until>(?:(?:i|på)[ ]\w{3,12}[ ])?kl\.?[ ]?\d{1,2}(?:[.:]\d{2})?|i[ ](?:aften|nat|morgen|eftermiddag)\b)",
    re.IGNORECASE,
)
# "fra 16 til 20", "kl. 8-16 på Birkehøj": there the second is a time too. "fra 10 til 12 mand" and "kl 18 til 12 beboere" count
# something.
SPAN = re.compile(
    rf"\b(?:fra|kl\.?)[ ](?:kl\.?[ ]?)?(?P<since>{_hour})[ ]?(?:-|–|til)[ ]?"
    rf"(?P<until>kl\.?[ ]?{_hour}|\d{{1,2}}+[.:]\d{{2}}+(?!\d)|{_hour}(?![ ]?[^\W\d_]|%)|{_hour}(?=[ ](?:på|ved|i|hos|hver|og|til|fra|med|for)\b))",
    re.IGNORECASE,
)
# "B3", "nr. 3", "anmodning B3!", and with words after it, which no request begins with: "B3 haster nu".
NUMBERED = re.compile(
    r"(?:(?:anmodning(?:en)?|bistand) )?(?:(?:nr\.?|nummer) ?)?(?:b ?(?P<no>\d{1,6})(?![\w-])[.:,!]*+\s*+(?P<more>.*)|(?P<bare>\d{1,6})[.!]*+)",
    re.IGNORECASE | re.DOTALL,
)
# Where whoever may be asked is named: "ring 20 30 40 50", "kontakt Hanne på stedet".
CONTACT = re.compile(
    r"\b(?:ring(?:[ ]til)?|kontakt(?:person)?|tlf\.?|telefon|mobil|spørg efter)[: ]{1,3}(?P<whom>[^.,;!?\n]{2,80})",
    re.IGNORECASE,
)
# "ring til mig" names nobody else, where no number follows.
OF_THE_WRITER = re.compile(r"(?:mig|os)\b(?!.*\d{2})", re.IGNORECASE)
# "inden kl 17" is not from then.
LATEST = re.compile(r"\b(?:inden|senest|før)\b", re.IGNORECASE)
MOST = 4_000


@dataclass(frozen=True)
class Wanted:
    """When something is lacked, and by whom it is received.

    Args:
        since: from when, UTC; None where it isn't said.
        until: until when, UTC.
        contact: whom to ask for, as written; empty where it is whoever asks.
        urgent: it says that it hastens.
    """

    since: datetime | None = None
    until: datetime | None = None
    contact: str = ""
    urgent: bool = False


def read(turn: Context, text: str) -> Wanted:
    """Read "4 mand til Birkehøj fra kl 16 til 20, ring 20 30 40 50, haster"."""
    said = text[:MOST]
    span = SPAN.search(said)
    until = span or UNTIL.search(said)
    begins = said
    if span is not None:
        begins = f"{said[: span.start()]} kl {span['since']} {said[span.end() :]}"
    elif until is not None:
        begins = f"{said[: until.start()]} {said[until.end() :]}"
    found = written_times.find(turn, begins)
    since = found[0].at if found and not found[0].passed and not LATEST.search(begins) else None
    # Where the beginning has been, the end may be today's or tomorrow's: it stands in the words.
    sure = found is None or not found[0].passed
    contact = CONTACT.search(said)
    whom = contact["whom"].strip() if contact else ""
    return Wanted(
        since,
        form_values.ends(turn, until["until"], since or turn.now) if until and sure else None,
        whom if whom != "112" and not OF_THE_WRITER.match(whom) else "",
        hastens(said),
    )


def filled_in(turn: Context) -> Wanted:
    """Read the form's fields for the same.

    Raises:
        Unread: a time can't be read.
    """
    since = form_values.moment(turn, "since")
    until = form_values.end(turn, "until", since or turn.now)
    return Wanted(since, until, turn.value("contact"), turn.yes("urgent") is True)
