"""The staff's rows: who is in it, on shift and beside it, and who may know what. Plan §5; §8."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal, get_args

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

StaffPart = Literal["framing", "operational", "beside"]


class Member(Base):
    """A person in the staff, or beside it, for a period. Plan §5."""

    __tablename__ = "members"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    person: Mapped[str]
    staff: Mapped[StaffPart]  # beside: serves the staff and is in its channel
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")
    added_by: Mapped[str | None]


SummonsDuty = Literal["framing", "secretariat", "communication", "support", "operational"]
SummonsAnswer = Literal["coming", "declined"]


class Summons(Base):
    """A person asked to come, and what they said. Plan §5, Krisesekretariat."""

    __tablename__ = "summons"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    person: Mapped[str]
    duty: Mapped[SummonsDuty]
    label: Mapped[str]  # what they are summoned as, in Danish
    deputy_for: Mapped[str | None]
    sent_at: Mapped[datetime]
    answer: Mapped[SummonsAnswer | None]
    eta: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    words: Mapped[str] = mapped_column(default="")
    __table_args__ = (UniqueConstraint("crisis_id", "person"),)


class DrawnIn(Base):
    """One person and the task; the person's own chief is told."""

    __tablename__ = "drawn_in"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    person: Mapped[str]
    task: Mapped[int]  # the task's number
    text: Mapped[str]
    centre: Mapped[str | None]
    chief: Mapped[str | None]  # who was told; None: nobody knows yet whose employee it is
    told_at: Mapped[datetime | None]
    by: Mapped[str]
    at: Mapped[datetime]


@part("drawn_in")
async def drawn_in(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export who was drawn in for what, and which chief was told; the staff's."""
    if not sees_staffs(highest):
        return []
    rows = await db.scalars(select(DrawnIn).where(DrawnIn.crisis_id == crisis.id).order_by(DrawnIn.id))
    return [
        {
            "person": row.person,
            "task": row.task,
            "text": row.text,
            "centre": row.centre,
            "chief": row.chief,
            "chief_told_at": instant(row.told_at) if row.told_at else None,
            "by": row.by,
            "at": instant(row.at),
        }
        for row in rows
    ]


ShiftState = Literal["planned", "on_duty", "ended", "withdrawn"]


class Shift(Base):
    """One person's time in one role."""

    __tablename__ = "shifts"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    role: Mapped[str]
    person: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime]
    state: Mapped[ShiftState] = mapped_column(default="planned")
    note: Mapped[str] = mapped_column(default="")  # handed over to whoever comes after
    added_by: Mapped[str]
    added_at: Mapped[datetime]


@part("roster")
async def roster(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export the shifts of a crisis; the handover notes are the staff's."""
    rows = await db.scalars(select(Shift).where(Shift.crisis_id == crisis.id).order_by(Shift.since, Shift.id))
    return [
        {
            "role": row.role,
            "person": row.person,
            "from": instant(row.since),
            "until": instant(row.until),
            "state": row.state,
            "note": row.note if sees_staffs(highest) else None,
        }
        for row in rows
    ]


# What is shared.
Subject = Literal["log", "minutes", "picture", "lists"]
SUBJECTS: tuple[Subject, ...] = get_args(Subject)
LOG: Final = "log"
MINUTES: Final = "minutes"
PICTURE: Final = "picture"
LISTS: Final = "lists"


class Sharing(Base):
    """One decision: to which grade a group may know one thing. The newest of each counts; the others are its history."""

    __tablename__ = "sharings"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    subject: Mapped[Subject]
    audience: Mapped[str]  # a group's name, as handlers.audiences has it
    grade: Mapped[Grade | None]  # the highest grade that they may know; None: nothing is shared
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    log_no: Mapped[int]


@part("sharings")
async def sharings(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export every decision on sharing, oldest first; they are the staff's."""
    if not sees_staffs(highest):
        return []
    rows = await db.scalars(select(Sharing).where(Sharing.crisis_id == crisis.id).order_by(Sharing.id))
    return [
        {
            "subject": row.subject,
            "audience": row.audience,
            "grade": row.grade,
            "decided_by": row.decided_by,
            "decided_at": instant(row.decided_at),
            "log_no": row.log_no,
        }
        for row in rows
    ]


class SupportNeed(Base):
    """One function in this crisis: needed or not, which unit mans it, and with whom."""

    __tablename__ = "support_needs"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    function: Mapped[str]
    needed: Mapped[bool]
    unit: Mapped[str | None]  # the centre that was asked to man it
    person: Mapped[str | None]
    deputy: Mapped[str | None]
    hours: Mapped[str | None]  # from–to, as it was typed
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("crisis_id", "function"),)


@part("support_functions")
async def support_functions(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export what has been said of the support functions."""
    rows = await db.scalars(select(SupportNeed).where(SupportNeed.crisis_id == crisis.id).order_by(SupportNeed.id))
    return [
        {
            "function": row.function,
            "needed": row.needed,
            "unit": row.unit,
            "person": row.person,
            "deputy": row.deputy,
            "hours": row.hours,
            "changed_by": row.changed_by,
            "changed_at": instant(row.changed_at),
        }
        for row in rows
    ]


OUTSIDE = "ekstern:"


class External(Base):
    """A person from another organisation, for a period, and what they may see."""

    __tablename__ = "externals"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    name: Mapped[str]
    organisation: Mapped[str]
    contact: Mapped[str]  # how the secretariat reaches them, as it was typed
    clearance: Mapped[Grade] = mapped_column(default="internal")  # the highest grade they may see
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    added_by: Mapped[str]


@part("externals")
async def externals(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export the crisis' external members; how they are reached is the staff's."""
    rows = await db.scalars(select(External).where(External.crisis_id == crisis.id).order_by(External.id))
    return [
        {
            "person": f"{OUTSIDE}{row.name}",
            "organisation": row.organisation,
            "contact": row.contact if sees_staffs(highest) else None,
            "clearance": row.clearance,
            "from": instant(row.since),
            "until": instant(row.until) if row.until else None,
        }
        for row in rows
    ]


@part("members")
async def members(db: AsyncSession, crisis: Crisis, grade: Grade) -> list[dict[str, Any]]:
    """Read who has sat in the staff, and when."""
    rows = await db.scalars(
        select(Member)
        .where(Member.crisis_id == crisis.id, Member.staff.in_(["framing", "operational"]))
        .order_by(Member.id)
    )
    return [
        {
            "person": row.person,
            "staff": row.staff,
            "from": instant_or_none(row.since),
            "until": instant_or_none(row.until),
            "reason": row.reason if sees_staffs(grade) else None,
        }
        for row in rows
    ]


QuotaState = Literal["draft", "asking", "filled", "stopped"]


class Quota(Base):
    """A number of people who are needed for something, and are asked for until they are found. Plan §5, Krav til
    krisestaben."""

    __tablename__ = "quotas"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int]
    wanted: Mapped[int]
    text: Mapped[Words]  # for what, and what they can
    in_order: Mapped[bool] = mapped_column(default=False)  # else side by side
    state: Mapped[QuotaState] = mapped_column(default="draft")
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    filled_at: Mapped[datetime | None]
    log_no: Mapped[int | None]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


# late: a yes after enough were found.
QuotaReply = Literal["yes", "no", "late", "withdrawn"]


class QuotaAsk(Base):
    """One of those who are asked, in their order, and what they answered."""

    __tablename__ = "quota_asks"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    quota: Mapped[int] = mapped_column(Id, index=True)
    person: Mapped[str]
    asked_at: Mapped[datetime | None]
    answer: Mapped[QuotaReply | None]
    count: Mapped[int] = mapped_column(default=0)  # how many come
    words: Mapped[Words | None]
    answered_at: Mapped[datetime | None]
    log_no: Mapped[int | None]
    __table_args__ = (UniqueConstraint("quota", "person"),)


@part("quotas")
async def quotas(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export how many were asked for, who was asked and what they answered, in the order that they were asked in."""
    if not sees_staffs(highest):
        return []
    rows = (await db.scalars(select(Quota).where(Quota.crisis_id == crisis.id).order_by(Quota.number))).all()
    asks = (await db.scalars(select(QuotaAsk).where(QuotaAsk.crisis_id == crisis.id).order_by(QuotaAsk.id))).all()
    return [
        {
            "number": row.number,
            "wanted": row.wanted,
            "text": row.text,
            "in_order": row.in_order,
            "state": row.state,
            "asked_by": row.asked_by,
            "asked_at": instant(row.asked_at),
            "filled_at": instant_or_none(row.filled_at),
            "log_no": row.log_no,
            "asks": [
                {
                    "person": each.person,
                    "asked_at": instant_or_none(each.asked_at),
                    "answer": each.answer,
                    "count": each.count,
                    "words": each.words,
                    "answered_at": instant_or_none(each.answered_at),
                    "log_no": each.log_no,
                }
                for each in asks
                if each.quota == row.id
            ],
        }
        for row in rows
        if row.state != "draft"
    ]
