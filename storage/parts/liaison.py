"""What is carried between the crisis staff and a staff that others lead. Plan §6, Arbejdsform; §7, kommunal repræsentant."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from storage.log import instant
from storage.tables import Base, Crisis, _key, _of_crisis


class LiaisonReport(Base):
    """One report, home to the own staff or out to the other one."""

    __tablename__ = "liaison_reports"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    staff: Mapped[str]  # coordinating (§6), local (the police district's, §7)
    number: Mapped[int]
    direction: Mapped[str]  # in: home; out: to the other staff
    person: Mapped[str]  # who carried it
    text: Mapped[str]
    at: Mapped[datetime]
    log_no: Mapped[int]
    __table_args__ = (UniqueConstraint("crisis_id", "staff", "number"),)


async def carried(db: AsyncSession, crisis: Crisis, staff: str) -> list[dict[str, Any]]:
    """The reports to and from one of the two staffs, as the export shows them."""
    rows = await db.scalars(
        select(LiaisonReport)
        .where(LiaisonReport.crisis_id == crisis.id, LiaisonReport.staff == staff)
        .order_by(LiaisonReport.number)
    )
    return [
        {
            "number": row.number,
            "direction": row.direction,
            "person": row.person,
            "text": row.text,
            "at": instant(row.at),
            "log_no": row.log_no,
        }
        for row in rows
    ]
