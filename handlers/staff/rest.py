"""Rest between shifts: at most 12 hours on duty, and at least 11 hours off before the next. Plan §5, three days.

A roster that breaks this is warned of and never refused: a crisis may leave no other way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import select

from handlers.core.language import times_shown
from handlers.core.turn import Turn
from handlers.staff.roster import LONGEST, WITHDRAWN, Span
from storage.rows.crisis import Crisis
from storage.rows.staff import Shift

REST = timedelta(hours=11)


@dataclass(frozen=True)
class Breach:
    """A time that is too long on duty, or too short off it.

    Args:
        off: whether it is the rest that is too short.
        since: UTC.
        until: UTC.
    """

    off: bool
    since: datetime
    until: datetime


def breaches(spans: Iterable[Span]) -> list[Breach]:
    """Find where one person's shifts break the rest rules; those that touch or overlap are one time on duty.

    Args:
        spans: from–to, UTC, in any order.
    """
    duties: list[Span] = []
    for since, until in sorted(spans):
        if duties and since <= duties[-1][1]:
            duties[-1] = (duties[-1][0], max(duties[-1][1], until))
        else:
            duties.append((since, until))
    found = [Breach(False, since, until) for since, until in duties if until - since > LONGEST]
    found += [Breach(True, one[1], other[0]) for one, other in pairwise(duties) if other[0] - one[1] < REST]
    return sorted(found, key=lambda each: each.since)


async def of(turn: Turn, *persons: str) -> dict[str, list[Breach]]:
    """Return where persons' shifts break the rest rules and it is not over yet: in this crisis and every other, since
    nobody sleeps in one of two.

    Args:
        persons: whose; everybody's who has a shift in this crisis where none is named.
    """
    own = select(Shift.person).where(Shift.crisis_id == turn.the_crisis.id, Shift.state != WITHDRAWN)
    rows = await turn.db.scalars(
        select(Shift)
        .join(Crisis, Crisis.id == Shift.crisis_id)
        .where(
            Shift.person.in_(persons) if persons else Shift.person.in_(own),
            Shift.state != WITHDRAWN,
            Shift.until > turn.now - REST - LONGEST,
            Crisis.state != "closed",
            Crisis.exercise == turn.the_crisis.exercise,
        )
        .order_by(Shift.since, Shift.id)
    )
    spans: dict[str, list[Span]] = {}
    for row in rows:
        spans.setdefault(row.person, []).append((row.since, row.until))
    found = {
        person: [each for each in breaches(each_span) if each.until > turn.now] for person, each_span in spans.items()
    }
    return {person: each for person, each in found.items() if each}


def line(turn: Turn, person: str, breach: Breach) -> str:
    """Write a breach as people read it: "Kim Dahl har kun 6 t fri, tors. 2/7 kl. 22:00 – fre. 3/7 kl. 04:00 (mindst 11 t)"."""
    how_long = times_shown.span(breach.until - breach.since)
    when = f"{turn.dated(breach.since)} – {times_shown.short(breach.until, turn.zone, breach.since)}"
    if breach.off:
        return f"⚠️ {turn.name(person)} har kun {how_long} fri, {when} (mindst {times_shown.span(REST)})."
    return (
        f"⚠️ {turn.name(person)} har vagt i {how_long}, {when} (højst {times_shown.span(LONGEST)}). Planlæg afløsning."
    )
