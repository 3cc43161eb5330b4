"""The staff's own words: in its channel, as a reaction, and beside an answer. Plan §7."""

from __future__ import annotations

import pytest

from tests.stage.platforms import in_one_chat, in_teams, only_in_slack
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)


@only_in_slack
async def test_what_is_written_in_the_channel_is_offered_to_the_log_on_one_card(stage: Stage) -> None:
    """R183, requirement 3.1.4: it counts, it rings nobody anew, and what is saved is its author's."""
    await stage["anne"].says("der står vand i hele Hovedgaden", "stab")
    await stage["kim"].says("pumpen fra Solrød er på vej", "stab")
    await stage["kim"].says("tak", "stab")
    await stage.settle()
    assert await stage["kim"].sees("2 beskeder i kanalen står ikke i loggen")
    assert (await stage["kim"].buttons()).count("Gem i log") == 1
    await stage["kim"].presses("Gem i log")
    saved = [(line["sender"], line["summary"]) for line in await stage.log("saved")]
    assert saved == [("anne", "der står vand i hele Hovedgaden"), ("kim", "pumpen fra Solrød er på vej")]
    assert not await stage["kim"].has("Gem i log")


@pytest.mark.long
@in_teams
async def test_an_answer_with_news_is_both(stage: Stage) -> None:
    """R131 R196: "kommer, men broen er lukket" is an answer and a log line."""
    await stage["anne"].says("kommer, men broen ved Hedehusene er lukket")
    assert (await stage.log("information"))[-1]["summary"] == "broen ved Hedehusene er lukket"
    answers = {each["to"]: each["answer"] for each in await stage.part("notifications") if each["kind"] == "summons"}
    assert answers["anne"] == "kommer, men broen ved Hedehusene er lukket"
    assert await stage["anne"].sees("du kommer")


@in_teams
async def test_what_is_like_an_answer_and_none_is_asked_about_again(stage: Stage) -> None:
    """Requirement 3.4: "ikke ok" is no "ok", and "ok men …" on a condition is none either."""
    for words in ("ikke ok", "ok men kun hvis jeg bliver hentet"):
        await stage["anne"].says(words)
        assert await stage["anne"].sees("Kommer du?")
        assert (await stage.log("information"))[-1]["summary"] == words
    await stage["anne"].presses("Kommer")
    assert await stage["anne"].sees("du kommer")
    assert "Kommer" not in await stage["anne"].buttons()


@in_one_chat
async def test_a_log_line_becomes_a_measure_in_one_press(stage: Stage) -> None:
    """Requirement 3.5: [Lav tiltag]; who may not add one proposes it."""
    await stage["kim"].commands("log ? 40 cm vand i viadukten ved Fløng")
    await stage["kim"].presses("Lav tiltag")
    (measure,) = await stage.part("measures")
    assert "40 cm vand i viadukten ved Fløng" in measure["title"]


@in_one_chat
async def test_the_chief_is_named_by_the_word(stage: Stage) -> None:
    """Requirement 3.1.6: "@chefen" is whoever is chief now."""
    for word in ("krisestabschefen", "chefen"):
        await stage["kim"].commands(f"tiltag ring til DMI @{word}")
    assert [measure["owner"] for measure in await stage.part("measures")] == ["lars", "lars"]


@in_one_chat
async def test_what_the_directorate_is_given_is_its_first_members(stage: Stage) -> None:
    """Requirement 3.1.6: "@direktionen" is a group, and the card tells who has it."""
    await stage["kim"].commands("tiltag afklar økonomien @direktionen kl 18")
    assert [measure["owner"] for measure in await stage.part("measures")] == ["anne"]
    assert await stage["kim"].sees("Ejer: Anne Holm")
    assert await stage["anne"].sees("afklar økonomien")
