"""What is filed on the case, what still isn't, and what the other municipalities get, on every platform."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stage.platforms import in_one_chat, in_teams
from tests.stage.prologue import after, cloudburst, follows
from tests.stage.stage import Stage


@follows(cloudburst)
async def begun(stage: Stage) -> None:
    await stage.at("15:00")


stage = after(begun)


async def missing(stage: Stage) -> list[dict[str, Any]]:
    return list(await stage.part("not_journalised"))


@pytest.mark.long
@in_teams
async def test_orders_decisions_and_what_went_out_wait_for_a_document_number(stage: Stage) -> None:
    """R187 R231: in the list until it is given, by form or in one breath; any line of the log can be filed."""
    assert await missing(stage) == []
    await stage["lars"].commands("ordre spær Hovedgaden @Mads kl 17")
    assert await missing(stage) == []
    await stage["lars"].presses("Udsted ordre")
    await stage["lars"].commands("beslut skolerne lukker i morgen")
    await stage["bo"].commands("budskab")
    await stage["bo"].fills_in("Nyt budskab", audience="borgere", nature="vand i Hedehusene")
    await stage["bo"].fills_in("Er udgivet", channel="htk.dk")
    order, decision, message = await missing(stage)
    assert (order["kind"], decision["kind"], message["kind"]) == ("order", "decision", "communication")
    assert order["log_no"] == (await stage.part("orders"))[0]["log_no"]
    await stage["finn"].commands(f"journal {order['log_no']} D26-1")
    assert len(await missing(stage)) == 3
    await stage["kim"].commands(f"journal {order['log_no']} D26-1")
    await stage["kim"].fills_in("Skriv dokumentnummer", log_no=str(decision["log_no"]), document_no="D26-2")
    assert [each["kind"] for each in await missing(stage)] == ["communication"]
    await stage["kim"].commands("log ? brev fra Movia om linje 119")
    letter = (await stage.log("information"))[-1]["no"]
    await stage["kim"].commands(f"journal {letter}")
    assert [each["log_no"] for each in await missing(stage)] == [message["log_no"], letter]
    await stage["bo"].commands("mail @Mads Fælles budskaber")
    await stage["bo"].presses("Send til 1")
    mail = (await missing(stage))[-1]
    assert (mail["kind"], mail["what"]) == ("communication", "Mailen »Fælles budskaber« til @Mads")
    assert mail["log_no"] == (await stage.part("nudges"))[0]["log_no"]
    filed = await stage.part("journalised")
    assert [(each["document_no"], each["filed_by"]) for each in filed] == [("D26-1", "kim"), ("D26-2", "kim")]


@pytest.mark.long
@in_one_chat
async def test_the_secretariat_is_reminded_in_the_evening_and_at_the_end(stage: Stage) -> None:
    """R187 R181: what is missing, the case's numbers too; the list still works when the staff has stood down."""
    await stage["lars"].commands("beslut skolerne lukker i morgen")
    (decision,) = await missing(stage)

    async def reminders() -> int:
        return sum("journaliseret" in line["summary"] for line in await stage.log("reminder"))

    await stage.at("19:59")
    assert await reminders() == 0
    await stage.at("20:01")
    assert await reminders() == 1
    # Kim has not answered the summons: the task came with others, half an hour later.
    await stage["kim"].presses("Vis 2")
    await stage["kim"].fills_in("Skriv sagsnumre", esdh="26/1234", c3="4711")
    crisis = await stage.part("crisis")
    assert (crisis["case_ref"], crisis["c3_ref"]) == ("26/1234", "4711")
    await stage["kim"].commands("sag ESDH: 26/1235")
    await stage["kim"].commands("sag c3 4712")
    crisis = await stage.part("crisis")
    assert (crisis["case_ref"], crisis["c3_ref"]) == ("26/1235", "4712")
    await stage.forward(days=1)
    assert await reminders() == 2
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs")
    assert await stage["kim"].sees("Ikke journaliseret: 1")
    await stage["kim"].fills_in("Skriv dokumentnummer", log_no=str(decision["log_no"]), document_no="D26-9")
    assert await missing(stage) == []
    assert await reminders() == 3
    await stage.forward(days=2)
    assert await reminders() == 3


@pytest.mark.long
@in_teams
async def test_what_c3_shall_have_is_ready_to_copy_and_marked_when_it_is_there(stage: Stage) -> None:
    """R168 T16: decisions, tasks and what has happened, never what is confidential; by whom and when."""
    await stage["kim"].commands("c3 4711")
    assert (await stage.part("crisis"))["c3_ref"] == "4711"
    for _ in range(9):
        if await stage["kim"].has("Overført til C3"):
            await stage["kim"].presses("Overført til C3")
    before = await stage.part("c3_transfers")
    assert {each["by"] for each in before} == {"kim"}
    assert [each["up_to"] for each in before] == sorted({each["up_to"] for each in before})
    await stage["kim"].commands("log ! viadukten er spærret af politiet")
    await stage["lars"].commands("beslut skolerne lukker i morgen")
    last = (await stage.log("decision"))[-1]["no"]
    await stage["tina"].commands("c3")
    assert await stage["tina"].sees("viadukten er spærret af politiet")
    assert await stage["tina"].sees("skolerne lukker i morgen")
    await stage["tina"].presses("Overført til C3")
    *_, newest = await stage.part("c3_transfers")
    assert (newest["up_to"], newest["by"]) == (last, "tina")
    await stage["kim"].commands("c3")
    assert await stage["kim"].sees("intet nyt til C3")
    await stage["kim"].commands("log ! broen er åben")
    written = (await stage.part("log"))[-1]["no"]
    await stage["kim"].commands(f"c3 overført til og med nr. {written}")
    assert (await stage.part("c3_transfers"))[-1]["up_to"] == written
    assert (await stage.part("crisis"))["c3_ref"] == "4711"
