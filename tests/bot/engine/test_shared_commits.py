"""Timers that are due together share a commit; what fails in it undoes nobody else's, and doubles nothing."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import pytest
from sqlalchemy import event, insert, select

from handlers.core import registry
from handlers.core.card import Card
from handlers.core.turn import Turn
from storage.rows.duty import Absence
from storage.rows.traffic import Message, Timer
from tests.databases import statements_of
from tests.faults.fake_platform import FakePlatform
from tests.faults.house import House, fake

# Timers of this file's own: one that says something, one that can't, one whose rows no database takes, one after which
# somebody is absent, and one that says who is.
SAYS, FAILS, UNWRITABLE, LEAVES, LOOKS = (
    f"shared.{name}" for name in ("says", "fails", "unwritable", "leaves", "looks")
)


async def _says(turn: Turn, text: str) -> None:
    await turn.say("anne", Card(text), key=f"shared/{text}")


async def _fails(turn: Turn, text: str) -> None:
    await _says(turn, text)
    raise ValueError("it never works")


async def _unwritable(turn: Turn, text: str) -> None:
    await _says(turn, text)
    turn.db.add(Timer(key=f"shared/{SAYS}0", kind=SAYS, args={}, due_at=turn.now, state="waiting"))


async def _leaves(turn: Turn, text: str) -> None:
    turn.db.add(Absence(person="lars", since=turn.now, by="anne", at=turn.now))


async def _looks(turn: Turn, text: str) -> None:
    await _says(turn, f"{text}: {', '.join(turn.plan.absent) or 'alle er her'}")


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    house = House(database_url, FakePlatform())
    yield house
    await house.database.close()


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    registry.load()
    own = {SAYS: _says, FAILS: _fails, UNWRITABLE: _unwritable, LEAVES: _leaves, LOOKS: _looks}
    registry.timers.update(own)
    yield
    for kind in own:
        del registry.timers[kind]


async def due_at_once(house: House, *kinds: str) -> None:
    """Timers that all fell due a second ago, in this order."""
    due = house.clock.now() - timedelta(seconds=1)
    async with house.database.transaction() as db:
        rows = [
            {"key": f"shared/{kind}{number}", "kind": kind, "args": {"text": f"{number}"}, "due_at": due}
            for number, kind in enumerate(kinds)
        ]
        await db.execute(insert(Timer), [{**row, "state": "waiting"} for row in rows])


async def said(house: House) -> list[str]:
    async with house.database.reading() as db:
        return [card["text"] for card in await db.scalars(select(Message.card).order_by(Message.id))]


async def states(house: House) -> list[tuple[str, str]]:
    async with house.database.reading() as db:
        found = await db.execute(select(Timer.args, Timer.state).order_by(Timer.id))
        return [(args["text"], state) for args, state in found]


@pytest.mark.long
async def test_many_timers_that_are_due_at_once_share_commits_and_keep_their_order(house: House) -> None:
    await due_at_once(house, *[SAYS] * 100)
    commits: list[object] = []
    event.listen(house.database.engine.sync_engine, "commit", commits.append)
    asked = statements_of(house.database)
    await house.engine.turns.drain()
    # Who is absent today is read once for each commit.
    assert sum("absences" in each for each in asked) < 50
    assert await said(house) == [str(number) for number in range(100)]
    assert len(commits) < 50
    await house.engine.settle()
    assert fake(house).texts("anne") == [str(number) for number in range(100)]


@pytest.mark.parametrize("wrong", [FAILS, UNWRITABLE])
async def test_what_fails_among_them_is_tried_alone_and_undoes_nobody_elses(house: House, wrong: str) -> None:
    await due_at_once(house, SAYS, SAYS, wrong, SAYS)
    await house.engine.turns.drain()
    assert sorted(await said(house)) == ["0", "1", "3"]
    assert await states(house) == [("0", "done"), ("1", "done"), ("2", "waiting"), ("3", "done")]
    await house.forward(hours=1)
    assert await states(house) == [("0", "done"), ("1", "done"), ("2", "failed"), ("3", "done")]
    assert sorted(fake(house).texts("anne")) == ["0", "1", "3"]


async def test_whoever_leaves_in_a_shared_commit_is_absent_to_the_next_timer_in_it(house: House) -> None:
    """R007"""
    await due_at_once(house, LOOKS, LOOKS, LEAVES, LOOKS)
    await house.engine.turns.drain()
    assert await said(house) == ["0: alle er her", "1: alle er her", "3: lars"]
