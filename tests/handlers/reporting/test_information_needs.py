"""What the staff must know: asked for by name and time, closed by what answers it, and seen while it is late."""

from __future__ import annotations

import pytest

from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)
ASKED = "oplysningsbehov hvor mange er evakueret @Hanne kl 16"


@in_slack
async def test_what_the_staff_must_know_is_asked_of_one_person_and_closed_by_the_answer(stage: Stage) -> None:
    """R204 R107: by whom, before when, and where the answer stands."""
    await stage["kim"].commands(ASKED)
    (need,) = await stage.part("information_needs")
    assert (need["text"], need["owner"], need["state"]) == ("hvor mange er evakueret", "hanne", "open")
    assert need["due_at"][11:16] == "14:00"
    assert await stage["hanne"].sees("hvor mange er evakueret")
    assert not await stage["hanne"].has("Ikke længere nødvendigt")
    await stage["hanne"].fills_in("Svar", text="14 beboere fra Birkehøj")
    (need,) = await stage.part("information_needs")
    assert (need["state"], need["closed_by"]) == ("answered", "hanne")
    assert need["answer_no"] == (await stage.log("information_need"))[-1]["no"]
    assert await stage["tina"].sees("14 beboere fra Birkehøj")
    assert not await stage["hanne"].has("Svar")


@pytest.mark.long
@in_teams
async def test_a_report_that_answers_it_closes_it(stage: Stage) -> None:
    """R204 R182: by its number in the report, or by one press on the receipt; somebody else's report does not."""
    await stage["kim"].commands(ASKED)
    await stage["kim"].commands("oplysningsbehov er vejen åben @Mads kl 16")
    await stage["line"].commands("melding OB1: der er ingen evakueret her")
    assert [each["state"] for each in await stage.part("information_needs")] == ["open", "open"]
    await stage["hanne"].commands("melding OB1: 14 beboere er evakueret")
    await stage["mads"].commands("melding Hovedgaden er åben igen")
    assert [each["state"] for each in await stage.part("information_needs")] == ["answered", "open"]
    await stage["mads"].presses("Svarer på OB2")
    second = (await stage.part("information_needs"))[1]
    reports = await stage.log("report")
    assert (second["state"], second["answer_no"]) == ("answered", reports[-1]["no"])
    assert not await stage["mads"].has("Svarer på OB2")
    assert not await stage["tina"].has("Svarer på OB2")


@in_one_chat
async def test_whoever_does_not_know_closes_nothing(stage: Stage) -> None:
    """R107: "ved ikke" is told to the staff, who asks somebody else; both are told."""
    await stage["kim"].commands(ASKED)
    await stage["hanne"].commands("oplysningsbehov 1 det ved jeg ikke")
    assert (await stage.part("information_needs"))[0]["state"] == "open"
    assert await stage["tina"].sees("Hanne Toft ved ikke OB1")
    await stage["kim"].commands("oplysningsbehov 1 @Gitte kl 17")
    (need,) = await stage.part("information_needs")
    assert (need["owner"], need["due_at"][11:16]) == ("gitte", "15:00")
    assert await stage["hanne"].sees("OB1 er nu Gitte Krag")
    assert await stage["gitte"].sees("Staben skal vide, OB1")


@pytest.mark.long
@in_one_chat
async def test_what_is_no_answer_yet_closes_nothing_and_its_words_are_seen(stage: Stage) -> None:
    """R107 R204: "undersøger det", "ved ikke endnu" and a question in return, as an answer and as a report."""
    await stage["kim"].commands(ASKED)
    await stage["kim"].commands("oplysningsbehov er vejen åben @Hanne kl 16")
    await stage["hanne"].commands("oplysningsbehov 1 Jeg undersøger det, svar kl 17")
    await stage["hanne"].commands("oplysningsbehov 1 hvilke mener I?")
    await stage["hanne"].commands("melding OB1: ved ikke endnu. OB2: ja, den er åben")
    assert [each["state"] for each in await stage.part("information_needs")] == ["open", "answered"]
    assert await stage["tina"].sees("»Jeg undersøger det, svar kl 17«")
    assert await stage["hanne"].sees("OB1 er stadig åbent")
    await stage["hanne"].commands("melding 14 beboere (OB1)")
    assert [each["state"] for each in await stage.part("information_needs")] == ["answered", "answered"]


@pytest.mark.long
@in_one_chat
async def test_what_is_late_is_reminded_of_once_and_shown_where_the_staff_looks(stage: Stage) -> None:
    """R204: the owner once, then the staff once; status and `siden sidst` say so until it is answered."""
    await stage["kim"].commands(ASKED)
    await stage.at("15:59")
    await stage["kim"].commands("status")
    assert await stage["kim"].sees("OB1: hvor mange er evakueret")
    assert not await stage["kim"].sees("over fristen")
    await stage.at("16:01")
    await stage["kim"].commands("status")
    assert "over fristen: hvor mange er evakueret" in (await stage["kim"].reads())[-1]
    await stage["kim"].commands("siden sidst")
    assert await stage["kim"].sees("OB1 hvor mange er evakueret (Hanne Toft")
    await stage.at("17:30")
    reminders = [line for line in await stage.log("reminder") if "OB1" in line["summary"]]
    assert [line["receiver"] for line in reminders] == ["hanne", "staff:1"]
    await stage["hanne"].fills_in("Svar", text="14")
    await stage["kim"].commands("siden sidst")
    assert not (await stage["kim"].reads())[-1].count("Mangler stadig svar")


@in_one_chat
async def test_only_the_staff_asks_and_only_the_asked_or_the_staff_answers(stage: Stage) -> None:
    """R107 R168: the nearest are a centre's contact, who may ask nothing, and another contact, who was not asked."""
    await stage["hanne"].commands("oplysningsbehov hvor mange biler har I @Mads")
    assert await stage.part("information_needs") == []
    await stage["kim"].commands(ASKED)
    await stage["line"].commands("oplysningsbehov 1 14 beboere")
    await stage["line"].commands("oplysningsbehov 1 annulleret")
    assert (await stage.part("information_needs"))[0]["state"] == "open"
    await stage["kim"].commands("oplysningsbehov 1 annulleret")
    await stage["hanne"].commands("oplysningsbehov 1 14 beboere")
    (need,) = await stage.part("information_needs")
    assert (need["state"], need["answer_no"]) == ("dropped", None)


@in_one_chat
async def test_a_number_that_is_no_needs_own_begins_a_question_and_a_passed_time_is_asked_about(stage: Stage) -> None:
    """R204: "3 pumper – hvor er de" is no answer to OB3; nothing is asked before a time that has been."""
    await stage["kim"].commands("oplysningsbehov 3 pumper er bestilt, hvor er de @Mads")
    await stage["kim"].commands("oplysningsbehov er skolen lukket @Line kl 8")
    first, second = await stage.part("information_needs")
    assert first["text"] == "3 pumper er bestilt, hvor er de"
    assert second["due_at"] > second["asked_at"]
    assert await stage["kim"].sees("Kl 8 er passeret, så OB2 har frist")
    await stage["kim"].presses("Ja")
    assert (await stage.part("information_needs"))[1]["due_at"][11:16] == "06:00"


@in_one_chat
async def test_a_confidential_need_is_in_nobodys_list_who_may_not_see_it(stage: Stage) -> None:
    """R216: its words are as confidential as its line."""
    await stage["lars"].commands("oplysningsbehov hvor bor den truede borger fra sagen @Kim")
    no = (await stage.part("information_needs"))[0]["log_no"]
    await stage["kim"].commands(f"grad {no} fortrolig")
    await stage["rune"].commands("oplysningsbehov")
    await stage["rune"].commands("status")
    assert not await stage["rune"].sees("truede borger")


@in_one_chat
async def test_after_the_staff_has_stepped_down_nobody_is_reminded(stage: Stage) -> None:
    """R017: the staff's need ends with the staff."""
    await stage["kim"].commands(ASKED)
    await stage["lars"].commands("nedskaler")
    await stage.at("18:00")
    assert not [line for line in await stage.log("reminder") if "OB1" in line["summary"]]


@in_one_chat
async def test_a_season_that_the_time_has_not_is_not_left_out_in_silence(stage: Stage) -> None:
    """R204: whoever writes "normaltid" in July is told which time was read."""
    await stage["kim"].commands(f"{ASKED} normaltid")
    assert await stage["kim"].sees("»normaltid« er ikke brugt: kl. 16:00 kommer kun én gang den dag.")
