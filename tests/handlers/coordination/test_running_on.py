"""What runs on is the municipality's own: its plan's tasks are handed out when others begin to coordinate."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.platforms import links
from storage.plan import loading
from storage.plan.faults import PlanFaults
from tests.databases import SQLite
from tests.stage.platforms import in_one_chat, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import SERVER, SUMMER_AFTERNOON, RehearsalStage, Stage
from tests.tables import examples

stage = after(cloudburst)

WHERE = "https://intranet.htk.example/fortsat-drift"
HOME_CARE = "Fortsat drift: Hjemmepleje og madudbringning fortsætter i alle distrikter"
OPEN = "Fortsat drift: Borgerservice og hovednummeret er åbne som normalt"


async def coordinating(stage: Stage, number: int = 1) -> dict[str, Any]:
    (staff,) = await stage.part("coordination", number)
    return dict(staff)


@in_teams
async def test_the_tasks_of_the_plan_for_running_on_go_to_whoever_has_them(stage: Stage) -> None:
    """R160 R161: §6, "et opgavesæt, som beskriver kommunens plan for fortsat drift"; without an owner, the coordinator's."""
    await stage["kim"].commands("koord ishøj")
    for person, task in (("hanne", HOME_CARE), ("tina", OPEN)):
        assert await stage[person].sees(task)
        assert any(WHERE in links.links(said) for said in await stage[person].reads())
    assert not await stage["tina"].sees(HOME_CARE)
    await stage["kim"].commands("koord")
    assert await stage["kim"].sees(f"{WHERE} – 0 af 2 opgaver udført")
    await stage["hanne"].presses("Udført")
    await stage["kim"].commands("koord")
    assert await stage["kim"].sees("1 af 2 opgaver udført")
    numbers = (await coordinating(stage))["running_on"]
    told = [line for line in await stage.log("task") if line["refs"].get("task") in numbers]
    assert [line["status"] for line in told] == ["pending", "pending", "done"]


@in_one_chat
async def test_they_are_handed_out_once_however_many_municipalities_come_and_go(stage: Stage) -> None:
    """R160: nothing doubled."""
    await stage["kim"].commands("koord ishøj")
    before = (await coordinating(stage))["running_on"]
    await stage["kim"].commands("koord greve")
    await stage["kim"].commands("koord uden ishøj")
    await stage["kim"].commands("koord ishøj")
    assert (await coordinating(stage))["running_on"] == before
    assert len([line for line in await stage.log("task") if HOME_CARE in line["summary"]]) == 1


@in_one_chat
async def test_two_crises_at_once_have_each_their_own_tasks(stage: Stage) -> None:
    """R160 D04: what is done in one is not done in the other."""
    await stage["ole"].commands("aktiver 2 strømsvigt")
    await stage["ole"].presses("Det er en anden hændelse")
    assert await stage.crises() == 2
    await stage["kim"].commands("koord ishøj")
    await stage["kim"].presses("1: skybrud, kloak står op i Hedehusene")
    await stage["kim"].commands("koord greve")
    await stage["kim"].presses("2: strømsvigt")
    await stage["hanne"].presses("Udført")
    done = [
        [line["summary"] for line in await stage.log("task", number) if line["status"] == "done"] for number in (1, 2)
    ]
    assert [len(each) for each in done] == [0, 1]
    assert HOME_CARE in done[1][0]


@in_one_chat
async def test_whoever_has_not_the_task_does_not_say_that_it_is_done(stage: Stage) -> None:
    """R141: the nearest who may not is the contact of another centre, who is in the staff's channel too."""
    await stage["kim"].commands("koord ishøj")
    assert not await stage["mads"].has("Udført")
    assert not [line for line in await stage.log("task") if line["status"] == "done"]


TEXT = loading.example_text()
BEGINS, ENDS = TEXT.index("fortsat_drift:\n"), TEXT.index("# Valgfrit: alarmeringstelefonlisten")


@pytest.fixture
async def without(sqlite: SQLite) -> AsyncIterator[RehearsalStage]:
    """A municipality whose plan has no such tasks."""
    plan = loading.parse(TEXT[:BEGINS] + TEXT[ENDS:], "plan.yaml").model_copy(update={"server": SERVER})
    async with RehearsalStage(sqlite.migrated(), SUMMER_AFTERNOON, plan) as stage:
        yield stage


async def test_a_plan_without_them_says_so_and_somebody_has_the_task_to_agree_on_them(without: RehearsalStage) -> None:
    """R160 R070: a gap is somebody's, and never a crash."""
    await without["jens"].commands("aktiver 2 skybrud")
    await without["kim"].commands("koord ishøj")
    assert await without["tina"].sees("planen har intet opgavesæt for fortsat drift (§6)")
    assert await without["kim"].sees("Planen har intet opgavesæt for fortsat drift. Aftal selv")
    assert len((await coordinating(without))["running_on"]) == 1


@examples(
    ("written", "says"),
    [
        ("fortsat_drift: {adresse: intranettet}\n", "er ikke et link"),
        ("fortsat_drift: {opgaver: [{opgave: mad, ansvarlig: hane}]}\n", "Skriv »hanne«"),
        ("fortsat_drift: {opgaver: [{ansvarlig: hanne}]}\n", "»opgave« mangler"),
        ("fortsat_drift: {opgave: mad}\n", "Skriv »opgaver«"),
    ],
)
def test_a_plan_for_running_on_that_cannot_be_read_is_a_fault(written: str, says: str) -> None:
    """R070: said with what to write instead."""
    with pytest.raises(PlanFaults) as told:
        loading.parse(TEXT[:BEGINS] + written + TEXT[ENDS:], "plan.yaml")
    assert says in str(told.value)
