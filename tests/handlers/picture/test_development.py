"""How it may develop: the likely and the worst, asked for with each picture, and held against what came."""

from __future__ import annotations

import pytest

from tests.handlers.picture.test_picture import fields
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)
WRITTEN = {"likely_4": "vandet falder", "worst_4": "Birkehøj evakueres", "likely_24": "", "worst_24": "strømmen går"}


@pytest.mark.long
@in_slack
async def test_the_likely_and_the_worst_are_kept_and_asked_about_at_that_hour(stage: Stage) -> None:
    """R201 R246: in 4 and 24 hours, under the picture's eighth heading, and for the evaluation."""
    await stage["kim"].commands("udvikling")
    await stage["kim"].fills_in("Skriv udvikling", **WRITTEN)
    four, day = await stage.part("developments")
    assert (four["hours"], four["likely"], day["hours"], day["worst"]) == (4, "vandet falder", 24, "strømmen går")
    assert "vandet falder" in (await stage.part("pictures"))[-1]["sections"][7]["text"]
    await stage.forward(hours=3, minutes=59)
    assert not await stage["tina"].sees("Gik det sådan?")
    await stage.forward(minutes=2)
    assert await stage["tina"].sees("Gik det sådan?")
    await stage["tina"].presses("Som det værste")
    assert [each["outcome"] for each in await stage.part("developments")] == ["worst", None]
    assert "gik som det værste" in (await stage.log("development"))[-1]["summary"]
    assert not await stage["tina"].has("Som det værste")


@pytest.mark.long
@in_teams
async def test_it_is_asked_for_with_each_picture_and_not_where_it_was_just_written(stage: Stage) -> None:
    """R201: the staff is asked when the picture is published."""
    await stage["kim"].commands("billede")
    await stage["kim"].fills_in("Skriv 1–3", **await fields(stage, s2="Sundhed: ingen kendte"))
    await stage["lars"].commands("billede")
    await stage["lars"].presses("Godkend")
    assert await stage["tina"].sees("Hvordan udvikler det sig?")
    await stage["tina"].fills_in("Skriv udvikling", **WRITTEN)
    assert len(await stage.part("developments")) == 2

    async def asked() -> int:
        return sum("Hvordan udvikler det sig?" in said for said in await stage["tina"].reads())

    await stage["kim"].commands("billede")
    await stage["lars"].commands("billede")
    await stage["lars"].presses("Godkend")
    assert (await asked(), [each["state"] for each in await stage.part("pictures")].count("published")) == (1, 2)
    await stage.forward(minutes=61)
    # Each of the two hours is asked about when it has come.
    await stage.forward(hours=3)
    assert sum("Gik det sådan?" in said for said in await stage["tina"].reads()) == 1
    await stage.forward(hours=20)
    assert sum("Gik det sådan?" in said for said in await stage["tina"].reads()) == 2


@in_one_chat
async def test_only_the_staff_writes_it_and_what_is_empty_is_not_kept(stage: Stage) -> None:
    """R201 R168: the nearest who may not is a centre's contact."""
    await stage["hanne"].commands("udvikling")
    assert not await stage["hanne"].has("Skriv udvikling")
    await stage["kim"].commands("udvikling")
    await stage["kim"].fills_in("Skriv udvikling", likely_4="", worst_4="", likely_24="", worst_24="")
    assert await stage.part("developments") == []


@pytest.mark.long
@in_one_chat
async def test_how_it_went_otherwise_is_kept_in_their_words_and_once(stage: Stage) -> None:
    """R246: nobody overwrites what somebody has judged."""
    await stage["kim"].commands("udvikling")
    await stage["kim"].fills_in("Skriv udvikling", likely_4="vandet falder", worst_4="", likely_24="", worst_24="")
    await stage.forward(hours=4, minutes=1)
    await stage["kim"].fills_in("Anderledes", text="det steg, og så faldt det")
    (row,) = await stage.part("developments")
    assert (row["outcome"], row["remark"], row["judged_by"]) == ("other", "det steg, og så faldt det", "kim")
    await stage["kim"].commands("udvikling")
    assert not await stage["kim"].has("Anderledes")
