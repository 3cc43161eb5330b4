"""The crisis log: lines are added, never changed. Plan §7, Dokumentation."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage import chain, log_words
from storage.letters import fold
from storage.tables import Crisis, LogEntry, LogState


class NoSuchEntry(LookupError):
    """The crisis has no log entry with that number."""


def instant(at: datetime) -> str:
    """A time as the log and the exports write it: UTC, microseconds, `Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


async def append(
    db: AsyncSession,
    crisis: Crisis,
    *,
    summary: str,
    recorder: str,
    recorded_time: datetime,
    event_time: datetime | None = None,
    sender: str = "",
    receiver: str = "",
    verification: str = "unconfirmed",
    direction: str = "internal",
    kind: str = "information",
    grade: str = "staff",
    status: str | None = None,
    refs: Mapping[str, Any] | None = None,
) -> LogEntry:
    """Add a line to the crisis' log.

    Args:
        db: a session in a turn: two lines of one crisis are never added side by side.
        crisis: whose log.
        summary: "Resume (beskrivelse af hændelse og indhold)", whole, however long.
        recorder: who wrote it down: a person, or "krisebot".
        recorded_time: when it was written down, UTC.
        event_time: when it happened, UTC; None when that is the same.
        sender, receiver: from whom and to whom, as the template asks.
        verification: "confirmed" or "unconfirmed".
        direction: "in", "out" or "internal".
        kind: what sort of line, in the glossary's code names.
        grade: "open", "internal", "staff" or "confidential".
        status: "pending", "in_progress", "done" or None.
        refs: what it speaks of; `confirms`, `corrects`, `sets_status_of`, `sets_grade_of` name an earlier line,
            `message` what was said elsewhere that it was saved from.

    Returns:
        the new line.
    """
    last = (
        await db.execute(
            select(LogEntry.no, LogEntry.hash)
            .where(LogEntry.crisis_id == crisis.id)
            .order_by(LogEntry.no.desc())
            .limit(1)
        )
    ).first()
    no, previous_hash = (last.no + 1, last.hash) if last else (1, chain.FIRST)
    content = chain.clean(
        {
            "no": no,
            "event_time": instant(event_time or recorded_time),
            "recorded_time": instant(recorded_time),
            "sender": sender,
            "receiver": receiver,
            "summary": summary,
            "status": status,
            "verification": verification,
            "direction": direction,
            "kind": kind,
            "grade": grade,
            "recorder": recorder,
            "refs": dict(refs or {}),
            "salt": secrets.token_hex(16),
            "previous_hash": previous_hash,
        }
    )
    canonical = chain.canonical(content)
    entry = LogEntry(
        crisis_id=crisis.id,
        no=no,
        canonical=canonical,
        previous_hash=previous_hash,
        hash=chain.digest(canonical),
        recorded_time=recorded_time,
        kind=kind,
        grade=grade,
        verification=verification,
        recorder=recorder,
        summary=content["summary"],
        folded=fold(content["summary"]),
        message=content["refs"].get("message"),
    )
    db.add(entry)
    db.add(LogState(crisis_id=crisis.id, no=no, verification=verification, status=status, grade=grade))
    await db.flush()
    if no % log_words.STRETCH == 0:
        await log_words.go_through(db, crisis.id, no // log_words.STRETCH)
    return entry


async def state_of(db: AsyncSession, crisis: Crisis, no: int) -> LogState:
    """Where a line stands now.

    Raises:
        NoSuchEntry: the log has no such line.
    """
    state = await db.get(LogState, (crisis.id, no))
    if state is None:
        raise NoSuchEntry(no)
    return state


def exported(entry: LogEntry) -> dict[str, Any]:
    """The line as the export shows it: what the hash was taken of, and the hash."""
    content: dict[str, Any] = json.loads(entry.canonical)
    return {**content, "hash": entry.hash}
