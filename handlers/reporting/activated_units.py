"""Which units are activated below the crisis staff, on the coordinator's board: "hvordan den øvrige organisation neden under
krisestaben kan/skal aktiveres". Plan §5, Tovholder."""

from __future__ import annotations

from sqlalchemy import select

from handlers.core import clearance
from handlers.core.card import quote
from handlers.core.context import Context
from handlers.staff import support
from storage.grades import within
from storage.rows.coordination import CoordinatingStaff, LocalStaff
from storage.rows.measures import LogisticsMember
from storage.rows.staff import LISTS, DrawnIn

# So many of each sort stand on the card.
SHOWN = 8


async def facts(turn: Context) -> list[tuple[str, str]]:
    """List the units beside the centres that work for the crisis now, one fact a sort; nothing for whoever may not see what
    is the staff's."""
    if not within(clearance.SHARED, await clearance.highest_here(turn, LISTS)):
        return []
    found = [
        ("Støttefunktioner", await _functions(turn)),
        ("Logistikstab", await _logistics(turn)),
        ("Inddragne medarbejdere", await _drawn_in(turn)),
        ("Stabe på tværs", await _staffs(turn)),
    ]
    return [(title, _list(each) if each else "ingen") for title, each in found]


async def _functions(turn: Context) -> list[str]:
    """Name those that are manned: by whom it was said, or by the plan where nobody has said that there is no need."""
    said = await support.needs(turn)
    manned = []
    for function in support.functions(turn):
        row = said.get(function)
        persons = [row.person] if row is not None and row.person else support.by_plan(turn, function)
        if persons and (row is None or row.needed):
            manned.append(f"{function}: {turn.names(persons)}")
    return manned


async def _logistics(turn: Context) -> list[str]:
    rows = await turn.db.scalars(
        select(LogisticsMember)
        .where(LogisticsMember.crisis_id == turn.the_crisis.id, LogisticsMember.until.is_(None))
        .order_by(LogisticsMember.id)
    )
    return [f"{turn.name(row.person)}{' (leder)' if row.leads else ''}" for row in rows]


async def _drawn_in(turn: Context) -> list[str]:
    rows = await turn.db.scalars(select(DrawnIn).where(DrawnIn.crisis_id == turn.the_crisis.id).order_by(DrawnIn.id))
    return [
        f"{turn.name(row.person)}{f' ({row.centre})' if row.centre else ''}: {quote(row.text, 100)}" for row in rows
    ]


async def _staffs(turn: Context) -> list[str]:
    crisis = turn.the_crisis
    coordinating = await turn.db.scalar(select(CoordinatingStaff).where(CoordinatingStaff.crisis_id == crisis.id))
    local = await turn.db.scalar(
        select(LocalStaff).where(LocalStaff.crisis_id == crisis.id, LocalStaff.ended_at.is_(None))
    )
    return [
        *([f"Kommunalt koordinerende stab siden {turn.dated(coordinating.since)}"] if coordinating else []),
        *([f"Lokal Beredskabsstab siden {turn.dated(local.activated_at)}"] if local else []),
    ]


def _list(items: list[str]) -> str:
    more = [f"• og {len(items) - SHOWN} til"] if len(items) > SHOWN else []
    return "\n".join([*(f"• {each}" for each in items[:SHOWN]), *more])
