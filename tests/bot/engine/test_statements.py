"""What one line of the log costs the database: it is what is written most, on the night that it is needed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from storage.database import Database
from tests.faults.fake_platform import FakePlatform
from tests.faults.test_delivery import House

# "A `log` command takes at most 8 statements": twenty-one, once.
MOST = 8
# What only begins a transaction, or waits for its turn.
BOUNDS = ("BEGIN", "SELECT pg_advisory_xact_lock")


def counted(database: Database) -> list[str]:
    """Every statement from now on; the list grows."""
    said: list[str] = []

    def executed(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(BOUNDS):
            said.append(statement)

    for engine in {database.engine, database._turn_engine}:
        event.listen(engine.sync_engine, "before_cursor_execute", executed)
    return said


@pytest.mark.long
async def test_a_log_line_takes_at_most_eight_statements(database_url: str) -> None:
    """R072: from the row of the inbox to the answer in the outbox, whoever of the staff writes it."""
    house = House(database_url, FakePlatform())
    await house.does("lars", "aktiver 2 skybrud")
    for person in ("anne", "mads", "lars"):
        await house.does(person, f"log ? {person} er her", key=f"{person}/first")
    said = counted(house.database)
    for person in ("anne", "mads", "lars"):
        await house.says(person, f"log ? vandet stiger, siger {person}")
        said.clear()
        await house.engine.turns.drain()
        # The last is the look that finds nothing more.
        assert len(said) - 1 <= MOST, "\n".join(said)
    await house.engine.settle()
    lines = [line["summary"] for line in (await house.export())["log"] if "stiger" in line["summary"]]
    assert lines == [f"vandet stiger, siger {person}" for person in ("anne", "mads", "lars")]
    await house.database.close()
