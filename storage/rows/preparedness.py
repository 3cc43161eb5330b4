"""Exercises, evaluations and the duties of keeping the plan. Plan §3."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.grades import Grade, sees_staffs
from storage.rows.base import Base, Id, Words, instant, of_crisis, primary_key
from storage.rows.crisis import Crisis
from storage.rows.exported import part


class Exercise(Base):
    """An exercise that was held: here, or elsewhere and told of."""

    __tablename__ = "exercises"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int | None] = mapped_column(Id, ForeignKey("crises.id"), unique=True)  # None: held elsewhere
    held_at: Mapped[datetime]
    scope: Mapped[str]
    participants: Mapped[str]  # ids of persons with commas between, or words where it was held elsewhere
    registered_by: Mapped[str]
    registered_at: Mapped[datetime]


class Evaluation(Base):
    """The evaluation of a crisis or an exercise: who answers for it, before when, and what was found."""

    __tablename__ = "evaluations"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    owner: Mapped[str | None]
    due_at: Mapped[datetime]
    task_id: Mapped[int | None] = mapped_column(Id, ForeignKey("tasks.id"))
    findings: Mapped[str | None]
    finished_at: Mapped[datetime | None]
    finished_by: Mapped[str | None]


ImprovementState = Literal["open", "done", "dropped"]


class Improvement(Base):
    """What is to be done about something that was learnt: somebody has it, until it is done. Its number is counted over
    all crises."""

    __tablename__ = "improvements"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int] = mapped_column(unique=True)
    text: Mapped[Words]
    owner: Mapped[str]
    due_at: Mapped[datetime | None]
    state: Mapped[ImprovementState] = mapped_column(default="open")
    told: Mapped[int] = mapped_column(default=0)  # how many times the owner has been asked
    remark: Mapped[Words | None]  # how far it is, as the owner said last
    added_by: Mapped[str]
    added_at: Mapped[datetime]
    closed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    log_no: Mapped[int]


@part("improvements")
async def improvements(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export what is to be done about what was learnt, oldest first; it is the staff's."""
    if not sees_staffs(highest):
        return []
    rows = await db.scalars(select(Improvement).where(Improvement.crisis_id == crisis.id).order_by(Improvement.number))
    return [
        {
            "number": row.number,
            "text": row.text,
            "owner": row.owner,
            "due_at": instant(row.due_at) if row.due_at else None,
            "state": row.state,
            "remark": row.remark,
            "added_by": row.added_by,
            "added_at": instant(row.added_at),
            "closed_by": row.closed_by,
            "closed_at": instant(row.closed_at) if row.closed_at else None,
            "log_no": row.log_no,
        }
        for row in rows
    ]


PackState = Literal["wanted", "ready", "failed"]


class EmergencyPack(Base):
    """An emergency pack that was asked for, by somebody or by the night: what is in it, and where it can be had."""

    __tablename__ = "emergency_packs"
    id: Mapped[int] = primary_key()
    asked_by: Mapped[str | None]  # None: the night, or a new phase
    platform: Mapped[str | None]
    mailed: Mapped[bool] = mapped_column(default=False)  # to whom the plan says, where it is new to them
    asked_at: Mapped[datetime]
    state: Mapped[PackState] = mapped_column(default="wanted", index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime | None]
    print: Mapped[str | None]  # the hash of what it says, apart from when it was made
    sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_files.sha256"))
    secret: Mapped[str | None] = mapped_column(unique=True)  # the link's, while it works
    until: Mapped[datetime | None]


@part("exercises")
async def exercises(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export what the register says of this exercise; nothing of a real crisis."""
    rows = await db.scalars(select(Exercise).where(Exercise.crisis_id == crisis.id))
    return [
        {
            "held_at": instant(row.held_at),
            "scope": row.scope,
            "participants": row.participants.split(", ") if row.participants else [],
            "registered_by": row.registered_by,
            "registered_at": instant(row.registered_at),
        }
        for row in rows
    ]


@part("evaluations")
async def evaluations(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export the evaluation, which is the staff's. What was learnt on the way stands in the log, as lines of kind
    "lesson"."""
    if not sees_staffs(highest):
        return []
    rows = await db.scalars(select(Evaluation).where(Evaluation.crisis_id == crisis.id).order_by(Evaluation.id))
    return [
        {
            "owner": row.owner,
            "due_at": instant(row.due_at),
            "findings": row.findings,
            "finished_at": instant(row.finished_at) if row.finished_at else None,
            "finished_by": row.finished_by,
        }
        for row in rows
    ]


Duty = Literal["case", "council", "agency", "emergency"]


class PlanDuty(Base):
    """A thing to be done about the plan, and when it was."""

    __tablename__ = "plan_duties"
    id: Mapped[int] = primary_key()
    subject: Mapped[str]  # "period/2025-12-31", or "change/" and the plan's fingerprint
    duty: Mapped[Duty]
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]
    __table_args__ = (UniqueConstraint("subject", "duty"),)
