"""What a crisis costs. Bilag 2, 8 c, økonomi."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.grades import Grade
from storage.rows.base import Base, Id, Words, instant, instant_or_none, of_crisis, primary_key
from storage.rows.crisis import Crisis
from storage.rows.exported import part


class Expense(Base):
    """What something cost; never taken away, only marked as not counting."""

    __tablename__ = "expenses"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int]
    ore: Mapped[int] = mapped_column(Id)  # hundredths of a krone
    text: Mapped[Words]
    account: Mapped[str | None]  # the plan's, when it was written
    receipt: Mapped[bool]  # whether a picture or a file came along; it is an attachment of the log line
    written_by: Mapped[str]
    written_at: Mapped[datetime]
    void_by: Mapped[str | None]
    void_at: Mapped[datetime | None]
    log_no: Mapped[int]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


@part("expenses")
async def expenses(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export what the crisis cost, with what does not count any more; the staff's."""
    if highest not in ("staff", "confidential"):
        return []
    rows = await db.scalars(select(Expense).where(Expense.crisis_id == crisis.id).order_by(Expense.number))
    return [
        {
            "number": row.number,
            "kroner": f"{row.ore // 100}.{row.ore % 100:02}",
            "text": row.text,
            "account": row.account,
            "receipt": row.receipt,
            "written_by": row.written_by,
            "written_at": instant(row.written_at),
            "void_by": row.void_by,
            "void_at": instant_or_none(row.void_at),
            "log_no": row.log_no,
        }
        for row in rows
    ]
