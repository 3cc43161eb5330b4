"""The process dies without warning, at whatever line it stands on, and another takes over."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import signal
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import func, select

from storage.case import export
from storage.case.verification import verify_crisis
from storage.database import Database
from storage.plan import loading
from storage.rows.crisis import Crisis
from storage.rows.traffic import Delivery, Inbox
from tests.fakes.slack import FakeSlack, SlackPerson
from tests.fakes.slack.world import FakeMessage

# Milliseconds after the last acknowledgement; each is another line to die on.
MOMENTS = (0, 10, 50)


class Process:
    """`krisebot serve` as an operator runs it, on a port of its own."""

    program = "bot.cli"

    def __init__(self, url: str, slack: FakeSlack, folder: Path, **settings: str) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"http://127.0.0.1:{self.port}"
        self._folder = folder
        self._settings = {"KRISEBOT_DATABASE_URL": url, "KRISEBOT_PORT": str(self.port), **slack.settings, **settings}

    async def start(self) -> None:
        """Start it, and wait until it answers."""
        self._running = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            self.program,
            "serve",
            env={**os.environ, **self._settings},
            stdout=asyncio.subprocess.DEVNULL,
            stderr=(self._folder / "stderr.txt").open("ab"),
        )
        async with aiohttp.ClientSession() as client, asyncio.timeout(30):
            while True:
                try:
                    if self._running.returncode is not None:
                        return
                    async with client.get(f"{self.address}/readyz") as answer:
                        if answer.status == 200:
                            return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.05)

    async def stands_still(self, seconds: float) -> None:
        """Let it stand still for so long, as a machine that is moved does."""
        self._running.send_signal(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        self._running.send_signal(signal.SIGCONT)

    async def kill(self) -> None:
        """No farewell."""
        if self._running.returncode is None:
            self._running.send_signal(signal.SIGKILL)
        await self._running.wait()

    async def died_within(self, seconds: float) -> bool:
        """Whether it ends by itself."""
        try:
            async with asyncio.timeout(seconds):
                await self._running.wait()
        except TimeoutError:
            return False
        return True

    async def stop(self) -> int:
        """Ask it to stop, as an operator does; the exit status."""
        self._running.terminate()
        async with asyncio.timeout(10):
            return await self._running.wait()


@asynccontextmanager
async def running(url: str, slack: FakeSlack, folder: Path, **settings: str) -> AsyncIterator[Process]:
    process = Process(url, slack, folder, **settings)
    await process.start()
    try:
        yield process
    finally:
        await process.kill()


async def settled(database: Database) -> None:
    """Wait until nothing is to be handled or posted any more, as long as it gets less: a conversation takes a post a second.
    What is changed where it stands goes on for minutes: each line in the log can be undone for five, and its button is then
    taken away."""
    unsent = Delivery.state.in_(["queued", "sending"]), Delivery.ref.is_(None)
    counted = select(
        select(func.count()).where(Inbox.state == "new").scalar_subquery()
        + select(func.count()).where(*unsent).scalar_subquery()
    )
    least: int | None = None
    async with asyncio.timeout(None) as patience:
        while True:
            async with database.reading() as db:
                left = (await db.scalars(counted)).one()
            if left == 0:
                return
            if least is None or left < least:
                least = left
                patience.reschedule(asyncio.get_running_loop().time() + 90)
            await asyncio.sleep(0.1)


@pytest.fixture
def moments(request: pytest.FixtureRequest) -> Sequence[float]:
    """Milliseconds after the last acknowledgement: a few, or many that a seed tells."""
    if request.param == "few":
        return MOMENTS
    seed = request.config.getoption("seed")
    seed = secrets.randbelow(10**6) if seed is None else seed
    print(f"--seed={seed}")
    moment = random.Random(seed)
    return [moment.uniform(0, 300) for _ in range(request.config.getoption("kills"))]


@pytest.mark.parametrize("databases", ["sqlite", pytest.param("postgresql", marks=pytest.mark.long)], indirect=True)
@pytest.mark.parametrize("moments", ["few", pytest.param("many", marks=pytest.mark.faults)], indirect=True)
async def test_nothing_acknowledged_is_lost_or_doubled_by_a_kill(
    database_url: str, tmp_path: Path, moments: Sequence[float]
) -> None:
    """D03 D05 R186: commands, a kill, more commands, another kill: each line once, each message once, the chain whole."""
    users = {person.slack: person.name for person in loading.example().persons.values() if person.slack}
    lines = []
    async with FakeSlack(users=users, latency=0.02) as slack, running(database_url, slack, tmp_path) as process:
        mayor = SlackPerson(slack, "U0LARS", process.address)
        keepers = [SlackPerson(slack, f"U0{name}", process.address) for name in ("KIM", "LARS", "ANNE", "OLE", "SARA")]
        assert (await mayor.command("aktiver 2 skybrud")).status == 200
        # What is begun as often as the process dies would be taken for what it dies of.
        await mayor.gets("Fuldt etableret", within=30)
        for number, moment in enumerate(moments):
            burst = [f"linje {number}.{each}" for each in range(5)]
            answers = await asyncio.gather(
                *(keeper.command(f"log ? {line}") for keeper, line in zip(keepers, burst, strict=True))
            )
            lines += [line for line, answer in zip(burst, answers, strict=True) if answer.status == 200]
            await asyncio.sleep(moment / 1000)
            await process.kill()
            await process.start()
        database = Database(database_url)
        try:
            await settled(database)
            async with database.reading() as db:
                (crisis,) = await db.scalars(select(Crisis))
                told = await export.document(db, crisis)
                assert await verify_crisis(db, crisis) == []
                assert list(await db.scalars(select(Inbox.error).where(Inbox.state == "failed"))) == []
        finally:
            await database.close()
        written = [entry["summary"] for entry in told["log"] if entry["kind"] == "information"]
        assert sorted(written) == sorted(lines)
        assert len(lines) == 5 * len(moments)
        keys = [
            _key(message) for channel in slack.world.channels for message in slack.messages(channel) if message.metadata
        ]
        assert sorted(keys) == sorted(set(keys))
        for person in ("U0ANNE", "U0OLE", "U0SARA", "U0KIM"):
            summons = [each for each in SlackPerson(slack, person).messages() if "Kommer" in each.buttons]
            # Two hundred kills take longer than whoever does not answer is left in peace.
            reminders = [each for each in summons if _key(each).startswith("timer@")]
            assert len(summons) - len(reminders) == 1, person


def _key(message: FakeMessage) -> str:
    """Return the name that we gave a message; empty for what others wrote."""
    return str(message.metadata["event_payload"]["key"]) if message.metadata else ""


@pytest.mark.long
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_it_says_goodbye_in_good_order_when_told_to_stop(database_url: str, tmp_path: Path) -> None:
    async with FakeSlack() as slack, running(database_url, slack, tmp_path) as process:
        assert await process.stop() == 0


@pytest.mark.long
@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_a_mail_server_that_says_nothing_holds_up_no_stop(database_url: str, tmp_path: Path) -> None:
    """D03: it was waited for, for as long as it is given to answer."""
    asked, over = asyncio.Event(), asyncio.Event()

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await over.wait()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    gateway = f"mailto://127.0.0.1:{port}?from=krisebot@htk.example&to={{mail}}&mode=insecure"
    plan = tmp_path / "plan.yaml"
    plan.write_text(loading.example_text().replace("mail: null", f'mail: "{gateway}"'), encoding="utf-8")
    mailbox = {"KRISEBOT_PLAN": str(plan), "KRISEBOT_IMAP_URL": f"imap://krisebot:kode@127.0.0.1:{port}/INBOX"}
    async with FakeSlack() as slack, running(database_url, slack, tmp_path, **mailbox) as process:
        async with asyncio.timeout(30):
            await asked.wait()
        assert await process.stop() == 0
    over.set()
    server.close()
