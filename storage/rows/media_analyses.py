"""The media analysis: once a day, how the media tell of the crisis. Plan §8, medieovervågning og medieanalyse."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from storage.grades import Grade, sees_staffs
from storage.rows.base import Base, Words, instant, of_crisis, primary_key
from storage.rows.crisis import Crisis
from storage.rows.exported import part

Tone = Literal["positive", "neutral", "critical", "mixed"]


class MediaAnalysis(Base):
    """A day's analysis: what was counted by itself, and what communication makes of it."""

    __tablename__ = "media_analyses"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int]
    since: Mapped[datetime]  # what was found from then on is counted
    counts: Mapped[dict[str, Any]]  # by medium: how many findings; "" for those without one
    wrong: Mapped[int]
    corrected: Mapped[int]
    tone: Mapped[Tone]
    says: Mapped[Words]  # what fills the coverage
    faults: Mapped[Words]  # what is wrong in it
    done: Mapped[Words]  # what was done about it
    written_by: Mapped[str]
    written_at: Mapped[datetime]
    log_no: Mapped[int]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


@part("media_analyses")
async def analyses(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export the analyses, oldest first; they are the staff's."""
    if not sees_staffs(highest):
        return []
    rows = await db.scalars(
        select(MediaAnalysis).where(MediaAnalysis.crisis_id == crisis.id).order_by(MediaAnalysis.number)
    )
    return [
        {
            "number": row.number,
            "since": instant(row.since),
            "counts": row.counts,
            "wrong": row.wrong,
            "corrected": row.corrected,
            "tone": row.tone,
            "says": row.says,
            "faults": row.faults,
            "done": row.done,
            "written_by": row.written_by,
            "written_at": instant(row.written_at),
            "log_no": row.log_no,
        }
        for row in rows
    ]
