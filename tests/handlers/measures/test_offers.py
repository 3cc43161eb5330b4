"""Offers: what a unit can do without is taken, matched with what is asked for, and used or thanked for."""

from __future__ import annotations

import pytest

from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)


@in_slack
async def test_an_offer_is_matched_with_an_open_request_and_used_with_one_press(stage: Stage) -> None:
    """R074: need, number, skill and from when; both are told by name; the request is followed by a measure."""
    await stage["hanne"].commands("bistand 4 pædagoger til Birkehøj")
    await stage["line"].says("vi kan undvære 2 pædagoger fra kl 17")
    (offer,) = await stage.part("offers")
    assert (offer["offerer"], offer["quantity"], offer["skill"], offer["state"]) == ("line", "2", "pædagoger", "new")
    assert offer["available_at"][11:16] == "15:00"
    assert await stage["line"].sees("Det passer til B1.")
    assert await stage["tina"].sees("Ledigt tilbud TB1")
    await stage["tina"].presses("Brug til B1")
    (offer,) = await stage.part("offers")
    assert (offer["state"], offer["request"], offer["measure"]) == ("used", 1, 1)
    assert (await stage.part("measures"))[0]["owner"] == "line"
    assert await stage["hanne"].sees("Line Brix")
    assert (await stage.part("assistance_requests"))[0]["state"] == "assessing"
    assert not await stage["tina"].has("Brug til B1")
    assert not await stage["tina"].has("Brug TB1")


@pytest.mark.long
@in_teams
async def test_a_request_that_comes_after_the_offer_is_shown_it(stage: Stage) -> None:
    """R074: at night as well as by day; whatever came first."""
    await stage.at("23:30")
    await stage["line"].commands("tilbud 2 pædagoger")
    await stage["hanne"].commands("bistand pædagog til Birkehøj")
    assert await stage["tina"].has("Brug TB1")
    await stage["tina"].presses("Brug TB1")
    assert [each["state"] for each in await stage.part("offers")] == ["used"]


@in_one_chat
async def test_only_those_who_run_the_staff_use_an_offer_and_only_whoever_made_it_takes_it_back(stage: Stage) -> None:
    """R074 R168: the nearest who may not: another centre's contact, and a member of the staff."""
    await stage["line"].commands("tilbud 2 pædagoger fra kl 17")
    await stage["mads"].commands("tilbud")
    assert not await stage["mads"].has("Brug til B1")
    await stage["line"].presses("Træk tilbuddet tilbage")
    (offer,) = await stage.part("offers")
    assert (offer["state"], offer["answered_by"]) == ("withdrawn", "line")


@in_one_chat
async def test_an_offer_that_fits_nothing_is_kept_and_whoever_made_it_is_told_who_has_it(stage: Stage) -> None:
    """R074 R220: "2 pumper" is no answer to "4 mand"; nobody is sent off on their own."""
    await stage["hanne"].commands("bistand 4 mand til Birkehøj")
    await stage["line"].commands("tilbud 2 pumper")
    assert await stage["line"].sees("Send ingen, før du får besked.")
    assert not await stage["line"].sees("Det passer til")
    await stage["kim"].presses("Ikke brug for nu")
    assert await stage["line"].sees("Der er ikke brug for det lige nu")
    assert (await stage.part("offers"))[0]["state"] == "declined"


@in_slack
async def test_what_a_centre_answers_that_it_can_spare_is_an_offer_with_one_press(stage: Stage) -> None:
    """R074 R223 R259: a number of something is one where just that was asked, and matched as any other; nothing is sent before
    the press, and an answer that says no is none."""
    await stage["hanne"].commands("bistand 4 pedeller til Birkehøj")
    await stage["tina"].commands("ping undvære")
    await stage["line"].says("vi har ingen at undvære")
    assert not await stage["line"].has("Send tilbud")
    await stage["mads"].says("2 pedeller fra kl 17")
    assert await stage.part("offers") == []
    await stage["mads"].presses("Send tilbud")
    (offer,) = await stage.part("offers")
    assert (offer["offerer"], offer["quantity"], offer["skill"], offer["centre"]) == ("mads", "2", "pedeller", "Teknik")
    assert offer["available_at"][11:16] == "15:00"
    assert await stage["mads"].sees("Det passer til B1.")
    assert not await stage["mads"].has("Send tilbud")


@in_one_chat
async def test_all_chip_in_when_a_centre_calls_and_what_they_offer_is_there_to_use(stage: Stage) -> None:
    """R261 R074: "skal alle byde ind": also where it is written in the form, and where nobody has decided yet."""
    await stage["rune"].commands("aktiver vi kan ikke følge med i kloakken")
    await stage["hanne"].fills_in("Skriv svar", text="3 assistenter kl 17")
    await stage["hanne"].presses("Send tilbud")
    (offer,) = await stage.part("offers", 2)
    assert (offer["text"], offer["offerer"], offer["skill"]) == ("3 assistenter kl 17", "hanne", "assistenter")


@in_one_chat
async def test_a_need_that_was_written_in_the_form_is_sent_with_its_words(stage: Stage) -> None:
    """R220: it became a request for nothing: the answer's own words were left behind in the form."""
    await stage["tina"].commands("ping alle hvordan går det")
    await stage["hanne"].fills_in("Skriv svar", text="ok men vi mangler 4 mand på Birkehøj")
    await stage["hanne"].presses("Send")
    (request,) = await stage.part("assistance_requests")
    assert (request["text"], request["quantity"], request["place"]) == (
        "ok men vi mangler 4 mand på Birkehøj",
        "4",
        "Birkehøj",
    )


@pytest.mark.long
@in_teams
async def test_whoever_offered_what_was_never_used_is_thanked_and_let_go_when_it_is_called_off(stage: Stage) -> None:
    """R074 R075: they were told to wait for word; whose offer was taken back or declined has had it, and hears nothing more."""
    await stage["hanne"].commands("bistand 4 pædagoger til Birkehøj")
    await stage["line"].commands("tilbud 2 pædagoger fra kl 17")
    await stage["mads"].commands("tilbud 2 pumper")
    await stage["mads"].presses("Træk tilbuddet tilbage")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    assert await stage["line"].sees("Tak for tilbuddet TB1. Krisen er afblæst, og det blev ikke brugt: send ingen.")
    assert not await stage["line"].has("Træk tilbuddet tilbage")
    assert not await stage["mads"].sees("Tak for tilbuddet")
    assert [row["state"] for row in await stage.part("offers")] == ["declined", "withdrawn"]
    assert not await stage["tina"].has("Brug til B1")
    assert not await stage["tina"].has("Brug TB1")
