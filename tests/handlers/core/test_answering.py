"""An answer that says what it answers, answers that and nothing else: a thread in Slack, a quotation in Teams."""

from __future__ import annotations

from typing import Any

from tests.stage.platforms import in_slack, only_in_slack, only_in_teams
from tests.stage.prologue import after, follows, outbreak
from tests.stage.slack import SlackActor, SlackStage
from tests.stage.stage import Stage
from tests.stage.teams import TeamsStage


@follows(outbreak)
async def asked_twice(stage: Stage) -> None:
    """Line is asked two things, and has answered neither."""
    await stage.at("14:30")
    await stage["tina"].commands("ping børn er der strøm? svar 15")
    await stage["tina"].commands("ping børn er der vand? svar 15")


stage = after(asked_twice)


async def readings(stage: Stage) -> list[str]:
    return [each["reading"] for ping in await stage.part("pings") for each in ping["answers"]]


async def answers(stage: Stage, asked: str, text: str, **how: Any) -> None:
    line = stage["line"]
    assert isinstance(stage, SlackStage | TeamsStage)
    await line.answers(asked, text, **how)  # type: ignore[attr-defined]


@in_slack
async def test_the_quoted_question_is_answered_and_not_the_newest(stage: Stage) -> None:
    """R107 D08: today's newest question took every answer."""
    await answers(stage, "er der strøm?\nKrisestaben", "alt ok her")
    assert await readings(stage) == ["green", "silent"]
    await answers(stage, "er der vand?\nKrisestaben", "gul")
    assert await readings(stage) == ["green", "yellow"]


@in_slack
async def test_the_quoted_summons_is_answered_and_not_the_real_crisis_before_an_exercise(stage: Stage) -> None:
    """R055 D08: whoever quoted one summons was awaited at the other."""
    await stage["pia"].commands("øvelse aktiver 2 strømsvigt")
    assert isinstance(stage, SlackStage | TeamsStage)
    await stage["kim"].answers("Krise nr. 2", "kommer, er der om 20")
    said = [len([line for line in await stage.log("summons", each) if line["sender"] == "kim"]) for each in (1, 2)]
    assert said == [0, 1]


@only_in_teams
async def test_what_is_quoted_is_never_the_writers_words(stage: Stage) -> None:
    """R108 D08: clients that send the quoted words along, in the text and as HTML."""
    await answers(stage, "er der strøm?\nKrisestaben", "nej, ingen varme på skolen", as_html=True)
    line = next(line for line in await stage.log("ping_answer"))
    assert line["summary"] == "Børn: nej, ingen varme på skolen"
    assert await readings(stage) == ["red", "silent"]


@only_in_slack
async def test_a_yes_to_what_no_longer_asks_answers_nothing_else(stage: Stage) -> None:
    """D03: it was taken for an answer to whatever was asked last."""
    line = stage["line"]
    assert isinstance(line, SlackActor)
    await line.commands("hvem er referent")
    asks_nothing = next(each for each in reversed(line.person.messages()) if each.from_bot and not each.buttons)
    await line.answers(asks_nothing.shown, "ja")
    assert await readings(stage) == ["silent", "silent"]
    assert await line.sees("venter ikke længere på et svar")
