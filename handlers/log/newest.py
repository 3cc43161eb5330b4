"""The newest lines of the log of some kinds, each kind found by itself: a log of three days is not gone through for two
decisions. Plan §7, Log."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, select, union_all

from handlers.core import clearance
from handlers.core.context import Context
from storage.grades import Grade
from storage.rows.log import LogEntry, LogKind, LogState


async def of_kinds(
    turn: Context, kinds: Sequence[LogKind], highest: Grade, most: int, *where: ColumnElement[bool]
) -> list[tuple[LogEntry, LogState]]:
    """Return them, the newest first, each with how it stands.

    Args:
        highest: the highest grade that may be shown.
        most: how many.
        where: which of them, on `LogState`.
    """
    each_ones = (LogState.crisis_id == LogEntry.crisis_id) & (LogState.no == LogEntry.no)
    found = union_all(
        *(
            select(LogEntry.id)
            .join(LogState, each_ones)
            .where(LogEntry.crisis_id == turn.the_crisis.id, LogEntry.kind == kind, clearance.up_to(highest), *where)
            .order_by(LogEntry.no.desc())
            .limit(most)
            .subquery()
            .select()
            for kind in kinds
        )
    ).subquery()
    rows = await turn.db.execute(
        select(LogEntry, LogState)
        .join(found, found.c.id == LogEntry.id)
        .join(LogState, each_ones)
        .order_by(LogEntry.no.desc())
        .limit(most)
    )
    return [(entry, state) for entry, state in rows]
