"""Who may know what: "Træf hurtigt en beslutning om, hvem der skal vide hvad?" Plan §8, Fortrolighed (R215)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from storage.log import instant
from storage.parts import part
from storage.tables import Base, Crisis, _key, _of_crisis

# What is shared.
LOG, MINUTES, PICTURE, LISTS = "log", "minutes", "picture", "lists"
SUBJECTS = (LOG, MINUTES, PICTURE, LISTS)


class Sharing(Base):
    """One decision: to which grade a group may know one thing. The newest of each counts; the others are its history."""

    __tablename__ = "sharings"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    subject: Mapped[str]  # one of SUBJECTS
    audience: Mapped[str]  # a group's name, as handlers.audiences has it
    grade: Mapped[str | None]  # the highest grade that they may know; None: nothing is shared
    decided_by: Mapped[str]
    decided_at: Mapped[datetime]
    log_no: Mapped[int]


@part("sharings")
async def sharings(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """Every decision, oldest first; they are the staff's."""
    if highest not in ("staff", "confidential"):
        return []
    rows = await db.scalars(select(Sharing).where(Sharing.crisis_id == crisis.id).order_by(Sharing.id))
    return [
        {
            "subject": row.subject,
            "audience": row.audience,
            "grade": row.grade,
            "decided_by": row.decided_by,
            "decided_at": instant(row.decided_at),
            "log_no": row.log_no,
        }
        for row in rows
    ]
