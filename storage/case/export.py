"""The export of a crisis, as others may read it: `krisebot-export/1`. Plan §7, Dokumentation."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.case import chain, redaction
from storage.case.lines import Lines
from storage.grades import GRADES, Grade
from storage.rows import exported
from storage.rows.base import instant_or_none
from storage.rows.crisis import Crisis
from storage.rows.log import LogEntry, LogState

FORMAT = "krisebot-export/1"
# The keys of the format that are filled by `storage.rows.exported`; one that nothing fills yet is an empty list.
PARTS = (
    "members",
    "notifications",
    "measures",
    "assistance_requests",
    "attachments",
    "pings",
    "meetings",
    "reports",
    "pictures",
    "orders",
    "resources",
    "questions",
    "monitoring",
    "not_journalised",
)
# What the log's hashes are taken of is shown whole or not at all.
HASHED = ("format", "log", "log_state", "chain")
LEFT_OUT = "(udeladt)"
# Lines read at a time.
AT_A_TIME = 1_000
TOLD = ("no", "canonical", "previous_hash", "hash", "kind", "grade")
ABOUT_ATTACHMENTS = ("attachment", "attachment_failed")

exported.load()


async def document(db: AsyncSession, crisis: Crisis, grade: Grade | None = None) -> dict[str, Any]:
    """Return everything about a crisis as data: what `spooled` gives, with the log in it."""
    told = await spooled(db, crisis, grade)
    every = list(told["log"])
    standing = {str(no): state for no, state in told["log"].stray.items()}
    standing |= {str(entry["no"]): state for entry, state in every if state}
    return {**told, "log": [entry for entry, _ in every], "log_state": standing}


async def spooled(db: AsyncSession, crisis: Crisis, grade: Grade | None = None) -> dict[str, Any]:
    """Return everything about a crisis as data, with its log beside it, however long that is.

    Args:
        db: a session to read with.
        crisis: which.
        grade: the highest grade that the reader may see; None for all. Log entries above it keep their place in the
            chain and nothing else; alerts, answers, measures and requests, which are the staff's, are left out below
            "staff". What a confidential entry said is nowhere else either: rows that it tells of are left out, and
            other texts that repeat it say "(udeladt)".

    Returns:
        JSON data, every key of the format present; `log` and `log_state` are one and the same `storage.case.lines.Lines`.
    """
    highest = GRADES.index(grade) if grade else len(GRADES) - 1
    log = await _log(db, crisis, highest)
    told = {
        "format": FORMAT,
        "crisis": _crisis(crisis),
        "alerts": [],
        "escalation": [],
        "log": log,
        "log_state": log,
        "chain": {"count": len(log), "head": log.head or chain.FIRST},
        **{name: [] for name in PARTS},
        **{name: await read(db, crisis, GRADES[highest]) for name, read in exported.parts.items()},
    }
    return await _as_seen(db, crisis, told, GRADES[highest])


async def _log(db: AsyncSession, crisis: Crisis, highest: int) -> Lines:
    """Return every line, as whoever may see up to a grade sees it."""
    log = Lines()
    hidden = set()
    every = (
        select(*(getattr(LogEntry, name) for name in TOLD), LogState)
        .outerjoin(LogState, (LogState.crisis_id == LogEntry.crisis_id) & (LogState.no == LogEntry.no))
        .where(LogEntry.crisis_id == crisis.id)
        .order_by(LogEntry.no)
    )
    async for row in await db.stream(every.execution_options(yield_per=AT_A_TIME)):
        if not row.canonical:
            # It was deleted when its time was up, as the log's last line says: see storage/keeping/retention.py.
            log.add({"no": row.no, "omitted": True, "previous_hash": row.previous_hash, "hash": row.hash}, None)
            continue
        line, state = {**json.loads(row.canonical), "hash": row.hash}, row.LogState
        # What is said of an attachment is as confidential as the line before it that it belongs to, whenever that was graded.
        above = GRADES.index(state.grade if state else row.grade) > highest
        if above or (row.kind in ABOUT_ATTACHMENTS and line["refs"]["attachment_of"] in hidden):
            hidden.add(row.no)
            log.add({"no": row.no, "omitted": True, "previous_hash": row.previous_hash, "hash": row.hash}, None)
        else:
            log.add(line, _state(state) if state else None)
    beyond = select(LogState).where(
        LogState.crisis_id == crisis.id,
        ~exists().where(LogEntry.crisis_id == LogState.crisis_id, LogEntry.no == LogState.no),
    )
    # Nothing of ours takes a line away. Where somebody has, what is left of it is told, so that it is seen.
    log.stray = {state.no: _state(state) for state in await db.scalars(beyond)}
    return log


async def excerpt(db: AsyncSession, crisis: Crisis, grade: Grade, *names: str) -> dict[str, Any]:
    """Return the crisis and some of the parts that `storage.rows.exported` exports, without the log: quick, however
    long that is.

    Args:
        db: a session to read with.
        crisis: which.
        grade: the highest grade that the reader may see.
        names: the parts' keys.
    """
    told = {"crisis": _crisis(crisis), **{name: await exported.parts[name](db, crisis, grade) for name in names}}
    return await _as_seen(db, crisis, told, grade)


async def sent(db: AsyncSession, crisis: Crisis, reader: str, *names: str) -> dict[str, Any]:
    """Return some of the parts that are exported, of every grade, without what others have said in confidence: for
    somebody who is shown what they were sent themselves, and nothing else of it.

    Args:
        db: a session to read with.
        crisis: which.
        reader: whose: what they said or were told they may read.
        names: the parts' keys.
    """
    told = {name: await exported.parts[name](db, crisis, GRADES[-1]) for name in names}
    secrets = await redaction.secrets(db, crisis)
    seen: dict[str, Any] = redaction.without(told, secrets, LEFT_OUT, reader=reader)
    return seen


async def _as_seen(db: AsyncSession, crisis: Crisis, told: dict[str, Any], grade: Grade) -> dict[str, Any]:
    """Remove what a confidential entry said, for a reader who may not see it."""
    if grade == GRADES[-1]:
        return told
    secrets = await redaction.secrets(db, crisis)
    rest = _told_of(secrets.lines, {name: each for name, each in told.items() if name not in HASHED})
    return {**told, **redaction.without(rest, secrets, LEFT_OUT)}


def _crisis(crisis: Crisis) -> dict[str, Any]:
    return {
        "number": crisis.number,
        "title": crisis.title,
        "level": crisis.level,
        "exercise": crisis.exercise,
        "decided_at": instant_or_none(crisis.decided_at),
        "decided_by": crisis.decided_by,
        "on_behalf_of": crisis.on_behalf_of,
        "established_due": instant_or_none(crisis.established_due),
        "established_at": instant_or_none(crisis.established_at),
        "sustain_until": instant_or_none(crisis.sustain_until),
        "deactivated_at": instant_or_none(crisis.deactivated_at),
        "deactivated_by": crisis.deactivated_by,
        "case_ref": crisis.case_ref,
        "c3_ref": crisis.c3_ref,
        "chief": crisis.chief,
        "municipalities": crisis.municipalities,
    }


def _told_of(numbers: frozenset[int], value: Any) -> Any:
    """Remove the rows that those log entries are about from JSON data."""
    if isinstance(value, dict):
        return {key: _told_of(numbers, each) for key, each in value.items()}
    if isinstance(value, list):
        return [_told_of(numbers, each) for each in value if not (isinstance(each, dict) and _line(each) in numbers)]
    return value


def _line(row: dict[str, Any]) -> int | None:
    """Return the log line that a row stands at: an order's own, or as long as it is a draft, the draft's."""
    return next((row[name] for name in redaction.LINES if isinstance(row.get(name), int)), None)


def _state(state: LogState) -> dict[str, Any]:
    return {
        "verification": state.verification,
        "status": state.status,
        "grade": state.grade,
        "corrected_by": state.corrected_by,
        "confirmed_by": state.confirmed_by,
        "confirmed_at": instant_or_none(state.confirmed_at),
    }


def latest(crises: Sequence[Crisis]) -> Crisis | None:
    """Return the newest crisis that is no exercise; None where there is none."""
    return max((crisis for crisis in crises if not crisis.exercise), key=lambda crisis: crisis.number, default=None)
