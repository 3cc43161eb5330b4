"""How late the last of ten thousand timers fires that fall due at once."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, insert, select, update

from bot.engine.clock import SystemClock
from bot.engine.turns import Turns
from handlers.core import registry
from storage.database import Database
from storage.plan.loading import example
from storage.rows.traffic import Timer
from tests.bench.page import measured

pytestmark = pytest.mark.bench

TIMERS = 10_000


async def test_ten_thousand_timers_due_at_once_fire_within_twenty_times_the_time_of_writing_as_many_rows(
    database: Database,
) -> None:
    """The floor marks as many rows one by one, each in a transaction of its own."""
    registry.load()
    due = datetime.now(UTC)
    # An escalation that is over: what is measured is the machinery, not what a timer does.
    row = {"kind": "escalation.again", "args": {"escalation": 1, "round": 1}, "state": "waiting", "due_at": due}
    async with database.transaction() as db:
        await db.execute(insert(Timer), [{**row, "key": f"bench/{number}"} for number in range(TIMERS)])
        numbers = list(await db.scalars(select(Timer.id)))
    began = time.perf_counter()
    plan = example()
    await Turns(database, SystemClock(), lambda: plan, lambda _: None).drain()
    ours = time.perf_counter() - began
    async with database.reading() as db:
        fired = await db.scalar(select(func.count()).select_from(Timer).where(Timer.state == "done"))
    assert fired == TIMERS
    began = time.perf_counter()
    for number in numbers:
        async with database.transaction() as db:
            await db.execute(update(Timer).where(Timer.id == number).values(error="marked"))
    floor = time.perf_counter() - began
    print(
        f"\n{TIMERS} timers due at once, {database.url.get_backend_name()}: the last {ours:.1f} s late,"
        f" as many rows written one by one {floor:.1f} s, ratio {ours / floor:.1f}"
    )
    kind = database.url.get_backend_name()
    what = f"timers, {TIMERS} due at once, {kind}"
    measured(what, ours, floor, "s", "as many rows written one by one", "≤ 1×", met=ours <= floor)
    assert ours < 20 * floor
