"""The staff's meetings: items, agendas in versions, what was said, and minutes in versions. Plan §5, Arbejdsgange; Bilag 2."""

from __future__ import annotations

from datetime import datetime
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.grades import within
from storage.log import instant
from storage.parts import part
from storage.tables import Base, Crisis, Id, _key, _of_crisis

# The three parts of Bilag 2's "de videre møder", each said before its first heading.
PARTS = {
    "Opdatering på situationsbilledet": "Status og opdatering",
    "Opgaver, der angår koordinering": "Koordination og beslutning",
    "Punkter til erfaringsopsamling": "Andet",
}


class Meeting(Base):
    """One meeting of the operational staff."""

    __tablename__ = "meetings"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    number: Mapped[int]
    at: Mapped[datetime]
    place: Mapped[str]
    state: Mapped[str] = mapped_column(default="called")  # called, running, ended, cancelled
    urgent: Mapped[bool] = mapped_column(default=False)  # called on the same day
    called_by: Mapped[str]
    called_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    present: Mapped[list[Any]]
    sequence: Mapped[int] = mapped_column(default=0)  # of the invitation: each change of it is a higher one
    secret: Mapped[str] = mapped_column(unique=True, default=lambda: token_urlsafe(18))  # in its file's address
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


class AgendaItem(Base):
    """Something the staff shall treat."""

    __tablename__ = "agenda_items"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    number: Mapped[int]
    text: Mapped[str]
    kind: Mapped[str | None]  # discussion, decision, information; None: not said yet
    recommendation: Mapped[str | None]  # indstilling: a decision needs one
    deadline: Mapped[datetime | None]
    no_deadline: Mapped[bool] = mapped_column(default=False)  # asked, and there is none
    preparer: Mapped[str | None]
    proposer: Mapped[str]
    added_at: Mapped[datetime]
    meeting: Mapped[int | None] = mapped_column(Id)  # the meeting that treated it
    measure: Mapped[int | None] = mapped_column(
        Id
    )  # an urgent measure that the staff is to be told of: it can't be removed
    state: Mapped[str] = mapped_column(default="open")  # open, treated, withdrawn
    discussion: Mapped[str] = mapped_column(default="")
    decision: Mapped[str] = mapped_column(default="")
    actions: Mapped[list[Any]]  # {"what", "owner", "due"}
    waits: Mapped[str | None]  # spoken of, and taken up again on the next meeting: what it waits for
    political: Mapped[str | None]  # it needs a political case: committee, case and date, as far as they are known
    log_no: Mapped[int | None]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


class Agenda(Base):
    """One version of a meeting's agenda."""

    __tablename__ = "agendas"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    meeting: Mapped[int] = mapped_column(Id, index=True)
    version: Mapped[int]
    state: Mapped[str] = mapped_column(default="draft")  # draft, awaiting, approved, sent
    items: Mapped[list[Any]]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("meeting", "version"),)


class Minutes(Base):
    """One version of a meeting's minutes. What was not approved was never sent."""

    __tablename__ = "minutes"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
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
    grade: Mapped[str] = mapped_column(default="staff")  # who may get it: see handlers.clearance
    __table_args__ = (UniqueConstraint("meeting", "version"),)


@part("meetings")
async def meetings(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """The crisis' meetings; agendas and minutes are the staff's."""
    seen = highest in ("staff", "confidential")
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
            "started_at": _time(row.started_at),
            "ended_at": _time(row.ended_at),
            "present": row.present,
            "invitation_sequence": row.sequence,
            "agenda": [
                {
                    "version": each.version,
                    "state": each.state,
                    "items": each.items,
                    "approved_by": each.approved_by,
                    "approved_at": _time(each.approved_at),
                    "sent_at": _time(each.sent_at),
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
                    "approved_at": _time(each.approved_at),
                    "sent_at": _time(each.sent_at),
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
async def items(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """Everything that was to be treated, and what became of it; the staff's."""
    if highest not in ("staff", "confidential"):
        return []
    rows = await db.scalars(select(AgendaItem).where(AgendaItem.crisis_id == crisis.id).order_by(AgendaItem.number))
    return [
        {
            "number": row.number,
            "text": row.text,
            "kind": row.kind,
            "recommendation": row.recommendation,
            "deadline": _time(row.deadline),
            "proposer": row.proposer,
            "preparer": row.preparer,
            "political_case": row.political,
            "waits_for": row.waits,
            "state": row.state,
            "decision": row.decision,
            "urgent_measure": row.measure is not None,
            "log_no": row.log_no,
        }
        for row in rows
    ]


def _lead(meeting: Meeting, minutes: Minutes) -> float | None:
    """From the meeting's end to the minutes' sending, in seconds (R135)."""
    if meeting.ended_at is None or minutes.sent_at is None:
        return None
    return (minutes.sent_at - meeting.ended_at).total_seconds()


def _time(at: datetime | None) -> str | None:
    return instant(at) if at else None
