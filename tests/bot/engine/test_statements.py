"""What one line of the log costs the database: it is what is written most, on the night that it is needed."""

from __future__ import annotations

import pytest

from tests.databases import statements_of
from tests.faults.fake_platform import FakePlatform
from tests.faults.test_delivery import House

# "A `log` command takes at most 8 statements": twenty-one, once.
MOST = 8


@pytest.mark.long
async def test_a_log_line_takes_at_most_eight_statements(database_url: str) -> None:
    """R072: from the row of the inbox to the answer in the outbox, whoever of the staff writes it."""
    house = House(database_url, FakePlatform())
    await house.does("lars", "aktiver 2 skybrud")
    for person in ("anne", "mads", "lars"):
        await house.does(person, f"log ? {person} er her", key=f"{person}/first")
    said = statements_of(house.database)
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
