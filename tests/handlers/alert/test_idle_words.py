"""A question that tells of nothing is answered, and an insult is met calmly: neither is asked whether it is a warning."""

from __future__ import annotations

import pytest

from handlers.core.language import dangers, idle_words
from tests.handlers.alert.test_own_words import TABLE
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after
from tests.stage.stage import Stage

BARE = [
    "hvad er det",
    "hvad er det?",
    "er du sikker?",
    "er du sikker på det",
    "hvad drejer det sig om",
    "hvorfor skriver du til mig",
    "er det en øvelse?",
    "hvad mener du",
    "passer det?",
    "er det alvor",
    "skal jeg komme",
    "what is this?",
]
TO_THE_BOT = [
    "er du dum",
    "hvor gammel er du",
    "hvad hedder du?",
    "er du en robot?",
    "din idiot",
    "hold kæft",
    "du er en ubrugelig lortebot",
    "fuck dig",
    "kan du lide mig",
    "hvem har lavet dig",
    "hvad er meningen med livet",
    "you are useless",
]
ODD = ["kan man parkere på torvet?", "hvad hedder borgmesteren?", "hvornår åbner biblioteket", "må vi tage hjem?"]
NEEDS_SOMEBODY = [
    "er der nogen",
    "kan nogen komme",
    "kommer ambulancen snart",
    "er du kommet til skade",
    "hvor skal vi gå hen",
    "din idiot der er ild i gryden",
    "er du dum huset brænder",
    "hvad er det der ryger ud af taget",
    "idioter der kaster med sten",
    "hvorfor er der ingen puls?",
    "kan ikke",
    "er med",
    "har den",
]


def test_which_words_tell_of_nothing() -> None:
    """R001 T32: never where a danger is heard, or where somebody in danger may ask it."""
    assert [each for each in BARE if not idle_words.is_bare_question(each)] == []
    assert [each for each in TO_THE_BOT if not idle_words.is_to_the_bot(each)] == []
    assert [each for each in ODD if not idle_words.is_idle_question(each)] == []
    heard = (idle_words.is_bare_question, idle_words.is_to_the_bot, idle_words.is_idle_question)
    told = [*TABLE["grave"], *TABLE["asked_about"], *NEEDS_SOMEBODY]
    assert [each for each in told if any(hears(each) for hears in heard)] == []


def test_a_danger_beside_any_of_them_is_heard() -> None:
    """R001: whoever swears at a fire is heard for the fire."""
    for words in (*BARE, *TO_THE_BOT, *ODD):
        cry = f"{words} der er ild i taget"
        assert dangers.hear(cry) is not None or "øvelse" in cry, cry
        assert not idle_words.is_bare_question(cry), cry
        assert not idle_words.is_to_the_bot(cry), cry


open_stage = after(lambda stage: stage.settle())


@pytest.mark.long
@in_one_chat
async def test_with_nothing_under_way_the_answer_is_calm(open_stage: Stage) -> None:
    """T32: 112 and the door to a warning, and no question; nobody is rung."""
    for number, text in enumerate((*BARE, *TO_THE_BOT, *ODD)):
        actor = open_stage[f"ansat{number}"]
        await actor.says(text)
        assert await actor.sees("ring 112"), text
        assert await actor.has("Send varsel"), text
        assert not await actor.has("Ved ikke"), text
    assert await open_stage.crises() == 0


@in_slack
async def test_an_odd_question_goes_up_by_one_press_with_its_words(open_stage: Stage) -> None:
    """R001: the words are kept."""
    await open_stage["finn"].says("er skolen åben i morgen?")
    await open_stage["finn"].presses("Send varsel")
    assert [alert["text"] for alert in await open_stage.part("alerts")] == ["er skolen åben i morgen?"]


async def level_one(stage: Stage) -> None:
    """Lone has warned, Jens has decided level 1: the directorate has it."""
    await stage["lone"].commands("varsel der lugter af gas på skolen")
    await stage["lone"].presses("Ja")
    await stage["jens"].presses("Jeg har den")
    await stage["jens"].presses("Niveau 1")


one_stage = after(level_one)


@in_teams
async def test_who_has_it_at_level_one_reads_how_it_stands(one_stage: Stage) -> None:
    """R001 R026: they were asked whether it was a warning."""
    for text in ("hvad er det", "er du sikker?"):
        await one_stage["anne"].says(text)
        said = (await one_stage["anne"].reads())[-1]
        assert "der lugter af gas på skolen" in said, text
        assert "Niveau 1" in said, text
    assert not await one_stage["anne"].has("Ved ikke")


@in_teams
async def test_everybody_is_told_who_has_it(one_stage: Stage) -> None:
    """R001: by name, and none of it is sent as a warning."""
    await one_stage["mads"].says("hvem har det")
    assert "Jens Lund" in (await one_stage["mads"].reads())[-1]
    assert "har nr. 1 nu" in (await one_stage["mads"].reads())[-1]
    await one_stage["mads"].says("er biblioteket åbent?")
    assert "Anne Holm" in (await one_stage["mads"].reads())[-1]
    assert not await one_stage["mads"].has("Ved ikke")


async def warned(stage: Stage) -> None:
    """Lone has warned, and Jens is asked."""
    await stage["lone"].commands("varsel der lugter af gas på skolen")
    await stage["lone"].presses("Ja")


own_stage = after(warned)


@in_one_chat
@pytest.mark.parametrize("text", ["hvad er det", "er du sikker?", "din idiot"])
async def test_whoever_warned_is_told_where_it_is_and_it_is_no_news(own_stage: Stage, text: str) -> None:
    """R001: it was read by whoever was asked as more about the warning."""
    await own_stage["lone"].says(text)
    assert (await own_stage["lone"].reads())[-1].startswith("Varsel nr. 1: Jens Lund er spurgt.")
    assert not await own_stage["jens"].sees(text)


@in_one_chat
async def test_who_has_it_at_level_one_is_offered_the_log_and_not_asked_about_a_warning(one_stage: Stage) -> None:
    """R001 R026: what the directorate writes of its own incident, and asks of it."""
    for text in ("pumpen er kørt", "jeg er på vej", "hvor mange er syge?"):
        await one_stage["anne"].says(text)
        assert await one_stage["anne"].has("Gem i log"), text
        assert not await one_stage["anne"].has("Ved ikke"), text
    await one_stage["anne"].says("der er ild i taget nu")
    assert await one_stage["anne"].sees("ring 112")
    assert await one_stage["anne"].has("Ved ikke")
