"""The log's writer: adds lines to the crisis log, which are never changed. Plan §7, Dokumentation."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

from storage.case import chain, log_words
from storage.case.at_hand import read_already
from storage.grades import GRADES, Grade
from storage.letters import fold
from storage.rows.base import instant
from storage.rows.crisis import Crisis
from storage.rows.log import Direction, LogEntry, LogKind, LogState, Status, Verification

# What a line's row, and the row of where it stands, repeat of what was hashed.
COPIES = ("no", "previous_hash", "kind", "grade", "verification", "recorder", "summary")
STANDS = ("no", "verification", "status", "grade")

# A line is what is written most: its statements are put together once, and go past the session's bookkeeping.
_ENTRIES, _STATES = LogEntry.metadata.tables["log_entries"], LogState.metadata.tables["log_states"]
_LAST = (
    select(_ENTRIES.c.no, _ENTRIES.c.hash)
    .where(_ENTRIES.c.crisis_id == bindparam("crisis"))
    .order_by(_ENTRIES.c.no.desc())
    .limit(1)
)
_ENTRY, _STATE = insert(_ENTRIES), insert(_STATES)
_STATE_COLUMNS = [_STATES.c[name] for name in ("crisis_id", *STANDS)]
# Both in one statement, and so in one journey, where the database is another process.
_BOTH = (
    insert(_STATES)
    .from_select(
        _STATE_COLUMNS,
        select(*(bindparam(each.name, type_=each.type) for each in _STATE_COLUMNS)),
        include_defaults=False,
    )
    .add_cte(
        insert(_ENTRIES)
        .values({each.name: bindparam(each.name, type_=each.type) for each in _ENTRIES.c if each.name != "id"})
        .cte("entry")
    )
)


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
    verification: Verification = "unconfirmed",
    direction: Direction = "internal",
    kind: LogKind = "information",
    grade: Grade = "staff",
    status: Status | None = None,
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
        verification: whether somebody has confirmed it.
        direction: whether it came in, went out, or is the staff's own.
        kind: what sort of line.
        grade: who may see it.
        status: how far it is, where it is something to be done.
        refs: what it speaks of; `confirms`, `corrects`, `sets_status_of`, `sets_grade_of` name an earlier line,
            `message` what was said elsewhere that it was saved from.

    Returns:
        the new line, to read: the session does not keep it.
    """
    content = chain.clean(
        {
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
        }
    )
    entry = await db.run_sync(_add, crisis.id, content, recorded_time)
    # Here and nowhere else, whatever is corrected: `chain.states` reads it from the line itself.
    corrected = content["refs"].get("corrects")
    if corrected is not None and (state := await db.get(LogState, (crisis.id, corrected))) is not None:
        state.corrected_by = entry.no
    if entry.no % log_words.STRETCH == 0:
        await log_words.go_through(db, crisis.id, entry.no // log_words.STRETCH)
    return entry


def _add(db: Session, crisis_id: int, content: dict[str, Any], recorded_time: datetime) -> LogEntry:
    """Write a line, chained to the last one, after whatever the session had to write before it."""
    db.flush()
    connection = db.connection()
    known = read_already(db, crisis_id)
    last = known.last if known else connection.execute(_LAST, {"crisis": crisis_id}).first()
    no, content["previous_hash"] = last or (0, chain.FIRST)
    content["no"] = no + 1
    canonical = chain.canonical(content)
    entry = {name: content[name] for name in COPIES} | {
        "crisis_id": crisis_id,
        "canonical": canonical,
        "hash": chain.digest(canonical),
        "recorded_time": recorded_time,
        "folded": fold(content["summary"]),
        "message": content["refs"].get("message"),
    }
    if connection.dialect.name == "postgresql":
        connection.execute(_BOTH, entry | {"status": content["status"]})
    else:
        connection.execute(_ENTRY, entry)
        connection.execute(_STATE, {name: content[name] for name in STANDS} | {"crisis_id": crisis_id})
    if known:
        known.last = (entry["no"], entry["hash"])
        known.secret = known.secret or entry["grade"] == GRADES[-1]
    return LogEntry(**entry)
