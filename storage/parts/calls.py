"""Who was rung up when what was sent to them came to nothing: ticked off, with who did it. Plan §5, Varsle/indkalde."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from storage.log import instant
from storage.parts import part
from storage.tables import Base, Crisis, _key, _of_crisis


class Call(Base):
    """One person reached on the telephone."""

    __tablename__ = "calls"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    person: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    log_no: Mapped[int]


@part("calls")
async def calls(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """Who was rung up, by whom and when; the staff's."""
    if highest not in ("staff", "confidential"):
        return []
    rows = await db.scalars(select(Call).where(Call.crisis_id == crisis.id).order_by(Call.id))
    return [{"person": row.person, "by": row.by, "at": instant(row.at), "log_no": row.log_no} for row in rows]
