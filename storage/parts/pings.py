"""What the organisation was asked, and what it said: status pings and reporting schemes. Plan §2 and §7."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.log import instant
from storage.parts import part
from storage.tables import Base, Crisis, Id, _key, _of_crisis


class Ping(Base):
    """One question to several centres."""

    __tablename__ = "pings"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    number: Mapped[int]
    question: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    due_at: Mapped[datetime]
    scheme: Mapped[int | None]  # the number of the reporting scheme that asked
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


class PingAnswer(Base):
    """One centre's answer, or its silence."""

    __tablename__ = "ping_answers"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    ping: Mapped[int] = mapped_column(Id, index=True)
    centre: Mapped[str | None]
    person: Mapped[str]  # who was asked, or has answered
    chief: Mapped[str | None]  # who is asked when the contact is silent
    text: Mapped[str | None]  # verbatim
    reading: Mapped[str] = mapped_column(default="silent")  # green, yellow, red, unclear, silent
    answered_at: Mapped[datetime | None]
    late: Mapped[bool] = mapped_column(default=False)
    escalated: Mapped[bool] = mapped_column(default=False)
    log_no: Mapped[int | None]


class Scheme(Base):
    """Questions that come again at fixed times of the day. Plan §7, Rapporteringsordning."""

    __tablename__ = "schemes"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    number: Mapped[int]
    question: Mapped[str]
    centres: Mapped[list[Any]]
    times: Mapped[list[Any]]  # "09:00", on the clock on the wall
    started_by: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


@part("pings")
async def pings(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """The crisis' pings with their answers; the words are the staff's."""
    seen = highest in ("staff", "confidential")
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
                    "log_no": each.log_no,
                }
                for each in answers
                if each.ping == row.id
            ],
        }
        for row in found
    ]


@part("reporting_schemes")
async def schemes(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """The crisis' reporting schemes; what is asked is the staff's."""
    rows = await db.scalars(select(Scheme).where(Scheme.crisis_id == crisis.id).order_by(Scheme.number))
    return [
        {
            "number": row.number,
            "question": row.question if highest in ("staff", "confidential") else None,
            "centres": row.centres,
            "times": row.times,
            "started_by": row.started_by,
            "started_at": instant(row.started_at),
            "ended_at": instant(row.ended_at) if row.ended_at else None,
        }
        for row in rows
    ]
