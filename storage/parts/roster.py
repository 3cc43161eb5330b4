"""Who has which role from when to when, so that the staff can be driven for three days. Plan §5, Krav til krisestaben."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.log import instant
from storage.parts import part
from storage.tables import Base, Crisis, _key, _of_crisis


class Shift(Base):
    """One person's time in one role."""

    __tablename__ = "shifts"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    role: Mapped[str]
    person: Mapped[str]
    since: Mapped[datetime]
    until: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="planned")  # planned, on_duty, ended, withdrawn
    note: Mapped[str] = mapped_column(default="")  # handed over to whoever comes after
    added_by: Mapped[str]
    added_at: Mapped[datetime]


@part("roster")
async def roster(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """The shifts of a crisis; the handover notes are the staff's."""
    rows = await db.scalars(select(Shift).where(Shift.crisis_id == crisis.id).order_by(Shift.since, Shift.id))
    return [
        {
            "role": row.role,
            "person": row.person,
            "from": instant(row.since),
            "until": instant(row.until),
            "state": row.state,
            "note": row.note if highest in ("staff", "confidential") else None,
        }
        for row in rows
    ]
