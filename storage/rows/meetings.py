"""The staff's meetings: items, agendas and minutes in versions, option papers, partners, outside mail. Plan §5, Arbejdsgange; Bilag 2; Bilag 5."""

from __future__ import annotations

from datetime import date, datetime
from secrets import token_urlsafe
from typing import Any, Literal

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.grades import Grade, sees_staffs, within
from storage.rows.base import Base, Id, Words, instant, instant_or_none, of_crisis, primary_key
from storage.rows.crisis import Crisis
from storage.rows.exported import part

# The eleven of Bilag 5, in its order and words.
PARTNERS = {
    "municipalities": "Andre kommuner",
    "region": "Regionen",
    "staffs": "Tværgående stabe (Lokal Beredskabsstab, National Operativ Stab, International Operativ Stab)",
    "police": "Politiet",
    "emergency_agency": "Beredskabsstyrelsen",
    "patient_safety": "Styrelsen for Patientsikkerhed",
    "defence": "Forsvaret, herunder hjemmeværnet",
    "central_authorities": "Øvrige centrale myndigheder",
    "private": "Private aktører",
    "international": "Internationale samarbejdspartnere (EU, FN, NATO m.v.)",
    "media": "Lokale, landsdækkende og internationale medier",
}


class Partner(Base):
    """A partner's standing in this crisis: relevant, and contacted by whom and when."""

    __tablename__ = "partners"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    partner: Mapped[str]  # a key of `PARTNERS`
    relevant: Mapped[bool | None]  # None: nobody has said
    note: Mapped[str | None]  # whom, and how they are reached
    contacted_by: Mapped[str | None]
    contacted_at: Mapped[datetime | None]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("crisis_id", "partner"),)


@part("partners")
async def partners(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export the partners that somebody has taken a stand on, in Bilag 5's order; the list is the staff's."""
    if not sees_staffs(highest):
        return []
    found = {row.partner: row for row in await db.scalars(select(Partner).where(Partner.crisis_id == crisis.id))}
    return [
        {
            "partner": partner,
            "relevant": row.relevant,
            "note": row.note,
            "contacted_by": row.contacted_by,
            "contacted_at": instant(row.contacted_at) if row.contacted_at else None,
            "changed_by": row.changed_by,
            "changed_at": instant(row.changed_at),
        }
        for partner in PARTNERS
        if (row := found.get(partner)) is not None
    ]


class MailReading(Base):
    """One day's reading of information mail from outside."""

    __tablename__ = "mail_readings"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    day: Mapped[date]
    asked_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    read_by: Mapped[str | None]
    items: Mapped[list[Any]]  # the numbers of the items that came of it
    __table_args__ = (UniqueConstraint("crisis_id", "day"),)


@part("mail_readings")
async def mail_readings(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export when outside mail was read, by whom, and which items came of it; the staff's."""
    if not sees_staffs(highest):
        return []
    rows = await db.scalars(select(MailReading).where(MailReading.crisis_id == crisis.id).order_by(MailReading.day))
    return [
        {
            "day": row.day.isoformat(),
            "asked_at": instant(row.asked_at),
            "read_at": instant_or_none(row.read_at),
            "read_by": row.read_by,
            "items": row.items,
        }
        for row in rows
    ]


# The three parts of Bilag 2's "de videre møder", each said before its first heading.
PARTS = {
    "Opdatering på situationsbilledet": "Status og opdatering",
    "Opgaver, der angår koordinering": "Koordination og beslutning",
    "Punkter til erfaringsopsamling": "Andet",
}


MeetingState = Literal["called", "running", "ended", "cancelled"]


class Meeting(Base):
    """One meeting of the operational staff."""

    __tablename__ = "meetings"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int]
    at: Mapped[datetime]
    place: Mapped[str]
    state: Mapped[MeetingState] = mapped_column(default="called")
    urgent: Mapped[bool] = mapped_column(default=False)  # called on the same day
    called_by: Mapped[str]
    called_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    present: Mapped[list[Any]]
    sequence: Mapped[int] = mapped_column(default=0)  # of the invitation: each change of it is a higher one
    secret: Mapped[str] = mapped_column(unique=True, default=lambda: token_urlsafe(18))  # in its file's address
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


ItemKind = Literal["discussion", "decision", "information"]
ItemState = Literal["open", "treated", "withdrawn"]


class AgendaItem(Base):
    """An item that the staff is to treat."""

    __tablename__ = "agenda_items"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int]
    text: Mapped[Words]
    kind: Mapped[ItemKind | None]  # None: not said yet
    recommendation: Mapped[Words | None]  # indstilling: a decision needs one
    deadline: Mapped[datetime | None]
    no_deadline: Mapped[bool] = mapped_column(default=False)  # asked, and there is none
    preparer: Mapped[str | None]
    proposer: Mapped[str]
    added_at: Mapped[datetime]
    meeting: Mapped[int | None] = mapped_column(Id)  # the meeting that treated it
    measure: Mapped[int | None] = mapped_column(
        Id
    )  # an urgent measure that the staff is to be told of: it can't be removed
    state: Mapped[ItemState] = mapped_column(default="open")
    discussion: Mapped[Words] = mapped_column(default="")
    decision: Mapped[Words] = mapped_column(default="")
    actions: Mapped[list[Any]]  # {"what", "owner", "due"}
    waits: Mapped[Words | None]  # spoken of, and taken up again on the next meeting: what it waits for
    political: Mapped[Words | None]  # it needs a political case: committee, case and date, as far as they are known
    log_no: Mapped[int | None]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


AgendaState = Literal["draft", "awaiting", "approved", "sent"]


class Agenda(Base):
    """One version of a meeting's agenda."""

    __tablename__ = "agendas"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    meeting: Mapped[int] = mapped_column(Id, index=True)
    version: Mapped[int]
    state: Mapped[AgendaState] = mapped_column(default="draft")
    items: Mapped[list[Any]]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("meeting", "version"),)


class Minutes(Base):
    """One version of a meeting's minutes. What was not approved was never sent."""

    __tablename__ = "minutes"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    meeting: Mapped[int] = mapped_column(Id, index=True)
    version: Mapped[int]
    items: Mapped[list[Any]]
    remarks: Mapped[str] = mapped_column(default="")
    written_by: Mapped[str]
    written_at: Mapped[datetime]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    recipients: Mapped[list[Any]]
    grade: Mapped[Grade] = mapped_column(default="staff")  # who may get it: see handlers.core.clearance
    __table_args__ = (UniqueConstraint("meeting", "version"),)


@part("meetings")
async def meetings(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export the crisis' meetings; agendas and minutes are the staff's."""
    seen = sees_staffs(highest)
    rows = list(await db.scalars(select(Meeting).where(Meeting.crisis_id == crisis.id).order_by(Meeting.number)))
    agendas = list(await db.scalars(select(Agenda).where(Agenda.crisis_id == crisis.id).order_by(Agenda.version)))
    minutes = list(await db.scalars(select(Minutes).where(Minutes.crisis_id == crisis.id).order_by(Minutes.version)))
    return [
        {
            "number": row.number,
            "at": instant(row.at),
            "place": row.place,
            "state": row.state,
            "urgent": row.urgent,
            "called_by": row.called_by,
            "called_at": instant(row.called_at),
            "started_at": instant_or_none(row.started_at),
            "ended_at": instant_or_none(row.ended_at),
            "present": row.present,
            "invitation_sequence": row.sequence,
            "agenda": [
                {
                    "version": each.version,
                    "state": each.state,
                    "items": each.items,
                    "approved_by": each.approved_by,
                    "approved_at": instant_or_none(each.approved_at),
                    "sent_at": instant_or_none(each.sent_at),
                }
                for each in agendas
                if seen and each.meeting == row.id
            ],
            "minutes": [
                {
                    "version": each.version,
                    "items": each.items,
                    "remarks": each.remarks,
                    "written_by": each.written_by,
                    "approved_by": each.approved_by,
                    "approved_at": instant_or_none(each.approved_at),
                    "sent_at": instant_or_none(each.sent_at),
                    "recipients": each.recipients,
                    "lead_time": _lead(row, each),
                    "grade": each.grade,
                }
                for each in minutes
                if seen and each.meeting == row.id and within(each.grade, highest)
            ],
        }
        for row in rows
    ]


@part("agenda_items")
async def items(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export every item that was to be treated, and what became of it; the staff's."""
    if not sees_staffs(highest):
        return []
    rows = await db.scalars(select(AgendaItem).where(AgendaItem.crisis_id == crisis.id).order_by(AgendaItem.number))
    numbers = {row.id: row.number for row in await db.scalars(select(Meeting).where(Meeting.crisis_id == crisis.id))}
    minutes = await db.scalars(select(Minutes).where(Minutes.crisis_id == crisis.id))
    # What was said on a meeting whose minutes are confidential is as confidential as they are.
    above = {each.meeting for each in minutes if not within(each.grade, highest)}
    return [
        {
            "number": row.number,
            "text": row.text,
            "kind": row.kind,
            "recommendation": row.recommendation,
            "deadline": instant_or_none(row.deadline),
            "proposer": row.proposer,
            "preparer": row.preparer,
            "political_case": row.political,
            "waits_for": row.waits,
            "state": row.state,
            "meeting": numbers.get(row.meeting) if row.meeting is not None else None,
            "discussion": row.discussion if row.meeting not in above else None,
            "decision": row.decision,
            "actions": row.actions if row.meeting not in above else [],
            "urgent_measure": row.measure is not None,
            "log_no": row.log_no,
        }
        for row in rows
    ]


def _lead(meeting: Meeting, minutes: Minutes) -> float | None:
    """Return the time from the meeting's end to the minutes' sending, in seconds."""
    if meeting.ended_at is None or minutes.sent_at is None:
        return None
    return (minutes.sent_at - meeting.ended_at).total_seconds()


class OptionPaper(Base):
    """A paper with the alternatives that a decision is made among: what for each speaks for it, against it, and what it
    takes."""

    __tablename__ = "option_papers"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int]
    situation: Mapped[Words]
    options: Mapped[list[Any]]  # {"letter", "what", "pros", "cons", "resources"}
    only_one: Mapped[Words | None]  # why there is no alternative
    written_by: Mapped[str]
    written_at: Mapped[datetime]
    chosen: Mapped[str | None]  # a letter, or "none"
    chosen_by: Mapped[str | None]
    chosen_at: Mapped[datetime | None]
    decision: Mapped[int | None]  # its number
    item: Mapped[int | None] = mapped_column(Id)  # on the agenda
    log_no: Mapped[int]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


@part("option_papers")
async def papers(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export the option papers, oldest first; they are the staff's."""
    if not sees_staffs(highest):
        return []
    rows = await db.scalars(select(OptionPaper).where(OptionPaper.crisis_id == crisis.id).order_by(OptionPaper.number))
    return [
        {
            "number": row.number,
            "situation": row.situation,
            "options": row.options,
            "only_one": row.only_one,
            "written_by": row.written_by,
            "written_at": instant(row.written_at),
            "chosen": row.chosen,
            "chosen_by": row.chosen_by,
            "chosen_at": instant_or_none(row.chosen_at),
            "decision": row.decision,
            "log_no": row.log_no,
        }
        for row in rows
    ]
