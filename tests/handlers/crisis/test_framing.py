"""The framing staff decides who from outside sits at the table; communication has its headings; readiness is counted."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after
from tests.stage.stage import DENMARK, Stage, log_of, told


async def begun(stage: Stage) -> None:
    await stage["pia"].commands("aktiver 2 skybrud")


stage = after(begun)


async def decides(stage: Stage, person: str, subject: str, label: str, **values: str) -> None:
    """A question out of its turn."""
    await stage[person].fills_in("Vælg beslutning", subject=subject)
    if values:
        await stage[person].fills_in(label, **values)
    else:
        await stage[person].presses(label)


async def answers(stage: Stage) -> list[tuple[str, str]]:
    lines = await stage.log("framing_decision")
    return [(line["refs"]["subject"], line["refs"]["answer"]) for line in lines]


@pytest.mark.long
@in_teams
async def test_the_meeting_decides_one_by_one_warns_its_members_and_goes_over_to_a_staff_with_a_chief(
    stage: Stage,
) -> None:
    """R032 R034 R035 R036 R037 R038 R039 R050 R054 T02: S1 14:30 to 14:45."""
    lars = stage["lars"]
    await lars.presses("Kommer")
    await stage["ole"].presses("Kan ikke")
    await stage.at("14:30")
    await lars.fills_in("Start mødet", absent="Ole", also="Anne, Sara")
    assert await lars.has("Beredskabsplanen: ja")
    assert not await lars.has("Politiet: ja")
    await lars.presses("Beredskabsplanen: ja")
    await lars.presses("Linjeorganisationen: ja")
    await lars.presses("Situationen: uændret")
    await stage.at("14:38")
    await lars.presses("Beredskab 4K: ja")
    await lars.presses("Politiet: nej")
    await lars.presses("Øvrige myndigheder: nej")
    await lars.presses("Sundhed ved bordet: nej")
    await lars.fills_in("Vælg medlemmer", answer="Rune, Gitte, Bo, Tina")
    await lars.presses("Forstærket overvågning: ja")
    await stage["gitte"].presses("Kommer")
    export = await stage.export()
    assert [answer for _, answer in await answers(stage)] == [
        "ja",
        "ja",
        "uændret",
        "ja",
        "nej",
        "nej",
        "nej",
        "Rune, Gitte, Bo, Tina",
        "ja",
    ]
    assert [each["number"] for each in export["decisions"]] == list(range(1, 10))
    operational = {each["person"] for each in export["members"] if each["staff"] == "operational"}
    assert operational == {"jens", "rune", "gitte", "bo", "tina"}
    assert told(export, "summons") >= {"rune", "gitte", "bo", "tina", "jens"}
    watched = [line for line in export["monitoring"] if line["kind"] != "medie"]
    assert [line["watcher"] for line in watched] == [None, None, None]
    assert await lars.sees("3 linjer har ingen")
    await lars.presses("Slut mødet")
    await stage.at("14:45")
    await lars.fills_in("Overgå til operationel stab", chief="Anne", deputy="Sara", stays_lars="nej", stays_ole="nej")
    export = await stage.export()
    (held,) = export["framing_meetings"]
    assert (held["present"], held["absent"]) == (["lars", "anne", "sara"], ["ole"])
    assert held["moved_on_at"] is not None
    now = {(each["person"], each["staff"]) for each in export["members"] if each["until"] is None}
    assert now == {(each, "operational") for each in ("anne", "sara", "jens", "rune", "gitte", "bo", "tina")}
    assert {each["person"] for each in export["members"] if each["staff"] == "framing"} == {
        "lars",
        "anne",
        "ole",
        "sara",
    }
    assert export["crisis"]["chief"] == "anne"
    await lars.commands("beslut skolerne lukker")
    await stage["sara"].commands("beslut hallen åbnes")
    last = [each for each in await stage.part("decisions") if each["state"] == "decided"][-1]
    assert (last["decided_by"], last["number"]) == ("sara", 10)


@in_one_chat
async def test_the_staff_sees_situation_measures_resources_and_communication_in_one_place(stage: Stage) -> None:
    """R056 T01: what the framing staff decided too."""
    await decides(stage, "lars", "politi", "Politiet: nej")
    await stage["kim"].commands("ressource 2 pumper på viadukten til kl 22")
    await stage["tina"].commands("t pumpe til Birkehøj @Mads kl 18")
    await stage["kim"].commands("status")
    for line in ("Politiet: nej", "2 pumper", "T1"):
        assert await stage["kim"].sees(line), line
    assert not await stage["kim"].sees("Kommunikationsplan:")
    await stage["bo"].commands("komplan")
    await stage["bo"].fills_in("Skriv 1–3", s1="vand i Hedehusene")
    await stage["kim"].commands("status")
    assert await stage["kim"].sees("Kommunikationsplan: udgave 1")


@in_one_chat
async def test_whoever_is_not_of_the_framing_staff_decides_nothing_and_a_deputy_does_it_on_behalf(
    stage: Stage,
) -> None:
    """R007 R030 D12: a decision can be made anew, and both stand in the log."""
    await decides(stage, "kim", "4k", "Beredskab 4K: nej")
    assert not await answers(stage)
    await decides(stage, "lars", "politi", "Politiet: nej")
    await stage["kim"].commands("ind Mette")
    await decides(stage, "mette", "politi", "Politiet: ja")
    assert await answers(stage) == [("politi", "nej"), ("politi", "ja")]
    last = (await stage.log("framing_decision"))[-1]
    assert (last["sender"], last["refs"]["on_behalf_of"]) == ("mette", "lars")


@in_one_chat
async def test_those_from_outside_are_somebodys_to_ring_to_and_health_sits_with_them(stage: Stage) -> None:
    """R032 R060: S3 08:30, Hanne is invited."""
    await decides(stage, "lars", "politi", "Politiet: ja")
    await decides(stage, "lars", "others", "Skriv myndigheder", answer="Vejdirektoratet, Sundhedsstyrelsen")
    await decides(stage, "anne", "health", "Sundhed ved bordet: ja")
    export = await stage.export()
    tasks = [entry["summary"] for entry in log_of(export, "task")]
    assert [any(name in task for task in tasks) for name in ("114", "Vejdirektoratet", "Sundhedsstyrelsen")] == [
        True
    ] * 3
    assert ("hanne", "operational") in {(each["person"], each["staff"]) for each in export["members"]}
    assert "hanne" in told(export, "summons")


@in_one_chat
async def test_the_opposite_of_escalation_is_the_mayors_to_do_and_a_proposal_from_the_others(stage: Stage) -> None:
    """R036: a director's goes to the mayor."""
    await decides(stage, "anne", "direction", "Situationen: det modsatte")
    await stage["anne"].presses("Send forslag")
    assert await stage.log("proposal")
    assert (await stage.part("crisis"))["level"] == 2
    await stage["lars"].presses("Nedskaler")
    assert (await stage.part("crisis"))["level"] == 1


@in_one_chat
async def test_a_name_that_is_nobodys_decides_nothing(stage: Stage) -> None:
    """R037: whoever is chosen is somebody."""
    await decides(stage, "lars", "members", "Vælg medlemmer", answer="Rune, Napoleon")
    assert not await answers(stage)
    assert "rune" not in told(await stage.export(), "summons")


@in_one_chat
async def test_a_chosen_member_who_says_nothing_is_reminded_and_then_rung_to(stage: Stage) -> None:
    """R037: warned with an answer that is followed."""
    await decides(stage, "lars", "members", "Vælg medlemmer", answer="Rune og Gitte")
    await stage["gitte"].presses("Kommer")
    await stage.forward(minutes=6)
    again = [each["to"] for each in await stage.part("notifications") if each["kind"] == "reminder"]
    assert "rune" in again
    assert "gitte" not in again


@pytest.mark.long
@in_one_chat
async def test_the_chief_is_asked_for_until_there_is_one_with_a_deputy(stage: Stage) -> None:
    """R054 T20: the mayor, the deputy and the secretariat are asked; then no more."""
    await stage["kim"].presses("Start mødet")
    await stage["kim"].presses("Slut mødet")

    async def asked() -> list[str]:
        lines = await stage.log("reminder")
        return [line["receiver"] for line in lines if "mangler at blive udpeget" in line["summary"]]

    await stage.forward(minutes=31)
    assert len(await asked()) == 2
    assert {"lars", "mette", "kim"} <= set((await asked())[0].split(", "))
    await stage["mette"].fills_in("Udpeg chef", chief="Anne")
    await stage.forward(minutes=60)
    assert len(await asked()) == 2
    await stage.forward(hours=1, minutes=5)
    assert (await asked())[2].startswith("anne")
    await stage["anne"].fills_in("Udpeg chef", deputy="Sara")
    await stage.forward(hours=24)
    assert len(await asked()) == 3


@pytest.mark.long
@in_one_chat
async def test_that_there_is_no_chief_keeps_nobody_awake(stage: Stage) -> None:
    """R054 D14: four times in the first hour; then once an hour, and not by night."""
    await stage["kim"].presses("Start mødet")
    await stage["kim"].presses("Slut mødet")
    began = stage.clock.now()
    await stage.forward(hours=24)
    asked = [
        datetime.fromisoformat(line["event_time"]).astimezone(DENMARK)
        for line in await stage.log("reminder")
        if "mangler at blive udpeget" in line["summary"]
    ]
    assert len([at for at in asked if at <= began + timedelta(hours=1)]) == 4
    assert not [at for at in asked if at.hour >= 23 or at.hour < 6]
    assert min(later - at for at, later in pairwise(asked[3:])) == timedelta(hours=1)


@in_one_chat
async def test_a_second_framing_meeting_is_asked_about_and_asks_anew(stage: Stage) -> None:
    """R034: one is the rule."""
    await stage["lars"].presses("Start mødet")
    await stage["lars"].presses("Beredskabsplanen: ja")
    await stage["lars"].presses("Slut mødet")
    await stage["lars"].presses("Nyt rammesættende møde")
    assert len(await stage.part("framing_meetings")) == 1
    await stage["lars"].presses("Ja, indkald igen")
    assert len(await stage.part("framing_meetings")) == 2
    await stage["lars"].presses("Beredskabsplanen: nej")
    refs = [line["refs"] for line in await stage.log("framing_decision")]
    assert [(each["framing_meeting"], each["answer"]) for each in refs] == [(1, "ja"), (2, "nej")]


@in_one_chat
async def test_the_first_meetings_gaps_are_red_and_each_has_its_button(stage: Stage) -> None:
    """R057 R058 T01 T22: until then the interim secretariat has summoned; the staff names who does what."""
    assert told(await stage.export(), "summons") >= {"kim", "eva", "tina"}
    await stage["kim"].commands("rolle")
    assert await stage["kim"].sees("Presseansvarlig: ❗ mangler")
    await stage["kim"].fills_in("Udpeg presseansvarlig", person="Bo")
    await stage["kim"].commands("rolle")
    assert await stage["kim"].sees("Presseansvarlig: Bo Kjær")
    await stage["kim"].fills_in("Sekretariatsbistand", centres="Byråd og Økonomi", what="to til logføring")
    export = await stage.export()
    assert [line["refs"]["centres"] for line in log_of(export, "assessment")] == [["Byråd", "Økonomi"]]
    assert len([line for line in log_of(export, "task") if "Sekretariatsbistand" in line["summary"]]) == 2


@in_slack
async def test_communication_gets_the_nine_headings(stage: Stage) -> None:
    """R040 R306: as soon as it comes."""
    await stage["bo"].presses("Kommer")
    assert await stage["bo"].sees("9. Succeskriterier")


@pytest.mark.long
@in_slack
async def test_what_fully_established_still_takes_is_counted(stage: Stage) -> None:
    """R071 R121: the support functions too."""
    await stage["nils"].presses("Kommer")
    await stage["kim"].commands("status", "stab")
    assert await stage["kim"].sees("Støttefunktioner 1 af 2 kommer")
    assert await stage["kim"].sees("Log ingen har svaret ja, IT Nils Fog kommer, Lokale klar")
    await stage["tina"].presses("Kommer")
    await stage.at("15:30:20")
    assert await stage["anne"].sees("Tina Friis kommer")


@in_one_chat
async def test_the_status_tells_the_situation_in_the_approved_pictures_words(stage: Stage) -> None:
    """R056: the overview is the situation too, and not the number of the picture that tells it."""
    await stage["kim"].commands("billede")
    await stage["kim"].fills_in("Skriv 1–3", s1="Viadukten er lukket, 40 cm vand", s2="Sundhed: ingen kendte")
    await stage["lars"].commands("billede")
    await stage["lars"].presses("Godkend")
    await stage["kim"].commands("status")
    assert any("Viadukten er lukket, 40 cm vand" in said and "Afventer" in said for said in await stage["kim"].reads())


@pytest.mark.long
@in_one_chat
async def test_the_organisation_is_told_again_every_day_while_it_lasts(stage: Stage) -> None:
    """R252: "bliv ved med at informere"; it ends with the crisis."""
    await stage.forward(days=2, minutes=1)
    reminded = [each for each in await stage.log("reminder") if each["receiver"] == "bo" and "hele" in each["summary"]]
    assert len(reminded) == 2


@pytest.mark.long
@in_teams
async def test_the_framing_staff_is_called_at_once_with_where_and_those_silent_are_reminded_of_it(stage: Stage) -> None:
    """R033: as soon as the event is a crisis, with the place or the link; moved, every summons says so."""
    assert await stage["anne"].sees("https://moede.htk.example/krisestab")
    await stage["anne"].presses("Kommer")
    await stage["kim"].fills_in("Sted eller link", place="Byrådssalen")
    assert await stage["anne"].sees("Byrådssalen")
    assert await stage["ole"].sees("Byrådssalen")
    moved = await stage.log("framing_meeting")
    assert [line["refs"]["place"] for line in moved] == ["Byrådssalen"]
    before = len(await stage.log("reminder"))
    await stage.forward(minutes=6)
    assert len(await stage.log("reminder")) > before


@pytest.mark.long
@in_teams
async def test_a_framing_meeting_that_is_not_held_is_reminded_of_ever_more_seldom(stage: Stage) -> None:
    """R033 R054: after three quarters of an hour, with the press that starts it; and the chief, who should have been
    named there, is asked for though there was no meeting."""
    await stage.forward(minutes=44)
    assert not await stage["lars"].sees("Det rammesættende møde er ikke holdt")
    await stage.forward(minutes=2)
    assert await stage["lars"].sees("Det rammesættende møde er ikke holdt")
    await stage.forward(minutes=16)
    assert await stage["lars"].sees("Ikke udpeget endnu: krisestabschef")
    said = [line for line in await stage.log("reminder") if "rammesættende møde" in line["summary"]]
    await stage.forward(hours=24)
    later = [line for line in await stage.log("reminder") if "rammesættende møde" in line["summary"]]
    assert len(said) == 1
    assert 2 <= len(later) <= 6
    await stage["lars"].fills_in("Start mødet", absent="", also="")
    await stage.forward(hours=24)
    assert len([line for line in await stage.log("reminder") if "rammesættende møde" in line["summary"]]) == len(later)


@pytest.mark.long
@in_one_chat
async def test_one_that_is_held_is_not_reminded_of_and_has_those_who_came(stage: Stage) -> None:
    """R033 R088: whoever never answered is not written down as present."""
    await stage["anne"].presses("Kommer")
    await stage["lars"].fills_in("Start mødet", absent="ole", also="")
    await stage.forward(hours=3)
    assert not await stage["lars"].sees("Det rammesættende møde er ikke holdt")
    (held,) = await stage.part("framing_meetings")
    assert (held["present"], held["absent"]) == (["lars", "anne"], ["ole"])
    assert "Har ikke svaret på indkaldelsen: Sara Nygaard" in (await stage.log("meeting"))[-1]["summary"]


@in_one_chat
async def test_what_was_proposed_and_nobody_answered_stands_under_what_waits(stage: Stage) -> None:
    """R256 R112: a proposal that its deciders overlooked is not out of the world; answered, it is a measure or gone."""
    await stage["gitte"].commands("tiltag flyt beboerne fra Birkehøj")
    await stage["anne"].commands("beslut vi lukker skolerne")
    await stage["kim"].commands("status")
    status = (await stage["kim"].reads())[-1]
    assert "Forslag: flyt beboerne fra Birkehøj (Gitte Krag)" in status
    assert "Forslag til beslutning: vi lukker skolerne (Anne Holm)" in status
    await stage["lars"].presses("Sæt i værk")
    await stage["kim"].commands("status")
    status = (await stage["kim"].reads())[-1]
    assert "Forslag: flyt" not in status
    assert "T1: flyt beboerne" in status


@in_slack
async def test_where_the_chief_at_4k_is_away_the_deputy_is_called_to_the_table(stage: Stage) -> None:
    """R006 R007 R032: "Planen har ingen stedfortræder til", it said, and the plan has one."""
    await stage["jens"].commands("fravær til i morgen kl 8")
    await stage["lars"].fills_in("Start mødet")
    await decides(stage, "lars", "4k", "Beredskab 4K: ja")
    assert await stage["pia"].sees("Du indkaldes som stedfortræder for Jens Lund: krisestaben som repræsentant for")
    assert not await stage["lars"].sees("Planen har ingen stedfortræder til")
