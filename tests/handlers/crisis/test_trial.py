"""An installation's first trial that somebody forgot to call an exercise."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.stage import Stage
from tests.tables import examples

ROOT = Path(__file__).parents[3]
GUIDES = sorted(
    str(each.relative_to(ROOT))
    for each in [*ROOT.glob("*.md"), *ROOT.glob("manifest/*.md"), *ROOT.glob("handlers/guide/*.md")]
)
# Where a guide tells of the real thing, and not of a trial.
REAL = (
    "handlers/guide/README.md",
    "handlers/guide/beslutter.md",
    "handlers/guide/center.md",
    "handlers/guide/medarbejder.md",
)
BEGINS = re.compile(r"`(?:/krise |@Krisebot )?(øvelse )?(?:aktiver|varsel) [^`…]+`")
TRIAL = re.compile(r"prøv|øvelse|test", re.IGNORECASE)


@pytest.mark.long
@in_slack
async def test_a_first_activation_can_be_said_to_have_been_a_trial(open_stage: Stage) -> None:
    """R245 R052: it was made at once as ever; everybody who was told of it is told, and it counts as an exercise."""
    stage = open_stage
    await stage["jens"].commands("aktiver 2 prøve af Krisebot")
    assert await stage["lars"].sees("Du indkaldes")
    await stage["jens"].presses("Det var en prøve")
    assert (await stage.export())["crisis"]["exercise"] is True
    for person in ("lars", "anne", "kim", "hanne"):
        assert await stage[person].sees("Det var en prøve."), person
    await stage["jens"].commands("øvelse slut")
    assert (await stage.export())["crisis"]["deactivated_at"]


@in_slack
async def test_later_no_crisis_is_offered_to_have_been_a_trial(open_stage: Stage) -> None:
    """R052: nobody shall be able to call the real thing off by a slip a year later."""
    stage = open_stage
    await stage["finn"].commands("hjælp")
    await stage.forward(minutes=61)
    await stage["jens"].commands("aktiver 2 skybrud")
    assert await stage["jens"].sees("Krisestaben er aktiveret")
    assert not await stage["jens"].has("Det var en prøve")


@pytest.mark.long
@in_teams
async def test_an_hour_after_the_decision_nobody_can_say_so_by_a_slip(open_stage: Stage) -> None:
    """R052 R245: a real crisis in the first hour is a real crisis at midnight too."""
    stage = open_stage
    await stage["jens"].commands("aktiver 2 skybrud")
    assert await stage["jens"].has("Det var en prøve")
    await stage.forward(minutes=61)
    assert not await stage["jens"].has("Det var en prøve")
    assert (await stage.export())["crisis"]["exercise"] is False


@in_one_chat
async def test_who_cannot_decide_a_crisis_cannot_make_it_an_exercise(open_stage: Stage) -> None:
    """R052 R245: the secretary reads the decision and has no such button."""
    await open_stage["jens"].commands("aktiver 2 skybrud")
    assert not await open_stage["kim"].has("Det var en prøve")
    await open_stage["jens"].presses("Det var en prøve")
    assert len(await open_stage.log("correction")) == 1
    assert not await open_stage["jens"].has("Det var en prøve")


@in_one_chat
async def test_an_exercise_is_not_offered_to_become_one(open_stage: Stage) -> None:
    """R245: it says so already."""
    await open_stage["jens"].commands("øvelse aktiver 2 prøve")
    assert not await open_stage["jens"].has("Det var en prøve")


@examples("guide", GUIDES)
def test_every_trial_in_a_guide_is_an_exercise(guide: str) -> None:
    """R245: whoever follows a guide's trial word for word must not call out the municipality's real staff."""
    text = (ROOT / guide).read_text("utf-8")
    for found in BEGINS.finditer(text):
        meant_real = guide in REAL or not guide.startswith(("manifest/", "handlers/guide/oevelse"))
        assert found.group(1) or (meant_real and not TRIAL.search(found.group())), found.group()
