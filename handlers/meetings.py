"""`møde`: called with a time and a place or link, started, and not closed before the next one is spoken of. Plan §5; Bilag 2."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import func, select

from handlers import (
    agenda,
    audiences,
    chief_asked,
    invitations,
    meeting_changes,
    minutes,
    rights,
    sharing,
    tasks,
    times,
)
from handlers.card import Button, Card, Field, quote
from handlers.registry import action, verb
from handlers.turn import URGENT, Turn
from storage.parts.meetings import AgendaItem, Meeting

LINK = re.compile(r"https?://|\b(?:teams|virtuelt|online|telefon|zoom)\b", re.IGNORECASE)
NONE = ("ingen", "nej", "intet", "-")
FORM = (
    Field("at", "Hvornår?", "time", required=True),
    Field("place", "Hvor? Lokale eller link", required=True),
)


@verb(
    "møde",
    "indkald",
    "stabsmøde",
    help="møde i morgen 10 stabsrummet – indkald staben; også møde om 30 min teams, møde flyt i morgen 11",
    who=rights.runs_staff,
    crisis=True,
)
async def meeting(turn: Turn, text: str) -> None:
    """In one breath; a time without a place asks for it, since a place or a link is compulsory (R132)."""
    if not text.strip():
        await _show(turn)
        return
    if moved := meeting_changes.MOVE.match(text):
        await meeting_changes.move_in_words(turn, text[moved.end() :], whither="til" in moved[0].split())
        return
    found = read(turn, text)
    if found is None or found[0].passed:
        await turn.answer(
            Card(
                "Hvornår og hvor? Intet er indkaldt. Skriv fx */krise møde i morgen 10 stabsrummet*.",
                buttons=(
                    Button("Indkald", "meetings.call", {"crisis": turn.the_crisis.id}, form=FORM, form_title="Indkald"),
                ),
            )
        )
        return
    place = found[1]
    if not place:
        at = turn.clock(found[0].at)
        form = (Field("at", "Hvornår?", "time", value=at), FORM[1])
        await turn.answer(
            Card(
                f"Mødet {at}: hvor holdes det? Sted eller link skal med. Intet er indkaldt endnu.",
                buttons=(
                    Button(
                        "Indkald",
                        "meetings.call",
                        {"crisis": turn.the_crisis.id, "at": found[0].at.isoformat()},
                        style="primary",
                        form=form[1:],
                        form_title="Indkald",
                    ),
                ),
            )
        )
        return
    await call(turn, found[0].at, place)


def read(turn: Turn, text: str, now: datetime | None = None) -> tuple[times.Parsed, str] | None:
    """The time that words begin with or have among them, and the place that is left; None where there is no time.

    Args:
        text: "i morgen 10 stabsrummet", "om 30 min Teams".
        now: from when it is reckoned, UTC; the turn's own when nothing else is said.
    """
    found = times.find(text, now or turn.now, turn.zone) or _bare(turn, text, now or turn.now)
    return (found[0], place_in(found[1])) if found else None


def place_in(text: str) -> str:
    """ "i stabsrummet", "via Teams": the place alone."""
    return re.sub(r"^(?:på|i|via|over)\s+", "", text.strip(" ,.-"))


def _bare(turn: Turn, text: str, now: datetime) -> tuple[times.Parsed, str] | None:
    """ "10 stabsrummet", "i morgen 10 teams": the words in front are the time, as far as they can be read as one."""
    parts = text.split()
    for count in range(min(4, len(parts)), 0, -1):
        read = times.parse(" ".join(parts[:count]), now, turn.zone)
        if read is not None:
            return read, " ".join(parts[count:])
    return None


@action("meetings.call", who=rights.runs_staff)
async def pressed_call(turn: Turn, at: str = "") -> None:
    """The form, or the place that was missing."""
    said = times.parse(turn.value("at"), turn.now, turn.zone) if turn.value("at") else None
    moment = datetime.fromisoformat(at) if at else said.at if said and not said.passed else None
    if moment is None or not turn.value("place"):
        await turn.answer(Card("Skriv en tid, der ikke er gået, og et sted eller link. Intet er indkaldt."))
        return
    await call(turn, moment, turn.value("place"))


async def call(turn: Turn, at: datetime, place: str) -> Meeting:
    """Call the staff to a meeting.

    Args:
        at: when, UTC.
        place: a room or a link.
    """
    crisis = turn.the_crisis
    last = await turn.db.scalar(select(func.max(Meeting.number)).where(Meeting.crisis_id == crisis.id))
    same_day = today(turn, at)
    row = Meeting(
        crisis_id=crisis.id,
        number=(last or 0) + 1,
        at=at,
        place=place,
        urgent=same_day,
        called_by=turn.sender,
        called_at=turn.now,
        present=[],
    )
    turn.db.add(row)
    await turn.db.flush()
    hurried = " (hasteindkaldt)" if same_day else ""
    await turn.notify(
        [turn.staff, *await turn.members("framing", "operational")],
        Card(f"*Møde {row.number} i krisestaben*{hurried}: {where(turn, row)}"),
        kind="summons",
        summary=f"Indkaldt til møde {row.number}{hurried} {turn.clock(at)}, {place}",
        urgency=URGENT,
    )
    await invitations.send(turn, row, f"Møde {row.number} i krisestaben{hurried}: {where(turn, row)}")
    await make_ready(turn, row)
    await agenda.plan_for(turn, row)
    await turn.answer(card(turn, row), key=key(row))
    return row


def today(turn: Turn, at: datetime) -> bool:
    """Whether it is the same day, on the clock on the wall: called so late, a meeting is a hurried one."""
    return at.astimezone(turn.zone).date() == turn.now.astimezone(turn.zone).date()


def where(turn: Turn, row: Meeting) -> str:
    """When and where, and the file for the calendar, on three lines."""
    return f"{times.weekday(row.at, turn.zone)}\nSted: {quote(row.place, 300)}\nKalender: {invitations.link(turn, row)}"


async def make_ready(turn: Turn, row: Meeting) -> None:
    """ "Indrette og klargøre stabsrummet": a task, where there is a room (R133)."""
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
    """What the task of the room begins with."""
    return f"Indret og klargør stabsrummet til møde {row.number}:"


def card(turn: Turn, row: Meeting) -> Card:
    """The meeting as it stands, with what can be done about it."""
    about = {"crisis": row.crisis_id, "meeting": row.id}
    head = f"*Møde {row.number}*, {where(turn, row)}"
    match row.state:
        case "called":
            start = (Field("absent", "Hvem mangler? (kan udelades)", "persons"),)
            return Card(
                f"{head}\nDagsorden: */krise dagsorden*",
                buttons=(
                    Button(
                        "Start mødet", "meetings.start", about, style="primary", form=start, form_title="Start mødet"
                    ),
                    Button(
                        "Flyt mødet", "meetings.move", about, form=meeting_changes.form(row), form_title="Flyt mødet"
                    ),
                    Button("Aflys mødet", "meetings.cancel", about, style="danger"),
                ),
            )
        case "running":
            following = (
                Field("next_at", "Næste møde – tid, eller »ingen«", required=True),
                Field("next_place", "Næste møde – sted eller link"),
            )
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


@action("meetings.start", who=rights.meets)
async def start(turn: Turn, meeting: int) -> None:
    """The meeting is held (R088): who is there, and when it began."""
    row = await standing(turn, meeting)
    if row is None or row.state != "called":
        return
    now = await running(turn)
    if now is not None and now.state == "running":
        await turn.answer(Card(f"Møde {now.number} er i gang. Slut det først, så dets referat ikke går tabt."))
        return
    absent, _ = await audiences.persons(turn, turn.value("absent")) if turn.value("absent") else ([], [])
    row.state, row.started_at = "running", turn.now
    row.present = [person for person in await turn.members("framing", "operational") if person not in absent]
    await turn.log(
        f"Møde {row.number} er begyndt. Til stede: {turn.names(row.present)}"
        + (f". Fraværende: {turn.names(absent)}" if absent else ""),
        kind="meeting",
        verification="confirmed",
        refs={"meeting": row.number},
    )
    await turn.replace(card(turn, row))
    await minutes.open_for(turn, row)
    await chief_asked.begin(turn)
    if row.number == 1:
        await sharing.ask(turn)


@action("meetings.end", who=rights.meets)
async def end(turn: Turn, meeting: int) -> None:
    """Not before the next one has been spoken of (R206); the draft of the minutes is there at once (R090)."""
    row = await standing(turn, meeting)
    if row is None or row.state != "running":
        return
    said = turn.value("next_at")
    none = said.casefold().strip(" .") in NONE
    following = None if none else times.parse(said, turn.now, turn.zone)
    if not none and (following is None or following.passed or not turn.value("next_place")):
        await turn.answer(
            Card("Hvornår og hvor er næste møde? Skriv tid og sted – eller »ingen«. Mødet er ikke lukket endnu.")
        )
        return
    row.state, row.ended_at = "ended", turn.now
    await turn.log(
        f"Møde {row.number} er slut. Næste møde: {'ingen' if following is None else turn.clock(following.at)}",
        kind="meeting",
        verification="confirmed",
        refs={"meeting": row.number},
    )
    await turn.db.flush()
    await turn.replace(card(turn, row))
    await minutes.draft(turn, row)
    if following is not None:
        await call(turn, following.at, turn.value("next_place"))


async def coming(turn: Turn) -> Meeting | None:
    """The next meeting that has been called."""
    found: Meeting | None = await turn.db.scalar(
        select(Meeting)
        .where(Meeting.crisis_id == turn.the_crisis.id, Meeting.state == "called")
        .order_by(Meeting.at, Meeting.id)
        .limit(1)
    )
    return found


async def held(turn: Turn) -> bool:
    """Whether the staff has met before."""
    found = await turn.db.scalar(
        select(Meeting.id)
        .where(Meeting.crisis_id == turn.the_crisis.id, Meeting.state.in_(["running", "ended"]))
        .limit(1)
    )
    return found is not None


async def running(turn: Turn) -> Meeting | None:
    """The meeting that is held now, else the one that ended last."""
    found: Meeting | None = await turn.db.scalar(
        select(Meeting)
        .where(Meeting.crisis_id == turn.the_crisis.id, Meeting.state.in_(["running", "ended"]))
        .order_by(Meeting.state.desc(), Meeting.number.desc())
        .limit(1)
    )
    return found


async def treat(turn: Turn, row: Meeting, items: list[AgendaItem]) -> None:
    """What was spoken of is treated; everything else waits for the next meeting by itself."""
    for item in items:
        item.state, item.meeting = "treated", row.id
    await turn.db.flush()


async def standing(turn: Turn, meeting: int) -> Meeting | None:
    """The meeting, where it is this crisis' own."""
    row = await turn.db.get(Meeting, meeting)
    return row if row is not None and row.crisis_id == turn.the_crisis.id else None


async def _show(turn: Turn) -> None:
    now, following = await running(turn), await coming(turn)
    row = now if now is not None and now.state == "running" else following
    if row is None:
        await turn.answer(
            Card(
                "Der er ikke indkaldt til et møde. Skriv fx */krise møde i morgen 10 stabsrummet*.",
                buttons=(
                    Button("Indkald", "meetings.call", {"crisis": turn.the_crisis.id}, form=FORM, form_title="Indkald"),
                ),
            )
        )
        return
    await turn.answer(card(turn, row), key=f"{key(row)}/{turn.sender}")


def key(row: Meeting) -> str:
    """The name of the meeting's card."""
    return f"meeting/{row.id}"
