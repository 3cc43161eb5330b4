"""Who may decide, what follows, and what two who decide at once make of it; down again, and out."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from tests.stage.stage import DENMARK, RehearsalStage, log_of, told

# What doesn't hang on who comes first is the same on both; what does is played on both.
on_one_database = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


@pytest.fixture
async def stage(database_url: str) -> AsyncIterator[RehearsalStage]:
    async with RehearsalStage(database_url) as stage:
        yield stage


def hours(start: str, end: str) -> float:
    return (datetime.fromisoformat(end) - datetime.fromisoformat(start)) / timedelta(hours=1)


@on_one_database
@pytest.mark.parametrize(
    ("person", "behalf"), [("jens", None), ("pia", "jens"), ("lars", None), ("mette", "lars"), ("ole", None)]
)
async def test_each_who_may_decide_decides_at_once_and_deputies_on_behalf(
    stage: RehearsalStage, person: str, behalf: str | None
) -> None:
    """R007 R008 R018 R253 T05 T07: one sentence is enough, nobody is heard first, no absence is shown.

    T34: the case is none of those whose numbers stand on the plan's pages.
    """
    await stage[person].commands("aktiver 2 skybrud")
    crisis = await stage.part("crisis")
    assert (crisis["level"], crisis["decided_by"], crisis["on_behalf_of"]) == (2, person, behalf)
    # T34: what the plan's pages carry of case and document numbers is nobody's case.
    assert (crisis["case_ref"], crisis["c3_ref"]) == (None, None)
    assert await stage[person].has("Ret")


@on_one_database
async def test_anybody_elses_activation_is_a_warning_that_goes_up_at_once(stage: RehearsalStage) -> None:
    """R018: without the two questions; a title gives no right."""
    await stage["rune"].commands("aktiver 2 skybrud")
    told_so = await stage.export()
    assert told_so["crisis"]["level"] is None
    assert [step["person"] for step in told_so["escalation"]] == ["jens"]
    assert not await stage["rune"].has("Ja")


@pytest.mark.long
@on_one_database
async def test_when_a_centre_calls_for_it_all_the_others_are_asked_what_they_can_contribute(
    stage: RehearsalStage,
) -> None:
    """R261: it goes to the deciders, and the other centres' contacts are asked, once; the answers are there for all of them."""
    await stage["finn"].commands("aktiver 2 røg i Fløng")
    assert await stage.part("pings") == []
    await stage["mads"].commands("aktiver 2 skybrud i Hedehusene")
    await stage["rune"].commands("aktiver 2 det er slemt")
    (ping,) = await stage.part("pings")
    assert ping["question"] == "Teknik kalder på kriseberedskabet: »skybrud i Hedehusene«. Hvad kan I bidrage med?"
    others = {centre.name for centre in stage.plan.centres} - {"Teknik"}
    assert {each["centre"] for each in ping["answers"]} == others
    await stage["hanne"].says("vi kan sende 4 mand og en bus")
    assert await stage["mads"].sees("vi kan sende 4 mand og en bus")
    await stage["jens"].presses("Jeg har den")
    await stage["jens"].presses("Niveau 2")
    assert "vi kan sende 4 mand og en bus" in "\n".join(await stage["kim"].reads())
    await stage["line"].says("alt er fint, og vi kan passe børn")
    (ping,) = await stage.part("pings")
    said = {each["centre"]: each["text"] for each in ping["answers"] if each["text"]}
    assert said == {"Sundhed": "vi kan sende 4 mand og en bus", "Børn": "alt er fint, og vi kan passe børn"}


@on_one_database
async def test_who_cried_wolf_is_not_held_to_it(stage: RehearsalStage) -> None:
    """T32 R004: whoever takes it decides "Ingen krise – følg"; nobody is summoned, and the next warning goes the same way."""
    for number in (1, 2):
        await stage["finn"].commands("aktiver 2 røg i Fløng")
        await stage["jens"].presses("Jeg har den")
        await stage["jens"].presses("Ingen krise – følg")
        told_so = await stage.export(number)
        assert (told_so["crisis"]["level"], told_so["escalation"][0]["result"]) == (None, "contact")
        assert told(told_so, "summons") == set()
    assert await stage.crises() == 2


@on_one_database
async def test_without_a_level_the_card_asks_for_it(stage: RehearsalStage) -> None:
    """R016: the criteria of level 2 stand beside the buttons, in the plan's words."""
    await stage["lars"].commands("aktiver skybrud")
    assert await stage["lars"].sees("Alvorlige forstyrrelser af drift eller serviceniveau")
    assert await stage["lars"].sees("ressourcer på tværs af centre og eksterne myndigheder")
    assert await stage.crises() == 0
    await stage["lars"].presses("Ingen krise – følg")
    crisis = await stage.part("crisis")
    assert crisis["level"] is None
    assert crisis["decided_by"] == "lars"


@on_one_database
async def test_a_decision_takes_up_the_warning_that_is_on_its_way_and_stops_its_chain(stage: RehearsalStage) -> None:
    """D03 T06."""
    await stage["rune"].commands("aktiver vand i kælderen")
    await stage["lars"].commands("aktiver 2 skybrud")
    await stage.forward(minutes=30)
    assert await stage.crises() == 1
    assert [(step["person"], step["result"]) for step in await stage.part("escalation")] == [("jens", "stopped")]
    assert await stage["rune"].sees("niveau 2")


@pytest.mark.long
async def test_two_real_incidents_are_held_apart(stage: RehearsalStage) -> None:
    """D04: parted by a press; a command outside a staff channel then asks which."""
    await stage["lars"].commands("aktiver 2 skybrud")
    await stage["anne"].commands("aktiver 2 strømsvigt")
    assert await stage.crises() == 1
    await stage["anne"].presses("Det er en anden hændelse")
    assert await stage.crises() == 2
    assert (await stage.part("crisis", 2))["title"] == "strømsvigt"
    await stage["kim"].commands("log ? vand")
    assert not await stage.log("information", 1)
    await stage["kim"].presses("2: strømsvigt")
    assert [entry["summary"] for entry in await stage.log("information", 2)] == ["vand"]
    assert not await stage.log("information", 1)


@on_one_database
async def test_a_decision_that_was_parted_from_a_warning_leaves_it_to_its_own_chain(stage: RehearsalStage) -> None:
    """D04."""
    await stage["rune"].commands("aktiver røg i Fløng")
    await stage["lars"].commands("aktiver 2 skybrud")
    await stage["lars"].presses("Det er en anden hændelse")
    other = await stage.export(2)
    assert [alert["text"] for alert in other["alerts"]] == ["røg i Fløng"]
    assert other["escalation"][0]["person"] == "jens"
    assert other["crisis"]["level"] is None
    assert await stage.part("alerts", 1) == []


@pytest.mark.long
@on_one_database
async def test_the_clocks_run_from_the_decision_also_when_it_is_typed_late(stage: RehearsalStage) -> None:
    """T13 R071 R072 D01."""
    await stage["lars"].commands("aktiver 2 skybrud")
    await stage["lars"].presses("Ret", decided="13:30", title="Skybrud i Fløng")
    crisis = await stage.part("crisis")
    assert datetime.fromisoformat(crisis["decided_at"]).astimezone(DENMARK).strftime("%H:%M") == "13:30"
    assert hours(crisis["decided_at"], crisis["established_due"]) == 2
    assert hours(crisis["decided_at"], crisis["sustain_until"]) == 72
    assert crisis["title"] == "Skybrud i Fløng"
    await stage.at("15:31")
    assert any("overskredet" in entry["summary"] for entry in await stage.log("reminder"))


@on_one_database
async def test_a_time_that_cannot_be_read_changes_nothing(stage: RehearsalStage) -> None:
    await stage["lars"].commands("aktiver 2 skybrud")
    before = await stage.part("crisis")
    await stage["lars"].presses("Ret", decided="i overmorgen måske", title="Andet")
    assert await stage.part("crisis") == before


@pytest.mark.long
@on_one_database
async def test_time_running_out_is_said_three_times_and_the_breach_is_logged_and_blocks_nothing(
    stage: RehearsalStage,
) -> None:
    """R071 R072 T14: at 60, 30 and 10 minutes; and three days close nothing."""
    await stage["lars"].commands("aktiver 2 skybrud")
    await stage.forward(hours=1, minutes=59)
    reminders = [each for each in await stage.log("reminder") if "fuldt etableret" in each["summary"]]
    assert len(reminders) == 3
    await stage.forward(hours=1)
    await stage["kim"].presses("Fuldt etableret")
    crisis = await stage.part("crisis")
    assert crisis["established_at"] > crisis["established_due"]
    await stage.forward(days=3)
    crisis = await stage.part("crisis")
    assert (crisis["level"], crisis["deactivated_at"]) == (2, None)
    assert any("Tre døgn" in entry["summary"] for entry in await stage.log("notice"))


@on_one_database
async def test_level_one_tells_the_directorate_and_begins_nothing_else(stage: RehearsalStage) -> None:
    """R009 R013 R017: no staff, no channel, no clocks; the orientation comes by itself."""
    await stage["jens"].commands("aktiver 1 strømsvigt på rådhuset")
    told_so = await stage.export()
    assert told_so["crisis"]["level"] == 1
    assert told_so["crisis"]["established_due"] is None
    assert told_so["members"] == []
    assert await stage.rooms() == {}
    assert {"anne", "ole", "sara"} <= told(told_so, "notice")
    assert not told(told_so, "notice") & {"rune", "kim"}
    await stage.forward(hours=4)
    assert await stage["lars"].sees("Orientering, niveau 1")


@pytest.mark.long
@on_one_database
async def test_level_one_has_no_staff_to_call_to_a_meeting_or_to_man(stage: RehearsalStage) -> None:
    """R017 R051 R055 R072 R095: "Møde 1 er indkaldt", it said, and nobody was; the words are given back, and after `nedskaler`
    it is the same."""
    await stage["jens"].commands("aktiver 1 strømsvigt på rådhuset")
    begun = ("møde om 30 min teams", "ind Gitte", "rolle referent Hanne", "vagt logfører Mads 22 - 6", "punkt nødstrøm")
    for words in begun:
        await stage["kim"].commands(words)
        assert "Nr. 1 har ingen krisestab:* den er på beredskabsniveau 1" in (await stage["kim"].reads())[-1], words
        assert f"»{words}«" in (await stage["kim"].reads())[-1]
    for part in ("members", "meetings", "roster", "agenda_items"):
        assert await stage.part(part) == [], part
    assert not await stage["mads"].reads()
    await stage["ole"].commands("opskaler")
    await stage["kim"].commands("rolle")
    assert not await stage["kim"].sees("Referent: Hanne Toft")
    await stage["lars"].commands("nedskaler")
    await stage["kim"].presses("Udpeg dagsordensproducent", person="Hanne")
    await stage["kim"].commands(begun[0])
    assert [said for said in (await stage["kim"].reads())[-2:] if "har ingen krisestab" not in said] == []


@on_one_database
async def test_level_one_in_a_centre_takes_the_chief_and_a_director(stage: RehearsalStage) -> None:
    """R011 R014 T04: it waits for the director; the centre has its log and its action cards, and no channel; either may
    take it back."""
    await stage["gitte"].commands("aktiver 1 udbrud på plejecenter")
    assert (await stage.part("crisis"))["level"] is None
    await stage["sara"].presses("Godkend")
    crisis = await stage.part("crisis")
    assert (crisis["level"], crisis["decided_by"]) == (1, "sara")
    await stage["hanne"].commands("log ? tre beboere er flyttet")
    assert (await stage.log("information"))[-1]["summary"] == "tre beboere er flyttet"
    assert await stage.rooms() == {}
    await stage["gitte"].commands("tjekliste")
    assert await stage["gitte"].sees("https://intranet.htk.example/evakuering")
    await stage["gitte"].presses("Træk tilbage")
    assert (await stage.part("crisis"))["level"] is None


@on_one_database
async def test_one_director_scales_up_and_the_log_goes_on(stage: RehearsalStage) -> None:
    """R012."""
    await stage["jens"].commands("aktiver 1 strømsvigt")
    before = len(await stage.part("log"))
    await stage["ole"].commands("opskaler")
    told_so = await stage.export()
    assert told_so["crisis"]["level"] == 2
    assert len(told_so["log"]) > before
    assert {member["person"] for member in told_so["members"]} == {"lars", "anne", "ole", "sara"}


@on_one_database
async def test_the_mayor_scales_down_in_one_step_and_the_clocks_stop(stage: RehearsalStage) -> None:
    """R019 R252: released, told, and the log kept."""
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["anne"].commands("nedskaler")
    assert (await stage.part("crisis"))["level"] == 2
    await stage["mette"].commands("nedskaler vandet falder")
    told_so = await stage.export()
    assert told_so["crisis"]["level"] == 1
    assert all(member["until"] for member in told_so["members"])
    assert log_of(told_so, "decision")[-1]["refs"]["on_behalf_of"] == "lars"
    await stage.forward(hours=3)
    assert not any("fuldt etableret" in entry["summary"] for entry in await stage.log("reminder"))


@pytest.mark.long
@on_one_database
async def test_the_deputy_stands_it_down_on_behalf_and_the_end_is_the_end(stage: RehearsalStage) -> None:
    """R073 R075 T09: the staff no longer functions when they say so; nothing is asked or reminded of afterwards."""
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["mette"].commands("afblæs")
    await stage["mette"].presses("Afblæs")
    after = await stage.export()
    assert after["crisis"]["deactivated_by"] == "mette"
    await stage.forward(days=4)
    assert await stage.part("log") == after["log"]
    await stage["kim"].commands("log ? for sent")
    assert await stage.part("log") == after["log"]


@on_one_database
async def test_a_summons_that_is_declined_goes_to_the_deputy(stage: RehearsalStage) -> None:
    """R007 R131: the mayor can't, the deputy is asked."""
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["lars"].presses("Kan ikke")
    told_so = await stage.export()
    assert "mette" in told(told_so, "summons")
    assert "mette" in {member["person"] for member in told_so["members"]}


@pytest.mark.long
async def test_whoever_says_nothing_is_reminded_once_and_then_rung_to(stage: RehearsalStage) -> None:
    """R033 R131."""
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["lars"].says("er der om 20 min")
    await stage.forward(minutes=5)
    assert "lars" not in told(await stage.export(), "reminder")
    assert {"anne", "kim", "nils"} <= told(await stage.export(), "reminder")
    await stage.forward(minutes=10)
    assert await stage["kim"].sees("Har ikke svaret på indkaldelsen. Ring:")


@on_one_database
async def test_centres_that_say_nothing_are_reminded_and_then_rung_to(stage: RehearsalStage) -> None:
    """R102 R103."""
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["rune"].presses("Mit center er underrettet")
    await stage.forward(minutes=30)
    assert {"gitte", "per", "ulla", "jon", "kaj"} <= told(await stage.export(), "reminder")
    assert not [each for each in await stage["rune"].reads() if "Påmindelse" in each]
    await stage.forward(minutes=5)
    assert await stage["kim"].sees("Sundhed: Gitte Krag +45 20 00 00 14")


@on_one_database
async def test_only_a_centres_own_chief_says_that_it_is_informed(stage: RehearsalStage) -> None:
    """R103 T33: a press by somebody else changes nothing."""
    await stage["jens"].commands("aktiver 2 skybrud")
    assert not await stage["mads"].has("Mit center er underrettet")
    await stage["kim"].commands("status", "stab")
    assert await stage["kim"].sees("Mangler at underrette: Teknik")


@on_one_database
async def test_members_come_and_go_and_what_they_wrote_stays(stage: RehearsalStage) -> None:
    """R051 R053 R254 D09."""
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["kim"].commands("ind Rune og Gitte", "stab")
    await stage["rune"].commands("log ? vand ved viadukten", "stab")
    await stage["kim"].commands("ud Rune", "stab")
    told_so = await stage.export()
    (rune,) = [member for member in told_so["members"] if member["person"] == "rune"]
    assert rune["staff"] == "operational"
    assert rune["until"]
    assert [entry["recorder"] for entry in log_of(told_so, "information")] == ["rune"]
    await stage["finn"].commands("ind Finn")
    assert "finn" not in {member["person"] for member in await stage.part("members")}


@on_one_database
async def test_support_functions_are_forewarned_once_and_not_summoned(stage: RehearsalStage) -> None:
    """R123 T36: to know and be ready, before anything is decided."""
    await stage["rune"].commands("aktiver røg i Fløng")
    await stage["jens"].says("har den")
    await stage["jens"].presses("Forvarsl støttefunktioner")
    await stage["jens"].presses("Forvarsl støttefunktioner")
    told_so = await stage.export()
    assert [each["to"] for each in told_so["notifications"] if each["to"] == "nils"] == ["nils"]
    assert told(told_so, "notice") == {"nils", "siv", "bo"}
    assert told(told_so, "summons") == set()
    assert told_so["crisis"]["level"] is None


@on_one_database
async def test_a_step_that_is_left_out_is_chosen_and_not_forgotten(stage: RehearsalStage) -> None:
    """R020: with its reason, in the log; others may not choose it."""
    await stage["lars"].commands("aktiver 2 skybrud")
    await stage["kim"].commands("undlad fysisk stabsrum fordi alle er på nettet")
    await stage["mads"].commands("undlad loggen fordi den er kedelig")
    left_out = [entry["summary"] for entry in await stage.log("decision") if "undlade" in entry["summary"]]
    assert left_out == ["Besluttet at undlade: fysisk stabsrum fordi alle er på nettet"]
