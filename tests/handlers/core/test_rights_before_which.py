"""Who may not do it on any of several incidents is told so, and not first asked which one it is about."""

from __future__ import annotations

import pytest

from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after
from tests.stage.stage import Stage


async def two_warnings(stage: Stage) -> None:
    """Two employees have warned of two things, and nobody has decided."""
    for person, text in (("lone", "vand i kælderen på rådhuset"), ("bo", "røg i Fløng")):
        await stage[person].commands(f"varsel {text}")
        await stage[person].presses("Ja" if person == "lone" else "Det er en anden hændelse")


stage = after(two_warnings)


@in_one_chat
@pytest.mark.parametrize("command", ["vagt", "svar 1 ja", "log ? der er ro", "eksport", "ret 3 nej"])
async def test_a_stranger_is_refused_before_anything_is_asked(stage: Stage, command: str) -> None:
    """D12 R005: "Hvilken?" was asked of somebody who could do it on none of them."""
    await stage["finn"].commands(command)
    said = (await stage["finn"].reads())[-1]
    assert "Hvilken?" not in said
    assert "Det kan kun" in said
    assert any(label.startswith("Spørg ") for label in await stage["finn"].buttons())


@in_slack
async def test_a_strangers_proposal_is_offered_first_and_asks_which_once_it_is_sent(stage: Stage) -> None:
    """D12 R073: who decides is named; which of them it is about is asked of whoever goes on."""
    await stage["finn"].commands("afblæs")
    assert "Hvilken?" not in (await stage["finn"].reads())[-1]
    await stage["finn"].presses("Send forslag")
    (first,) = [label for label in await stage["finn"].buttons() if label.startswith("1: ")]
    await stage["finn"].presses(first)
    assert [line["kind"] for line in await stage.log("proposal")] == ["proposal"]
    assert not await stage.log("proposal", 2)


@in_slack
async def test_who_may_is_asked_which(stage: Stage) -> None:
    """D12: the nearest who may."""
    await stage["lars"].commands("afblæs")
    assert await stage["lars"].sees("Hvilken?")


async def two_crises(stage: Stage) -> None:
    """Two crises are decided on, side by side."""
    await stage["jens"].commands("aktiver 2 skybrud i Hedehusene")
    await stage["jens"].commands("aktiver 2 strømsvigt i Fløng")
    await stage["jens"].presses("Det er en anden hændelse")


crises_stage = after(two_crises)


@in_teams
async def test_what_is_proposed_to_be_decided_asks_which_and_reaches_that_chief(crises_stage: Stage) -> None:
    """R083 R005: it was a fault of ours, since the proposal was made before there was a crisis to make it in."""
    await crises_stage["finn"].commands("beslut luk skolen")
    (second,) = [label for label in await crises_stage["finn"].buttons() if label.startswith("2: ")]
    await crises_stage["finn"].presses(second)
    assert not await crises_stage.log("proposal")
    assert ["luk skolen" in line["summary"] for line in await crises_stage.log("proposal", 2)] == [True]
    assert await crises_stage["lars"].sees("luk skolen")
