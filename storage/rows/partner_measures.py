"""What partners have set going themselves: a sign that the situation has changed. Plan §9, Ændringer i situationen."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from storage.grades import Grade, sees_staffs
from storage.rows.base import Base, Words, instant, instant_or_none, of_crisis, primary_key
from storage.rows.crisis import Crisis
from storage.rows.exported import part
from storage.rows.log import LogState


class PartnerMeasure(Base):
    """A measure of somebody else's. Whether it is confirmed stands at its log line."""

    __tablename__ = "partner_measures"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int]
    partner: Mapped[str | None]  # a key of `PARTNERS`; None for somebody who isn't on that list
    who: Mapped[Words]  # as it was said
    what: Mapped[Words]
    since: Mapped[datetime | None]
    source: Mapped[Words | None]  # who told it
    written_by: Mapped[str]
    written_at: Mapped[datetime]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    log_no: Mapped[int]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


@part("partner_measures")
async def measures(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export what partners have done, with what is over; the staff's."""
    if not sees_staffs(highest):
        return []
    found = await db.execute(
        select(PartnerMeasure, LogState.verification)
        .join(LogState, (LogState.crisis_id == PartnerMeasure.crisis_id) & (LogState.no == PartnerMeasure.log_no))
        .where(PartnerMeasure.crisis_id == crisis.id)
        .order_by(PartnerMeasure.number)
    )
    return [
        {
            "number": row.number,
            "partner": row.partner,
            "who": row.who,
            "what": row.what,
            "since": instant_or_none(row.since),
            "source": row.source,
            "verification": verification,
            "written_by": row.written_by,
            "written_at": instant(row.written_at),
            "ended_by": row.ended_by,
            "ended_at": instant_or_none(row.ended_at),
            "log_no": row.log_no,
        }
        for row, verification in found
    ]
