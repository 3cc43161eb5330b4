"""Tasks that the plan gives: whoever has one is told before when, says that it is done, and it stands in the case."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from handlers.crisis import closing
from storage.plan import loading
from storage.plan.persons import Roles
from tests.stage.platforms import in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import DENMARK, RehearsalStage, Stage

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


@in_slack
async def test_a_roles_tasks_go_with_it_to_whoever_is_given_it(stage: Stage) -> None:
    """R058 R147: `rolle sekretær Line`: Line is told of what the secretary has to do, and Kim no longer has it."""
    await stage["lars"].commands("rolle sekretær Line")
    row = await task(stage, "Opret sag")
    assert (row["owner"], row["role"]) == ("line", "sekretær")
    assert await stage["line"].sees("Opret sag i C3")
    assert (await task(stage, ROUTINES))["owner"] == "tina"


@pytest.mark.long
@in_teams
async def test_a_roles_tasks_go_with_the_shift(stage: Stage) -> None:
    """R072: at 20:00 the night's coordinator has them, who says that one is done; the day's may not any more."""
    await stage["kim"].commands("vagt tovholder Ali 20-8")
    await stage.at("20:01")
    assert (await task(stage, ROUTINES))["owner"] == "ali"
    assert not await stage["tina"].has("Udført")
    await stage["ali"].presses("Udført")
    assert (await task(stage, ROUTINES))["done_by"] == "ali"


@pytest.mark.long
async def test_what_nobody_has_the_role_for_is_the_chiefs_until_somebody_is_given_it(database_url: str) -> None:
    """R040 R146: a plan without communication, secretary and coordinator: the mayor reads what has to be done."""
    plan = loading.example()
    filled = plan.roles.model_dump(by_alias=True)
    roles = {name: filled[name] for name in ("beredskabschef", "borgmester", "direktion")}
    bare = plan.model_copy(update={"roles": Roles.model_validate(roles)})
    async with RehearsalStage(database_url, plan_=bare) as stage:
        await stage["jens"].commands("aktiver 2 skybrud")
        assert (await task(stage, DRAFT))["owner"] == "lars"
        await stage["lars"].presses("Kommer")
        assert await stage["lars"].sees(DRAFT)
        await stage["lars"].commands("rolle kommunikation Bo")
        assert (await task(stage, DRAFT))["owner"] == "bo"
        assert await stage["bo"].sees(DRAFT)
        # R072: nobody coordinates, so the chief hears of the roster's gaps.
        await stage.forward(hours=9)
        gaps = [line["receiver"] for line in await stage.log("reminder") if "Vagtplanen har huller" in line["summary"]]
        assert gaps == ["lars"]


@pytest.mark.long
async def test_a_point_that_was_done_where_its_task_stands_is_ticked_by_the_next_press_on_the_list(
    database_url: str,
) -> None:
    """R075: where nobody is the secretary, whoever coordinates has the points as tasks; no button of the list stays dead."""
    plan = loading.example()
    filled = plan.roles.model_dump(by_alias=True)
    roles = {name: filled[name] for name in ("beredskabschef", "borgmester", "direktion", "tovholder")}
    bare = plan.model_copy(update={"roles": Roles.model_validate(roles)})
    async with RehearsalStage(database_url, plan_=bare) as stage:
        await stage["jens"].commands("aktiver 2 skybrud")
        await stage["lars"].commands("afblæs")
        await stage["lars"].presses("Afblæs")
        await stage["tina"].presses("Udført")
        (row,) = [row for row in await stage.part("tasks") if row["status"] == "done"]
        ticked = closing.CLOSING[row["title"]]
        before = (await stage["lars"].buttons()).count(ticked)
        await stage["lars"].presses(ticked)
        assert (await stage["lars"].buttons()).count(ticked) < before
        assert not await stage["lars"].has(ticked)


@in_teams
async def test_a_task_is_ended_by_its_number_and_a_measure_of_the_same_number_is_not(stage: Stage) -> None:
    """R075 R104 D12: "opgave 1 udført" ended T1, or said that there was none; the nearest who may not is a contact."""
    await stage["kim"].commands("opgave pumpe til Birkehøj @Mads kl 18")
    await stage["mads"].commands("opgave 1 udført")
    assert await stage["mads"].sees(
        "Det kan kun den, der har opgave 1, krisestabschefen eller krisesekretariatet: Bo Kjær"
    )
    await stage["bo"].commands("opgve 1 er udført")
    await stage["tina"].says("Opgave 2: udført!")
    done = {row["number"]: row["done_by"] for row in await stage.part("tasks") if row["status"] == "done"}
    assert done == {1: "bo", 2: "tina"}
    assert [row["status"] for row in await stage.part("measures")] == ["pending"]
    await stage["kim"].commands("opgave 99 udført")
    assert await stage["kim"].sees("Der er ingen opgave 99")
    await stage["kim"].commands("opgaver")
    told = (await stage["kim"].reads())[-1]
    assert "Opgave 3" in told
    assert DRAFT not in told
    await stage["finn"].commands("opgaver")
    assert "0 åbne" in (await stage["finn"].reads())[-1]


@in_teams
async def test_a_staff_that_is_called_anew_has_each_of_its_tasks_once(stage: Stage) -> None:
    """R017 R075 R040: stepped down and up again, communication's first draft stood twice; what is done is asked for anew."""
    await stage["bo"].presses("Kommer")
    await stage["tina"].commands("opgave 2 udført")
    await stage["lars"].commands("nedskaler")
    await stage.at("14:40")
    await stage["lars"].commands("opskaler")
    rows = await stage.part("tasks")
    still_open = [row["title"] for row in rows if row["status"] != "done"]
    assert len(still_open) == len(set(still_open))
    due = datetime.fromisoformat((await task(stage, DRAFT))["due_at"]).astimezone(DENMARK)
    assert f"{due:%H:%M}" == "15:25"
    assert [row["status"] for row in rows if row["title"] == ROUTINES] == ["done", "pending"]
    assert await stage["bo"].sees("Frist: kl. 15:25")
