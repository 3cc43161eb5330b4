"""CPR numbers and grades are looked for in all of a text, though only its beginning is understood. Plan §8, Fortrolighed."""

from __future__ import annotations

import json

from handlers.core.language.understood import MOST
from tests.stage.platforms import everywhere, in_slack, in_teams, only_in_teams
from tests.stage.prologue import after, outbreak
from tests.stage.stage import Stage

NUMBER = "010190-1234"
# More than is understood, of words and not of spaces.
LONG = "vandet stiger ved broen " * (MOST // 20)

stage = after(outbreak)


async def told(stage: Stage) -> str:
    return json.dumps(await stage.export(), ensure_ascii=False)


@everywhere
async def test_a_number_at_the_end_of_a_long_line_is_held_back(stage: Stage) -> None:
    """D07: what comes after the first 4,000 characters is kept as well, and so is a number in it."""
    assert len(LONG) > MOST
    await stage["hanne"].commands(f"log ? {LONG} cpr {NUMBER} xx")
    assert NUMBER not in await told(stage)
    assert await stage["hanne"].has("Fjern nummeret")


@in_slack
async def test_a_number_at_the_end_of_a_long_report_in_plain_words_is_held_back(stage: Stage) -> None:
    """D07 R192: said to krisebot without a command."""
    await stage["hanne"].says(f"melding {LONG} borger {NUMBER} er savnet")
    assert NUMBER not in await told(stage)
    assert not any(NUMBER in seen for seen in await stage["kim"].reads())
    assert await stage["hanne"].has("Fjern nummeret")


@in_teams
async def test_a_line_that_repeats_a_secret_at_its_end_is_as_secret(stage: Stage) -> None:
    """R215: however long it is, and however far down the words stand."""
    secret = "vagtplanens nøgle ligger under måtten ved indgang seks"
    await stage["kim"].commands(f"log ! fortrolig: {secret}")
    await stage["kim"].commands(f"log ! {LONG} {secret}")
    grades = [line["grade"] for line in await stage.part("log") if secret in line["summary"]]
    assert grades == ["confidential", "confidential"]


@only_in_teams
async def test_a_number_at_the_end_of_a_forms_long_field_is_held_back(stage: Stage) -> None:
    """D07 R192: filled in, and not typed behind a verb, where a field takes more than Slack's 3,000; as confidential, the staff has the report without it."""
    await stage["hanne"].commands("melding")
    await stage["hanne"].fills_in("Skriv melding", text="Savnet", done=f"{LONG} borger {NUMBER} er savnet")
    assert NUMBER not in await told(stage)
    assert not any("er savnet" in seen for seen in await stage["kim"].reads())
    await stage["hanne"].presses("Gem som Fortrolig")
    grades = {line["grade"] for line in await stage.part("log") if NUMBER in line["summary"]}
    assert grades == {"confidential"}
    assert not any(NUMBER in seen for seen in await stage["kim"].reads())
    assert await stage.part("reports")
