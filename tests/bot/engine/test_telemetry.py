"""Is anyone waiting, how long and for what: as figures, and as one line of JSON an event with nobody's words in it."""

from __future__ import annotations

import io
import json
import logging
import threading
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from bot.operations.logs import Aside, Json
from storage.database import Database
from storage.plan import loading
from storage.rows.traffic import Inbox
from tests.fakes.slack.faults import OkFalse
from tests.stage.slack import SlackStage
from tests.stage.stage import RehearsalStage

# How it is told doesn't hang on the database.
on_sqlite = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)

TYPED = "vand i kælderen hos Asta Sørensen, 70 11 22 33"


class Written(logging.Handler):
    """krisebot's own log, as it is written."""

    def __init__(self) -> None:
        super().__init__()
        self.setFormatter(Json())
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]


@pytest.fixture
def written() -> Iterator[Written]:
    handler, root = Written(), logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield handler
    root.removeHandler(handler)
    root.setLevel(before)


async def figures(stage: Any) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    async with aiohttp.ClientSession() as client, client.get(f"{stage.address}/metrics") as answer:
        families = text_string_to_metric_families(await answer.text())
        return {
            (sample.name, frozenset(sample.labels.items())): sample.value
            for family in families
            for sample in family.samples
        }


def one(found: dict[tuple[str, frozenset[tuple[str, str]]], float], name: str, **labels: str) -> float:
    return found[name, frozenset(labels.items())]


@on_sqlite
async def test_one_trace_goes_from_an_input_to_every_delivery_of_what_it_said(
    database_url: str, written: Written
) -> None:
    """Also where the process died between: it is in the rows."""
    async with SlackStage(database_url) as stage:
        await stage["jens"].person.command(f"aktiver 2 {TYPED}")
        await stage.bot.engine.turns.drain()
        await stage.kill()
        await stage.settle()
    (received,) = [each for each in written.events if each["event"] == "input.received"]
    trace = received["trace"]
    (handled,) = [each for each in written.events if each["event"] == "input.handled"]
    assert handled["trace"] == trace
    sent = [each for each in written.events if each["event"] == "delivery.sent" and each["trace"] == trace]
    assert len(sent) > 5
    assert all(each["took"] >= 0 and each["platform"] == "slack" for each in sent)


@on_sqlite
async def test_what_a_timer_says_has_the_timers_trace(database_url: str, written: Written) -> None:
    async with RehearsalStage(database_url) as stage:
        await stage["jens"].commands("aktiver 2 skybrud")
        await stage.forward(hours=1)
    fired = {each["trace"] for each in written.events if each["event"] == "timer.fired"}
    sent = {each["trace"] for each in written.events if each["event"] == "delivery.sent"}
    assert len(fired & sent) > 1, written.lines[-20:]


@on_sqlite
async def test_what_is_logged_hangs_on_no_level_that_slacks_library_was_started_at(
    database_url: str, written: Written
) -> None:
    root = logging.getLogger()
    root.setLevel(logging.WARNING)
    async with SlackStage(database_url) as stage:
        root.setLevel(logging.INFO)
        await stage["finn"].commands("varsel vand")
    assert "input.handled" in {each["event"] for each in written.events}


@on_sqlite
async def test_nobodys_words_name_or_number_is_in_the_log(database_url: str, written: Written) -> None:
    async with SlackStage(database_url) as stage:
        stage.slack.fail("chat.postMessage", with_=OkFalse("internal_error"), times=3)
        await stage["finn"].commands(f"varsel {TYPED}")
        await stage["jens"].commands(f"aktiver 2 {TYPED}")
        await stage["jens"].commands(f"log {TYPED}")
    everything = "\n".join(written.lines)
    assert len(written.lines) > 10
    for person in loading.example().persons.values():
        for private in (person.name, person.mobile, person.mail, person.slack):
            assert private is None or private not in everything
    for word in ("kælderen", "Asta", "70 11 22 33"):
        assert word not in everything


@on_sqlite
async def test_an_exception_is_told_by_its_kind_and_place_and_not_by_what_it_was_given(
    database_url: str, written: Written
) -> None:
    database = Database(database_url)
    try:
        async with database.transaction() as db:
            await db.execute(text("INSERT INTO facts (name, value) VALUES (:name, NULL)"), {"name": TYPED})
    except Exception:
        logging.getLogger("bot.turns").exception("a turn failed: %s", TYPED)
    await database.close()
    (line,) = [each for each in written.events if "error" in each]
    assert line["error"][0] == "sqlalchemy.exc.IntegrityError"
    assert any("test_telemetry.py" in frame for frame in line["raised"])
    assert TYPED not in "\n".join(written.lines)


def test_of_what_a_library_says_only_that_it_was_said_and_where(written: Written) -> None:
    logging.getLogger("slack_bolt").warning("Unhandled request: %s", {"text": TYPED})
    logging.getLogger("slack_bolt").warning(f"Unhandled request: {TYPED}")
    assert [each["event"] for each in written.events] == ["library", "library"]
    assert all(each["where"].startswith("test_telemetry.py:") for each in written.events)
    assert TYPED not in "\n".join(written.lines)


@on_sqlite
async def test_the_figures_say_who_waits_how_long_and_for_what(database_url: str) -> None:
    async with RehearsalStage(database_url) as stage:
        await stage["finn"].commands("varsel vand i kælderen")
        await stage["finn"].presses("Ja")
        await stage.forward(minutes=2)
        found = await figures(stage)
        assert one(found, "krisebot_unanswered", what="warning") == 1
        assert one(found, "krisebot_unanswered_oldest_seconds", what="warning") == 120
        assert one(found, "krisebot_crises", state="warned", exercise="no") == 1
        assert one(found, "krisebot_input_wait_seconds_count", platform="rehearsal") == 2
        assert one(found, "krisebot_turn_seconds_count", what="input") == 2
        assert one(found, "krisebot_delivery_seconds_count", platform="rehearsal", urgency="urgent") >= 1
        assert one(found, "krisebot_waiting", what="timers") >= 1
        assert one(found, "krisebot_oldest_waiting_seconds", what="timers") == 0
        await stage["jens"].presses("Jeg har den")
        assert one(await figures(stage), "krisebot_unanswered", what="warning") == 0


@on_sqlite
async def test_an_input_that_nobody_handles_is_seen_to_wait_and_for_how_long(database_url: str) -> None:
    async with RehearsalStage(database_url) as stage:
        async with stage.database.transaction() as db:
            db.add(Inbox(key="x", body={}, received_at=stage.clock.now(), due_at=stage.clock.now()))
        stage.clock.set(stage.clock.now() + stage.bot.plan.deadlines.status_reply)
        found = await figures(stage)
        assert one(found, "krisebot_waiting", what="inbox") == 1
        assert one(found, "krisebot_oldest_waiting_seconds", what="inbox") == 1800


class Stuck(io.StringIO):
    """A stream whose reader has stopped reading, until it goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.goes_on = threading.Event()

    def write(self, text: str) -> int:
        self.goes_on.wait(30)
        return super().write(text)


def test_a_reader_who_has_stopped_reading_stops_nobody_and_what_was_dropped_is_told() -> None:
    """The log's pipe is full: krisebot goes on at once, and the lines that had no room are counted when there is room."""
    stream = Stuck()
    aside = Aside(stream, room=50)
    aside.setFormatter(Json())
    said = logging.LogRecord("krisebot", logging.INFO, __file__, 1, "said", (), None)
    given = 500
    for _ in range(given):
        aside.emit(said)
    stream.goes_on.set()
    while "lines dropped" not in stream.getvalue():
        aside.emit(said)
        given += 1
    aside.close()
    events = [json.loads(line)["event"] for line in stream.getvalue().splitlines()]
    dropped = sum(int(event.split()[0]) for event in events if event != "said")
    assert dropped >= 449
    assert events.count("said") + dropped == given


def test_a_scheduler_that_ticks_is_told_to_nobody_and_one_that_is_late_is(written: Written) -> None:
    """Whoever starts it for the first time read two lines a second of a library's, and not where the chat is."""
    scheduler = logging.getLogger("apscheduler.executors.default")
    scheduler.info("Running job")
    assert written.events == []
    scheduler.warning("Run time of job was missed")
    assert [each["event"] for each in written.events] == ["library"]
