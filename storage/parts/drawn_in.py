"""Persons drawn in for a task: "udpege enkeltpersoner med særlige kompetencer". Plan §5."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from storage.log import instant
from storage.parts import part
from storage.tables import Base, Crisis, _key, _of_crisis


class DrawnIn(Base):
    """One person and the task; the person's own chief is told."""

    __tablename__ = "drawn_in"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    person: Mapped[str]
    task: Mapped[int]  # the task's number
    text: Mapped[str]
    centre: Mapped[str | None]
    chief: Mapped[str | None]  # who was told; None: nobody knows yet whose employee it is
    told_at: Mapped[datetime | None]
    by: Mapped[str]
    at: Mapped[datetime]


@part("drawn_in")
async def drawn_in(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """Who was drawn in for what, and which chief was told; the staff's."""
    if highest not in ("staff", "confidential"):
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
