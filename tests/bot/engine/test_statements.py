"""What one line of the log costs the database: it is what is written most, on the night that it is needed."""

from __future__ import annotations

import pytest
from sqlalchemy import event, select

from bot.engine.platform import Unavailable
from storage.rows.traffic import Message, StaffChannel, StaffRecipient
from tests.databases import Databases, statements_of
from tests.faults.fake_platform import Doors, FakePlatform, Roomy
from tests.faults.house import House

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


async def said_beside(house: House, waiting: int) -> int:
    """How many statements it takes to tell one person something, beside so much that is said to a staff."""
    for number in range(waiting):
        await house.say(StaffRecipient.of(1), f"linje {number}")
    await house.engine.settle()
    said = statements_of(house.database)
    await house.say("anne", "tjek din mail")
    await house.engine.settle()
    count = len(said)
    await house.database.close()
    return count


@pytest.mark.long
async def test_what_is_said_to_a_staff_costs_nobody_else_a_look_while_its_channel_can_not_be_made(
    databases: Databases,
) -> None:
    """R072 D06: the chat is down for an hour, and the log goes on; each message looked at all the others, every time."""
    counts = []
    for waiting in (1, 60):
        house = House(databases.migrated(), Roomy(Unavailable("nede")))
        await house.does("lars", "aktiver 2 skybrud")
        counts.append(await said_beside(house, waiting))
    # A statement or two more where a connection is new.
    assert counts[1] < counts[0] + 10


@pytest.mark.long
async def test_what_was_said_in_a_staffs_channel_is_not_gone_through_again_for_each_who_enters_it(
    databases: Databases,
) -> None:
    """R072: whoever is let in reads it there."""
    read: list[int] = []
    event.listen(Message, "load", lambda message, _: read.append(message.id))
    house = House(databases.migrated(), Doors())
    await house.does("lars", "aktiver 2 skybrud")
    for number in range(60):
        await house.say(StaffRecipient.of(1), f"linje {number}")
    await house.engine.settle()
    read.clear()
    await house.does("lars", "rolle logfører Gitte")
    async with house.database.reading() as db:
        assert "gitte" in (await db.scalars(select(StaffChannel.inside))).one()
    assert len(read) < 30
    await house.database.close()
