"""What stands after `/krise` and is no verb is asked about, and is nobody's news. Plan §4."""

from __future__ import annotations

import pytest

from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after
from tests.stage.stage import Actor, Stage

UNKNOWN = "Den kommando kender jeg ikke."


async def warned(stage: Stage) -> None:
    """Lone has warned, and Jens is asked."""
    await stage["lone"].commands("varsel der lugter af gas på skolen")
    await stage["lone"].presses("Ja")


stage = after(warned)


async def said_last(actor: Actor) -> str:
    """What the bot said last."""
    return (await actor.reads())[-1]


@in_one_chat
@pytest.mark.parametrize(
    ("text", "like"),
    [
        ("slet 3", "ret <nr>"),
        ("slet 3 og den næste også", "ret <nr>"),
        ("godkend", "referat"),
        ("niveau 1", "opskaler"),
        ("luk", "afblæs"),
        ("xyz", ""),
    ],
)
async def test_an_explicit_word_that_is_no_verb_is_no_news(stage: Stage, text: str, like: str) -> None:
    """R061: it became "Mere om varsel" on the card of whoever was asked."""
    before = (await stage.part("alerts"))[0]["text"]
    await stage["lone"].commands(text)
    said = await said_last(stage["lone"])
    assert UNKNOWN in said
    assert f"»{text}«" in said
    assert like in said
    assert "ring 112" in said
    assert (await stage.part("alerts"))[0]["text"] == before
    assert not await stage["jens"].sees(text)


@in_teams
async def test_so_it_is_with_the_bots_name_in_front(stage: Stage) -> None:
    """R061: `@Krisebot` is as explicit as `/krise`."""
    await stage["lone"].says("@Krisebot slet 3")
    assert UNKNOWN in await said_last(stage["lone"])


@in_slack
async def test_what_was_meant_as_news_is_added_with_one_press(stage: Stage) -> None:
    """R061: the words are kept."""
    await stage["lone"].commands("tagrenden hænger")
    await stage["lone"].presses("Føj til varsel nr. 1")
    assert await stage["jens"].sees("tagrenden hænger")
    assert not await stage["lone"].has("Føj til varsel nr. 1")


@in_one_chat
@pytest.mark.parametrize("text", ["der kommer røg nu", "vi har lukket for hovedhanen nu"])
async def test_what_tells_of_something_is_added_whatever_stands_in_front(stage: Stage, text: str) -> None:
    """R061: danger, and a whole sentence."""
    await stage["lone"].commands(text)
    assert await stage["jens"].sees(text)


@in_one_chat
async def test_thanks_after_the_command_is_thanks(stage: Stage) -> None:
    """R061: `/krise tak` was taken for `tal`."""
    await stage["lone"].commands("tak")
    assert (await said_last(stage["lone"])).startswith("Varsel nr. 1: Jens Lund er spurgt.")


@in_slack
async def test_an_answer_by_its_name_is_that_answer_also_after_the_command(stage: Stage) -> None:
    """R061 R008: `/krise jeg har den` is no verb, and means what it says."""
    await stage["jens"].commands("jeg har den")
    assert [step["result"] for step in await stage.part("escalation")] == ["contact"]


open_stage = after(lambda stage: stage.settle())


@in_one_chat
async def test_with_no_warning_it_is_asked_about_and_the_door_stays_open(open_stage: Stage) -> None:
    """R061: a command that we don't know is no warning, and 112 stands there."""
    await open_stage["finn"].commands("niveau 1")
    assert UNKNOWN in await said_last(open_stage["finn"])
    assert await open_stage["finn"].has("Send varsel")
    assert await open_stage.crises() == 0
    await open_stage["finn"].commands("vand i kælderen på skolen")
    assert await open_stage["finn"].has("Ved ikke")


@in_teams
async def test_a_yes_or_no_after_the_command_answers_the_question(open_stage: Stage) -> None:
    """R061 R004: it was added to the warning as news."""
    await open_stage["finn"].commands("varsel træ på vejen ved Fløng")
    await open_stage["finn"].commands("nej")
    assert [(alert["text"], alert["assessment"]) for alert in await open_stage.part("alerts")] == [
        ("træ på vejen ved Fløng", "no")
    ]


@in_teams
async def test_danger_behind_the_bots_name_is_led_on(open_stage: Stage) -> None:
    """R061 R001: in the chat with the bot alone, as everywhere."""
    await open_stage["finn"].says("@Krisebot der er ild i taget på skolen")
    assert await open_stage["finn"].sees("ring 112")
    assert await open_stage["finn"].has("Ved ikke")
