"""What the evaluation's report is made of: the figures, the timeline and what was learnt, gathered from rows. Plan §3."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select

from handlers.core import clearance
from handlers.core.context import Context
from handlers.preparedness import lessons
from storage.case import evaluation, export
from storage.case.evaluation import Figures, Told
from storage.case.pages import evaluation as pages
from storage.case.pages.blocks import Block, Names
from storage.rows.log import LogEntry, LogState

# Who evaluates sees what the staff saw, and nothing that is confidential.
HIGHEST = clearance.STAFF


@dataclass(frozen=True)
class Report:
    """A report on one crisis or exercise.

    Args:
        told: the parts of the export that it is made of.
        figures: what was counted.
        lessons: log number, who, and what was learnt, oldest first.
        timeline: the hour (UTC) and how many log lines, oldest first.
    """

    told: Told
    figures: Figures
    lessons: Sequence[tuple[int, str, str]]
    timeline: Sequence[tuple[datetime, float]]

    def blocks(self, names: Names) -> list[Block]:
        """Return the report as pages."""
        return list(pages.evaluation(self.told, self.figures, self.lessons, self.timeline, names))


async def of(turn: Context) -> Report:
    """Gather the report on the turn's crisis, as it stands now."""
    crisis, plan = turn.the_crisis, turn.rules
    told = await export.excerpt(turn.db, crisis, HIGHEST, *evaluation.PARTS)
    seen = (
        select(LogEntry)
        .join(LogState, (LogState.crisis_id == LogEntry.crisis_id) & (LogState.no == LogEntry.no))
        .where(LogEntry.crisis_id == crisis.id, clearance.up_to(HIGHEST))
    )
    learnt = await turn.db.scalars(
        seen.where(LogEntry.kind == lessons.KIND, LogState.corrected_by.is_(None)).order_by(LogEntry.no)
    )
    at = await turn.db.scalars(
        select(LogEntry.recorded_time)
        .join(LogState, (LogState.crisis_id == LogEntry.crisis_id) & (LogState.no == LogEntry.no))
        .where(LogEntry.crisis_id == crisis.id, clearance.up_to(HIGHEST), LogEntry.recorded_time <= _ends(turn))
    )
    hours = Counter(each.replace(minute=0, second=0, microsecond=0) for each in at)
    timeline = []
    if hours:
        span = int((max(hours) - min(hours)).total_seconds() // 3600) + 1
        every = [min(hours) + timedelta(hours=number) for number in range(span)]
        timeline = [(hour, float(hours[hour])) for hour in every]

    def role_of(person: str) -> str:
        held = [role for role in plan.roles.filled if person in (*plan.holders(role), *plan.deputies(role))]
        if held:
            return held[0]
        return next((f"center {centre.name}" for centre in plan.centres_of(person)), "")

    return Report(
        told=told,
        figures=evaluation.figures(told, plan.deadlines, plan.escalation, role_of),
        lessons=[(row.no, row.recorder, row.summary) for row in learnt],
        timeline=timeline,
    )


def _ends(turn: Context) -> datetime:
    """Return when the timeline ends: when it was called off, or now."""
    return turn.the_crisis.deactivated_at or turn.now
