"""CPR numbers are caught before they are stored in the open, on every platform. Scenario S3, Tuesday 15:00."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from storage.case.verification import verify_export
from storage.rows.traffic import Inbox
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, outbreak
from tests.stage.stage import Stage, log_of

NUMBER = "010190-1234"


stage = after(outbreak)


async def kept(stage: Stage) -> str:
    """Everything that was kept of what came in."""
    async with stage.database.reading() as db:
        return json.dumps([row.body for row in await db.scalars(select(Inbox))], ensure_ascii=False)


@in_slack
async def test_the_line_waits_until_the_number_is_removed_and_then_it_is_gone_everywhere(stage: Stage) -> None:
    """D07: `Fjern nummeret` scrubs what was kept too."""
    before = len(await stage.part("log"))
    await stage["hanne"].commands(f"log ? 2 vikarer har cpr {NUMBER} xx")
    told_so = await stage.export()
    assert len(told_so["log"]) == before
    await stage["hanne"].presses("Fjern nummeret")
    told_so = await stage.export()
    assert log_of(told_so, "information")[-1]["summary"] == "2 vikarer har cpr [CPR-nummer fjernet] xx"
    assert len(told_so["log"]) == before + 1
    assert NUMBER not in json.dumps(told_so)
    assert NUMBER not in await kept(stage)
    assert verify_export(told_so) == []


@pytest.mark.long
@in_teams
async def test_a_line_may_be_kept_as_confidential_and_no_card_shows_it(stage: Stage) -> None:
    """D07 R215: `Gem som Fortrolig`: one line of that grade, and no card with its text."""
    await stage["kim"].commands(f"l ! vikaren er {NUMBER}")
    await stage["kim"].presses("Gem som Fortrolig")
    told_so = await stage.export()
    line = log_of(told_so, "information")[-1]
    assert (line["summary"], line["grade"], line["sender"]) == (f"vikaren er {NUMBER}", "confidential", "kim")
    await stage["kim"].commands(f"bekræft {line['no']}", "stab")
    for person in ("tina", "anne", "lars"):
        assert not any(NUMBER in seen for seen in await stage[person].reads())
    assert verify_export(await stage.export()) == []


@in_one_chat
async def test_a_report_goes_to_the_staff_without_the_number(stage: Stage) -> None:
    """D07 R192: the report waits too; kept as confidential, the staff gets it without the number."""
    await stage["hanne"].commands(f"melding borger {NUMBER} er savnet fra Birkehøj")
    assert not await stage["kim"].sees("savnet fra Birkehøj")
    await stage["hanne"].presses("Gem som Fortrolig")
    assert await stage["kim"].sees("er savnet fra Birkehøj")
    assert not any(NUMBER in seen for seen in await stage["kim"].reads())
    grades = {entry["grade"] for entry in await stage.part("log") if NUMBER in entry["summary"]}
    assert grades == {"confidential"}


@in_teams
async def test_a_warning_is_never_held_up(stage: Stage) -> None:
    """D07 R001: the number is removed at once, and the warning goes its way."""
    await stage["finn"].commands(f"varsel borger {NUMBER} er faldet i åen", "generelt")
    assert await stage["finn"].sees("Det er fjernet")
    assert await stage["finn"].has("Ja")
    assert NUMBER not in await kept(stage)


@in_one_chat
async def test_only_whoever_typed_it_chooses_and_only_once(stage: Stage) -> None:
    """D07 D03: a second press changes nothing."""
    await stage["hanne"].commands(f"log ? vikar {NUMBER}")
    await stage["hanne"].presses("Fjern nummeret")
    lines = len(await stage.part("log"))
    assert not await stage["hanne"].has("Fjern nummeret")
    assert not await stage["kim"].has("Fjern nummeret")
    assert len(await stage.part("log")) == lines
