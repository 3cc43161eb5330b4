"""Tasks that the plan gives: whoever has one is told before when, says that it is done, and it stands in the case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tests.stage.platforms import in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import DENMARK, Stage

stage = after(cloudburst)

ROUTINES = "Etablér arbejdsgange for kommunikationen internt og eksternt"
DRAFT = "1. udkast til kommunikationsplan"


async def task(stage: Stage, begins: str) -> dict[str, Any]:
    (row,) = [row for row in await stage.part("tasks") if row["title"].startswith(begins)]
    return dict(row)


@in_slack
async def test_the_coordinator_is_told_to_set_up_the_routines_of_communication_and_says_that_it_is_done(
    stage: Stage,
) -> None:
    """R137 D11: it was given to nobody, had no card, and stood under Afventer for ever."""
    await stage["tina"].presses("Kommer")
    assert await stage["tina"].sees(ROUTINES)
    row = await task(stage, ROUTINES)
    assert (row["owner"], row["role"], row["status"], row["done_at"]) == ("tina", "tovholder", "pending", None)
    await stage["tina"].presses("Udført")
    row = await task(stage, ROUTINES)
    assert (row["status"], row["done_by"], bool(row["done_at"])) == ("done", "tina", True)


@in_teams
async def test_the_first_draft_of_the_communication_plan_is_due_before_the_framing_staff_has_to_have_met(
    stage: Stage,
) -> None:
    """R040 D11: "Inden det første møde"; the card says when, and the export too."""
    row = await task(stage, DRAFT)
    due = datetime.fromisoformat(row["due_at"]).astimezone(DENMARK)
    assert (row["owner"], f"{due:%H:%M}") == ("bo", "14:45")
    await stage["bo"].presses("Kommer")
    assert await stage["bo"].sees("Frist: kl. 14:45")
