""" "Tjek din mail": who was asked to read an important mail, and who has. Plan §7, Videreafsendelse."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.log import instant
from storage.parts import part
from storage.tables import Base, Crisis, Id, _key, _of_crisis


class Nudge(Base):
    """One mail that must be read with the least delay."""

    __tablename__ = "nudges"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    number: Mapped[int]
    subject: Mapped[str]
    audience: Mapped[str]  # as it was typed
    recipients: Mapped[list[Any]]  # persons, as the preview showed them
    sender: Mapped[str]
    prepared_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    log_no: Mapped[int | None]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


class NudgeReceipt(Base):
    """One person who was asked."""

    __tablename__ = "nudge_receipts"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    nudge: Mapped[int] = mapped_column(Id, index=True)
    person: Mapped[str]
    read_at: Mapped[datetime | None]
    called_at: Mapped[datetime | None]  # somebody rang instead
    called_by: Mapped[str | None]
    __table_args__ = (UniqueConstraint("nudge", "person"),)


@part("nudges")
async def nudges(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """The crisis' nudges with who has read; the subject is the staff's."""
    found = list(
        await db.scalars(
            select(Nudge).where(Nudge.crisis_id == crisis.id, Nudge.sent_at.is_not(None)).order_by(Nudge.number)
        )
    )
    receipts = list(
        await db.scalars(select(NudgeReceipt).where(NudgeReceipt.crisis_id == crisis.id).order_by(NudgeReceipt.id))
    )
    return [
        {
            "number": row.number,
            "subject": row.subject if highest in ("staff", "confidential") else None,
            "audience": row.audience,
            "sender": row.sender,
            "sent_at": instant(row.sent_at) if row.sent_at else None,
            "log_no": row.log_no,
            "receipts": [
                {
                    "person": each.person,
                    "read_at": instant(each.read_at) if each.read_at else None,
                    "called_at": instant(each.called_at) if each.called_at else None,
                    "called_by": each.called_by,
                }
                for each in receipts
                if each.nudge == row.id
            ],
        }
        for row in found
    ]
