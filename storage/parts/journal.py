"""What shall be filed on the case, until it has a document number. Plan §7, Dokumentation.

"Både den interne og eksterne kommunikation skal journaliseres på sagen."
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from storage.log import exported, instant
from storage.parts import part
from storage.tables import Base, Crisis, LogEntry, _key, _of_crisis

# The kind of log line that says that something has been transferred to C3.
TRANSFER = "c3_transfer"


class Filing(Base):
    """One document for the case, named by the log line that tells of it."""

    __tablename__ = "filings"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    log_no: Mapped[int]
    kind: Mapped[str]  # order, minutes, decision, communication, other
    what: Mapped[str]
    since: Mapped[datetime]
    document_no: Mapped[str | None]
    filed_by: Mapped[str | None]
    filed_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("crisis_id", "log_no"),)


async def _filings(db: AsyncSession, crisis: Crisis, highest: str, *, filed: bool) -> list[dict[str, Any]]:
    if highest not in ("staff", "confidential"):
        return []
    rows = await db.scalars(
        select(Filing)
        .where(
            Filing.crisis_id == crisis.id,
            Filing.document_no.is_not(None) if filed else Filing.document_no.is_(None),
        )
        .order_by(Filing.log_no)
    )
    return [
        {
            "log_no": row.log_no,
            "kind": row.kind,
            "what": row.what,
            "since": instant(row.since),
            "document_no": row.document_no,
            "filed_by": row.filed_by,
            "filed_at": instant(row.filed_at) if row.filed_at else None,
        }
        for row in rows
    ]


@part("not_journalised")
async def not_journalised(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """What still waits for its document number."""
    return await _filings(db, crisis, highest, filed=False)


@part("journalised")
async def journalised(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """What has been filed, by whom and when."""
    return await _filings(db, crisis, highest, filed=True)


@part("c3_transfers")
async def transfers(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """What has been transferred to C3: log lines up to a number, by whom and when."""
    rows = await db.scalars(
        select(LogEntry).where(LogEntry.crisis_id == crisis.id, LogEntry.kind == TRANSFER).order_by(LogEntry.no)
    )
    return [
        {"up_to": exported(row)["refs"]["up_to"], "by": row.recorder, "at": instant(row.recorded_time)} for row in rows
    ]
