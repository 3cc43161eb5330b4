"""The card and the form of a meeting that is coming, running or held. Plan §5."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import select

from handlers.core import written_times
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.language import times_read, times_shown
from handlers.core.turn import Turn
from handlers.measures import tasks
from handlers.meetings import agenda_items
from handlers.staff import calendars, summoning
from storage.rows.framing import FramingMeeting
from storage.rows.meetings import AgendaItem, Meeting


def form(row: Meeting) -> tuple[Field, ...]:
    """Return the fields for moving a meeting; what is left as it is stays so."""
    return (
        Field("at", "Ny tid (tom: som før)", "time", loose=True),
        Field("place", "Lokale eller link", value=row.place),
    )


LINK = re.compile(r"https?://|\b(?:teams|virtuelt|online|telefon|zoom)\b", re.IGNORECASE)
NONE = ("ingen", "nej", "intet", "-")
FORM = (
    Field("at", "Hvornår?", "time", required=True),
    Field("place", "Hvor? Lokale eller link", required=True),
)
FOLLOWING = (
    Field("next_at", "Næste møde – tid, eller »ingen«", "time", required=True, loose=True),
    Field("next_place", "Næste møde – sted eller link"),
)


def read(turn: Context, text: str, now: datetime | None = None) -> tuple[times_read.Parsed, str] | None:
    """Read the time that words begin with or have among them, and the place that is left; None where there is no time.

    Args:
        text: "i morgen 10 stabsrummet", "om 30 min Teams".
        now: from when it is reckoned, UTC; from when they were written, when nothing else is said.
    """
    found = times_read.find(text, now, turn.zone) if now else written_times.find(turn, text)
    found = found or _bare(turn, text, now)
    return (found[0], place_in(found[1])) if found else None


def is_none(text: str) -> bool:
    """Whether a text says that there is no next meeting: "ingen"."""
    return text.casefold().strip(" .") in NONE


def place_in(text: str) -> str:
    """Return the place alone out of "i stabsrummet" or "via Teams"."""
    return re.sub(r"^(?:på|i|via|over)\s+", "", text.strip(" ,.-"))


def _bare(turn: Context, text: str, now: datetime | None) -> tuple[times_read.Parsed, str] | None:
    """Read "10 stabsrummet" or "i morgen 10 teams": the words in front are the time, as far as they can be read as
    one."""
    parts = text.split()
    for count in range(min(4, len(parts)), 0, -1):
        words = " ".join(parts[:count])
        read = times_read.parse(words, now, turn.zone) if now else written_times.parse(turn, words)
        if read is not None:
            return read, " ".join(parts[count:])
    return None


def where(turn: Context, row: Meeting) -> str:
    """Tell when and where, and the file for the calendar where there is a link, on lines of their own."""
    return f"{times_shown.weekday(row.at, turn.zone)}\nSted: {quote(row.place, 300)}{calendars.line(turn, row)}"


async def make_ready(turn: Turn, row: Meeting) -> None:
    """Add the task "Indrette og klargøre stabsrummet", where there is a room."""
    if not LINK.search(row.place):
        await tasks.add(
            turn,
            f"{room_task(row)} {row.place}",
            role="sekretær",
            owner=turn.rules.holder("sekretær"),
            due=row.at,
            tell=True,
        )


def room_task(row: Meeting) -> str:
    """Return the words that the task of the room begins with."""
    return f"Indret og klargør stabsrummet til møde {row.number}:"


def card(turn: Context, row: Meeting) -> Card:
    """Draw the meeting as it stands, with what can be done about it."""
    about = {"crisis": row.crisis_id, "meeting": row.id}
    head = f"*Møde {row.number}*, {where(turn, row)}"
    match row.state:
        case "called":
            start = (Field("absent", "Hvem mangler? (kan udelades)", "persons", loose=True), summoning.ALSO)
            return Card(
                f"{head}\nDagsorden: */krise dagsorden*",
                buttons=(
                    Button(
                        "Start mødet", "meetings.start", about, style="primary", form=start, form_title="Start mødet"
                    ),
                    Button(
                        "Flyt mødet", "meetings.move", about, submit="Send", form=form(row), form_title="Flyt mødet"
                    ),
                    Button("Aflys mødet", "meetings.cancel", about, style="danger"),
                ),
            )
        case "running":
            # Plan §3: where there is no staff any longer, it meets no more.
            following = FOLLOWING if turn.the_crisis.has_staff else ()
            return Card(
                f"{head}\nI gang siden {turn.clock(row.started_at)}. Til stede: {turn.names(row.present) or 'ikke noteret'}.\n"
                "Skriv til referatet: */krise referat*",
                buttons=(
                    Button(
                        "Slut mødet", "meetings.end", about, style="primary", form=following, form_title="Slut mødet"
                    ),
                ),
            )
        case "ended":
            return Card(f"{head}\nSlut {turn.clock(row.ended_at)}. Referatet: */krise referat*")
        case _:
            return Card(f"{head}\nAflyst.")


async def coming(turn: Context) -> Meeting | None:
    """Return the next meeting that has been called."""
    found: Meeting | None = await turn.db.scalar(
        select(Meeting)
        .where(Meeting.crisis_id == turn.the_crisis.id, Meeting.state == "called")
        .order_by(Meeting.at, Meeting.id)
        .limit(1)
    )
    return found


async def held(turn: Context) -> bool:
    """Whether the staff has met before."""
    found = await turn.db.scalar(
        select(Meeting.id)
        .where(Meeting.crisis_id == turn.the_crisis.id, Meeting.state.in_(["running", "ended"]))
        .limit(1)
    )
    return found is not None


async def running(turn: Context) -> Meeting | None:
    """Return the meeting that is held now, else the one that ended last."""
    found: Meeting | None = await turn.db.scalar(
        select(Meeting)
        .where(Meeting.crisis_id == turn.the_crisis.id, Meeting.state.in_(["running", "ended"]))
        .order_by(Meeting.state.desc(), Meeting.number.desc())
        .limit(1)
    )
    return found


async def treat(turn: Turn, row: Meeting, items: list[AgendaItem]) -> None:
    """Mark the items that were spoken of as treated; all others wait for the next meeting by themselves."""
    for item in items:
        item.state, item.meeting = "treated", row.id
    await turn.db.flush()
    for item in items:
        await agenda_items.redraw(turn, item)


async def standing(turn: Context, meeting: int) -> Meeting | None:
    """Return the meeting, where it is this crisis' own."""
    return await turn.of_crisis(Meeting, meeting)


def key(row: Meeting) -> str:
    """Name the meeting's card."""
    return f"meeting/{row.id}"


async def framing(turn: Context) -> str:
    """Tell of the framing staff's meeting, as long as it is the one that is held; empty otherwise. Plan §5, "træder sammen
    hurtigst muligt"."""
    if not turn.the_crisis.has_staff:
        return ""
    of_crisis = select(FramingMeeting).where(FramingMeeting.crisis_id == turn.the_crisis.id)
    row = await turn.db.scalar(of_crisis.order_by(FramingMeeting.number.desc()).limit(1))
    if row is None or row.ended_at is not None:
        return ""
    begun = f"er i gang siden {turn.clock(row.started_at)}" if row.started_at else "er indkaldt til straks"
    where = await summoning.meeting_place(turn)
    place = f" {quote(where)}." if where else ""
    return f"*Det rammesættende møde* {begun}.{place} Det startes og sluttes på sit kort i stabens kanal."
