"""The guide is reached from each card: what it says of that card's buttons comes first. Bilag 1."""

from __future__ import annotations

from tests.stage.platforms import in_slack, in_teams, only_in_slack, only_in_teams
from tests.stage.prologue import after, outbreak
from tests.stage.slack import SlackStage
from tests.stage.stage import Actor, Stage
from tests.stage.teams import TeamsStage

stage = after(outbreak)
SUMMONS = "Krisestaben er aktiveret"
ABOUT = "Om knapperne på kortet"


async def is_told(person: Actor) -> None:
    """The newest they read tells of the summons' two buttons, and the summons still waits for its answer."""
    told = (await person.reads())[-1]
    assert told.index(ABOUT) < told.index("[Kommer]") < told.index("[Kan ikke]")
    # A tired person has not the whole page before them, and has it with one press.
    assert len(told) < 1000
    assert await person.has("Hele vejledningen")
    assert await person.has("Kommer")


@in_slack
async def test_vejledning_as_an_answer_to_a_card_tells_of_its_buttons_first_and_answers_nothing(stage: Stage) -> None:
    """R303 D08: whoever asks what a button does has not pressed it."""
    sara = stage["sara"]
    await sara.answers(SUMMONS, "vejledning")  # type: ignore[attr-defined]
    await is_told(sara)


@only_in_slack
async def test_in_slack_vejledning_is_in_the_menu_of_every_card(stage: SlackStage) -> None:
    """R303: also of somebody else's message, which has no buttons of ours: then it is the reader's own page."""
    sara = stage["sara"]
    card = next(each for each in sara.person.messages() if each.from_bot and SUMMONS in each.shown)
    assert (await sara.person.shortcut("Vejledning", card)).status == 200
    await stage.settle()
    await is_told(sara)
    await stage["per"].says("Er der noget nyt?", "generelt")
    await sara.person.shortcut("Vejledning", stage.slack.messages("generelt")[-1])
    await stage.settle()
    # Her own page, and where she asked, that it is in her own chat.
    page, pointer = sorted((await sara.reads())[-2:], key=len, reverse=True)
    assert ABOUT not in page
    assert "Dem, der kan beslutte" in page
    assert "i chatten med Krisebot" in pointer


@only_in_teams
async def test_in_teams_vejledning_is_in_the_menu_of_every_card(stage: TeamsStage) -> None:
    """R303: the dialog says where it stands."""
    sara = stage["sara"]
    card = next(each for each in sara.person.messages() if each.from_bot and SUMMONS in each.shown)
    person = sara.person
    await person.saves(card, "Vejledning")
    assert person.notice == "Vejledningen står i din chat med Krisebot."
    await stage.settle()
    await is_told(sara)


@in_teams
async def test_vejledning_alone_is_the_readers_own_page(stage: Stage) -> None:
    await stage["sara"].commands("vejledning")
    assert ABOUT not in (await stage["sara"].reads())[-1]
