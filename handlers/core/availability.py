"""Who is absent, who stands in and who has the duty now, read once at the beginning of a turn. Plan §2, "relevante
stedfortrædere"."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, DateTime, cast, literal, null, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.core.turn import Turn
from storage.plan.model import Plan
from storage.plan.today import Today
from storage.rows.alert import Alert
from storage.rows.base import NOW, Base
from storage.rows.duty import Absence, NamedDeputy, RotaDuty
from storage.rows.traffic import Address

# What is read for it: whatever writes one of these makes it another.
READ: frozenset[type[Base]] = frozenset({Absence, NamedDeputy, RotaDuty, Address, Alert})

_NOTHING = literal("")
# One journey to the database, since every turn makes it.
_QUERY: CompoundSelect[Any] = union_all(
    select(
        literal("absent").label("what"),
        Absence.person.label("one"),
        _NOTHING.label("place"),
        _NOTHING.label("other"),
        Absence.until.label("until"),
        Absence.id.label("id"),
    ).where(Absence.since <= NOW, or_(Absence.until.is_(None), Absence.until > NOW)),
    select(
        literal("deputy"), NamedDeputy.holder, NamedDeputy.role, NamedDeputy.deputy, NamedDeputy.until, NamedDeputy.id
    ).where(NamedDeputy.role != "", or_(NamedDeputy.until.is_(None), NamedDeputy.until > NOW)),
    select(
        literal("centre"), NamedDeputy.holder, NamedDeputy.centre, NamedDeputy.deputy, NamedDeputy.until, NamedDeputy.id
    ).where(NamedDeputy.centre != "", or_(NamedDeputy.until.is_(None), NamedDeputy.until > NOW)),
    select(
        literal("duty"),
        RotaDuty.called,
        RotaDuty.role,
        _NOTHING,
        cast(null(), DateTime(timezone=True)),
        RotaDuty.id,
    ).where(RotaDuty.since <= NOW, RotaDuty.until > NOW),
    # And the names of those who have warned without being in the plan, as their platform gave them.
    select(
        literal("stranger"),
        Address.person,
        _NOTHING,
        Address.name,
        cast(null(), DateTime(timezone=True)),
        literal(0),
    ).where(Address.person.in_(select(Alert.person).distinct()), Address.name != ""),
)


async def todays(db: AsyncSession, plan: Plan, now: datetime) -> tuple[Plan, dict[str, str]]:
    """Return the plan as it is today, with who is absent, stands in and has the duty; and the names of those who have
    warned without being in it.

    Args:
        plan: as its file has it.
        now: UTC.
    """
    rows = sorted((await db.execute(_QUERY, {"now": now})).all(), key=lambda row: row.id)
    today = Today(
        absent={row.one: row.until for row in rows if row.what == "absent"},
        deputies={(row.place, row.one): row.other for row in rows if row.what == "deputy"},
        centre_deputies={(row.place, row.one): row.other for row in rows if row.what == "centre"},
        calendars={row.place: row.one for row in rows if row.what == "duty"},
        at=now,
    )
    return plan.as_of(today), {row.one: row.other for row in rows if row.what == "stranger"}


async def read_anew(turn: Turn) -> None:
    """Let the rest of a turn know what it has itself changed."""
    await turn.db.flush()
    turn.plan, _ = await todays(turn.db, turn.plan.as_written, turn.now)
    turn.crisis = turn.crisis
