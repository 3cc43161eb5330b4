"""Members of the staff from outside: "Medlemmer kan også være eksterne parter." Plan §5, Den operationelle krisestab."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.log import instant
from storage.parts import part
from storage.tables import Base, Crisis, _key, _of_crisis

PREFIX = "ekstern:"


class External(Base):
    """Somebody from another organisation, for a period, and what they may see."""

    __tablename__ = "externals"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    name: Mapped[str]
    organisation: Mapped[str]
    contact: Mapped[str]  # how the secretariat reaches them, as it was typed
    clearance: Mapped[str] = mapped_column(default="internal")  # the highest grade they may see
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    added_by: Mapped[str]


@part("externals")
async def externals(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """The crisis' external members; how they are reached is the staff's."""
    rows = await db.scalars(select(External).where(External.crisis_id == crisis.id).order_by(External.id))
    return [
        {
            "person": f"{PREFIX}{row.name}",
            "organisation": row.organisation,
            "contact": row.contact if highest in ("staff", "confidential") else None,
            "clearance": row.clearance,
            "from": instant(row.since),
            "until": instant(row.until) if row.until else None,
        }
        for row in rows
    ]
