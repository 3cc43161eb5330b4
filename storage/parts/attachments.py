"""Pictures and files that came along with what was said, with their hash. Plan §7, Dokumentation; R182, R186, D11.

A row is wanted from the moment something with it was kept, and is fetched afterwards. The bytes are stored once, however
often they came.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, select, union
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.grades import GRADES, within
from storage.parts import part
from storage.tables import Base, Crisis, Id, LogState, _key

# Bytes in one attachment: a long film is a link, a photograph and a plan of a building are not.
LARGEST = 20 * 1024**2


class Stored(Base):
    """Bytes, by their SHA-256 in lower-case hexadecimal."""

    __tablename__ = "stored_files"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class Attachment(Base):
    """One file that came with one thing somebody said, and what has become of it."""

    __tablename__ = "attachments"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int | None] = mapped_column(Id, ForeignKey("crises.id"), index=True)
    log_no: Mapped[int | None]  # the line that it belongs to; None: kept, and offered to the log
    inbox_id: Mapped[int] = mapped_column(Id, ForeignKey("inbox.id"), index=True)  # what it came along with
    platform: Mapped[str]
    reference: Mapped[dict[str, Any]]  # what the platform needs to find it
    saved_by: Mapped[str]  # who is told when it can't be had
    name: Mapped[str]
    content_type: Mapped[str]
    size: Mapped[int]  # bytes; what the platform said, until they are here
    told_no: Mapped[int | None]  # the line that says what became of it, and holds the hash
    sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_files.sha256"))
    state: Mapped[str] = mapped_column(default="wanted")  # wanted, kept, failed, removed: it never came into the log
    reason: Mapped[str | None]  # why it failed, Danish
    attempts: Mapped[int] = mapped_column(default=0)
    wanted_at: Mapped[datetime]
    due_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    __table_args__ = (
        Index("attachments_waiting", "state", "due_at"),
        Index("attachments_line", "crisis_id", "log_no"),
    )


async def store(db: AsyncSession, content: bytes) -> str:
    """Keep bytes, once; returns their SHA-256."""
    sha256 = hashlib.sha256(content).hexdigest()
    if await db.scalar(select(Stored.sha256).where(Stored.sha256 == sha256)) is None:
        db.add(Stored(sha256=sha256, content=content))
        await db.flush()
    return sha256


async def content_of(db: AsyncSession, sha256: str) -> bytes | None:
    """The bytes with that hash, as they are stored; nobody has held them against it."""
    found = await db.scalar(select(Stored.content).where(Stored.sha256 == sha256))
    # SQLite gives back whatever somebody has put there.
    return found if found is None or isinstance(found, bytes) else str(found).encode()


async def of_line(db: AsyncSession, crisis: Crisis, no: int) -> list[Attachment]:
    """What belongs to a log line, in the order it came."""
    query = select(Attachment).where(Attachment.crisis_id == crisis.id, Attachment.log_no == no)
    return list(await db.scalars(query.order_by(Attachment.id)))


@part("attachments")
async def attachments(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """What belongs to the crisis' log lines, each seen by those who may see its line."""
    numbers = union(
        *(select(no).where(Attachment.crisis_id == crisis.id) for no in (Attachment.log_no, Attachment.told_no))
    )
    stands = select(LogState.no, LogState.grade).where(LogState.crisis_id == crisis.id, LogState.no.in_(numbers))
    grades: Mapping[int, str] = {row.no: row.grade for row in await db.execute(stands)}
    rows = await db.scalars(
        select(Attachment)
        .where(Attachment.crisis_id == crisis.id, Attachment.log_no.is_not(None))
        .order_by(Attachment.log_no, Attachment.id)
    )
    return [
        {
            "log_no": row.log_no,
            "name": row.name,
            "content_type": row.content_type,
            "size": row.size,
            "sha256": row.sha256,
            "state": row.state,
            "reason": row.reason,
        }
        for row in rows
        if all(within(grades.get(no or 0, GRADES[-1]), highest) for no in (row.log_no, row.told_no or row.log_no))
    ]
