"""The duty rota's calendars: read, kept as a copy, and fetched anew each night and at krisebot's start. Plan §4.

A copy that is there stays until a newer one can be read, so nothing waits for a calendar while a warning is on its way.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from dateutil.rrule import rruleset, rrulestr
from icalendar import Calendar
from sqlalchemy import delete, select

from handlers.core import availability, quiet
from handlers.core.card import Card, quote
from handlers.core.context import Context
from handlers.core.registry import timer
from handlers.core.turn import Turn
from storage.plan.model import Plan
from storage.rows.duty import RotaCopy, RotaDuty

KIND = KEY = "duty_rota.night"
# Before the emergency pack, which shows who has the duty.
NIGHT = time(3)
# How much of a calendar is kept: yesterday's night, and far enough ahead for one that can't be read for a while.
BEHIND, AHEAD = timedelta(days=2), timedelta(days=120)
# So many duties are a rota; more are something else.
MOST = 2000
# What a duty may be called, in characters.
LONGEST = 300
# How long until a calendar that can't be read is tried again, the first times and then each night.
AGAIN = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))


class UnreadableRota(ValueError):
    """A calendar that can't be used; says why in Danish."""


@dataclass(frozen=True)
class Duty:
    """One duty in a calendar.

    Args:
        called: its heading, and on the next line the addresses of those who are invited.
        since: UTC.
        until: UTC.
    """

    called: str
    since: datetime
    until: datetime


def read(content: bytes, zone: ZoneInfo, now: datetime) -> list[Duty]:
    """Read the duties of a calendar from `BEHIND` before now to `AHEAD` of it, the earliest first.

    Args:
        content: iCalendar, RFC 5545.
        zone: where days begin, and times that bear none are meant.
        now: UTC.

    Raises:
        UnreadableRota: it is no calendar, or holds more than a rota does.
    """
    try:
        calendar = Calendar.from_ical(content)
        if not isinstance(calendar, Calendar):
            raise ValueError("several")
        events: list[Any] = list(calendar.walk("VEVENT"))
        moved = {
            (str(event.get("UID")), _instant(event["RECURRENCE-ID"].dt, zone))
            for event in events
            if "RECURRENCE-ID" in event
        }
        found: list[Duty] = []
        for event in events:
            for duty in _duties(event, moved, zone, now):
                found.append(duty)
                if len(found) > MOST:
                    raise UnreadableRota(f"Kalenderen har mere end {MOST} vagter")
    except UnreadableRota:
        raise
    except Exception as error:
        # Whatever is wrong in somebody else's file, it is their file that can't be read.
        raise UnreadableRota("Det er ikke en kalender, der kan læses") from error
    return sorted(found, key=lambda duty: (duty.since, duty.until))


def strangers_in(plan: Plan, role: str, duties: list[Duty]) -> list[str]:
    """Return what a role's calendar calls those who are neither its holder nor deputies, each once: faults of the plan,
    since a rota gives no right."""
    return list(
        dict.fromkeys(duty.called.split("\n")[0] for duty in duties if plan.named_in_rota(role, duty.called) is None)
    )


async def begin(turn: Turn) -> None:
    """Have every calendar fetched now, and set the timer that does it each night."""
    roles = [role for role, its in turn.plan.rota.items() if its.calendar]
    for table in (RotaCopy, RotaDuty):
        await turn.db.execute(delete(table).where(table.role.not_in(roles)))
    for role in roles:
        copy = await turn.db.get(RotaCopy, role)
        if copy is None:
            copy = RotaCopy(role=role, fault="", attempts=0)
            turn.db.add(copy)
        copy.wanted_at, copy.attempts = turn.now, 0
    if roles:
        await turn.at(quiet.next_at(turn, NIGHT), KIND, KEY)


@timer(KIND, crisis=False)
async def renew(turn: Turn) -> None:
    """Have the calendars fetched anew, in the night."""
    await begin(turn)


async def take(turn: Turn, copy: RotaCopy, duties: list[Duty]) -> None:
    """Keep a calendar that was read in place of the last copy, and tell the secretary who doesn't belong in it."""
    await turn.db.execute(delete(RotaDuty).where(RotaDuty.role == copy.role))
    for duty in duties:
        turn.db.add(RotaDuty(role=copy.role, called=duty.called, since=duty.since, until=duty.until))
    strangers = strangers_in(turn.plan, copy.role, duties)
    copy.fetched_at, copy.wanted_at, copy.attempts = turn.now, None, 0
    copy.fault = _told(copy.role, strangers) if strangers else ""
    await availability.read_anew(turn)
    if strangers:
        mark = sha256("\n".join(strangers).encode()).hexdigest()[:16]
        for person in turn.plan.holders("sekretær"):
            await turn.say(
                person,
                Card(f"⚠️ *Vagtplanen for {copy.role}:* {copy.fault} Ret kalenderen, eller skriv dem i planen."),
                key=f"duty_rota/{copy.role}/{mark}/{person}",
                kind="notice",
            )


async def keep_the_last(turn: Turn, copy: RotaCopy, why: str) -> None:
    """Note that a calendar couldn't be read, and when it is tried again; the last copy stays."""
    copy.fault = why
    copy.wanted_at = turn.now + AGAIN[copy.attempts] if copy.attempts < len(AGAIN) else None
    copy.attempts += 1


async def copies(turn: Context) -> list[RotaCopy]:
    """Return how the fetching of each calendar fared."""
    return list(await turn.db.scalars(select(RotaCopy).order_by(RotaCopy.role)))


def _told(role: str, strangers: list[str]) -> str:
    named = ", ".join(f"»{quote(each, 60)}«" for each in strangers[:5])
    more = f" og {len(strangers) - 5} til" if len(strangers) > 5 else ""
    return f"{named}{more} er hverken {role} eller stedfortræder og spørges ikke."


def _duties(event: Any, moved: set[tuple[str, datetime]], zone: ZoneInfo, now: datetime) -> Iterator[Duty]:
    """Yield an event's duties in the time that is kept: one, or each that it repeats."""
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return
    start = event.decoded("DTSTART")
    since = _wall(start, zone)
    length = _length(event, start, since, zone)
    called = _called(event)
    first, last = now - BEHIND, now + AHEAD
    if "RRULE" not in event and "RDATE" not in event:
        begins = [since]
    else:
        gone = {(str(event.get("UID")), at) for at in _dates(event, "EXDATE", zone)} | moved
        begins = [
            at
            for at in _repeated(event, since, first - length, last, zone)
            if (str(event.get("UID")), at.astimezone(UTC)) not in gone
        ]
    for at in begins:
        # Counted on the clock on the wall: a week's duty ends at the same time of day, whatever the season.
        until = (at.replace(tzinfo=None) + length).replace(tzinfo=at.tzinfo)
        if until.astimezone(UTC) > first and at.astimezone(UTC) < last and until > at:
            yield Duty(called, at.astimezone(UTC), until.astimezone(UTC))


def _repeated(event: Any, since: datetime, first: datetime, last: datetime, zone: ZoneInfo) -> list[datetime]:
    """Return when an event begins, each time in a period, as its rule has it."""
    times = rruleset()
    rules = event.get("RRULE", [])
    for rule in rules if isinstance(rules, list) else [rules]:
        if str(rule.get("FREQ", [""])[0]).upper() not in ("DAILY", "WEEKLY", "MONTHLY", "YEARLY"):
            raise UnreadableRota("Kalenderen har noget, der gentages oftere end hver dag")
        # On the clock on the wall, without a zone: an end in UTC is brought there.
        until = [_wall(end, zone).astimezone(since.tzinfo).replace(tzinfo=None) for end in rule.get("UNTIL", [])]
        bare = {name: value for name, value in rule.items() if name != "UNTIL"}
        text = type(rule)(bare).to_ical().decode()
        text += f";UNTIL={until[0]:%Y%m%dT%H%M%S}" if until else ""
        times.rrule(rrulestr(text, dtstart=since.replace(tzinfo=None)))
    for at in _dates(event, "RDATE", zone):
        times.rdate(at.astimezone(since.tzinfo).replace(tzinfo=None))
    local = [each.astimezone(since.tzinfo).replace(tzinfo=None) for each in (first, last)]
    found = []
    for at in times.xafter(local[0], count=MOST, inc=True):
        if at > local[1]:
            break
        found.append(at.replace(tzinfo=since.tzinfo))
    return found


def _length(event: Any, start: Any, since: datetime, zone: ZoneInfo) -> timedelta:
    if "DTEND" in event:
        end = _wall(event.decoded("DTEND"), zone).astimezone(since.tzinfo)
        return end.replace(tzinfo=None) - since.replace(tzinfo=None)
    if "DURATION" in event:
        length: timedelta = event.decoded("DURATION")
        return length
    return timedelta(0) if isinstance(start, datetime) else timedelta(days=1)


def _dates(event: Any, name: str, zone: ZoneInfo) -> list[datetime]:
    held = event.get(name, [])
    every = held if isinstance(held, list) else [held]
    return [_instant(each.dt, zone) for dates in every for each in dates.dts]


def _wall(at: date | datetime, zone: ZoneInfo) -> datetime:
    """Return a time with its zone; a day begins at midnight, and a time that bears no zone is ours."""
    if not isinstance(at, datetime):
        return datetime.combine(at, time(), zone)
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)


def _instant(at: date | datetime, zone: ZoneInfo) -> datetime:
    return _wall(at, zone).astimezone(UTC)


def _called(event: Any) -> str:
    invited = event.get("ATTENDEE", [])
    every = invited if isinstance(invited, list) else [invited]
    mails = " ".join(str(each).partition(":")[2] or str(each) for each in every)
    heading = " ".join(str(event.get("SUMMARY", "")).split()) or "(uden navn)"
    return f"{heading[:LONGEST]}\n{mails[:LONGEST]}".strip()
