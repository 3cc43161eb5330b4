"""The resource overview in the form of Bilag 3. Plan §9, Ressourcer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.log import instant
from storage.parts import part
from storage.tables import Base, Crisis, _key, _of_crisis


class Resource(Base):
    """People, vehicles, pumps: how many, how fast, until when, and at what."""

    __tablename__ = "resources"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    number: Mapped[int]
    quantity: Mapped[str]  # in their own words: "2", "ca. 40"
    name: Mapped[str]
    response: Mapped[str | None]  # how fast it is there
    duty: Mapped[str | None]  # until when it is at work, as it was typed
    relief_at: Mapped[datetime | None]
    task: Mapped[str | None]
    centre: Mapped[str | None]
    critical: Mapped[bool] = mapped_column(default=False)
    lender: Mapped[str | None]  # who has offered it; not ours before it has come
    expected_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    # not_asked, asked, releasable, refused, released
    release: Mapped[str] = mapped_column(default="not_asked")
    consequence: Mapped[str | None]  # of doing without it
    added_by: Mapped[str]
    added_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    log_no: Mapped[int]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


@part("resources")
async def resources(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """The crisis' resources, which are the staff's."""
    if highest not in ("staff", "confidential"):
        return []
    rows = await db.scalars(select(Resource).where(Resource.crisis_id == crisis.id).order_by(Resource.number))
    return [
        {
            "number": row.number,
            "quantity": row.quantity,
            "name": row.name,
            "response_time": row.response,
            "duty_time": row.duty,
            "relief_at": instant(row.relief_at) if row.relief_at else None,
            "task": row.task,
            "centre": row.centre,
            "critical": row.critical,
            "incoming": row.lender is not None and row.arrived_at is None,
            "lender": row.lender,
            "expected_at": instant(row.expected_at) if row.expected_at else None,
            "arrived_at": instant(row.arrived_at) if row.arrived_at else None,
            "release": row.release,
            "consequence": row.consequence,
            "added_by": row.added_by,
            "added_at": instant(row.added_at),
            "changed_at": instant(row.changed_at),
            "gone_at": instant(row.gone_at) if row.gone_at else None,
            "log_no": row.log_no,
        }
        for row in rows
    ]
