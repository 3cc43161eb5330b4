"""The framing staff's meetings. Plan §5, "Den rammesættende krisestab"."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from storage.grades import Grade, sees_staffs
from storage.rows.base import Base, instant, instant_or_none, of_crisis, primary_key
from storage.rows.crisis import Crisis
from storage.rows.exported import part


class FramingMeeting(Base):
    """One meeting of the framing staff; "som udgangspunkt blot et enkelt"."""

    __tablename__ = "framing_meetings"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int]
    called_at: Mapped[datetime]
    called_by: Mapped[str]
    started_at: Mapped[datetime | None]
    started_by: Mapped[str | None]
    present: Mapped[list[Any]]
    absent: Mapped[list[Any]]
    asking: Mapped[str | None]  # the question that somebody asked to have shown; None: the next open one
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    moved_on_at: Mapped[datetime | None]  # when the operational staff took over
    moved_on_by: Mapped[str | None]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


@part("framing_meetings")
async def framing_meetings(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export when the framing staff met, and who was there; the staff's."""
    if not sees_staffs(highest):
        return []
    rows = await db.scalars(
        select(FramingMeeting).where(FramingMeeting.crisis_id == crisis.id).order_by(FramingMeeting.number)
    )
    return [
        {
            "number": row.number,
            "called_at": instant(row.called_at),
            "started_at": instant_or_none(row.started_at),
            "started_by": row.started_by,
            "present": row.present,
            "absent": row.absent,
            "ended_at": instant_or_none(row.ended_at),
            "moved_on_at": instant_or_none(row.moved_on_at),
            "moved_on_by": row.moved_on_by,
        }
        for row in rows
    ]
