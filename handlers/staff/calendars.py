"""Members' calendars: a meeting called, moved and called off in iCalendar's words. Plan §5, "Mødes løbende".

The file is made from the rows whenever somebody asks for it, so it never says anything else than the meeting does.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import sha256

from icalendar import Calendar, Event, vCalAddress, vText
from sqlalchemy import select

from handlers.core.card import Card, quote
from handlers.core.context import URGENT, Context
from handlers.core.turn import Turn
from storage.rows.meetings import Meeting
from storage.rows.traffic import Message

WEB = re.compile(r"https?://\S+")
# RFC 5545 asks for an address; this is how calendars write that there is none.
NOBODY = "invalid:nomail"
# Below a meeting's card: what stands in people's calendars, and is no card of it.
INVITATION = "invitation"


async def file(turn: Context, row: Meeting, without: str = "") -> str:
    """Write the meeting as iCalendar: a request, or its cancellation.

    Args:
        row: the meeting.
        without: somebody who is not called to it any more: a cancellation to them alone (RFC 5546 §3.2.5).

    The same meeting keeps its UID, and every change has a higher SEQUENCE: that is how a calendar knows them as one.
    Times are in UTC, since an hour that the clock on the wall shows twice can be told apart in no other way.
    """
    crisis = turn.the_crisis
    called_off = row.state == "cancelled" or bool(without)
    calendar = Calendar()
    calendar.add("prodid", "-//krisebot//DA")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if called_off else "REQUEST")
    event = Event()
    event.add("uid", f"{sha256(row.secret.encode()).hexdigest()[:32]}@krisebot")
    event.add("sequence", row.sequence)
    event.add("dtstamp", turn.now)
    begins = row.at.replace(second=0, microsecond=0)
    event.add("dtstart", begins)
    event.add("dtend", begins + turn.rules.meetings.length)
    exercise = "ØVELSE – " if crisis.exercise else ""
    event.add("summary", f"{exercise}Krisestaben, møde {row.number}: {crisis.title}")
    event.add("location", row.place)
    link = WEB.search(row.place)
    if link:
        event.add("url", link[0])
    event.add("description", "Dagsorden: skriv dagsorden til Krisebot")
    if not without:
        # The meeting goes on where somebody alone is not called any more.
        event.add("status", "CANCELLED" if called_off else "CONFIRMED")
    event.add("class", "PRIVATE")
    event["organizer"] = _organizer(turn)
    called = [without] if without else list(dict.fromkeys([row.called_by, *await _staff(turn)]))
    for person in called:
        if _mail(turn, person):
            event.add("attendee", _attendee(turn, person, chair=person == row.called_by), encode=False)
    calendar.add_component(event)
    return bytes(calendar.to_ical()).decode()


def line(turn: Context, row: Meeting) -> str:
    """Write the line that says where the file is; empty where there is no link to it."""
    link = turn.link(f"/kalender/{row.secret}.ics")
    return f"\nKalender: {link}" if link else ""


async def send(turn: Turn, row: Meeting, said: str) -> None:
    """Mail a meeting to the staff, where the municipality has a way to mail; the chat has the link.

    Args:
        said: what has happened, Danish; its first line is the mail's subject.
    """
    await _mail_to(turn, row, said, await _staff(turn))


async def welcome(turn: Turn, person: str) -> None:
    """Mail the coming meetings to whoever comes into the staff later, for the calendar."""
    for row in await _ahead(turn):
        # Whoever was here before has been told that they are not called: only what is newer counts in a calendar.
        row.sequence += await turn.db.scalar(select(Message.id).where(Message.key == _key(row, person))) is not None
        await _mail_to(
            turn, row, f"Møde {row.number} i krisestaben: {turn.clock(row.at)}, {quote(row.place)}", [person]
        )


async def take_out(turn: Turn, persons: Sequence[str]) -> str:
    """Take the coming meetings out of the calendar of whoever leaves the staff.

    Returns:
        which they are, for whoever put them there by hand; empty when none is ahead.
    """
    rows = await _ahead(turn)
    for row in rows:
        row.sequence += 1
        said = f"Møde {row.number} i krisestaben {turn.clock(row.at)}: du er ikke indkaldt mere"
        for person in persons:
            await _mail_to(turn, row, said, [person], without=person)
    listed = " og ".join(f"møde {row.number} {turn.clock(row.at)}" for row in rows)
    return f"\nDu er ikke indkaldt mere til {listed}: slet det i din kalender, hvis det står der." if rows else ""


async def _ahead(turn: Context) -> list[Meeting]:
    called = select(Meeting).where(Meeting.crisis_id == turn.the_crisis.id, Meeting.state == "called")
    return list(await turn.db.scalars(called.order_by(Meeting.at)))


async def _mail_to(turn: Turn, row: Meeting, said: str, persons: Sequence[str], without: str = "") -> None:
    reached = [person for person in persons if _mail(turn, person)]
    if not turn.plan.fallback.mail or not reached:
        return
    card = Card(said, calendar=await file(turn, row, without))
    for person in reached:
        await turn.say(
            person,
            card,
            key=_key(row, person),
            urgency=URGENT,
            platform="mail",
        )


def _key(row: Meeting, person: str) -> str:
    return f"meeting/{row.id}/{INVITATION}/{row.sequence}/{person}"


def _mail(turn: Context, person: str) -> str | None:
    known = turn.rules.persons.get(person)
    return known.mail if known else None


def _organizer(turn: Context) -> vCalAddress:
    """Name krisebot, which sends it: a calendar takes changes from nobody else, whoever moves the meeting."""
    mail = turn.plan.fallback.mail_sender
    address = vCalAddress(f"mailto:{mail}" if mail else NOBODY)
    address.params["CN"] = vText("Krisebot")
    return address


def _attendee(turn: Context, person: str, *, chair: bool) -> vCalAddress:
    """Name somebody who is called; whoever called is the chair, and comes."""
    address = vCalAddress(f"mailto:{_mail(turn, person)}")
    address.params["CN"] = vText(turn.name(person))
    address.params["ROLE"] = vText("CHAIR" if chair else "REQ-PARTICIPANT")
    address.params["PARTSTAT"] = vText("ACCEPTED" if chair else "NEEDS-ACTION")
    # Nobody reads what calendars answer: who comes is asked where it is seen.
    address.params["RSVP"] = vText("FALSE")
    return address


async def _staff(turn: Context) -> list[str]:
    return await turn.members("framing", "operational")
