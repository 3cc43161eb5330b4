"""Help from the Danish Emergency Management Agency goes by way of 4K, and is followed up until it is answered."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stage.platforms import in_one_chat, in_slack, in_teams, only_in_slack
from tests.stage.prologue import after, cloudburst
from tests.stage.slack import SlackStage
from tests.stage.stage import Stage

stage = after(cloudburst)


async def asked(stage: Stage, number: int = 1) -> list[dict[str, Any]]:
    return [dict(row) for row in await stage.part("agency_requests", number)]


async def states(stage: Stage, number: int = 1) -> list[str]:
    return [row["state"] for row in await stage.part("assistance_requests", number)]


@in_slack
async def test_a_request_goes_to_4k_which_passes_it_on_and_tells_the_answer(stage: Stage) -> None:
    """R221: §2, "Være bindeled til Beredskabsstyrelsen"; whoever lacks something is told each time."""
    await stage["mads"].commands("bistand 4 pumper til Birkehøj")
    await stage["kim"].presses("Til BRS gennem 4K")
    (row,) = await asked(stage)
    assert (row["request"], row["person"], row["asked_by"], row["answer"]) == (1, "jens", "kim", None)
    assert await states(stage) == ["forwarded"]
    assert await stage["mads"].sees("Videresendt til Beredskabsstyrelsen, gennem Beredskab 4K")
    assert await stage["jens"].sees("Anmodning til Beredskabsstyrelsen, gennem jer: B1")
    await stage["jens"].presses("Sendt til Beredskabsstyrelsen")
    (row,) = await asked(stage)
    assert row["passed_on_by"] == "jens"
    assert await stage["kim"].sees("afventer svar")
    await stage["jens"].fills_in("Svar fra Beredskabsstyrelsen", answer="yes", said="2 pumper kl 18 på Birkehøj")
    (row,) = await asked(stage)
    assert (row["answer"], row["said"], row["answered_by"]) == ("yes", "2 pumper kl 18 på Birkehøj", "jens")
    assert await states(stage) == ["met"]
    assert await stage["mads"].sees("2 pumper kl 18 på Birkehøj")
    lines = [line for line in await stage.log("assistance") if "agency" in line["refs"]]
    assert [(line["direction"], line["status"]) for line in lines] == [
        ("out", "pending"),
        ("in", "in_progress"),
        ("in", "done"),
    ]
    assert not await stage["jens"].has("Sendt til Beredskabsstyrelsen")


@in_slack
async def test_what_the_agency_cannot_do_is_the_staffs_again(stage: Stage) -> None:
    """R220: never lost: another way is looked for, and the agency may be asked anew."""
    await stage["kim"].commands("beredskabsstyrelsen 4 pumper til Birkehøj")
    assert await states(stage) == ["forwarded"]
    await stage["jens"].fills_in("Svar fra Beredskabsstyrelsen", answer="no", said="alt er i Jylland")
    assert await states(stage) == ["assessing"]
    assert [row["passed_on_by"] for row in await asked(stage)] == ["jens"]
    await stage["kim"].commands("beredskabsstyrelsen B1")
    assert [row["answer"] for row in await asked(stage)] == ["no", None]
    await stage["kim"].commands("beredskabsstyrelsen B1")
    assert len(await asked(stage)) == 2
    await stage["kim"].commands("beredskabsstyrelsen")
    assert await stage["kim"].sees("1 afventer svar.")


@pytest.mark.long
@in_teams
async def test_the_secretariat_is_told_to_ring_when_4k_has_not_said_that_it_has_it(stage: Stage) -> None:
    """R221: after a quarter of an hour; the next at 4K is asked, and whoever rang may say it for them."""
    await stage["kim"].commands("beredskabsstyrelsen 4 pumper til Birkehøj")
    assert not await stage["pia"].sees("gennem jer: B1")
    await stage.forward(minutes=14)
    assert not await stage["kim"].sees("4K har ikke kvitteret")
    await stage.forward(minutes=2)
    assert await stage["kim"].sees("4K har ikke kvitteret for B1 til Beredskabsstyrelsen.")
    assert await stage["kim"].sees("20 00 00 01")
    assert await stage["pia"].sees("gennem jer: B1")
    await stage["kim"].presses("Sendt til Beredskabsstyrelsen")
    assert [row["passed_on_by"] for row in await asked(stage)] == ["kim"]
    assert not await stage["pia"].has("Sendt til Beredskabsstyrelsen")


@pytest.mark.long
@in_one_chat
async def test_a_receipt_in_time_rings_nobody(stage: Stage) -> None:
    """R221: nobody is reminded of what is done."""
    await stage["kim"].commands("beredskabsstyrelsen 4 pumper til Birkehøj")
    await stage["jens"].presses("Sendt til Beredskabsstyrelsen")
    await stage.forward(minutes=30)
    assert not await stage["kim"].sees("4K har ikke kvitteret")
    await stage.forward(minutes=40)
    assert await stage["tina"].sees("Er B1 løst af Beredskabsstyrelsen, gennem Beredskab 4K?")


@in_one_chat
async def test_only_those_who_run_the_staff_ask_for_it(stage: Stage) -> None:
    """R221 D12: the nearest who may not: a contact beside the staff, whose request it is, and the mayor's director."""
    await stage["mads"].commands("bistand 4 pumper til Birkehøj")
    await stage["mads"].commands("beredskabsstyrelsen B1")
    assert await asked(stage) == []
    assert await stage["mads"].sees("Det kan kun")
    await stage["mads"].commands("bistand")
    await stage["ole"].commands("beredskabsstyrelsen 2 pumper")
    assert await asked(stage) == []
    assert len(await states(stage)) == 1


@in_one_chat
async def test_a_request_that_is_settled_or_does_not_exist_is_sent_nowhere(stage: Stage) -> None:
    """R221: a clear sentence."""
    await stage["mads"].commands("bistand 4 pumper til Birkehøj")
    await stage["kim"].fills_in("Afvis", reason="har I selv")
    await stage["kim"].commands("beredskabsstyrelsen B1")
    assert await stage["kim"].sees("B1 er afgjort. Intet er sendt.")
    await stage["kim"].commands("beredskabsstyrelsen b 7")
    assert await stage["kim"].sees("B7 findes ikke. Intet er sendt.")
    await stage["kim"].commands("brs")
    assert await stage["kim"].sees("Intet er spurgt om endnu.")
    assert await asked(stage) == []


@in_one_chat
async def test_whoever_is_away_at_4k_is_not_the_one_who_is_asked(stage: Stage) -> None:
    """R007 R221: the deputy has it."""
    await stage["jens"].commands("fravær til i morgen")
    await stage["kim"].commands("beredskabsstyrelsen 4 pumper til Birkehøj")
    assert [row["person"] for row in await asked(stage)] == ["pia"]


@in_one_chat
async def test_of_two_crises_it_is_the_one_that_is_chosen(stage: Stage) -> None:
    """R221 D04: B1 of the one is not B1 of the other."""
    await stage["ole"].commands("aktiver 2 strømsvigt")
    await stage["ole"].presses("Det er en anden hændelse")
    await stage["kim"].commands("beredskabsstyrelsen 2 nødgeneratorer")
    await stage["kim"].presses("2: strømsvigt")
    assert (len(await asked(stage, 1)), len(await asked(stage, 2))) == (0, 1)
    assert (await states(stage, 1), await states(stage, 2)) == ([], ["forwarded"])


@in_one_chat
async def test_a_request_is_meant_by_its_number_however_it_is_said_and_no_new_one_is_sent(stage: Stage) -> None:
    """R221: "B1 haster nu" is no request of its own, and whoever said more is told that it did not go along."""
    await stage["mads"].commands("bistand 4 pumper til Birkehøj")
    await stage["kim"].commands("beredskabsstyrelsen B1 haster nu")
    assert await stage["kim"].sees("B1 er sendt til Jens Lund")
    assert await stage["kim"].sees("»haster nu« er ikke sendt med.")
    for said in ("B1!", "1", "nr. 1", "anmodning B1", "b 1: nu!!", "-5", "?"):
        await stage["kim"].commands(f"beredskabsstyrelsen {said}")
    assert await stage["kim"].sees("»nu!!« er ikke sendt med.")
    assert await stage["kim"].sees("Hvad mangler? »-5« Intet er sendt.")
    assert (await states(stage), len(await asked(stage))) == (["forwarded"], 1)
    await stage["kim"].commands("beredskabsstyrelsen b2-pumper")
    assert await states(stage) == ["forwarded", "forwarded"]


@only_in_slack
async def test_the_second_of_two_answers_at_once_is_not_lost_without_a_word(stage: SlackStage) -> None:
    """R221: the first stands, and whoever said otherwise knows that it isn't used, and has the words back."""
    await stage["kim"].commands("beredskabsstyrelsen 4 pumper til Birkehøj")
    await stage.forward(minutes=16)
    jens = stage["jens"]
    await jens.person.presses("Svar fra Beredskabsstyrelsen")
    await stage["pia"].fills_in("Svar fra Beredskabsstyrelsen", answer="no", said="alt er i Jylland")
    await jens.person.submits({"answer": "yes", "said": "2 pumper kl 18"})
    await stage.settle()
    assert [(row["answer"], row["answered_by"]) for row in await asked(stage)] == [("no", "pia")]
    assert await jens.sees("så intet er sat i gang. Du skrev:\n»yes«\n»2 pumper kl 18«")
