"""What a centre has taken a stand on: the questions that the plan puts to every centre. Plan §5, Fagcentre."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from storage.log import instant
from storage.parts import part
from storage.tables import Base, Crisis, _key, _of_crisis


class Checklist(Base):
    """One centre's answers."""

    __tablename__ = "checklists"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    centre: Mapped[str]
    concerns: Mapped[str | None]  # is there something for us here: yes, no
    note: Mapped[str | None]
    cards: Mapped[dict[str, Any]]  # an action card's title, and: active or done
    sufficient: Mapped[str | None]  # are the action cards enough: yes, no
    gap: Mapped[str | None]
    changed_by: Mapped[str | None]
    changed_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("crisis_id", "centre"),)


@part("checklists")
async def checklists(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """The centres' answers, which are the staff's."""
    if highest not in ("staff", "confidential"):
        return []
    rows = await db.scalars(select(Checklist).where(Checklist.crisis_id == crisis.id).order_by(Checklist.id))
    return [
        {
            "centre": row.centre,
            "concerns": row.concerns,
            "note": row.note,
            "cards": row.cards,
            "sufficient": row.sufficient,
            "gap": row.gap,
            "changed_by": row.changed_by,
            "changed_at": instant(row.changed_at),
        }
        for row in rows
    ]
