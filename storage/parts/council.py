"""Briefings to the city council: drafted, approved by the chief, sent. Plan §7, "Byrådet orienteres løbende om krisens udvikling"."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.log import instant
from storage.parts import part
from storage.tables import Base, Crisis, _key, _of_crisis


class Briefing(Base):
    """One briefing. Its words are changed until it is sent, and each change takes the approval away."""

    __tablename__ = "council_briefings"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    number: Mapped[int]
    state: Mapped[str] = mapped_column(default="draft")  # draft, awaiting, approved, sent
    text: Mapped[str]
    picture: Mapped[int | None]  # the version of the situation picture that it was drafted from
    revision: Mapped[int] = mapped_column(default=0)  # counts every change, so that what is approved is what was seen
    written_by: Mapped[str]
    written_at: Mapped[datetime]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    sent_by: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    log_no: Mapped[int | None]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


@part("council_briefings")
async def briefings(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """What the council was told, by whose approval and when; the staff's."""
    if highest not in ("staff", "confidential"):
        return []
    rows = await db.scalars(select(Briefing).where(Briefing.crisis_id == crisis.id).order_by(Briefing.number))
    return [
        {
            "number": row.number,
            "state": row.state,
            "text": row.text,
            "picture": row.picture,
            "written_by": row.written_by,
            "approved_by": row.approved_by,
            "approved_at": instant(row.approved_at) if row.approved_at else None,
            "sent_by": row.sent_by,
            "sent_at": instant(row.sent_at) if row.sent_at else None,
            "log_no": row.log_no,
        }
        for row in rows
    ]
