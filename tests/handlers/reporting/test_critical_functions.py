"""Critical functions: a clock that somebody's own words start, that warns at half time, and that "kører igen" stops."""

from __future__ import annotations

from datetime import timedelta

import pytest

from handlers.core.language import outages
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage
from tests.tables import examples

stage = after(cloudburst)
PLAN = {
    "Nødkald": ("Nødkald", "nødkaldsanlæg"),
    "Omsorgssystem": ("Omsorgssystem",),
    "Drikkevand": ("Drikkevand", "vandforsyning"),
    "Hjemmepleje": ("Hjemmepleje",),
}
DOWN = (
    "Nødkaldet er nede",
    "NØDKALD ER NEDE!!",
    "nodkald er nede, nødkaldet er nede",
    "Omsorgssystemet virker ikke",
    "omsorgssystemet er ude af drift siden kl 13",
    "Fra IT: Omsorgssystemet er gået ned, og vi leder efter fejlen",
    "Nødkald er nede og skal genstartes",
    "vandforsyningen er afbrudt i Fløng",
    "Der er nedbrud i omsorgssystemet",
    "Drikkevandet er væk i hele kommunen",
    "Hjemmeplejen kører ikke",
    "Vejen er spærret. Nødkaldet er brudt sammen.",
    "nødkaldet kører ikke igen endnu",
    "Nødkaldsanlægget er stadig nede",
    "telefonen virker, men nødkaldet er nede",
    "Mads siger at nødkaldet er nede",
    "nødkald er nede på Birkehøj",
    "nødkaldet er nede på birkehøj 3. sal",
    "Nødkaldet virker ikke på Torstorp",
    "drikkevandet er væk i Fløng",
    "omsorgssystemet er nede i Sundhed",
)
SILENT = (
    "Er nødkaldet nede?",
    "er nødkaldet nede",
    "Nødkaldet er nede, er det rigtigt?",
    "Ved I om nødkaldet er nede",
    "Hvad gør vi hvis nødkaldet er nede",
    "Nødkaldet er ikke nede",
    "nødkald er ikke påvirket",
    "Nødkaldet var nede i går",
    "Der er risiko for at nødkaldet går ned",
    "Nødkaldet er måske nede",
    "Nødkaldet skal lukkes ned kl 15",
    "nødkaldet bliver lukket ned i morgen",
    "Ingen nødkald er nede",
    "Mads fra hjemmeplejen er nede i kælderen",
    "Hjemmeplejen er nede i kælderen",
    "Hjemmeplejen er nede på depotet efter bleer",
    "Hjemmeplejen er nede hos Finn",
    "Hjemmeplejen er nede på 10 mand",
    "Hjemmeplejens bil er brudt sammen",
    "hjemmeplejen er ude hos borgerne",
    "Hjemmeplejen svarer ikke på telefonen",
    "Hjemmeplejen kører ikke forbi skolen",
    "vand i kælderen på Birkehøj",
    "vi har brug for drikkevand",
    "Der er intet nedbrud i omsorgssystemet",
    "nedbruddet i omsorgssystemet er løst",
    "nødkaldets strøm er nede",
    "øvelse: nødkaldet er nede hvis vi trykker her",
    "Jeg tror nødkaldet er nede",
    "nødkald",
    "",
)
UP = (
    "Nødkaldet kører igen",
    "nødkald virker igen nu",
    "Nødkaldet er oppe igen",
    "Nødkald var nede, men det virker igen",
    "nødkaldet er genoprettet",
    "Nødkaldet er i drift",
    "nødkaldet er ikke længere nede",
    "Nødkaldet gik ned, men kører igen",
)
NOT_UP = (
    "Kører nødkaldet igen?",
    "hvornår kører nødkaldet igen",
    "Nødkaldet kører ikke",
    "vi håber nødkaldet kører igen",
    "nødkaldet forventes at køre igen kl 17",
    "når nødkaldet kører igen ringer vi",
    "Nødkaldet er snart oppe igen",
)


@examples("text", DOWN)
def test_what_is_told_as_a_fact_is_down(text: str) -> None:
    """R258: in people's own words, with any ending of the name."""
    heard = outages.read(PLAN, text)
    assert [each.state for each in heard.values()] == ["down"], heard


@examples("text", SILENT)
def test_a_question_a_negation_and_somebody_elses_trouble_start_nothing(text: str) -> None:
    """R258: no false start."""
    assert [each for each in outages.read(PLAN, text).values() if each.state == "down"] == []


@examples("text", UP)
def test_what_runs_again_is_heard(text: str) -> None:
    """R258: the last word counts."""
    assert outages.read(PLAN, text)["Nødkald"].state == "up"


@examples("text", NOT_UP)
def test_what_is_hoped_for_asked_about_or_to_come_stops_nothing(text: str) -> None:
    """R258: a clock is not stopped by a wish."""
    assert [each for each in outages.read(PLAN, text).values() if each.state == "up"] == []


def test_a_text_without_end_is_read_at_once() -> None:
    """R258: hostile words are read no longer than others."""
    assert outages.read(PLAN, "nødkald er " * 40_000) == {}


@pytest.mark.long
@in_slack
async def test_a_report_that_names_a_function_starts_a_clock_that_warns_at_half_time(stage: Stage) -> None:
    """R258: the staff and whoever answers for it; the second report of the same starts nothing."""
    await stage["line"].commands("melding Nødkaldet er nede på alle plejecentre")
    await stage["mads"].commands("melding nødkaldet er nede her også")
    await stage["kim"].commands("log ! nødkaldet er nede")
    (row,) = await stage.part("outages")
    assert (row["function"], row["state"], row["told_by"], row["responsible"]) == (
        "Nødkald",
        "running",
        "line",
        "hanne",
    )
    assert await stage["hanne"].sees("Nødkald er nede siden")
    await stage.forward(minutes=29)
    assert not await stage["tina"].sees("Halvdelen af tiden er gået")
    await stage.forward(minutes=2)
    assert await stage["tina"].sees("Halvdelen af tiden er gået: Nødkald er stadig nede")
    assert await stage["hanne"].sees("Halvdelen af tiden er gået")
    await stage["kim"].commands("status")
    assert await stage["kim"].sees("Nødkald nede siden")
    await stage.forward(minutes=30)
    assert await stage["tina"].sees("Nødkald har stået stille længere, end planen tillader")
    assert len([line for line in await stage.log("reminder") if "Nødkald" in line["summary"]]) == 2


@pytest.mark.long
@in_teams
async def test_it_ends_when_somebody_who_answers_for_it_says_that_it_runs_again(stage: Stage) -> None:
    """R258: a stranger's word is put before the staff, and the clock goes on until somebody there says so."""
    await stage["kim"].commands("log ? kl 13:50: nødkaldet er nede")
    (row,) = await stage.part("outages")
    assert row["since"][11:16] == "11:50"
    await stage["finn"].commands("melding nødkaldet kører igen")
    assert (await stage.part("outages"))[0]["state"] == "running"
    assert await stage["tina"].sees("Uret går, til nogen i staben siger det samme.")
    await stage["hanne"].commands("melding nødkaldet kører igen")
    (row,) = await stage.part("outages")
    assert (row["state"], row["ended_by"]) == ("ended", "hanne")
    assert not await stage["hanne"].has("Kører igen")
    await stage.forward(hours=3)
    assert not [line for line in await stage.log("reminder") if "Nødkald" in line["summary"]]
    await stage["kim"].commands("log ! nødkaldet er nede igen")
    assert [each["state"] for each in await stage.part("outages")] == ["ended", "running"]


@in_one_chat
async def test_what_was_read_wrongly_is_taken_back_with_one_press(stage: Stage) -> None:
    """R258: and who may not stop it is the stranger who reported it."""
    await stage["finn"].commands("melding omsorgssystemet virker ikke")
    await stage["finn"].commands("kritisk omsorgssystem kører igen")
    assert (await stage.part("outages"))[0]["state"] == "running"
    await stage["kim"].presses("Den er ikke nede")
    assert (await stage.part("outages"))[0]["state"] == "mistaken"
    await stage["kim"].commands("kritisk")
    assert await stage["kim"].sees("kører; må højst stå stille i 8 t")


@in_one_chat
async def test_a_function_is_told_of_by_hand_and_one_that_the_plan_does_not_know_is_not(stage: Stage) -> None:
    """R258: `kritisk`, where words alone did not do it."""
    await stage["kim"].commands("kritisk vandforsyning ude siden kl 13")
    (row,) = await stage.part("outages")
    assert (row["function"], row["since"][11:16]) == ("Drikkevand", "11:00")
    await stage["kim"].commands("kritisk rutebiler nede")
    assert len(await stage.part("outages")) == 1
    await stage["kim"].commands("kritisk drikkevand kører igen kl 18")
    assert (await stage.part("outages"))[0]["state"] == "running"
    await stage["kim"].commands("kritisk drikkevand kører igen")
    assert (await stage.part("outages"))[0]["state"] == "ended"


@in_teams
async def test_a_time_that_has_not_been_starts_the_clock_and_is_asked_about(stage: Stage) -> None:
    """R258 R196: the clock waits for nobody's answer; whoever told it and the staff say since when, with weekday and date."""
    await stage["finn"].commands("melding nødkaldet er nede siden kl 23")
    (row,) = await stage.part("outages")
    assert row["since"][:13] == stage.clock.now().isoformat()[:13]
    asked = "Der står siden kl. 23:00, og det er ikke kommet endnu. Mener du onsdag den 1. juli 2026 kl. 23:00?"
    for person in ("tina", "finn", "hanne"):
        assert await stage[person].sees(asked), person
    await stage["finn"].presses("Siden ons. 1/7 kl. 23:00")
    (row,) = await stage.part("outages")
    assert row["since"][:16] == "2026-07-01T21:00"
    await stage.forward(minutes=1)
    assert await stage["tina"].sees("Nødkald har stået stille længere, end planen tillader")
    for person in ("tina", "finn", "hanne"):
        assert not await stage[person].sees(asked), person
        assert not await stage[person].has("Siden ons. 1/7 kl. 23:00"), person


@pytest.mark.long
@in_one_chat
async def test_since_when_is_read_as_it_is_said_and_corrected_with_one_press(stage: Stage) -> None:
    """R258: what can't be read is said; a time in the form that has not been is asked about like any other."""
    for words, since in (
        ("nødkaldet gik ned kl 13:50", "11:50"),
        ("nødkaldet er nede siden klokken 13.40", "11:40"),
        ("nødkaldet gik ned for 20 minutter siden", (stage.clock.now() - timedelta(minutes=20)).strftime("%H:%M")),
        ("nødkaldet er nede siden vi genstartede", stage.clock.now().strftime("%H:%M")),
    ):
        await stage["kim"].commands(f"log ! {words}")
        row = (await stage.part("outages"))[-1]
        assert (row["state"], row["since"][11:16]) == ("running", since), words
        assert await stage["kim"].sees("Jeg kan ikke læse, siden hvornår.") is ("genstartede" in words), words
        await stage["kim"].presses("Kører igen")
    await stage["kim"].commands("kritisk nødkald nede")
    await stage["kim"].presses("Ret tidspunkt", down_since="kl 23")
    assert await stage["kim"].sees("er ikke kommet endnu")
    await stage["kim"].presses("Ja")
    assert (await stage.part("outages"))[-1]["since"][:16] == "2026-07-01T21:00"
    await stage["finn"].commands("kritisk")
    assert not await stage["finn"].has("Ret tidspunkt")


@in_one_chat
async def test_what_is_turned_around_or_asked_stops_and_starts_no_clock(stage: Stage) -> None:
    """R258: one word of it is not what is said."""
    await stage["kim"].commands("kritisk drikkevand er ikke nede")
    assert await stage.part("outages") == []
    await stage["kim"].commands("kritisk drikkevand nede")
    for said in (
        "kritisk drikkevand er ikke oppe",
        "kritisk drikkevand kører det igen?",
        "kritisk drikkevand aldrig oppe",
    ):
        await stage["kim"].commands(said)
        assert [each["state"] for each in await stage.part("outages")] == ["running"], said
    await stage["kim"].commands("kritisk drikkevand oppe")
    assert [each["state"] for each in await stage.part("outages")] == ["ended"]
