"""The support functions: "etableres og bemandes ud fra en vurdering af behovet for støtte". Plan §5."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from storage.log import instant
from storage.parts import part
from storage.tables import Base, Crisis, _key, _of_crisis


class SupportNeed(Base):
    """One function in this crisis: needed or not, which unit mans it, and with whom."""

    __tablename__ = "support_needs"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    function: Mapped[str]
    needed: Mapped[bool]
    unit: Mapped[str | None]  # the centre that was asked to man it
    person: Mapped[str | None]
    deputy: Mapped[str | None]
    hours: Mapped[str | None]  # from–to, as it was typed
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("crisis_id", "function"),)


@part("support_functions")
async def support_functions(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """What has been said of them."""
    rows = await db.scalars(select(SupportNeed).where(SupportNeed.crisis_id == crisis.id).order_by(SupportNeed.id))
    return [
        {
            "function": row.function,
            "needed": row.needed,
            "unit": row.unit,
            "person": row.person,
            "deputy": row.deputy,
            "hours": row.hours,
            "changed_by": row.changed_by,
            "changed_at": instant(row.changed_at),
        }
        for row in rows
    ]
