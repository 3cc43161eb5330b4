"""Whom the staff draws in: support by need, single persons for a task, and a logistics staff when much is asked for."""

from __future__ import annotations

import pytest

from tests.stage.platforms import in_one_chat
from tests.stage.prologue import after, cloudburst, follows
from tests.stage.stage import Stage, told

LACKING = ("pumper", "sandsække", "lys", "vand", "tæpper", "busser")


@follows(cloudburst)
async def begun(stage: Stage) -> None:
    await stage["lars"].commands("rolle krisestabschef Anne")


stage = after(begun)


@in_one_chat
async def test_the_practical_functions_are_on_the_list_from_the_first_minute_and_a_unit_mans_them(stage: Stage) -> None:
    """R120 R121 R122 R155 R156: needed or not; the unit's head names people, who count among those that must come."""
    for label in ("Rengøring", "Sikkerhed", "Bygning", "Logistik og forplejning"):
        assert await stage["kim"].has(label)
    await stage["kim"].fills_in("Rengøring", needed="nej")
    await stage["kim"].fills_in("Kommunikation", needed="nej")
    await stage["kim"].fills_in("Bygning", needed="ja", unit="Teknik")
    said = {row["function"]: row for row in await stage.part("support_functions")}
    assert set(said) == {"Rengøring", "Bygning"}
    assert (said["Rengøring"]["needed"], said["Bygning"]["needed"], said["Bygning"]["person"]) == (False, True, None)
    await stage["rune"].fills_in("Bemand", person="Mads", deputy="Ali", hours="16–24")
    after = await stage.export()
    manned = next(row for row in after["support_functions"] if row["function"] == "Bygning")
    assert (manned["person"], manned["deputy"], manned["hours"]) == ("mads", "ali", "16–24")
    assert "mads" in told(after, "summons")
    assert await stage["kim"].sees("/krise ind kommunikation")
    await stage["kim"].commands("ind kommunikation")
    assert "bo" in {member["person"] for member in await stage.part("members")}


@in_one_chat
async def test_the_staff_is_helped_with_maps_and_keeps_out_of_the_command_on_the_scene(stage: Stage) -> None:
    """R101 R137 R158: the GIS contact has a map at hand, and the picture's tenth heading begins with it."""
    assert await stage["kim"].sees("Indsatsledelsen på stedet ligger hos beredskabet")
    assert any("arbejdsgange for kommunikationen" in line["summary"] for line in await stage.log("task"))
    await stage["kim"].commands("billede")
    assert "https://kort.htk.example" in (await stage.part("pictures"))[0]["sections"][9]["text"]


@in_one_chat
async def test_anybody_is_drawn_in_for_a_task_and_their_chief_is_told(stage: Stage) -> None:
    """R059 R141: with a task of their own, which can be handed on; nobody's employee is asked about."""
    await stage["tina"].commands("udpeg @Mads pumper på Birkehøj")
    after = await stage.export()
    (row,) = after["drawn_in"]
    assert (row["person"], row["text"], row["centre"], row["chief"]) == ("mads", "pumper på Birkehøj", "Teknik", "rune")
    assert {"mads", "rune"} <= told(after, "notice")
    await stage["mads"].fills_in("Giv videre", person="Ali")
    await stage["ali"].presses("Udført")
    assert (await stage.log("task"))[-1]["recorder"] == "ali"

    await stage["finn"].commands("status")
    await stage["tina"].commands("udpeg finn åbner kælderen")
    assert (await stage.part("drawn_in"))[1]["chief"] is None
    await stage["tina"].fills_in("Hvem er chefen?", chief="Børn")
    after = (await stage.part("drawn_in"))[1]
    assert (after["person"], after["chief"]) == ("rehearsal:finn", "per")


@in_one_chat
async def test_a_role_is_still_named_by_those_who_may_and_not_by_drawing_somebody_in(stage: Stage) -> None:
    """R059 R058: `udpeg` of a role is `rolle`."""
    await stage["lars"].commands("ind Rune")
    await stage["rune"].commands("udpeg krisestabschef Rune")
    assert (await stage.part("crisis"))["chief"] == "anne"
    await stage["lars"].commands("udpeg krisestabschef Sara")
    after = await stage.export()
    assert (after["crisis"]["chief"], after["drawn_in"]) == ("sara", [])


@pytest.mark.long
@in_one_chat
async def test_a_logistics_staff_is_offered_when_much_is_asked_for_and_its_members_have_tasks(stage: Stage) -> None:
    """R224 R141: more than five requests; somebody leads it, below the crisis staff."""
    for lacking in LACKING[:-1]:
        await stage["hanne"].commands(f"bistand 2 {lacking} til Birkehøj")
    assert not await stage["anne"].has("Etablér logistikstab")
    await stage["hanne"].commands(f"bistand 2 {LACKING[-1]} til Birkehøj")
    await stage["anne"].fills_in("Etablér logistikstab", lead="Rune", members="Mads, Ali")
    after = await stage.export()
    assert [(row["person"], row["leads"]) for row in after["logistics"]] == [
        ("rune", True),
        ("mads", False),
        ("ali", False),
    ]
    assert {"rune", "mads", "ali"} <= told(after, "notice")
    await stage["rune"].commands("logistik")
    await stage["rune"].fills_in("Fordel opgaver", catering="Line")
    task = (await stage.log("task"))[-1]
    assert "Forplejning" in task["summary"]
    await stage["line"].presses("Udført")
    await stage["ali"].commands("logistik Line")
    assert len(await stage.part("logistics")) == 3


@in_one_chat
async def test_a_logistics_staff_of_nobody_is_asked_who_leads_it(stage: Stage) -> None:
    """R224: an empty form was a fault of ours."""
    await stage["kim"].commands("logistik")
    await stage["kim"].fills_in("Etablér logistikstab", lead="", members="")
    assert await stage["kim"].sees("Der mangler et svar (Hvem leder")
    assert await stage.part("logistics") == []
