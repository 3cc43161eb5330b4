"""No input stops the bot: what loops, in Python or in a pattern, and what ends the process, is put aside and told of."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import select

from storage.database import Database
from storage.plan import loading
from storage.rows.traffic import Inbox
from tests.fakes.slack import FakeSlack, SlackPerson
from tests.faults.test_killed import Process, settled

SORRY = "Dine ord er gemt"
# What a stall may take, with the time until it is noticed.
BROKEN_OFF = 5 + 3.0
PATIENT = 20.0


class Unlucky(Process):
    """With the handlers that no krisebot has."""

    program = "tests.faults.programs"


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    users = {person.slack: person.name for person in loading.example().persons.values() if person.slack}
    async with FakeSlack(users=users, latency=0.005) as fake:
        yield fake


@pytest.fixture
async def process(database_url: str, slack: FakeSlack, tmp_path: Path) -> AsyncIterator[Unlucky]:
    process = Unlucky(database_url, slack, tmp_path)
    await process.start()
    yield process
    await process.kill()


async def row_of(url: str, word: str) -> Inbox:
    database = Database(url)
    try:
        async with database.reading() as db:
            rows = await db.scalars(select(Inbox))
            return next(row for row in rows if row.body["text"] == f"uheld {word}")
    finally:
        await database.close()


@pytest.mark.parametrize(
    ("word", "databases"),
    [
        pytest.param("python", "sqlite", marks=pytest.mark.faults),
        ("mønster", "postgresql"),
        pytest.param("sluger", "sqlite", marks=pytest.mark.faults),
    ],
    indirect=["databases"],
)
async def test_a_turn_that_never_ends_is_broken_off_put_aside_and_told_of(
    word: str, process: Unlucky, slack: FakeSlack, database_url: str
) -> None:
    """R005 D05: nothing of it is left, its sender hears, and whoever comes after is answered."""
    kim, lars = (SlackPerson(slack, user, process.address) for user in ("U0KIM", "U0LARS"))
    await kim.command(f"uheld {word}")
    begun = time.monotonic()
    await asyncio.gather(
        kim.gets(SORRY, within=PATIENT), lars.command("status"), lars.gets("Der er ingen aktiv krise", within=PATIENT)
    )
    assert time.monotonic() - begun < BROKEN_OFF
    assert not any("må ingen se" in message.shown for message in kim.messages())
    assert (await row_of(database_url, word)).state == "failed"
    async with aiohttp.ClientSession() as client, client.get(f"{process.address}/healthz") as answer:
        assert answer.status == 200


@pytest.mark.faults
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_a_turn_during_which_the_machine_stood_still_is_not_put_aside(
    process: Unlucky, slack: FakeSlack, database_url: str
) -> None:
    """D05: a machine that is moved, or starved, loses nobody's alert: what it was at goes on, or is tried again."""
    kim = SlackPerson(slack, "U0KIM", process.address)
    await kim.command("uheld tænker")
    # In the midst of it, after the loop has been asked for a sign of life.
    await asyncio.sleep(0.8)
    await process.stands_still(BROKEN_OFF)
    await kim.gets("Det her må ingen se", within=PATIENT)
    assert not any(SORRY in message.shown for message in kim.messages())
    await settled(Database(database_url))
    assert (await row_of(database_url, "tænker")).state == "done"


@pytest.mark.faults
@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
async def test_a_turn_that_waits_for_ever_is_broken_off_and_holds_nobody_up_meanwhile(
    process: Unlucky, slack: FakeSlack
) -> None:
    """An alert behind it is answered when it is broken off, and not when it ends."""
    kim, lars = (SlackPerson(slack, user, process.address) for user in ("U0KIM", "U0LARS"))
    await kim.command("uheld venter")
    begun = time.monotonic()
    await asyncio.gather(lars.command("status"), lars.gets("Der er ingen aktiv krise", within=PATIENT))
    assert time.monotonic() - begun < BROKEN_OFF


@pytest.mark.long
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_what_ends_the_process_is_begun_a_few_times_only_and_what_waits_beside_it_is_handled(
    process: Unlucky, slack: FakeSlack, database_url: str
) -> None:
    """D05: it is counted before it is begun, with all that came in with it, and only the guilty one is put aside."""
    kim, lars = (SlackPerson(slack, user, process.address) for user in ("U0KIM", "U0LARS"))
    others = [SlackPerson(slack, user, process.address) for user in ("U0ANNE", "U0OLE", "U0SARA")]
    await lars.command("aktiver 2 skybrud")
    answers = await asyncio.gather(
        *(each.command("hvem") for each in others[:2]),
        kim.command("uheld dør"),
        *(each.command("hvem") for each in others[2:]),
        return_exceptions=True,
    )
    kept = sum(not isinstance(each, BaseException) and each.status == 200 for each in answers)
    deaths = 0
    while await process.died_within(2):
        deaths += 1
        await process.start()
    await kim.gets(SORRY, within=PATIENT)
    database = Database(database_url)
    await settled(database)
    await database.close()
    row = await row_of(database_url, "dør")
    assert (row.state, deaths) == ("failed", 6)
    assert kept >= 1
    async with aiohttp.ClientSession() as client, client.get(f"{process.address}/readyz") as answer:
        assert answer.status == 200
