"""An answer with news is both: whoever writes "ja det brænder nu" has said yes. Plan §4."""

from __future__ import annotations

import pytest

from handlers.core.language import answers_with_news
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst, follows
from tests.stage.stage import Stage

FIRST = "der lugter af gas på skolen"


async def asked(stage: Stage) -> None:
    """Lone has told of gas, and has the plan's question before her."""
    await stage["lone"].says(FIRST)


stage = after(asked)


@in_slack
async def test_a_yes_with_news_is_sent_on_at_once_with_the_news(stage: Stage) -> None:
    """R004 R131: it was added, and she was told to press Ja."""
    await stage["lone"].says("ja det brænder nu")
    (alert,) = await stage.part("alerts")
    assert (alert["text"], alert["assessment"]) == (f"{FIRST}\nja det brænder nu", "yes")
    assert [step["person"] for step in await stage.part("escalation")] == ["jens"]
    assert await stage["jens"].sees("ja det brænder nu")
    assert await stage["lone"].sees("Jens Lund er spurgt")


@in_one_chat
@pytest.mark.parametrize("text", ["ja men det er slukket igen", "nej der er røg i Fløng", "ja er det nok?"])
async def test_what_is_unclear_is_added_and_asked(stage: Stage, text: str) -> None:
    """R004: nobody is rung, and nothing is put away, on a guess."""
    await stage["lone"].says(text)
    (alert,) = await stage.part("alerts")
    assert (alert["text"], alert["assessment"]) == (f"{FIRST}\n{text}", None)
    assert await stage["lone"].has("Ved ikke")


open_stage = after(lambda stage: stage.settle())


@in_slack
async def test_so_it_is_with_words_that_were_met_with_the_question(open_stage: Stage) -> None:
    """R001 R004: no second question after a yes."""
    await open_stage["lone"].says("vandet er brunt")
    await open_stage["lone"].says("ja det er over hele skolen")
    (alert,) = await open_stage.part("alerts")
    assert (alert["text"], alert["assessment"]) == ("vandet er brunt\nja det er over hele skolen", "yes")
    assert [step["person"] for step in await open_stage.part("escalation")] == ["jens"]


@follows(cloudburst)
async def asked_where(stage: Stage) -> None:
    """A crisis runs; Lone warns of smoke, and is asked whether it belongs to it."""
    await stage["lone"].commands("varsel der er røg på Birkehøj")
    await stage["lone"].presses("Ja")


where_stage = after(asked_where)


@in_teams
async def test_a_yes_with_news_says_where_it_belongs(where_stage: Stage) -> None:
    """D04: its staff's chief gets it at once, with the news."""
    await where_stage["lone"].says("ja tak, det er i kælderen")
    assert await where_stage["lars"].sees("ja tak, det er i kælderen")
    assert await where_stage.part("escalation", 2) == []
    assert await where_stage["lone"].sees("Lars Vinther har fået det")


@in_one_chat
@pytest.mark.parametrize("text", ["ved ikke", "nej der er røg i Fløng"])
async def test_whoever_does_not_know_where_it_belongs_does_not_wait(where_stage: Stage, text: str) -> None:
    """D04: "ved ikke" was thanked for, and nobody was asked for two minutes."""
    await where_stage["lone"].says(text)
    assert [step["person"] for step in await where_stage.part("escalation", 2)] == ["jens"]


@in_one_chat
async def test_nobody_is_thanked_while_it_is_open_where_it_belongs(where_stage: Stage) -> None:
    """D04: what is written meanwhile is added, and nobody has it yet."""
    await where_stage["lone"].says("det er i kælderen")
    assert await where_stage["lone"].sees("Svar også på, hvor det hører til")
    assert not await where_stage["lone"].sees("Det er noteret")


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Ja, det brænder!!", "yes"),
        ("yes it is spreading", "yes"),
        ("nej der er røg i Fløng", "no"),
        ("ja", None),
        ("jakken ligger der", None),
        ("ja hvis I kan", None),
        ("ja nej", None),
        ("nej ikke rigtig", None),
        ("ja, er I på vej?", None),
        ("det brænder, ja", None),
    ],
)
def test_which_answer_news_begins_with(text: str, read: str | None) -> None:
    """R131: one that is taken back, or has a condition, is none."""
    assert answers_with_news.read(text) == read
