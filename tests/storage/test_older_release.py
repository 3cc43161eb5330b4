"""An installation that runs a crisis on an older krisebot is opened by this one, and the crisis goes on.

`tests/fixtures/crisis_at_1ff48d2.db.gz` was made by that revision: a level 2 crisis six minutes old, with a chain that has
answered, a summons under way, measures, a request, a ping, an order, a meeting, a picture's draft, a confidential line, and
a second warning whose question is open.
"""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from handlers.core import registry
from storage.case import verification
from storage.database import Database
from storage.rows.traffic import Message, Timer
from tests.databases import SQLite
from tests.stage.stage import RehearsalStage, Stage

OLD = Path(__file__).parents[1] / "fixtures" / "crisis_at_1ff48d2.db.gz"
THEN = datetime(2026, 7, 2, 12, 6, 10, tzinfo=UTC)


@pytest.fixture
def old_url(sqlite: SQLite) -> str:
    """The address of the old installation's database, as it was left."""
    url = sqlite.migrated()
    Path(url.removeprefix("sqlite+aiosqlite:///")).write_bytes(gzip.decompress(OLD.read_bytes()))
    return url


@pytest.fixture
async def carried_over(old_url: str) -> AsyncIterator[Stage]:
    """The old installation, opened by this krisebot, which carries its tables over first."""
    database = Database(old_url)
    await database.migrate()
    await database.close()
    stage = RehearsalStage(old_url, THEN)
    async with stage:
        yield stage


async def test_every_button_and_timer_of_the_older_release_is_still_answered(carried_over: Stage) -> None:
    """D05: what lies in the rows has somebody who answers to it."""
    async with carried_over.database.reading() as db:
        cards = list(await db.scalars(select(Message.card)))
        kinds = set(await db.scalars(select(Timer.kind).where(Timer.state == "waiting")))
    pressed = {button["do"] for card in cards for button in card["buttons"]}
    assert len(pressed) > 60
    assert not pressed - registry.actions.keys()
    assert kinds
    assert not kinds - registry.timers.keys()


async def test_people_go_on_by_the_buttons_that_the_older_release_had_posted(carried_over: Stage) -> None:
    """D05 R071 R103 R131 R233: the summons, the centres, the measure and fully established."""
    await carried_over["gitte"].presses("Mit center er underrettet")
    await carried_over["anne"].presses("Kommer")
    await carried_over["mads"].presses("Udført")
    await carried_over["anne"].presses("Fuldt etableret")
    document = await carried_over.export()
    assert document["crisis"]["established_at"] is not None
    assert "done" in {measure["status"] for measure in document["measures"]}
    summons = [row for row in document["notifications"] if row["kind"] == "summons" and row["to"] == "anne"]
    assert "answered" in {row["state"] for row in summons}
    assert any("Sundhed" in line["summary"] and line["sender"] == "gitte" for line in document["log"])


async def test_a_question_that_was_open_leads_up_the_chain(carried_over: Stage) -> None:
    """R004 R005: the second warning was half told when the older release was stopped."""
    await carried_over["mads"].presses("Ja")
    while await carried_over["mads"].has("Ved ikke"):
        await carried_over["mads"].presses("Ja")
    await carried_over["mads"].presses("Det er en anden hændelse")
    assert await carried_over["jens"].has("Jeg har den")


async def test_the_log_is_whole_and_its_confidential_line_stays_so(carried_over: Stage) -> None:
    """R186 R216: the chain goes on where it was."""
    await carried_over["kim"].commands("log ! strømmen er tilbage")
    document = await carried_over.export()
    assert verification.verify_export(document) == []
    assert document["log"][-1]["summary"] == "strømmen er tilbage"
    await carried_over["mads"].commands("søg indlagt")
    assert not any("en borger er indlagt" in said for said in await carried_over["mads"].reads())


async def test_what_falls_due_from_the_older_release_is_reminded_of(carried_over: Stage) -> None:
    """D05 R102: a centre's chief who has not told the centre is reminded after half an hour."""
    await carried_over.forward(minutes=31)
    assert any(said.startswith("*Påmindelse.*") for said in await carried_over["per"].reads())


async def test_a_button_of_another_release_says_that_it_leads_nowhere(
    carried_over: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    """R018: nobody waits for what nobody has begun, and an operator can see it."""
    carried_over.looked_over = False
    async with carried_over.database.transaction() as db:
        message = await db.scalar(select(Message).where(Message.recipient == "gitte", Message.kind == "notice"))
        assert message is not None
        card = message.card
        message.card = {**card, "buttons": [{**each, "do": "centres.of_another_release"} for each in card["buttons"]]}
        message.version += 1
    await carried_over.forward(seconds=2)
    await carried_over["gitte"].presses("Mit center er underrettet")
    assert await carried_over["gitte"].sees("Den knap hører til en anden udgave af Krisebot")
    assert "centres.of_another_release" in caplog.text
