"""Whoever has warned and writes of something else can say so: it gets a chain of its own. Plan §4."""

from __future__ import annotations

import pytest

from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, follows
from tests.stage.stage import Stage

FIRST, SECOND = "der lugter af gas på skolen", "der er også oversvømmelse på Fløng plejecenter"


async def warned(stage: Stage) -> None:
    """Lone has warned of gas, Jens is asked; then she writes of something else."""
    await stage["lone"].commands(f"varsel {FIRST}")
    await stage["lone"].presses("Ja")
    await stage["lone"].says(SECOND)


stage = after(warned)


@in_teams
async def test_a_second_matter_is_added_by_default_and_parted_by_one_press(stage: Stage) -> None:
    """D04: its own number, log and chain; the first warning no longer has its words."""
    assert await stage.crises() == 1
    assert (await stage.part("alerts"))[0]["text"] == f"{FIRST}\n{SECOND}"
    await stage["lone"].presses("Det er en anden hændelse")
    assert [alert["text"] for alert in await stage.part("alerts")] == [FIRST]
    assert [alert["text"] for alert in await stage.part("alerts", 2)] == [SECOND]
    assert [step["person"] for step in await stage.part("escalation", 2)] == ["jens"]
    assert (await stage.part("crisis"))["title"] == FIRST
    assert any("føres nu som nr. 2" in line["summary"] for line in await stage.log("assessment"))
    assert await stage["lone"].sees("varsel nr. 2 for sig")
    assert await stage["jens"].sees("Varsel nr. 2")
    await stage["lone"].says("vandet stiger")
    assert (await stage.part("alerts", 2))[0]["text"] == f"{SECOND}\nvandet stiger"


@in_slack
async def test_it_can_be_put_back(stage: Stage) -> None:
    """D04: joining and parting are each undone by the other, and both logs are kept."""
    await stage["lone"].presses("Det er en anden hændelse")
    await stage["lone"].presses("Det hører til nr. 1")
    assert [alert["text"] for alert in await stage.part("alerts")] == [FIRST, SECOND]
    assert {step["result"] for step in await stage.part("escalation", 2)} == {"stopped"}


@in_one_chat
@pytest.mark.parametrize("text", ["det er en anden hændelse", "Nej, det er noget andet!"])
async def test_it_may_be_written_instead(stage: Stage, text: str) -> None:
    """D04: it was added to the warning as news."""
    await stage["lone"].says(text)
    assert [alert["text"] for alert in await stage.part("alerts", 2)] == [SECOND]


@in_slack
async def test_a_thanks_in_between_does_not_make_it_news(stage: Stage) -> None:
    """D04: "det er noget andet" was added to the first warning, once its sender had said thanks."""
    await stage["lone"].says("tak")
    await stage["lone"].says("det er noget andet")
    assert [alert["text"] for alert in await stage.part("alerts")] == [FIRST]
    assert [alert["text"] for alert in await stage.part("alerts", 2)] == [SECOND]


@follows(warned)
async def taken(stage: Stage) -> None:
    """Jens has taken it, with both in it."""
    await stage["jens"].presses("Jeg har den")


taken_stage = after(taken)


@in_slack
async def test_whoever_has_it_is_told_that_it_is_no_part_of_it(taken_stage: Stage) -> None:
    """D04: and the chain for the second begins with them too, who may well be busy."""
    await taken_stage["lone"].presses("Det er en anden hændelse")
    assert await taken_stage["jens"].sees("hører ikke til nr. 1")
    assert [step["person"] for step in await taken_stage.part("escalation", 2)] == ["jens"]


@in_one_chat
async def test_nobody_elses_words_are_parted(stage: Stage) -> None:
    """D04: whoever joins the same chain parts their own warning only."""
    await stage["finn"].commands("varsel røg i Fløng")
    await stage["finn"].presses("Det er en anden hændelse")
    assert [alert["text"] for alert in await stage.part("alerts")] == [f"{FIRST}\n{SECOND}"]
    assert [alert["text"] for alert in await stage.part("alerts", 2)] == ["røg i Fløng"]


async def asked(stage: Stage) -> None:
    """Lone has told of gas, and has parted a second matter from it before she answers the question."""
    await stage["lone"].says(FIRST)
    await stage["lone"].says(SECOND)
    await stage["lone"].presses("Det er en anden hændelse")


asked_stage = after(asked)


@in_one_chat
async def test_a_yes_still_answers_the_first_ones_question(asked_stage: Stage) -> None:
    """R004 D04: "ja" was added to the second as news, and the first waited."""
    await asked_stage["lone"].says("ja")
    assert [(alert["text"], alert["assessment"]) for alert in await asked_stage.part("alerts")] == [(FIRST, "yes")]
    assert [alert["text"] for alert in await asked_stage.part("alerts", 2)] == [SECOND]
    assert [step["person"] for step in await asked_stage.part("escalation")] == ["jens"]
