"""The logistics staff: "etableres logistikstab under krisestabens ledelse". Plan §9, Ressourcer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.log import instant
from storage.parts import part
from storage.tables import Base, Crisis, _key, _of_crisis


class LogisticsMember(Base):
    """Somebody in it, for a period. The one who leads answers to the crisis staff's chief."""

    __tablename__ = "logistics_members"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    person: Mapped[str]
    leads: Mapped[bool] = mapped_column(default=False)
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    named_by: Mapped[str]


@part("logistics")
async def logistics(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """Who leads and who sits in it, and from when to when."""
    rows = await db.scalars(
        select(LogisticsMember).where(LogisticsMember.crisis_id == crisis.id).order_by(LogisticsMember.id)
    )
    return [
        {
            "person": row.person,
            "leads": row.leads,
            "from": instant(row.since),
            "until": instant(row.until) if row.until else None,
            "named_by": row.named_by,
        }
        for row in rows
    ]
