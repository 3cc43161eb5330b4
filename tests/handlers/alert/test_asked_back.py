"""Whoever is woken and asks back reads the warning again, and is rung by whoever gave it. Plan §4."""

from __future__ import annotations

import pytest

from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, follows
from tests.stage.stage import Stage

WARNING = "der er røg på 2. sal på Birkehøj"


async def smoke(stage: Stage) -> None:
    """Mads, whose number the plan knows, warns; Jens is asked."""
    await stage["mads"].says(WARNING)
    await stage["mads"].presses("Ja")


@follows(smoke)
async def taken(stage: Stage) -> None:
    """Jens has it, and has decided nothing."""
    await stage["jens"].says("jeg har den")


asked, has_it = after(smoke), after(taken)


async def newest(stage: Stage, person: str) -> str:
    return (await stage[person].reads())[-1]


@in_slack
async def test_who_asks_what_it_is_reads_the_warning_who_gave_it_and_their_number(asked: Stage) -> None:
    """R005 R022: they were asked whether they wanted to warn of something, and did not see what of."""
    for words in (
        "hvad er det?",
        "hvem er du",
        "hvad drejer det sig om",
        "hvem er det der skriver",
        "???",
        "hvor alvorligt er det",
        "det må være en fejl",
        "jeg sover",
        "kan det passe?",
    ):
        await asked["jens"].says(words)
        seen = await newest(asked, "jens")
        assert WARNING in seen, words
        assert "Mads Rosen" in seen, words
        assert "20 00 00 13" in seen.replace("+45", ""), words
        assert not await asked["jens"].has("Ved ikke"), words
    assert "Her er Krisebot" not in seen
    await asked["jens"].says("hvem er du")
    assert "Her er Krisebot" in await newest(asked, "jens")
    await asked["jens"].presses("Jeg har den")
    assert [step["result"] for step in await asked.part("escalation")] == ["contact"]
    assert not await asked["jens"].has("Jeg har den")


@in_slack
async def test_who_wants_to_be_rung_is_rung_by_whoever_warned(asked: Stage) -> None:
    """R005: the bot can't ring; the one who is at the fire can, and gets the number."""
    await asked["jens"].says("kan du ringe til mig")
    assert await asked["jens"].sees("Mads Rosen er bedt om at ringe til dig nu")
    assert WARNING in await newest(asked, "jens")
    called = [text for text in await asked["mads"].reads() if "beder dig ringe" in text]
    assert len(called) == 1
    assert "20 00 00 01" in called[0]
    await asked["jens"].says("ring mig op!")
    assert len([text for text in await asked["mads"].reads() if "beder dig ringe" in text]) == 1
    assert [step["result"] for step in await asked.part("escalation")] == [None]
    assert await asked.crises() == 1


@pytest.mark.long
@in_teams
async def test_so_it_is_for_who_has_taken_it_and_what_to_decide_stands_there(has_it: Stage) -> None:
    """R005 R007: "hvad var det nu det var?", three minutes later."""
    for words in ("hvor var det henne", "ring til mig"):
        await has_it["jens"].says(words)
        seen = await newest(has_it, "jens")
        assert WARNING in seen
        assert "Mads Rosen" in seen
    assert await has_it["mads"].sees("Jens Lund beder dig ringe")
    await has_it["jens"].presses("Niveau 2")
    assert (await has_it.export())["crisis"]["level"] == 2
    assert not await has_it["jens"].has("Niveau 1")


@in_one_chat
async def test_an_answer_is_still_an_answer_and_a_danger_of_ones_own_a_warning(asked: Stage) -> None:
    """R005: nothing that was read before is taken for a question."""
    await asked["jens"].says("hvad sker der her der er brand på rådhuset nu")
    assert await asked["jens"].sees("lagt til nr. 1")
    await asked["jens"].says("undskyld jeg kan ikke, er på ferie")
    assert [step["result"] for step in await asked.part("escalation")] == ["declined", None]


@in_one_chat
async def test_whoever_was_not_asked_reads_nothing_of_it(asked: Stage) -> None:
    """R005 R182: the next in the chain, before it is their turn, and a stranger."""
    for person in ("lars", "nabo"):
        await asked[person].says("hvad er det?")
        assert not await asked[person].sees(WARNING)
        await asked[person].says("kan du ringe til mig")
    assert not await asked["mads"].sees("beder dig ringe")
