"""What has been said and done costs whoever writes next nothing: no statement goes through what grows for three days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, event

from storage.rows.base import Base
from tests.databases import PostgreSQL, SQLite
from tests.faults.fake_platform import Doors
from tests.faults.house import House

# What has a row for each input, each line, each message, or each who was asked.
GROWS = (
    "inbox",
    "timers",
    "messages",
    "deliveries",
    "log_entries",
    "log_states",
    "log_words",
    "attachments",
)


@contextmanager
def asked_of(house: House) -> Iterator[dict[str, Any]]:
    """Every statement that is put to the database meanwhile, with what was last asked by it."""
    found: dict[str, Any] = {}

    def keep(_connection: Connection, _cursor: Any, statement: str, given: Any, _context: Any, _many: bool) -> None:
        found[statement] = given

    event.listen(house.database.engine.sync_engine, "before_cursor_execute", keep)
    yield found
    event.remove(house.database.engine.sync_engine, "before_cursor_execute", keep)


async def some_inputs(house: House) -> dict[str, Any]:
    """What a few who write put to the database, and what follows from it."""
    with asked_of(house) as asked:
        await house.does("anne", "log ? her er alt roligt")
        await house.does("anne", "find pumpe")
        await house.does("anne", "status")
        await house.does("nr", "melding vandet stiger")
        await house.forward(minutes=2)
    assert len(asked) > 30
    return asked


async def test_nothing_that_is_done_at_each_input_goes_through_all_that_was_said_before(sqlite: SQLite) -> None:
    """D03: after 72 hours and 50,000 lines an answer took 220 ms that took 31 at the start."""
    house = House(sqlite.migrated(), Doors())
    await house.does("lars", "aktiver 2 skybrud")
    asked = await some_inputs(house)
    assert set(GROWS) <= Base.metadata.tables.keys()
    through: list[str] = []
    async with house.database.engine.connect() as connection:
        for statement, given in asked.items():
            if statement.startswith(("SELECT", "UPDATE", "DELETE")):
                plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)
                for how in [str(step.detail) for step in plan]:
                    what, table, *by = *how.split(), "", ""
                    whole = what == "SCAN" or (what == "SEARCH" and "USING" not in by)
                    if whole and table in GROWS and "messages_to_address" not in by:
                        through.append(f"{how}: {statement}")
    await house.database.close()
    assert "\n".join(through) == ""


# Rows of each kind that is over, as of a long day.
MANY = 5_000
OVER = {"messages": "dispatched_version = version", "inbox": "state = 'done'"}


@pytest.mark.long
async def test_nor_on_postgresql_when_it_has_forgotten_what_it_was_asked_for(postgresql: PostgreSQL) -> None:
    """D03: a plan that it keeps for any values at all; it went through all messages, and all that was ever sent."""
    house = House(postgresql.migrated(), Doors())
    await house.does("lars", "aktiver 2 skybrud")
    await house.does("anne", "log ! pumpen er på vej")
    async with house.database.engine.begin() as connection:
        for table, over in OVER.items():
            names = [str(column.name) for column in Base.metadata.tables[table].columns if column.name != "id"]
            told = ", ".join("t.key || '/' || g" if name == "key" else f"t.{name}" for name in names)
            one = f"SELECT * FROM {table} WHERE {over} ORDER BY id DESC LIMIT 1"
            await connection.exec_driver_sql(
                f"INSERT INTO {table} ({', '.join(names)}) SELECT {told} FROM ({one}) t, generate_series(1, {MANY}) g"
            )
        await connection.exec_driver_sql(
            "INSERT INTO deliveries (message_id, platform, lane, state, urgency, version_sent, attempts, queued_at, due_at)"
            " SELECT id, 'fake', 'anne', 'sent', 1, 1, 1, created_at, created_at FROM messages m"
            " WHERE NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.message_id = m.id)"
        )
        await connection.exec_driver_sql("ANALYZE")
    asked = await some_inputs(house)
    through: list[str] = []
    async with house.database.engine.connect() as connection:
        await connection.exec_driver_sql("SET plan_cache_mode = force_generic_plan")
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        for number, statement in enumerate(each for each in asked if each.startswith("SELECT")):
            given = len(set(re.findall(r"\$\d+", statement)))
            nothing = f"({', '.join(['NULL'] * given)})" if given else ""
            await raw.execute(f"PREPARE s{number} AS {statement}")
            plan = await raw.fetch(f"EXPLAIN EXECUTE s{number}{nothing}")
            through += [
                f"{step[0]}: {statement}"
                for step in plan
                if (found := re.search(r"Seq Scan on (\w+)", step[0])) and found[1] in (*OVER, "deliveries")
            ]
    await house.database.close()
    assert "\n".join(through) == ""
