"""Reports to the staff, telephone messages and what came in by other systems. Plan §7 and Bilag 3, Meldinger."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.log import instant
from storage.parts import part
from storage.tables import Base, Crisis, _key, _of_crisis


class Report(Base):
    """One report in the form of Bilag 3; only what happened is compulsory."""

    __tablename__ = "reports"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    number: Mapped[int]
    kind: Mapped[str]  # report, telephone, system
    sender: Mapped[str]  # who reported it, or took the call
    caller: Mapped[str | None]  # who rang or wrote, in their own words
    phone: Mapped[str | None]
    system: Mapped[str | None]  # which other system it came in by
    happened_at: Mapped[datetime | None]
    what: Mapped[str]
    where: Mapped[str | None]
    situation: Mapped[str | None]
    done: Mapped[str | None]
    approved_by: Mapped[str | None]
    urgent: Mapped[bool] = mapped_column(default=False)
    written_at: Mapped[datetime]
    handed_to: Mapped[str | None]  # the chief who shall acknowledge it
    acknowledged_by: Mapped[str | None]
    acknowledged_at: Mapped[datetime | None]
    log_no: Mapped[int]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


@part("reports")
async def reports(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """The crisis' reports, which are the staff's."""
    if highest not in ("staff", "confidential"):
        return []
    rows = await db.scalars(select(Report).where(Report.crisis_id == crisis.id).order_by(Report.number))
    return [
        {
            "number": row.number,
            "kind": row.kind,
            "sender": row.sender,
            "caller": row.caller,
            "phone": row.phone,
            "system": row.system,
            "happened_at": instant(row.happened_at) if row.happened_at else None,
            "what": row.what,
            "where": row.where,
            "situation": row.situation,
            "done": row.done,
            "approved_by": row.approved_by,
            "urgent": row.urgent,
            "written_at": instant(row.written_at),
            "handed_to": row.handed_to,
            "acknowledged_by": row.acknowledged_by,
            "acknowledged_at": instant(row.acknowledged_at) if row.acknowledged_at else None,
            "log_no": row.log_no,
        }
        for row in rows
    ]
