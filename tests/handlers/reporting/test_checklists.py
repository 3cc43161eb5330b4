"""Every centre takes a stand, with its action cards at hand, and the plan is there for all, on every platform."""

from __future__ import annotations

from typing import Any

from tests.stage.platforms import in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)


async def of_centre(stage: Stage, centre: str) -> dict[str, Any]:
    return next(each for each in await stage.part("checklists") if each["centre"] == centre)


@in_teams
async def test_the_questions_come_when_the_centre_has_been_told_and_a_gap_goes_to_the_staff(stage: Stage) -> None:
    """R015 R109 R110 R111 R113 R149: four questions with the centre's own action cards, as links; a gap is the staff's."""
    await stage["rune"].presses("Mit center er underrettet")
    await stage["rune"].fills_in(
        "Udfyld tjekliste",
        concerns="ja",
        note="kloakker i Hedehusene",
        card0="active",
        sufficient="nej",
        gap="mangler pumper",
    )
    answers = await of_centre(stage, "Teknik")
    assert (answers["concerns"], answers["note"]) == ("yes", "kloakker i Hedehusene")
    assert answers["cards"] == {"Skybrud og kloak": "active"}
    assert (answers["sufficient"], answers["gap"]) == ("no", "mangler pumper")
    assert await stage["kim"].sees("mangler pumper")
    assert len(await stage.log("checklist")) == 1
    await stage["rune"].fills_in("Udfyld tjekliste", card0="done")
    assert (await of_centre(stage, "Teknik"))["cards"] == {"Skybrud og kloak": "done"}
    assert (await of_centre(stage, "Teknik"))["note"] == "kloakker i Hedehusene"


@in_slack
async def test_a_centre_answers_for_itself_alone(stage: Stage) -> None:
    """R109: another centre's chief changes nothing; the standing reminder of the health plan is on the card (R114)."""
    await stage["per"].commands("tjekliste")
    await stage["per"].fills_in("Udfyld tjekliste", concerns="nej")
    assert [each["centre"] for each in await stage.part("checklists")] == ["Børn"]
    assert await stage["per"].sees("Sundhedsberedskabsplanen")


@in_slack
async def test_the_plan_is_there_for_everybody_in_a_crisis_or_not(stage: Stage) -> None:
    """R041 R117 R235: what it says about now, and where the documents are."""
    await stage["finn"].commands("plan")
    assert await stage["finn"].sees("https://intranet.htk.example/beredskabsplan")
    assert await stage["finn"].sees("senest 2 timer")
    await stage["kim"].presses("Fuldt etableret")
    await stage["finn"].commands("plan")
    assert await stage["finn"].sees("mindst 3 døgn")


@in_slack
async def test_the_coordinator_sees_on_one_board_which_units_are_activated(stage: Stage) -> None:
    """R149: centres, support functions, those drawn in, logistics and the staffs across; the nearest who may not see it is a
    centre's chief, whose own checklist it is."""
    await stage["lars"].commands("rolle krisestabschef Anne")
    await stage["tina"].commands("tjekliste")
    (before,) = [said for said in await stage["tina"].reads() if "Centrenes tjeklister" in said]
    assert "IT: Nils Fog" in before
    assert "Inddragne medarbejdere: ingen" in before.replace("*", "")
    await stage["kim"].fills_in("GIS", needed="nej")
    await stage["tina"].commands("udpeg @Mads pumper på Birkehøj")
    await stage["kim"].commands("logistik Rune, Ali")
    await stage["kim"].commands("koord ishøj")
    await stage["kim"].commands("repræsentant aktiveret")
    await stage["tina"].commands("tjekliste")
    board = [said for said in await stage["tina"].reads() if "Centrenes tjeklister" in said][-1]
    for unit in (
        "Mads Rosen (Teknik): pumper på Birkehøj",
        "Rune Juhl (leder)",
        "Kommunalt koordinerende stab siden",
        "Lokal Beredskabsstab siden",
    ):
        assert unit in board
    assert "GIS:" in before
    assert "GIS:" not in board
    await stage["gitte"].commands("tjekliste")
    assert not await stage["gitte"].sees("Inddragne medarbejdere")
