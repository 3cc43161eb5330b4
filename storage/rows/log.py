"""The log and what belongs to it: attachments, where it is filed, case files and papers. Plan §7, Dokumentation."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Literal, get_args

from sqlalchemy import (
    ForeignKey,
    Index,
    Text,
    UniqueConstraint,
    select,
    text,
    union,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.grades import GRADES, Grade, sees_staffs, within
from storage.rows.base import Base, Id, Words, instant, of_crisis, primary_key
from storage.rows.crisis import Crisis
from storage.rows.exported import part

# What sort of line it is. The words stand in every log that has been written, and in its export.
LogKind = Literal[
    # crisis
    "decision",
    "established",
    "framing_decision",
    "framing_meeting",
    "board",
    "intent",
    # alert
    "alert",
    "assessment",
    "escalation",
    "approval",
    "summons",
    "notice",
    "reminder",
    "broadcast",
    "contacted",
    "undeliverable",
    # staff
    "member",
    "shift",
    "drawn_in",
    "quota",
    "support",
    "shared",
    "addresses",
    # measures
    "task",
    "measure",
    "proposal",
    "assistance",
    "resource",
    "logistics",
    "order",
    "order_draft",
    "order_status",
    # meetings
    "meeting",
    "item",
    "agenda",
    "minutes",
    "option_paper",
    "mail_reading",
    "partner",
    # picture
    "picture",
    "indicator",
    "development",
    "health_plan",
    # reporting
    "report",
    "information_need",
    "outage",
    "telephone",
    "system",
    "acknowledged",
    "checklist",
    "monitoring",
    "media",
    "ping_answer",
    "scheme",
    # communication
    "communication",
    "question",
    "answer",
    "council",
    # coordination
    "coordination",
    "coordination_report",
    "municipalities",
    "liaison",
    "mandate",
    "joint_decision",
    "representative",
    # preparedness
    "evaluation",
    "lesson",
    "improvement",
    # log
    "information",
    "saved",
    "source_edited",
    "confirmation",
    "correction",
    "grade",
    "attachment",
    "attachment_failed",
    "case",
    "journalised",
    "c3_transfer",
    "export",
    "restored",
    "retention",
    "omitted",
]
Verification = Literal["confirmed", "unconfirmed"]
VERIFICATIONS: tuple[Verification, ...] = get_args(Verification)
VERIFICATION_IN_WORDS: dict[Verification, str] = {"confirmed": "bekræftet", "unconfirmed": "ubekræftet"}
Direction = Literal["in", "out", "internal"]
Status = Literal["pending", "in_progress", "done"]


class LogEntry(Base):
    """A line of the crisis log. Rows are only ever added; `canonical` is what the hash was taken of."""

    __tablename__ = "log_entries"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = mapped_column(Id, ForeignKey("crises.id"))
    no: Mapped[int]
    canonical: Mapped[bytes]
    previous_hash: Mapped[str]
    hash: Mapped[str]
    # Copies of what stands in `canonical`, to search by.
    recorded_time: Mapped[datetime]
    kind: Mapped[LogKind]
    grade: Mapped[Grade]
    verification: Mapped[Verification]
    recorder: Mapped[str]
    summary: Mapped[str]
    folded: Mapped[str]  # the summary as `storage.letters` compares it
    message: Mapped[str | None] = mapped_column(index=True)  # the message it was saved from
    __table_args__ = (UniqueConstraint("crisis_id", "no"), Index("log_kind", "crisis_id", "kind", "no"))


_UNCONFIRMED = text("verification = 'unconfirmed'")


class LogState(Base):
    """The state of a log entry now: derived from the entries that came after it, and computed anew by `verify`."""

    __tablename__ = "log_states"
    crisis_id: Mapped[int] = mapped_column(Id, ForeignKey("crises.id"), primary_key=True)
    no: Mapped[int] = mapped_column(primary_key=True)
    verification: Mapped[Verification]
    status: Mapped[Status | None]
    grade: Mapped[Grade]
    corrected_by: Mapped[int | None]
    confirmed_by: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    __table_args__ = (
        # By the grade first: else SQLite takes it for the way to a line's own grade, and goes through the whole log.
        Index("log_grade", "grade", "crisis_id", "no"),
        Index("log_unconfirmed", "crisis_id", "no", sqlite_where=_UNCONFIRMED, postgresql_where=_UNCONFIRMED),
    )


class LogWord(Base):
    """A word, or the end of one, that stands in a stretch of the log: see `storage.case.log_words`."""

    __tablename__ = "log_words"
    crisis_id: Mapped[int] = mapped_column(Id, ForeignKey("crises.id"), primary_key=True)
    # In the order of its bytes, so that what begins alike stands together, whatever language the server speaks.
    word: Mapped[str] = mapped_column(Text().with_variant(Text(collation="C"), "postgresql"), primary_key=True)
    stretch: Mapped[int] = mapped_column(primary_key=True)
    __table_args__ = ({"sqlite_with_rowid": False},)


class NoSuchEntry(LookupError):
    """The crisis has no log entry with that number."""


async def state_of(db: AsyncSession, crisis: Crisis, no: int) -> LogState:
    """Return a line's state now.

    Raises:
        NoSuchEntry: the log has no such line.
    """
    state = await db.get(LogState, (crisis.id, no))
    if state is None:
        raise NoSuchEntry(no)
    return state


async def verifications(db: AsyncSession, crisis: Crisis, numbers: Collection[int]) -> dict[int, Verification]:
    """Return how lines stand now, by their numbers; those that aren't there are left out."""
    if not numbers:
        # SQLite goes through the whole log to find none of its lines.
        return {}
    stands = select(LogState.no, LogState.verification).where(LogState.crisis_id == crisis.id, LogState.no.in_(numbers))
    return {no: verification for no, verification in await db.execute(stands)}  # noqa: C416


def exported(entry: LogEntry) -> dict[str, Any]:
    """Return the line as the export shows it: what the hash was taken of, and the hash; of a deleted one, its place
    alone."""
    if not entry.canonical:
        return {"no": entry.no, "omitted": True, "previous_hash": entry.previous_hash, "hash": entry.hash}
    content: dict[str, Any] = json.loads(entry.canonical)
    return {**content, "hash": entry.hash}


ExportState = Literal["wanted", "ready", "failed", "gone"]


class CaseExport(Base):
    """One ZIP that somebody asked for: what it shall hold, and where it can be had."""

    __tablename__ = "case_exports"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    asked_by: Mapped[str]
    platform: Mapped[str]
    grade: Mapped[Grade]  # the highest that is in it
    asked_at: Mapped[datetime]
    state: Mapped[ExportState] = mapped_column(default="wanted", index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_files.sha256"))
    secret: Mapped[str | None] = mapped_column(unique=True)  # the link's, while it works
    until: Mapped[datetime | None]


PaperKind = Literal["picture", "agenda", "minutes", "order", "evaluation"]


class Paper(Base):
    """One version of a picture, an agenda or minutes, an order or an evaluation, for one person."""

    __tablename__ = "papers"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    secret: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[PaperKind]
    meeting: Mapped[int | None]  # its number
    version: Mapped[int]  # of an order, its number
    given_to: Mapped[str]
    until: Mapped[datetime]


# Bytes in one attachment: a long film is a link, a photograph and a plan of a building are not.
LARGEST = 20 * 1024**2


class Stored(Base):
    """Bytes, by their SHA-256 in lower-case hexadecimal."""

    __tablename__ = "stored_files"
    sha256: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]


AttachmentState = Literal["wanted", "kept", "failed", "removed"]
# What is said of a file besides its name; nothing of one that is here.
ATTACHMENT_IN_WORDS: dict[AttachmentState, str] = {
    "wanted": "hentes",
    "kept": "",
    "failed": "ikke gemt",
    "removed": "slettet",
}


class Attachment(Base):
    """One file that came with one thing somebody said, and what has become of it."""

    __tablename__ = "attachments"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int | None] = mapped_column(Id, ForeignKey("crises.id"), index=True)
    log_no: Mapped[int | None]  # the line that it belongs to; None: kept, and offered to the log
    inbox_id: Mapped[int] = mapped_column(Id, ForeignKey("inbox.id"), index=True)  # what it came along with
    platform: Mapped[str]
    reference: Mapped[dict[str, Any]]  # what the platform needs to find it
    saved_by: Mapped[str]  # who is told when it can't be had
    name: Mapped[Words]
    content_type: Mapped[str]
    size: Mapped[int]  # bytes; what the platform said, until they are here
    told_no: Mapped[int | None]  # the line that says what became of it, and holds the hash
    sha256: Mapped[str | None] = mapped_column(ForeignKey("stored_files.sha256"))
    state: Mapped[AttachmentState] = mapped_column(default="wanted")  # removed: it never came into the log
    reason: Mapped[Words | None]  # why it failed, Danish
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
    """Return the bytes with that hash, as they are stored; they have not been checked against it."""
    found = await db.scalar(select(Stored.content).where(Stored.sha256 == sha256))
    # SQLite gives back whatever somebody has put there.
    return found if found is None or isinstance(found, bytes) else str(found).encode()


async def of_line(db: AsyncSession, crisis: Crisis, no: int) -> list[Attachment]:
    """Return what is attached to a log line, in the order it came."""
    query = select(Attachment).where(Attachment.crisis_id == crisis.id, Attachment.log_no == no)
    return list(await db.scalars(query.order_by(Attachment.id)))


@part("attachments")
async def attachments(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export what is attached to the crisis' log lines, each seen by those who may see its line."""
    numbers = union(
        *(select(no).where(Attachment.crisis_id == crisis.id) for no in (Attachment.log_no, Attachment.told_no))
    )
    stands = select(LogState.no, LogState.grade).where(LogState.crisis_id == crisis.id, LogState.no.in_(numbers))
    grades: Mapping[int, Grade] = {row.no: row.grade for row in await db.execute(stands)}
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


# The kind of log line that says that something has been transferred to C3.
TRANSFER: LogKind = "c3_transfer"


FilingKind = Literal["order", "minutes", "decision", "communication", "other"]


class Filing(Base):
    """One document for the case, named by the log line that tells of it."""

    __tablename__ = "filings"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    log_no: Mapped[int]
    kind: Mapped[FilingKind]
    what: Mapped[Words]
    since: Mapped[datetime]
    document_no: Mapped[Words | None]
    filed_by: Mapped[str | None]
    filed_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("crisis_id", "log_no"),)


async def _filings(db: AsyncSession, crisis: Crisis, highest: Grade, *, filed: bool) -> list[dict[str, Any]]:
    if not sees_staffs(highest):
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
async def not_journalised(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export what still waits for its document number."""
    return await _filings(db, crisis, highest, filed=False)


@part("journalised")
async def journalised(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export what has been filed, by whom and when."""
    return await _filings(db, crisis, highest, filed=True)


@part("c3_transfers")
async def transfers(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export what has been transferred to C3: log lines up to a number, by whom and when."""
    rows = await db.scalars(
        select(LogEntry).where(LogEntry.crisis_id == crisis.id, LogEntry.kind == TRANSFER).order_by(LogEntry.no)
    )
    return [
        {"up_to": exported(row)["refs"]["up_to"], "by": row.recorder, "at": instant(row.recorded_time)} for row in rows
    ]
