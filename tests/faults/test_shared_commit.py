"""The process dies in the middle of a commit that timers share, which are due together, and another takes over."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from storage.case.verification import verify_crisis
from storage.database import Database
from storage.plan import loading
from storage.rows.crisis import Crisis
from storage.rows.log import LogEntry
from storage.rows.traffic import Timer
from tests.fakes.slack import FakeSlack, SlackPerson
from tests.faults.test_killed import settled
from tests.faults.test_stops_nothing import Unlucky

DUE = 40
FATAL = 17


@pytest.mark.long
@pytest.mark.parametrize("how", ["once", "always"])
async def test_each_timer_of_a_shared_commit_is_run_once_when_the_process_dies_in_the_middle_of_it(
    database_url: str, tmp_path: Path, how: str
) -> None:
    """D05 R186: what had run with the one that died runs again, and leaves one line each; what always ends the process is
    put aside, alone."""
    users = {person.slack: person.name for person in loading.example().persons.values() if person.slack}
    reason = tmp_path / how
    reason.touch()
    database = Database(database_url)
    async with FakeSlack(users=users, latency=0.005) as slack:
        process = Unlucky(database_url, slack, tmp_path)
        await process.start()
        try:
            await SlackPerson(slack, "U0LARS", process.address).command("aktiver 2 skybrud")
            await settled(database)
            await process.kill()
            async with database.transaction() as db:
                (crisis,) = await db.scalars(select(Crisis.id))
                due = datetime.now(UTC) - timedelta(seconds=1)
                rows = [
                    {
                        "key": f"uheld/{number}",
                        "kind": "uheld.due",
                        "crisis_id": crisis,
                        "args": {"line": f"linje {number}", "dies_of": str(reason) if number == FATAL else ""},
                        "due_at": due,
                        "state": "waiting",
                    }
                    for number in range(DUE)
                ]
                await db.execute(insert(Timer), rows)
            deaths = 0
            await process.start()
            while await process.died_within(2):
                deaths += 1
                await process.start()
            assert deaths == (1 if how == "once" else 6)
            async with asyncio.timeout(30):
                while True:
                    async with database.reading() as db:
                        states = {
                            args["line"]: state
                            for args, state in await db.execute(
                                select(Timer.args, Timer.state).where(Timer.kind == "uheld.due")
                            )
                        }
                    if "waiting" not in states.values():
                        break
                    await asyncio.sleep(0.1)
            lost = f"linje {FATAL}" if how == "always" else None
            assert [line for line, state in states.items() if state == "failed"] == ([lost] if lost else [])
            async with database.reading() as db:
                written = await db.scalars(select(LogEntry.summary).where(LogEntry.summary.startswith("linje ")))
                assert sorted(written) == sorted(f"linje {n}" for n in range(DUE) if f"linje {n}" != lost)
                assert await verify_crisis(db, await db.get_one(Crisis, crisis)) == []
        finally:
            await process.kill()
            await database.close()
