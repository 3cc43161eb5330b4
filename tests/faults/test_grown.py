"""What has been said and done costs whoever writes next nothing: no statement goes through what grows for three days."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, event

from tests.databases import SQLite
from tests.faults.fake_platform import Roomy
from tests.faults.test_delivery import House

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
    "presses",
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


async def test_nothing_that_is_done_at_each_input_goes_through_all_that_was_said_before(sqlite: SQLite) -> None:
    """D03: after 72 hours and 50,000 lines an answer took 220 ms that took 31 at the start."""
    house = House(sqlite.migrated(), Roomy())
    await house.does("lars", "aktiver 2 skybrud")
    with asked_of(house) as asked:
        await house.does("anne", "log ? her er alt roligt")
        await house.does("anne", "find pumpe")
        await house.does("anne", "status")
        await house.does("nr", "melding vandet stiger")
        await house.forward(minutes=2)
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
    assert len(asked) > 40
    assert through == []
