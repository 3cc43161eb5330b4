"""Somebody is told when krisebot does not do what is due: past krisebot, and only when there is reason to."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiosmtpd.controller import Controller

from bot.operations import backup, watchdog
from bot.operations.watchdog import Watchdog
from bot.settings import Settings
from storage.database import Database
from storage.rows.traffic import Inbox, Message, Timer
from tests.stage.stage import RehearsalStage

NOW = datetime(2026, 7, 2, 12, tzinfo=UTC)


class Around:
    """What is around the watchdog: krisebot's door, whoever is alarmed, and the place outside that hears it."""

    def __init__(self) -> None:
        self.ready: int | None = 200
        self.alarmed: list[tuple[str, str]] = []
        self.takes_alarms = True
        self.heard = 0
        self.now = NOW

    async def start(self) -> None:
        app = web.Application()
        app.add_routes([web.get("/readyz", self._ready), web.get("/hjerteslag", self._heartbeat)])
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.port = self._runner.addresses[0][1]

    async def stop(self) -> None:
        await self._runner.cleanup()

    async def _ready(self, request: web.Request) -> web.Response:
        faults = {} if self.ready == 200 else {"clock": "uret er gået i stå"}
        return web.json_response({"ready": not faults, "faults": faults}, status=self.ready or 503)

    async def _heartbeat(self, request: web.Request) -> web.Response:
        self.heard += 1
        return web.Response()

    def alarm(self, subject: str, text: str) -> bool:
        if self.takes_alarms:
            self.alarmed.append((subject, text))
        return self.takes_alarms

    def watchdog(self, url: str, **settings: Any) -> Watchdog:
        known = Settings(
            _env_file=None,  # type: ignore[call-arg]
            KRISEBOT_DATABASE_URL=url,
            KRISEBOT_PORT=self.port,
            KRISEBOT_WATCHDOG_HEARTBEAT=f"http://127.0.0.1:{self.port}/hjerteslag",
            **settings,
        )
        return Watchdog(known, self.alarm, lambda: self.now)


@pytest.fixture
async def around() -> AsyncIterator[Around]:
    around = Around()
    await around.start()
    yield around
    await around.stop()


async def add(url: str, *rows: Any) -> None:
    database = Database(url)
    async with database.transaction() as db:
        db.add_all(rows)
    await database.close()


async def test_all_is_well_alarms_nobody_and_is_heard_outside(around: Around, database_url: str) -> None:
    dog = around.watchdog(database_url)
    assert [await dog.round() for _ in range(3)] == [[], [], []]
    assert (around.alarmed, around.heard) == ([], 3)


def _input(**how: Any) -> Inbox:
    return Inbox(key="x", body={}, received_at=NOW - timedelta(minutes=2), due_at=NOW, **how)


def _timer() -> Timer:
    return Timer(key="x", kind="x", args={}, due_at=NOW - timedelta(minutes=2))


def _urgent() -> Message:
    return Message(key="x", recipient="jens", kind="alert", card={}, urgency=0, created_at=NOW - timedelta(minutes=2))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (_input, "1 beskeder til Krisebot har ventet"),
        (_timer, "1 påmindelser er over et minut forsinket"),
        (_urgent, "1 hastebeskeder er ikke kommet frem"),
        (lambda: _input(state="failed"), "1 beskeder kunne ikke behandles"),
    ],
    ids=["input", "timer", "urgent message", "failed input"],
)
async def test_what_is_due_and_not_done_is_told(around: Around, database_url: str, row: Any, words: str) -> None:
    await add(database_url, row())
    dog = around.watchdog(database_url)
    for _ in range(2):
        assert any(words in line for line in await dog.round())
    ((subject, text),) = around.alarmed
    assert subject == "Krisebot gør ikke, hvad den skal"
    assert words in text


@pytest.mark.long
@pytest.mark.parametrize("ready", [503, None])
async def test_a_krisebot_that_is_not_ready_or_not_there_is_told_once_then_hourly_then_that_it_is_over(
    around: Around, database_url: str, ready: int | None
) -> None:
    dog = around.watchdog(database_url)
    if ready is None:
        await around.stop()
        await around.start()
        dog.settings.port = 1
    else:
        around.ready = ready
    told = []
    for _ in range(130):
        await dog.round()
        told.append(len(around.alarmed))
        around.now += timedelta(seconds=30)
    assert told[:3] == [0, 1, 1]
    assert told[-1] == 2
    around.ready, dog.settings.port = 200, around.port
    await dog.round()
    assert around.alarmed[-1][0] == "Krisebot er i orden igen"
    await dog.round()
    assert len(around.alarmed) == 3


async def test_a_database_that_is_not_there_is_told(around: Around) -> None:
    dog = around.watchdog("postgresql+asyncpg://ingen@127.0.0.1:1/intet")
    assert any("Databasen svarer ikke" in line for line in await dog.round())


async def test_a_watchdog_that_can_alarm_nobody_falls_silent_outside(around: Around, database_url: str) -> None:
    """So somebody else sees that it is down."""
    around.ready, around.takes_alarms = 503, False
    dog = around.watchdog(database_url)
    for _ in range(4):
        await dog.round()
    assert around.heard == 1  # the first round, before there was reason to alarm


async def test_a_backup_that_is_old_or_missing_is_told(around: Around, database_url: str, tmp_path: Path) -> None:
    dog = around.watchdog(database_url, KRISEBOT_BACKUP=tmp_path)
    assert any("ingen sikkerhedskopi" in line for line in await dog.round())
    (tmp_path / backup.NAME.format(at=NOW - timedelta(hours=27))).touch()
    assert any("nyeste sikkerhedskopi" in line for line in await dog.round())
    (tmp_path / backup.NAME.format(at=NOW - timedelta(hours=1))).touch()
    assert await dog.round() == []


async def test_it_alarms_by_sms_and_by_mail_past_krisebot(database_url: str) -> None:
    """Each way is tried, and one that takes it is enough."""

    class Mailbox:
        def __init__(self) -> None:
            self.got: list[bytes] = []

        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            self.got.append(envelope.content)
            return "250 OK"

    sms: list[dict[str, Any]] = []

    async def take(request: web.Request) -> web.Response:
        sms.append(await request.json())
        return web.json_response({})

    app = web.Application()
    app.add_routes([web.post("/sms", take)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    mailbox = Mailbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = Controller(mailbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        mail = f"mailto://127.0.0.1:{port}?from=vagt@htk.example&to=it@htk.example"
        say = watchdog.alarm_by([f"json://127.0.0.1:{runner.addresses[0][1]}/sms", mail, "json://127.0.0.1:1/intet"])
        assert await say("Krisebot gør ikke, hvad den skal", "Uret er gået i stå")
        assert sms[0]["message"] == "Uret er gået i stå"
        assert b"Subject" in mailbox.got[0]
        assert not await watchdog.alarm_by(["json://127.0.0.1:1/intet"])("x", "y")
    finally:
        server.stop()
        await runner.cleanup()


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_it_finds_nothing_to_say_of_a_crisis_that_goes_as_it_should(around: Around, database_url: str) -> None:
    async with RehearsalStage(database_url) as stage:
        await stage["jens"].commands("aktiver 2 skybrud")
        around.now = stage.clock.now() + timedelta(minutes=5)
        dog = around.watchdog(database_url)
        assert [line for line in await dog.round() if "påmindelser" not in line] == []


@pytest.mark.long
async def test_an_alarm_that_never_answers_keeps_nobody_else_waiting() -> None:
    """Two ways to whoever is alarmed: the first takes the call and says nothing, the second is told all the same."""
    told: list[bytes] = []

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    async def taken(request: web.Request) -> web.Response:
        told.append(await request.read())
        return web.Response()

    app = web.Application()
    app.add_routes([web.post("/", taken)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    stuck = await asyncio.start_server(silent, "127.0.0.1", 0)
    addresses = [f"json://127.0.0.1:{port}" for port in (stuck.sockets[0].getsockname()[1], runner.addresses[0][1])]
    async with asyncio.timeout(10):
        assert await watchdog.alarm_by(addresses, patience=0.5)("Krisebot", "prøve")
    assert len(told) == 1
    stuck.close()
    await runner.cleanup()
