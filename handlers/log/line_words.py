"""The words before a log line, and the form beside it: what its writer says of the line, and may say. Plan §7 and §8.

In and out, whether it is confirmed, when it happened, and its grade.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from handlers.core import clearance, form_values, rights, running, written_times
from handlers.core.card import Field, quote
from handlers.core.context import Context
from handlers.core.language import times_shown
from handlers.core.language.times_read import Parsed
from storage.grades import GRADES, Grade, within
from storage.letters import fold
from storage.rows.crisis import Crisis
from storage.rows.log import Direction, Verification
from storage.rows.meetings import PARTNERS

DIRECTIONS: tuple[tuple[Direction, str], ...] = (
    ("in", "Indgående"),
    ("out", "Udgående"),
    ("internal", "Intern i staben"),
)
# "fra Politiet: …", after what else stands in front; a name has no figures, or it is a time or a number of something.
PARTY = re.compile(
    r"(?:(?:ud|udgående|udgaaende|ind|indgående|indgaaende)\s+)?(?P<way>fra|til)\s+(?P<party>(?:beredskab )?4k|[^\W\d_][^\d:\n]{0,39}?)\s*:\s",
    re.IGNORECASE,
)
# "ud: …", where nobody is named.
OUT = re.compile(r"(?:ud|udgående|udgaaende)\s*:\s", re.IGNORECASE)
AT = re.compile(r"(?P<at>kl\.?\s*\d{1,2}(?:[.:]\d\d)?|\d{1,2}[.:]\d\d)\s*:\s", re.IGNORECASE)
# "kl 13.15 så Mads vand på vejen": a time of day that has been; "kl 8 i morgen" and "kl 13-15" are others.
AT_FIRST = re.compile(
    r"(?P<at>kl\.?\s*\d{1,2}(?:[.:]\d\d)?)\s+(?!(?:i (?:morgen|overmorgen|aften|nat|går|forgårs)|på|næste|til|og|eller|skal|vil|kommer|begynder|starter|lukker|åbner|mødes|holdes|bliver)\b)(?=[^\W\d_])",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Way:
    """The way that what a line tells went: in, out or inside, from whom and to whom.

    Args:
        direction: seen from the staff.
        sender, receiver: who is outside, where that was said: a person's id, or a name.
        happened: when, UTC, where that was said.
        ahead: a time that was said and has not come yet.
    """

    direction: Direction = "in"
    sender: str = ""
    receiver: str = ""
    happened: datetime | None = None
    ahead: Parsed | None = None


# What is told to the staff, when nothing else is said.
INWARDS = Way()


def way(turn: Context, text: str) -> Way:
    """Read the way a line went out of its first words, "kl 13.40: …", "fra DMI: …", "ud til politiet: …", "ud: …", which stay where
    they are.

    Somebody is meant by a name that the plan or Bilag 5 knows, or that is written with a capital: "til orientering" is
    nobody.
    """
    found, happened, ahead = INWARDS, None, None
    if said := AT.match(text):
        happened = written_times.parse_past(turn, said["at"])
        been = written_times.parse_been(turn, said["at"])
        ahead = been if been is not None and been.passed else None
        text = text[said.end() :].lstrip() if happened or ahead else text
    elif said := AT_FIRST.match(text):
        happened = written_times.parse_past(turn, said["at"])
    if said := PARTY.match(text):
        party = _party(turn, said["party"])
        if party:
            out = fold(said["way"]) == "til"
            found = Way("out" if out else "in", "" if out else party, party if out else "")
    elif OUT.match(text):
        found = Way("out", receiver="eksternt")
    return Way(found.direction, found.sender, found.receiver, happened, ahead)


def filled_in(turn: Context) -> Way:
    """Read the way a line went out of the form; a message's author is its sender whatever way it went."""
    direction = turn.chosen("direction", dict(DIRECTIONS)) or "in"
    party = form_values.typed(turn, "party", lambda name: _party(turn, name) or name)
    return Way(direction, receiver=(party or "eksternt") if direction == "out" else "")


def read_back(turn: Context, way: Way) -> str:
    """Tell what was read out of the words, on a line of its own; empty where that is nothing."""
    parts = [f"Fra {quote(turn.name(way.sender))}"] if way.sender else []
    parts += [f"Udgående, til {quote(turn.name(way.receiver))}"] if way.direction == "out" else []
    parts += ["Intern i staben"] if way.direction == "internal" else []
    parts += [f"Skete {turn.clock(way.happened)}"] if way.happened else []
    told = f"\n{'. '.join(parts)}." if parts else ""
    if way.ahead is not None:
        meant = way.ahead.tomorrow
        asked = f" Mener du {times_shown.weekday(meant, turn.zone)}?" if meant else ""
        told += f"\n»{quote(way.ahead.text, 20)}« er ikke kommet endnu, så linjen står til nu.{asked}"
    return told


def _party(turn: Context, name: str) -> str:
    """Return a person's id, or the name as it was typed; empty when it is nobody's."""
    persons = turn.named(name)
    if len(persons) == 1:
        return persons[0]
    known = any(fold(name) in fold(each) for each in PARTNERS.values()) and len(name) > 2
    return name if known or name[:1].isupper() else ""


async def asked(turn: Context) -> tuple[Field, ...]:
    """Return the fields beside the words, as the sender may fill them in: whether it is confirmed, its grade, and which
    way it went.

    Nothing is answered and nothing changed: it is drawn before anything is saved.
    """
    room = await turn.room_of(turn.the_incoming)
    if room is not None:
        crisis = await turn.db.get(Crisis, room.crisis_id)
    else:
        crises = await turn.open_crises()
        decided = [crisis for crisis in crises if crisis.level is not None] or crises
        # Which of several is asked when it is sent; until then only the right that holds in all of them counts.
        crisis = decided[0] if len(decided) == 1 else None
    there = turn.about(crisis)
    keeper = await rights.log_keeper.held(there)
    grades = tuple(
        (grade, there.rules.grade_name(grade)) for grade in GRADES if keeper or within(clearance.SHARED, grade)
    )
    return (
        Field(
            "verification",
            "Er oplysningen bekræftet?",
            "choice",
            required=True,
            value="unconfirmed",
            choices=(("unconfirmed", "Ubekræftet"), ("confirmed", "Bekræftet")),
        ),
        Field("grade", "Hvem må se linjen?", "choice", required=True, value=clearance.SHARED, choices=grades),
        Field("direction", "Ind eller ud?", "choice", required=True, value="in", choices=DIRECTIONS),
        Field("party", "Er den udgående: til hvem?"),
    )


async def granted(turn: Context, confirmed: bool, wanted: Grade) -> tuple[Verification, Grade, str, str | None]:
    """Return a line's state as its writer may set it: everybody may keep it for fewer, only the log keeper opens or
    confirms it.

    Args:
        confirmed: whether the writer says that it is.
        wanted: the grade that the writer asks for.

    Returns:
        its verification and its grade; what to say where that is not what was asked for, on lines of its own; and who can
        be asked for it.
    """
    if await rights.log_keeper.held(turn):
        return "confirmed" if confirmed else "unconfirmed", wanted, "", None
    kept, said = wanted, ""
    if not confirmed and within(clearance.SHARED, wanted):
        return "unconfirmed", kept, said, None
    if await rights.log_keeper.lacks_proof(turn):
        if not within(clearance.SHARED, wanted):
            kept = clearance.SHARED
        said = "\nEt nummer kan forfalskes, så den er gemt som ubekræftet. Skriv */krise bekræft* og nummeret, så får du en kode."
        return "unconfirmed", kept, said, None
    can, ask = await running.who_can(turn, rights.log_keeper)
    keeper = next((str(each.args["person"]) for each in ask), None)
    if confirmed:
        said += f"\nBekræfte kan kun {can}. Linjen er gemt som ubekræftet."
    if not within(clearance.SHARED, wanted):
        kept = clearance.SHARED
        name = turn.rules.grade_name
        said += f"\nGøre den {name(wanted)} kan kun {can}. Den er gemt som {name(kept)}."
    return "unconfirmed", kept, said, keeper
