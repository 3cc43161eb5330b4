"""Several krisebots on one PostgreSQL: whatever happens to one of them, or to the database, nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import random
import secrets
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from storage.case import export
from storage.case.verification import verify_crisis
from storage.database import Database
from storage.plan import loading
from storage.rows.crisis import Crisis
from tests.databases import folder
from tests.fakes.slack import FakeSlack, SlackPerson
from tests.faults.replicas import Balancer, Replica, Server, Way, replicas, servers
from tests.faults.test_killed import settled

KEEPERS = ("KIM", "LARS", "ANNE", "OLE", "SARA")
# Seconds between two lines of one person's: Slack takes as many answers as that in one conversation.
PACE = 1.0
# A replica that is frozen with the turn's lock has it taken away after so long, in seconds; and then some.
FROZEN = 25.0


class Played:
    """A staff that writes lines while something happens to those who keep them.

    Args:
        running: the krisebots.
        way: how they reach their database.
        made: the database servers there are.
        moment: what is left to chance.
        long: as in earnest, and not the short cut.
    """

    def __init__(
        self, running: list[Replica], way: Way, made: list[Server], folder: Path, moment: random.Random, long: bool
    ) -> None:
        self.running, self.way, self.made, self.folder = running, way, made, folder
        self.moment, self.long = moment, long

    @property
    def one(self) -> Replica:
        return self.moment.choice(self.running)

    async def a_while(self) -> None:
        await asyncio.sleep(self.moment.uniform(0.1, 1.0))


async def killed(played: Played) -> None:
    """They die one after the other, without farewell, and are started again."""
    for _ in range(20 if played.long else 1):
        each = played.one
        await played.a_while()
        await each.kill()
        if played.long:
            await played.a_while()
            await each.start()


async def frozen(played: Played) -> None:
    """One stands still with whatever it holds, longer than the database lets it, and then goes on."""
    for _ in range(5):
        each = played.one
        await played.a_while()
        each.freeze()
        await asyncio.sleep(FROZEN)
        each.thaw()


async def rolled(played: Played) -> None:
    """A new version: each is told to stop and another takes its place, while the others go on."""
    for _ in range(3):
        for each in played.running:
            assert await each.stop() == 0
            await each.start()


async def without_database(played: Played) -> None:
    """The database is away for two minutes, as by a power cut."""
    await played.a_while()
    await played.made[0].take_away()
    await asyncio.sleep(120)
    await played.made[0].bring_back()


async def failed_over(played: Played) -> None:
    """The database's server is lost, and a synchronous standby takes over."""
    standby = await played.made[0].followed(played.folder / "second")
    played.made.append(standby)
    await played.a_while()
    await played.made[0].take_away()
    await standby.promote()
    played.way.lead_to(standby)


EARNEST = [
    pytest.param(each, True, marks=pytest.mark.faults)
    for each in (killed, frozen, rolled, without_database, failed_over)
]


@pytest.mark.parametrize(("happens", "long"), [pytest.param(killed, False, marks=pytest.mark.long), *EARNEST])
async def test_nothing_acknowledged_is_lost_or_doubled_whatever_happens_to_one_of_them_or_to_the_database(
    happens: Callable[[Played], Awaitable[None]], long: bool, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """D03 D05 R186: each line once, in the order that each wrote them; each message once; the chain whole."""
    seed = request.config.getoption("seed")
    seed = secrets.randbelow(10**6) if seed is None else seed
    print(f"{happens.__name__}: --seed={seed}")
    users = {person.slack: person.name for person in loading.example().persons.values() if person.slack}
    with folder() as path, servers(Path(path)) as made:
        way = Way(tmp_path, made[0])
        async with (
            way.open(),
            FakeSlack(users=users, latency=0.01) as slack,
            replicas(3 if long else 2, way, slack, tmp_path) as (running, balancer),
        ):
            played = Played(running, way, made, Path(path), random.Random(seed), long)
            lines = await _write_while(happens(played), slack, balancer)
            database = Database(way.url)
            try:
                await settled(database)
                async with database.reading() as db:
                    (crisis,) = await db.scalars(select(Crisis))
                    told = await export.document(db, crisis)
                    assert await verify_crisis(db, crisis) == []
            finally:
                await database.close()
            keys = [
                message.metadata["event_payload"]["key"]
                for channel in slack.world.channels
                for message in slack.messages(channel)
                if message.metadata
            ]
        written = [entry["summary"] for entry in told["log"] if entry["kind"] == "information"]
        for keeper, own in lines.items():
            assert [line for line in written if line.startswith(f"{keeper} ")] == own
        assert len(written) == sum(map(len, lines.values()))
        assert sorted(keys) == sorted(set(keys))


async def _write_while(happens: Awaitable[None], slack: FakeSlack, balancer: Balancer) -> dict[str, list[str]]:
    """Let each of the staff write, and Slack send again what it heard no answer to, until it is over and a little
    longer; returns what each wrote."""
    mayor = SlackPerson(slack, "U0LARS", balancer.address)
    answer = await mayor.says("aktiver 2 skybrud")
    assert answer.status == 200
    await SlackPerson(slack, "U0SARA").gets("Du indkaldes", within=30)
    over = asyncio.Event()
    lines: dict[str, list[str]] = {keeper: [] for keeper in KEEPERS}

    async def write(keeper: str) -> None:
        person, left = SlackPerson(slack, f"U0{keeper}", balancer.address), 3
        while left:
            left -= over.is_set()
            lines[keeper].append(f"{keeper} linje {len(lines[keeper])}")
            answer = await person.says(f"log ? {lines[keeper][-1]}")
            while answer.status != 200:
                await asyncio.sleep(0.3)
                answer = await person.retry()
            await asyncio.sleep(PACE)

    writing = asyncio.gather(*(write(keeper) for keeper in KEEPERS))
    begun = time.monotonic()
    await happens
    over.set()
    await writing
    print(f"{sum(map(len, lines.values()))} lines in {time.monotonic() - begun:.0f} s")
    return lines
