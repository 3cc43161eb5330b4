"""The roster: who has which role now and for the next days, "skal kunne drives på dette niveau i minimum 3 døgn". Plan
§5.

A role moves with its shift: rights, reminders and tasks follow, since they hang on the role (`Crisis.holders`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select, update

from handlers.core.context import Context
from handlers.core.language import times_shown
from handlers.core.turn import Turn
from handlers.measures import tasks
from storage.rows.reporting import WatchedLine
from storage.rows.staff import Shift

CHIEF = "krisestabschef"
DEPUTY = "krisestabschefens stedfortræder"
# Who is asked about the agenda; the chief, unless it is said to be somebody else.
RESPONSIBLE = "ansvarlig direktør"
# They decide by the plan and its deputies, not by shift (plan §4).
NOT_BY_SHIFT = ("beredskabschef", "borgmester", "direktion")
# Nobody is sharp for longer: until then whoever began is taken to be on duty without a shift written down.
LONGEST = timedelta(hours=12)

PLANNED: Final = "planned"
ON_DUTY: Final = "on_duty"
ENDED: Final = "ended"
WITHDRAWN: Final = "withdrawn"

Span = tuple[datetime, datetime]


def roles(turn: Context) -> list[str]:
    """Return the roles that are manned by shift: the chief's, the secretariat's and the support functions'."""
    plan = turn.rules
    filled = [role for role in plan.roles.filled if role not in NOT_BY_SHIFT]
    functions = [each.name for each in plan.support_functions if each.name.casefold() not in filled]
    return [CHIEF, *filled, *functions]


def gaps(manned: Iterable[Span], start: datetime, end: datetime) -> list[Span]:
    """Find the times between two moments that nobody has; touching and overlapping times are one.

    Args:
        manned: from–to, UTC, in any order.
        start: UTC.
        end: UTC; not before `start`.
    """
    found: list[Span] = []
    covered = start
    for since, until in sorted(manned):
        if since >= end:
            break
        if since > covered:
            found.append((covered, since))
        covered = max(covered, until)
    if covered < end:
        found.append((covered, end))
    return found


async def shifts(turn: Context, *states: str) -> list[Shift]:
    """Return the crisis' shifts in those states (all but withdrawn ones when none is given), the earliest first."""
    query = select(Shift).where(Shift.crisis_id == turn.the_crisis.id, Shift.state != WITHDRAWN)
    if states:
        query = query.where(Shift.state.in_(states))
    return list(await turn.db.scalars(query.order_by(Shift.since, Shift.id)))


async def unmanned(turn: Context, end: datetime) -> dict[str, list[Span]]:
    """Return which roles nobody has, and when, from now on.

    Args:
        end: how far ahead to look, UTC.
    """
    every = await shifts(turn, PLANNED, ON_DUTY)
    begun = turn.the_crisis.decided_at or turn.now
    missing: dict[str, list[Span]] = {}
    for role in roles(turn):
        manned = [(shift.since, shift.until) for shift in every if shift.role == role]
        if holder(turn, role):
            manned.append((begun, begun + LONGEST))
        found = gaps(manned, turn.now, max(end, turn.now))
        if found:
            missing[role] = found
    return missing


def holder(turn: Context, role: str) -> str | None:
    """Return who has a role now, by shift or by the plan."""
    if role == CHIEF:
        return turn.the_crisis.chief
    if role in (DEPUTY, RESPONSIBLE):
        return turn.the_crisis.holders.get(role)
    named = turn.rules.holder(role)
    return named or next((each.contact for each in turn.rules.support_functions if each.name == role), None)


async def appoint(turn: Turn, role: str, person: str) -> None:
    """Give a role to a person in this crisis, whoever the plan says; everything that hangs on it follows.

    Args:
        role: a role of the plan, a support function's name, or "krisestabschef".
        person: a person's id.
    """
    crisis = turn.the_crisis
    if role == CHIEF:
        crisis.chief = person
    else:
        crisis.holders = {**crisis.holders, role: person}
    await turn.db.flush()
    turn.crisis = crisis  # what the turn knows of the roles is read anew
    await _move_what_hangs_on(turn, role)


async def give_back(turn: Turn, role: str) -> None:
    """Let a role fall back to whom the plan says. The chief stays until somebody else is: a staff is never without."""
    crisis = turn.the_crisis
    crisis.holders = {each: person for each, person in crisis.holders.items() if each != role}
    await turn.db.flush()
    turn.crisis = crisis
    await _move_what_hangs_on(turn, role)


async def put_back(turn: Turn, role: str, person: str | None) -> None:
    """Let a role be whose it was before somebody was named by mistake; without a chief it is the mayor again (plan §5).

    Args:
        person: who had it; None where nobody did.
    """
    crisis = turn.the_crisis
    if role == CHIEF:
        crisis.chief = person
    holders = {each: had for each, had in crisis.holders.items() if each != role}
    turn.crisis = crisis
    crisis.holders = holders
    await turn.db.flush()
    turn.crisis = crisis
    if role != CHIEF and person is not None and holder(turn, role) != person:
        crisis.holders = {**holders, role: person}
        await turn.db.flush()
        turn.crisis = crisis
    await _move_what_hangs_on(turn, role)


async def _move_what_hangs_on(turn: Turn, role: str) -> None:
    """Let whoever has a role now have its tasks, and watch the lines that the role watches."""
    await tasks.follow_role(turn, role, holder(turn, role))
    await turn.db.execute(
        update(WatchedLine)
        .where(WatchedLine.crisis_id == turn.the_crisis.id, WatchedLine.role == role, WatchedLine.until.is_(None))
        .values(watcher=holder(turn, role))
    )


def span(turn: Context, since: datetime, until: datetime) -> str:
    """Write from when to when as people read it: "tirs. 2/2 kl. 22:00 – 06:00"; the day is said again where it is
    another."""
    start = turn.dated(since)
    end = times_shown.short(until, turn.zone, since)
    return f"{start} – {end}"


def key(shift: int, rest: str) -> str:
    """Name a timer about a shift.

    Args:
        shift: its row's number.
        rest: which of them.
    """
    return f"shift/{shift}/{rest}"
