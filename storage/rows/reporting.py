"""What the centres are told and report, and what is watched: its rows. Plan §5, Fagcentre; §7."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    UniqueConstraint,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.grades import Grade, sees_staffs
from storage.rows.base import Base, Id, Words, instant, instant_or_none, of_crisis, primary_key
from storage.rows.crisis import Crisis
from storage.rows.exported import part


class CentreNotice(Base):
    """A notice to a centre's chief, and whether they have told their centre. Plan §5, Ansvarsfordeling."""

    __tablename__ = "centre_notices"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    centre: Mapped[str]
    chief: Mapped[str]
    asked: Mapped[str]  # whom we wait for: the chief, then the deputy
    contact: Mapped[str | None]
    notified_at: Mapped[datetime]
    informed_at: Mapped[datetime | None]
    informed_by: Mapped[str | None]
    __table_args__ = (UniqueConstraint("crisis_id", "centre"),)


LineKind = Literal["telefon", "postkasse", "system", "medie"]


class WatchedLine(Base):
    """A telephone, a mailbox, a system or the media: what is watched, and by whom."""

    __tablename__ = "watched_lines"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int]
    kind: Mapped[LineKind]
    line: Mapped[str]
    watcher: Mapped[str | None]
    role: Mapped[str | None]  # the watcher is whoever has this role, so a change of shift moves it
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    last_checked_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]  # when it is asked about next; None: never
    missed: Mapped[int] = mapped_column(default=0)  # reminders since the last check
    added_by: Mapped[str]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


class WatchCheck(Base):
    """One check of a watched line."""

    __tablename__ = "watch_checks"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    line: Mapped[int] = mapped_column(Id, index=True)
    person: Mapped[str]
    at: Mapped[datetime]
    note: Mapped[str | None]


Correction = Literal["open", "asked", "corrected", "dropped"]


class MediaFinding(Base):
    """A medium's coverage of the crisis; wrong coverage is followed up until it is mended or let be."""

    __tablename__ = "media_findings"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int]
    medium: Mapped[Words | None]
    text: Mapped[Words]
    link: Mapped[Words | None]
    wrong: Mapped[bool] = mapped_column(default=False)
    correction: Mapped[Correction | None]  # None: nothing to correct
    note: Mapped[Words | None]  # what was done about it
    changed_by: Mapped[str | None]
    changed_at: Mapped[datetime | None]
    found_by: Mapped[str]
    found_at: Mapped[datetime]
    task: Mapped[int | None] = mapped_column(Id)
    log_no: Mapped[int]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


@part("monitoring")
async def monitoring(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export what is and was watched, with every check; the staff's."""
    if not sees_staffs(highest):
        return []
    rows = await db.scalars(select(WatchedLine).where(WatchedLine.crisis_id == crisis.id).order_by(WatchedLine.number))
    checks = list(await db.scalars(select(WatchCheck).where(WatchCheck.crisis_id == crisis.id).order_by(WatchCheck.id)))
    return [
        {
            "number": row.number,
            "kind": row.kind,
            "line": row.line,
            "watcher": row.watcher,
            "role": row.role,
            "since": instant(row.since),
            "until": instant_or_none(row.until),
            "last_checked_at": instant_or_none(row.last_checked_at),
            "checks": [
                {"by": each.person, "at": instant(each.at), "note": each.note} for each in checks if each.line == row.id
            ],
        }
        for row in rows
    ]


@part("media_findings")
async def media_findings(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export what the media said, and what became of what was wrong; the staff's."""
    if not sees_staffs(highest):
        return []
    rows = await db.scalars(
        select(MediaFinding).where(MediaFinding.crisis_id == crisis.id).order_by(MediaFinding.number)
    )
    return [
        {
            "number": row.number,
            "medium": row.medium,
            "text": row.text,
            "link": row.link,
            "wrong": row.wrong,
            "correction": row.correction,
            "note": row.note,
            "found_by": row.found_by,
            "found_at": instant(row.found_at),
            "changed_by": row.changed_by,
            "changed_at": instant_or_none(row.changed_at),
            "log_no": row.log_no,
        }
        for row in rows
    ]


YesNo = Literal["yes", "no"]


class Checklist(Base):
    """One centre's answers."""

    __tablename__ = "checklists"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    centre: Mapped[str]
    concerns: Mapped[YesNo | None]  # is there something for us here
    note: Mapped[str | None]
    cards: Mapped[dict[str, Any]]  # an action card's title, and: active or done
    sufficient: Mapped[YesNo | None]  # are the action cards enough
    gap: Mapped[str | None]
    changed_by: Mapped[str | None]
    changed_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("crisis_id", "centre"),)


@part("checklists")
async def checklists(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export the centres' answers, which are the staff's."""
    if not sees_staffs(highest):
        return []
    rows = await db.scalars(select(Checklist).where(Checklist.crisis_id == crisis.id).order_by(Checklist.id))
    return [
        {
            "centre": row.centre,
            "concerns": row.concerns,
            "note": row.note,
            "cards": row.cards,
            "sufficient": row.sufficient,
            "gap": row.gap,
            "changed_by": row.changed_by,
            "changed_at": instant(row.changed_at),
        }
        for row in rows
    ]


ReportKind = Literal["report", "telephone", "system"]


class Report(Base):
    """One report in the form of Bilag 3; only what happened is compulsory."""

    __tablename__ = "reports"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int]
    kind: Mapped[ReportKind]
    sender: Mapped[str]  # who reported it, or took the call
    caller: Mapped[str | None]  # who rang or wrote, in their own words
    phone: Mapped[str | None]
    system: Mapped[str | None]  # which other system it came in by
    happened_at: Mapped[datetime | None]
    what: Mapped[Words]
    where: Mapped[str | None]
    situation: Mapped[Words | None]
    done: Mapped[Words | None]
    approved_by: Mapped[str | None]
    urgent: Mapped[bool] = mapped_column(default=False)
    written_at: Mapped[datetime]
    handed_to: Mapped[str | None]  # the chief who shall acknowledge it
    acknowledged_by: Mapped[str | None]
    acknowledged_at: Mapped[datetime | None]
    log_no: Mapped[int]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


@part("reports")
async def reports(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export the crisis' reports, which are the staff's."""
    if not sees_staffs(highest):
        return []
    rows = await db.scalars(select(Report).where(Report.crisis_id == crisis.id).order_by(Report.number))
    return [
        {
            "number": row.number,
            "kind": row.kind,
            "sender": row.sender,
            "caller": row.caller,
            "phone": row.phone,
            "system": row.system,
            "happened_at": instant(row.happened_at) if row.happened_at else None,
            "what": row.what,
            "where": row.where,
            "situation": row.situation,
            "done": row.done,
            "approved_by": row.approved_by,
            "urgent": row.urgent,
            "written_at": instant(row.written_at),
            "handed_to": row.handed_to,
            "acknowledged_by": row.acknowledged_by,
            "acknowledged_at": instant(row.acknowledged_at) if row.acknowledged_at else None,
            "log_no": row.log_no,
        }
        for row in rows
    ]


class Ping(Base):
    """One question to several centres."""

    __tablename__ = "pings"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int]
    question: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    scheme: Mapped[int | None]  # the number of the reporting scheme that asked
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


PingReading = Literal["green", "yellow", "red", "unclear", "silent"]


class PingAnswer(Base):
    """One centre's answer, or its silence."""

    __tablename__ = "ping_answers"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    ping: Mapped[int] = mapped_column(Id, index=True)
    centre: Mapped[str | None]
    person: Mapped[str]  # who was asked, or has answered
    chief: Mapped[str | None]  # who is asked when the contact is silent
    text: Mapped[Words | None]  # verbatim
    reading: Mapped[PingReading] = mapped_column(default="silent")
    answered_at: Mapped[datetime | None]
    late: Mapped[bool] = mapped_column(default=False)
    escalated: Mapped[bool] = mapped_column(default=False)
    log_no: Mapped[int | None]


class Scheme(Base):
    """Questions that come again at fixed times of the day. Plan §7, Rapporteringsordning."""

    __tablename__ = "schemes"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int]
    question: Mapped[str]
    centres: Mapped[list[Any]]
    times: Mapped[list[Any]]  # "09:00", on the clock on the wall
    started_by: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


@part("pings")
async def pings(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export the crisis' pings with their answers; the words are the staff's."""
    seen = sees_staffs(highest)
    found = list(await db.scalars(select(Ping).where(Ping.crisis_id == crisis.id).order_by(Ping.number)))
    answers = list(
        await db.scalars(select(PingAnswer).where(PingAnswer.crisis_id == crisis.id).order_by(PingAnswer.id))
    )
    return [
        {
            "number": row.number,
            "question": row.question if seen else None,
            "asked_by": row.asked_by,
            "asked_at": instant(row.asked_at),
            "due": instant(row.due_at),
            "scheme": row.scheme,
            "answers": [
                {
                    "person": each.person,
                    "centre": each.centre,
                    "text": each.text if seen else None,
                    "reading": each.reading,
                    "answered_at": instant(each.answered_at) if each.answered_at else None,
                    "late": each.late,
                    "escalated": each.escalated,
                    "chief": each.chief,
                    "log_no": each.log_no,
                }
                for each in answers
                if each.ping == row.id
            ],
        }
        for row in found
    ]


@part("centre_notices")
async def centre_notices(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export which centres were given notice, and when their chiefs had told them on."""
    rows = await db.scalars(select(CentreNotice).where(CentreNotice.crisis_id == crisis.id).order_by(CentreNotice.id))
    return [
        {
            "centre": row.centre,
            "chief": row.chief,
            "contact": row.contact,
            "notified_at": instant(row.notified_at),
            "informed_at": instant(row.informed_at) if row.informed_at else None,
            "informed_by": row.informed_by,
        }
        for row in rows
    ]


@part("reporting_schemes")
async def schemes(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export the crisis' reporting schemes; what is asked is the staff's."""
    rows = await db.scalars(select(Scheme).where(Scheme.crisis_id == crisis.id).order_by(Scheme.number))
    return [
        {
            "number": row.number,
            "question": row.question if sees_staffs(highest) else None,
            "centres": row.centres,
            "times": row.times,
            "started_by": row.started_by,
            "started_at": instant(row.started_at),
            "ended_at": instant(row.ended_at) if row.ended_at else None,
        }
        for row in rows
    ]


NeedState = Literal["open", "answered", "dropped"]


class InformationNeed(Base):
    """What the staff must know, by whom and before when. What answers it is a line of the log. Plan §7, overblik."""

    __tablename__ = "information_needs"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int]
    text: Mapped[Words]
    owner: Mapped[str]  # who is to find it out
    due_at: Mapped[datetime]
    state: Mapped[NeedState] = mapped_column(default="open")
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    closed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    answer_no: Mapped[int | None]  # the log line that answers it
    log_no: Mapped[int]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


@part("information_needs")
async def information_needs(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export what the staff had to know, oldest first, with the log lines that answer it; it is the staff's."""
    if not sees_staffs(highest):
        return []
    rows = await db.scalars(
        select(InformationNeed).where(InformationNeed.crisis_id == crisis.id).order_by(InformationNeed.number)
    )
    return [
        {
            "number": row.number,
            "text": row.text,
            "owner": row.owner,
            "due_at": instant(row.due_at),
            "state": row.state,
            "asked_by": row.asked_by,
            "asked_at": instant(row.asked_at),
            "closed_by": row.closed_by,
            "closed_at": instant_or_none(row.closed_at),
            "answer_no": row.answer_no,
            "log_no": row.log_no,
        }
        for row in rows
    ]


OutageState = Literal["running", "ended", "mistaken"]


class Outage(Base):
    """A critical function of the plan that stands still, and until when it may. Plan §2, continued running."""

    __tablename__ = "outages"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int]
    function: Mapped[str]  # as the plan calls it
    responsible: Mapped[str | None]
    since: Mapped[datetime]
    until: Mapped[datetime]  # the longest that it may stand still
    state: Mapped[OutageState] = mapped_column(default="running")
    told_by: Mapped[str]
    told_no: Mapped[int | None]  # the log line that named it
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    log_no: Mapped[int]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


@part("outages")
async def outages(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export the critical functions that have stood still, oldest first; they are the staff's."""
    if not sees_staffs(highest):
        return []
    rows = await db.scalars(select(Outage).where(Outage.crisis_id == crisis.id).order_by(Outage.number))
    return [
        {
            "number": row.number,
            "function": row.function,
            "responsible": row.responsible,
            "since": instant(row.since),
            "until": instant(row.until),
            "state": row.state,
            "told_by": row.told_by,
            "told_no": row.told_no,
            "ended_at": instant_or_none(row.ended_at),
            "ended_by": row.ended_by,
            "log_no": row.log_no,
        }
        for row in rows
    ]
