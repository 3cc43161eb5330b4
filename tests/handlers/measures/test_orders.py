"""Decisions, the alternatives before them, and the written orders that follow, on every platform."""

from __future__ import annotations

from typing import Any

import pytest

from tests.handlers.reporting.test_reports import danish
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst, follows
from tests.stage.stage import Stage, told


@follows(cloudburst)
async def begun(stage: Stage) -> None:
    await stage.at("15:00")


stage = after(begun)


async def orders_of(stage: Stage) -> list[dict[str, Any]]:
    return list(await stage.part("orders"))


@pytest.mark.long
@in_teams
async def test_the_secretariat_drafts_the_chief_alone_issues_and_the_receiver_acknowledges(stage: Stage) -> None:
    """R230 R105: to, task, when, why, resources, report back; a number when it is issued; received, doubted, done."""
    await stage["kim"].commands("ordre")
    await stage["kim"].fills_in(
        "Skriv ordre",
        to="Mads",
        task="Spær Hovedgaden ved viadukten",
        due="kl 17",
        why="vand på vejen",
        resources="2 mand og afspærring",
        report_back="til Kim, når den er spærret",
    )
    await stage["kim"].presses("Udsted ordre")
    (order,) = await orders_of(stage)
    assert (order["state"], order["number"], await stage.log("order")) == ("draft", None, [])
    await stage["lars"].presses("Udsted ordre")
    (order,) = await orders_of(stage)
    assert (order["number"], order["state"], order["to"], order["issued_by"]) == (1, "issued", "mads", "lars")
    assert (order["due_at"], order["why"], order["resources"], order["report_back"]) == (
        danish(17, 0),
        "vand på vejen",
        "2 mand og afspærring",
        "til Kim, når den er spærret",
    )
    assert told(await stage.export(), "order") == {"mads"}
    (line,) = await stage.log("order")
    assert (line["sender"], line["receiver"], line["direction"], line["refs"]) == ("lars", "mads", "out", {"order": 1})
    await stage["mads"].presses("Modtaget")
    (order,) = await orders_of(stage)
    assert (order["state"], order["acknowledged_by"]) == ("acknowledged", "mads")
    await stage["mads"].fills_in("Jeg er i tvivl", text="også for busser?")
    assert await stage["kim"].sees("også for busser?")
    await stage["mads"].fills_in("Meld tilbage", text="vi er der om lidt")
    assert await stage["lars"].sees("Tilbagemelding på ordre 1")
    await stage["mads"].presses("Udført")
    assert await stage["lars"].sees("Ordre 1 er udført")
    export = await stage.export()
    assert (export["orders"][0]["state"], export["orders"][0]["done_by"]) == ("done", "mads")
    assert export["log_state"][str(line["no"])]["status"] == "done"
    before = len(export["log"])
    await stage.forward(hours=3)
    assert not any("Ordre 1" in each["summary"] for each in (await stage.part("log"))[before:])


@pytest.mark.long
@in_slack
async def test_an_order_that_nobody_acknowledges_goes_to_the_deputy_and_is_then_rung_about(stage: Stage) -> None:
    """R230: a quarter of an hour each, as the plan file says; "ok" is a receipt, and can be taken back."""
    await stage["lars"].commands("ordre evakuér stuen på Birkehøj @Gitte kl 18")
    await stage["lars"].presses("Udsted ordre")
    await stage.forward(minutes=14)
    assert (await orders_of(stage))[0]["asked"] == ["gitte"]
    await stage.forward(minutes=2)
    assert (await orders_of(stage))[0]["asked"] == ["gitte", "hanne"]
    assert told(await stage.export(), "order") == {"gitte", "hanne"}
    await stage.forward(minutes=15)
    assert await stage["kim"].sees("20 00 00 14")
    assert any("der skal ringes" in each["summary"] for each in await stage.log("reminder"))
    await stage["hanne"].says("ok")
    (order,) = await orders_of(stage)
    assert (order["state"], order["acknowledged_by"]) == ("acknowledged", "hanne")
    await stage["hanne"].presses("Nej, ret")
    assert (await orders_of(stage))[0]["state"] == "issued"
    await stage["kim"].commands("ordre 1 modtaget")
    assert (await orders_of(stage))[0]["acknowledged_by"] == "kim"
    await stage["hanne"].commands("ordre 1 udført alle er ude")
    assert (await orders_of(stage))[0]["report"] == "alle er ude"
    assert await stage["lars"].sees("alle er ude")


@pytest.mark.long
@in_one_chat
async def test_when_an_orders_time_is_up_whoever_has_it_and_whoever_gave_it_are_asked_and_nobody_else(
    stage: Stage,
) -> None:
    """R230 R105: the one who acknowledged it, or the one it was given to; none for what is done or not yet issued."""
    for words in (
        "evakuér stuen på Birkehøj @Gitte kl 18",
        "spær vejen @Mads kl 18",
        "hent sandsække @Finn kl 18",
    ):
        await stage["lars"].commands(f"ordre {words}")
        await stage["lars"].presses("Udsted ordre")
    await stage["lars"].commands("ordre skriv et brev @Sara kl 18")
    await stage.forward(minutes=16)
    await stage["hanne"].commands("ordre 1 modtaget")
    await stage["finn"].commands("ordre 3 udført")
    await stage.at("17:59")
    assert not any("Fristen for ordre" in line["summary"] for line in await stage.log("reminder"))
    await stage.at("18:01")
    late = [line for line in await stage.log("reminder") if "Fristen for ordre" in line["summary"]]
    assert [(line["summary"], line["receiver"]) for line in late] == [
        ("Fristen for ordre 1 er nået, og den er ikke meldt udført", "hanne, lars"),
        ("Fristen for ordre 2 er nået, og den er ikke meldt udført", "mads, lars"),
    ]
    for person, number in (("hanne", 1), ("mads", 2), ("lars", 1), ("lars", 2)):
        assert await stage[person].sees(f"Fristen for ordre {number} er nu")
    for person in ("gitte", "finn", "sara", "kim"):
        assert not await stage[person].sees("Fristen for ordre")


@pytest.mark.long
@in_one_chat
async def test_an_orders_time_that_is_up_after_the_stand_down_is_asked_about_by_nobody(stage: Stage) -> None:
    """R230 R017."""
    await stage["lars"].commands("ordre spær vejen @Mads kl 18")
    await stage["lars"].presses("Udsted ordre")
    await stage["mads"].presses("Modtaget")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs", text="vandet er væk")
    await stage.at("18:30")
    assert not await stage["mads"].sees("Fristen for ordre")


@pytest.mark.long
@in_teams
async def test_an_order_is_never_run_by_a_misspelling_nor_written_by_anybody(stage: Stage) -> None:
    """R230 R227 D03: asked about first; only the staff; the end is the end."""
    await stage["kim"].commands("ordrre spær vejen @Mads")
    assert await orders_of(stage) == []
    await stage["finn"].commands("ordre spær vejen @Mads")
    await stage["mads"].commands("ordre spær vejen @Mads")
    assert await orders_of(stage) == []
    await stage["kim"].commands("ordre spær vejen @Ingen")
    await stage["lars"].presses("Udsted ordre")
    (order,) = await orders_of(stage)
    assert (order["state"], order["to"]) == ("draft", None)
    await stage["kim"].fills_in("Ret", to="Mads", task="spær vejen")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    assert not await stage["lars"].has("Udsted ordre")
    assert (await orders_of(stage))[0]["number"] is None


@pytest.mark.long
@in_teams
async def test_every_decision_is_in_the_log_with_a_number_and_others_propose(stage: Stage) -> None:
    """R205 R227: by the chief, by the minute-taker on the chief's behalf, or on somebody's proposal; also "ikke at"."""
    await stage["lars"].commands("beslut skolerne i Hedehusene lukker kl 12 i morgen")
    await stage["eva"].commands("beslut ikke at evakuere Birkehøj")
    await stage["hanne"].commands("beslut plejecentre får pumper først")
    await stage["hanne"].commands("beslut kantinen lukker")
    first, second, third, fourth = await stage.part("decisions")
    assert (first["number"], first["decided_by"], first["negative"]) == (1, "lars", False)
    assert (second["number"], second["decided_by"], second["registered_by"]) == (2, "lars", "eva")
    assert second["negative"] is True
    assert (third["number"], third["state"], fourth["state"]) == (None, "proposed", "proposed")
    assert not await stage["hanne"].has("Beslut")
    await stage["lars"].fills_in("Nej tak", reason="den er allerede lukket")
    await stage["lars"].presses("Beslut")
    third, fourth = (await stage.part("decisions"))[2:]
    assert (third["number"], third["state"], third["decided_by"]) == (3, "decided", "lars")
    assert fourth["state"] == "declined"
    numbered = [line for line in await stage.log("decision") if "decision" in line["refs"]]
    assert [(line["refs"]["decision"], line["sender"], line["verification"]) for line in numbered] == [
        (1, "lars", "confirmed"),
        (2, "lars", "unconfirmed"),
        (3, "lars", "confirmed"),
    ]
    await stage["eva"].fills_in("Ret", text="ikke at evakuere Birkehøj i dag")
    export = await stage.export()
    assert export["decisions"][1]["text"] == "ikke at evakuere Birkehøj i dag"
    assert export["log_state"][str(second["log_no"])]["corrected_by"] == export["log"][-1]["no"]


@in_slack
async def test_alternatives_are_set_up_and_the_chief_chooses_with_one_press(stage: Stage) -> None:
    """R226 R228: two or more, or one with a reason; an item for the next meeting; the choice is a decision."""
    await stage["tina"].commands("oplæg skal Birkehøj evakueres?")
    await stage["tina"].fills_in("Skriv oplæg", situation="skal Birkehøj evakueres?", a_what="evakuér nu")
    (paper,) = await stage.part("option_papers")
    assert not await stage["lars"].has("Vælg A")
    assert await stage.part("agenda_items") == []
    await stage["tina"].fills_in(
        "Ret",
        situation="skal Birkehøj evakueres?",
        a_what="evakuér nu",
        a_pros="sikkert",
        a_cons="koldt og sent",
        a_resources="3 busser",
        b_what="vent til kl 18",
        b_cons="vandet stiger",
    )
    (paper,) = await stage.part("option_papers")
    assert [each["letter"] for each in paper["options"]] == ["A", "B"]
    assert (paper["options"][0]["pros"], paper["options"][0]["resources"]) == ("sikkert", "3 busser")
    (item,) = await stage.part("agenda_items")
    assert (item["kind"], item["state"], "vent til kl 18" in item["recommendation"]) == ("decision", "open", True)
    await stage["tina"].presses("Vælg B")
    assert (await stage.part("option_papers"))[0]["chosen"] is None
    await stage["lars"].presses("Vælg A")
    export = await stage.export()
    assert (export["option_papers"][0]["chosen"], export["option_papers"][0]["chosen_by"]) == ("A", "lars")
    assert [(each["number"], each["paper"]) for each in export["decisions"]] == [(1, 1)]
    assert export["agenda_items"][0]["state"] == "treated"
    await stage["tina"].commands("oplæg")
    await stage["tina"].fills_in(
        "Skriv oplæg", situation="vand i rådhuset", a_what="luk kælderen", only_one="der er kun én vej ud"
    )
    await stage["lars"].presses("Vælg A")
    assert (await stage.part("decisions"))[1]["paper"] == 2


@in_one_chat
async def test_a_decision_is_passed_on_to_the_fora_that_need_it(stage: Stage) -> None:
    """R136: the chiefs' forum is told each where they are; the intranet's text goes to communication, who publish."""
    await stage["lars"].commands("beslut skolerne lukker i morgen")
    await stage["lars"].fills_in("Del beslutning", forum="chefforum")
    shared = (await stage.log("notice"))[-1]
    assert set(shared["receiver"].split(", ")) == {
        *("anne", "ole", "sara"),
        *("rune", "gitte", "per", "ulla", "jon", "kaj"),
    }
    await stage["lars"].fills_in("Del beslutning", forum="intranet")
    assert (await stage.log("notice"))[-1]["receiver"] == "bo"
    assert await stage["bo"].sees("skolerne lukker i morgen")


@in_slack
async def test_a_decision_in_the_chiefs_name_outside_a_meeting_is_the_chiefs_only_when_the_chief_says_so(
    stage: Stage,
) -> None:
    """R227: the recorder registers; the line is unconfirmed until the chief has answered; the nearest who may not is the
    recorder."""
    await stage["eva"].commands("beslut ikke at evakuere Birkehøj")
    (row,) = [each for each in await stage.part("decisions") if each["registered_by"] == "eva"]
    line = row["log_no"]
    assert (await stage.part("log_state"))[str(line)]["verification"] == "unconfirmed"
    assert not await stage["eva"].has("Det er ikke besluttet")
    await stage["lars"].presses("Bekræft")
    assert (await stage.part("log_state"))[str(line)]["verification"] == "confirmed"
    assert await stage["eva"].sees("er bekræftet af Lars Vinther")
    await stage["eva"].commands("beslut at lukke skolerne")
    await stage["lars"].presses("Det er ikke besluttet")
    assert [each["state"] for each in await stage.part("decisions") if each["registered_by"] == "eva"] == [
        "decided",
        "declined",
    ]
    assert await stage["eva"].sees("ikke truffet")


@pytest.mark.long
@in_one_chat
async def test_what_one_of_those_asked_does_stands_on_the_others_card_and_in_the_log_as_it_was_said(
    stage: Stage,
) -> None:
    """R230: nobody else sets out for what somebody has done already."""
    await stage["lars"].commands("ordre evakuér stuen på Birkehøj @Gitte kl 18")
    await stage["lars"].presses("Udsted ordre")
    await stage.forward(minutes=16)
    await stage["hanne"].commands("ordre 1 modtaget")
    assert await stage["gitte"].sees("✅ Modtaget kl. 15:16 af Hanne Toft.")
    assert not await stage["gitte"].has("Modtaget")
    deputys = "Du får den som stedfortræder: Gitte Krag har ikke kvitteret."
    assert [await stage[person].sees(deputys) for person in ("hanne", "gitte")] == [True, False]
    await stage["hanne"].commands("ordre 1 udført alle er ude")
    assert await stage["gitte"].sees("✅ *Ordre 1 er udført* kl. 15:16")
    assert await stage["kim"].sees("✅ udført kl. 15:16 af Hanne Toft")
    await stage["lars"].commands("ordre spær vejen @Mads")
    await stage["lars"].presses("Udsted ordre")
    await stage["mads"].presses("Udført")
    done = [each["summary"] for each in await stage.log("order_status")]
    assert done == ["Ordre 1 er udført: alle er ude", "Ordre 2 er udført"]
