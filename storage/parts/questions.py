"""Questions to the staff: asked once, answered where the subject belongs, and used again. Plan §5, Tovholder."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.log import instant
from storage.parts import part
from storage.tables import Base, Crisis, _key, _of_crisis


class Question(Base):
    """One question and its answer."""

    __tablename__ = "questions"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    number: Mapped[int]
    text: Mapped[str]
    asker: Mapped[str]
    external: Mapped[bool] = mapped_column(default=False)  # the press or a citizen asks, through the asker
    centre: Mapped[str | None]
    owner: Mapped[str]  # whoever shall answer now
    asked_at: Mapped[datetime]
    answer: Mapped[str | None]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    same_as: Mapped[int | None]  # the number of the question whose answer was used again
    log_no: Mapped[int]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


@part("questions")
async def questions(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """The crisis' questions, which are the staff's."""
    if highest not in ("staff", "confidential"):
        return []
    rows = await db.scalars(select(Question).where(Question.crisis_id == crisis.id).order_by(Question.number))
    return [
        {
            "number": row.number,
            "text": row.text,
            "asker": row.asker,
            "external": row.external,
            "centre": row.centre,
            "owner": row.owner,
            "asked_at": instant(row.asked_at),
            "answer": row.answer,
            "answered_by": row.answered_by,
            "answered_at": instant(row.answered_at) if row.answered_at else None,
            "same_as": row.same_as,
            "log_no": row.log_no,
        }
        for row in rows
    ]
