"""The framing staff decides who from outside sits at the table; communication has its headings; readiness is counted."""

from __future__ import annotations

import pytest

from tests.stage import Stage, log_of


@pytest.fixture
async def stage(open_stage: Stage) -> Stage:
    await open_stage["pia"].commands("aktiver 2 skybrud")
    return open_stage


async def test_the_mayor_brings_4k_in_and_the_police_are_rung_to(stage: Stage) -> None:
    """R032: asked explicitly; a yes is a member, or somebody to ring; each is decided once."""
    await stage["lars"].presses("Beredskab 4K: ja")
    await stage["anne"].presses("Politiet: ja")
    told = await stage.export()
    assert [entry["refs"] for entry in log_of(told, "framing_decision")] == [
        {"subject": "4k", "answer": "ja"},
        {"subject": "politi", "answer": "ja"},
    ]
    assert [member["staff"] for member in told["members"] if member["person"] == "jens"] == ["operational"]
    assert any("114" in entry["summary"] for entry in log_of(told, "task"))
    assert not await stage["lars"].has("Beredskab 4K: nej")


async def test_whoever_is_not_of_the_framing_staff_does_not_decide_it(stage: Stage) -> None:
    """R030 R032 D12."""
    await stage["kim"].presses("Beredskab 4K: nej")
    assert not log_of(await stage.export(), "framing_decision")


async def test_communication_gets_the_nine_headings(stage: Stage) -> None:
    """R040 R306."""
    assert await stage["bo"].sees("9. Succeskriterier")


async def test_what_fully_established_still_takes_is_counted(stage: Stage) -> None:
    """R071 R121: the support functions too."""
    await stage["nils"].presses("Kommer")
    await stage["kim"].commands("status", "stab")
    assert await stage["kim"].sees("Støttefunktioner 1 af 2 kommer")


async def test_the_organisation_is_told_again_every_day_while_it_lasts(stage: Stage) -> None:
    """R252: "bliv ved med at informere"; it ends with the crisis."""
    await stage.forward(days=2, minutes=1)
    reminded = [
        each
        for each in log_of(await stage.export(), "reminder")
        if each["receiver"] == "bo" and "hele" in each["summary"]
    ]
    assert len(reminded) == 2


async def test_the_framing_staff_is_called_at_once_with_where_and_those_silent_are_reminded_of_it(stage: Stage) -> None:
    """R033: as soon as the event is a crisis, with the place or the link; moved, every summons says so."""
    assert await stage["anne"].sees("https://moede.htk.example/krisestab")
    await stage["anne"].presses("Kommer")
    await stage["kim"].fills_in("Sted eller link", place="Byrådssalen")
    assert await stage["anne"].sees("Byrådssalen")
    assert await stage["ole"].sees("Byrådssalen")
    moved = log_of(await stage.export(), "framing_meeting")
    assert [line["refs"]["place"] for line in moved] == ["Byrådssalen"]
    before = len(log_of(await stage.export(), "reminder"))
    await stage.forward(minutes=6)
    assert len(log_of(await stage.export(), "reminder")) > before
