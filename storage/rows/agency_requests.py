"""Requests to the Danish Emergency Management Agency, by way of 4K, "bindeled til Beredskabsstyrelsen". Plan §2."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ForeignKey, UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.grades import Grade, sees_staffs
from storage.rows.base import Base, Id, Words, instant, instant_or_none, of_crisis, primary_key
from storage.rows.crisis import Crisis
from storage.rows.exported import part
from storage.rows.measures import AssistanceRequest

AgencyAnswer = Literal["yes", "partly", "no"]


class AgencyRequest(Base):
    """A request for assistance on its way to the agency: 4K is asked, passes it on, and tells the answer."""

    __tablename__ = "agency_requests"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int]
    request_id: Mapped[int] = mapped_column(Id, ForeignKey("assistance_requests.id"))
    person: Mapped[str]  # at 4K, who was asked
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    passed_on_by: Mapped[str | None]
    passed_on_at: Mapped[datetime | None]
    answer: Mapped[AgencyAnswer | None]
    said: Mapped[Words | None]  # the agency's answer, as it was told
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    log_no: Mapped[int]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


@part("agency_requests")
async def requests(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export what was asked of the agency by way of 4K, and what came of it; the staff's."""
    if not sees_staffs(highest):
        return []
    found = await db.execute(
        select(AgencyRequest, AssistanceRequest.number)
        .join(AssistanceRequest, AssistanceRequest.id == AgencyRequest.request_id)
        .where(AgencyRequest.crisis_id == crisis.id)
        .order_by(AgencyRequest.number)
    )
    return [
        {
            "number": row.number,
            "request": request,
            "person": row.person,
            "asked_by": row.asked_by,
            "asked_at": instant(row.asked_at),
            "passed_on_by": row.passed_on_by,
            "passed_on_at": instant_or_none(row.passed_on_at),
            "answer": row.answer,
            "said": row.said,
            "answered_by": row.answered_by,
            "answered_at": instant_or_none(row.answered_at),
            "log_no": row.log_no,
        }
        for row, request in found
    ]
