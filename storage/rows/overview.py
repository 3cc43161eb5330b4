"""The staff's overview: the links to its wall boards, and the strategic intent. Plan §5; §7, overblik."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.grades import Grade, sees_staffs
from storage.rows.base import Base, Words, instant, of_crisis, primary_key
from storage.rows.crisis import Crisis
from storage.rows.exported import part


class BoardLink(Base):
    """A link to the wall board, for one screen or several: what it shows, and until when."""

    __tablename__ = "board_links"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    secret: Mapped[str] = mapped_column(unique=True)
    grade: Mapped[Grade]  # the highest that it shows
    given_by: Mapped[str]
    given_at: Mapped[datetime]
    until: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class Intent(Base):
    """The strategic intent: what the mayor or the chief wants to come of it, in a line. The newest is in force."""

    __tablename__ = "intents"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    text: Mapped[Words]
    by: Mapped[str]
    at: Mapped[datetime]
    log_no: Mapped[int]


@part("intents")
async def intents(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export every intent, oldest first; they are the staff's."""
    if not sees_staffs(highest):
        return []
    rows = await db.scalars(select(Intent).where(Intent.crisis_id == crisis.id).order_by(Intent.id))
    return [{"text": row.text, "by": row.by, "at": instant(row.at), "log_no": row.log_no} for row in rows]
