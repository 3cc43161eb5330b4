"""Rest between shifts: at most 12 hours on duty, and at least 11 hours off before the next. Plan §5, three days.

Whoever has a role and no shift is taken to have been on since they came into the staff. A roster that breaks this is
warned of and never refused: a crisis may leave no other way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import select

from handlers.core.context import Context
from handlers.core.language import times_shown
from handlers.staff import roster
from handlers.staff.roster import LONGEST, WITHDRAWN, Span
from storage.rows.crisis import Crisis
from storage.rows.staff import Member, Shift

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


async def of(turn: Context, *persons: str) -> dict[str, list[Breach]]:
    """Return where persons' shifts break the rest rules and it is not over yet: in this crisis and every other, since
    nobody sleeps in one of two; and who has been on too long without a shift.

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
    for person, since in (await _on_without_a_shift(turn)).items():
        if (not persons or person in persons) and turn.now - since > LONGEST:
            found[person] = [Breach(False, since, turn.now), *found.get(person, [])]
    return {person: each for person, each in found.items() if each}


async def _on_without_a_shift(turn: Context) -> dict[str, datetime]:
    """Return who in the staff has a role in this crisis without a shift that has begun, and since when: for all that is
    known they have been on all the while."""
    if turn.the_crisis.state != "active" or turn.the_crisis.level != 2:
        return {}
    begun = turn.the_crisis.decided_at or turn.the_crisis.created_at
    members = await turn.db.execute(
        select(Member.person, Member.since).where(Member.crisis_id == turn.the_crisis.id, Member.until.is_(None))
    )
    since = {person: max(at, begun) for person, at in members}
    by_shift = await turn.db.scalars(
        select(Shift.person).where(
            Shift.crisis_id == turn.the_crisis.id, Shift.state != WITHDRAWN, Shift.since <= turn.now
        )
    )
    on = {holder for role in roster.roles(turn) if (holder := roster.holder(turn, role)) in since} - set(by_shift)
    return {person: since[person] for person in sorted(filter(None, on))}


def line(turn: Context, person: str, breach: Breach) -> str:
    """Write a breach as people read it: "Kim Dahl har kun 6 t fri, tors. 2/7 kl. 22:00 – fre. 3/7 kl. 04:00 (mindst 11 t)"."""
    how_long = times_shown.span(breach.until - breach.since)
    when = f"{turn.dated(breach.since)} – {times_shown.short(breach.until, turn.zone, breach.since)}"
    if breach.off:
        return f"⚠️ {turn.name(person)} har kun {how_long} fri, {when} (mindst {times_shown.span(REST)})."
    return (
        f"⚠️ {turn.name(person)} har vagt i {how_long}, {when} (højst {times_shown.span(LONGEST)}). Planlæg afløsning."
    )
