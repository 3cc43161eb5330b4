"""The municipality's representative in the police district's Lokal Beredskabsstab (LBS). Plan §7.

Not the liaison officer of §6: the two are named, told and reported apart (T25).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from storage.log import instant
from storage.parts import part
from storage.parts.liaison import carried
from storage.tables import Base, Crisis, _key, _of_crisis


class LocalStaff(Base):
    """The local emergency staff, from its activation until it is stood down."""

    __tablename__ = "local_staffs"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    activated_at: Mapped[datetime]
    told_by: Mapped[str]
    relief_due: Mapped[datetime]  # when the chief is asked for a relief
    ended_at: Mapped[datetime | None]


class Representative(Base):
    """Who represents the municipality there, and from when."""

    __tablename__ = "representatives"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    local_staff: Mapped[int]
    organisation: Mapped[str]  # Beredskab 4K, or the municipality
    person: Mapped[str | None]  # None: 4K hasn't said who
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    named_by: Mapped[str]


@part("representatives")
async def representatives(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """Each activation of the local staff, with those who represented the municipality in it."""
    if highest not in ("staff", "confidential"):
        return []
    staffs = await db.scalars(select(LocalStaff).where(LocalStaff.crisis_id == crisis.id).order_by(LocalStaff.id))
    named = list(
        await db.scalars(
            select(Representative).where(Representative.crisis_id == crisis.id).order_by(Representative.id)
        )
    )
    reports = await carried(db, crisis, "local")
    return [
        {
            "activated_at": instant(staff.activated_at),
            "told_by": staff.told_by,
            "relief_due": instant(staff.relief_due),
            "ended_at": instant(staff.ended_at) if staff.ended_at else None,
            "representatives": [
                {
                    "organisation": row.organisation,
                    "person": row.person,
                    "from": instant(row.since),
                    "until": instant(row.until) if row.until else None,
                    "named_by": row.named_by,
                }
                for row in named
                if row.local_staff == staff.id
            ],
            "reports": [
                report
                for report in reports
                if report["at"] >= instant(staff.activated_at)
                and (staff.ended_at is None or report["at"] <= instant(staff.ended_at))
            ],
        }
        for staff in staffs
    ]
