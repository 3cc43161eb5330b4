"""What ends things and what is sent outside asks before it runs, and nothing else does: every button that the code names."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from bot.platforms.slack import drawing as slack_drawing
from bot.platforms.teams import drawing as teams_drawing
from handlers.core.card import FIXED, Button, Card
from tests.fakes.slack import blocks as slack_blocks
from tests.fakes.teams import cards as teams_cards
from tests.source import ROOT, modules, parsed
from tests.stage.platforms import only_in_slack, only_in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.slack import SlackStage
from tests.stage.stage import Stage
from tests.stage.teams import TeamsStage

stage = after(cloudburst)

# Written by hand, after issue 15 and the plan: an action that isn't here runs when it is pressed, or by its own dialog.
ASKS = {
    "stand_down.deactivate": "Afblæs",
    "stand_down.deescalate": "Nedskaler",
    "agenda.send": "Udsend",
    "minutes.send": "Udsend",
    "nudge.send": "Send til 4",
    "nudge.again": "Igen til 2",
    "coordination.ask_service": "Bed 4K facilitere",
    "agency.ask": "Til BRS gennem 4K",
}
# What brings something outside and is filled in first: its dialog is the question.
FILLED_IN = {"assistance.forward", "budskab.published", "nudge.form", "decisions_shared.share"}
# These never cost a second press: seconds count, or people are drilled on them.
NEVER = {
    "Ja",
    "Nej",
    "Ved ikke",
    "Jeg har den",
    "Kan ikke",
    "Niveau 1",
    "Niveau 2",
    "Ingen krise – følg",
    "Opskaler",
    "Kommer",
}
NEVER |= {"Send varsel", "Send varsel alligevel", "Det haster: spørg alle nu", "Modtaget", "Mit center er underrettet"}
# Buttons whose action is no word where they are made, and what it is there.
ELSEWHERE = {
    "SPLIT": set[str](),
    "WORDS[subject][2]": {"stand_down.deactivate", "stand_down.deescalate"},
    # Another one's button, under another label or in a dialog of its own.
    "other.do": set(),
    "chosen.do": set(),
    "do": set(),
    # As it was kept in a row.
    "": set(),
}


def made() -> Iterator[tuple[str, str, set[str], bool, bool]]:
    """Where each button is made, its label, what it does, and whether it asks and has a form."""
    for path in modules("handlers"):
        for call in ast.walk(parsed(path)):
            if not isinstance(call, ast.Call) or ast.unparse(call.func).rpartition(".")[2] != "Button":
                continue
            given = {each.arg: each.value for each in call.keywords if each.arg}
            label, do = (
                call.args[at] if len(call.args) > at else given.get(name) for at, name in enumerate(("label", "do"))
            )
            said = label.value if isinstance(label, ast.Constant) else ""
            does = {str(do.value)} if isinstance(do, ast.Constant) else ELSEWHERE[ast.unparse(do) if do else ""]
            form = given.get("form") or (call.args[4] if len(call.args) > 4 else None)
            yield f"{path.relative_to(ROOT)}:{call.lineno}", str(said), does, "confirm" in given, form is not None


def test_every_button_that_the_code_names_asks_or_does_not_as_it_is_written_here() -> None:
    """R080: `Afblæs`, `nedskaler` and what is sent outside ask; `Ja`, `Jeg har den` and a level never do."""
    faults, met = [], set[str]()
    for where, label, does, asks, has_form in made():
        met |= does
        if asks != bool(does & ASKS.keys()):
            faults.append(f"{where}: {label} {does} {'asks' if asks else 'does not ask'}")
        if asks and (has_form or label in NEVER):
            faults.append(f"{where}: {label} may not ask")
        if does & FILLED_IN and not has_form:
            faults.append(f"{where}: {label} {does} is not filled in")
    assert faults == []
    assert {*ASKS, *FILLED_IN} - met == set()
    assert len(met) > 250


@pytest.mark.parametrize("do", ASKS)
@pytest.mark.parametrize("beside", [0, 8], ids=["alone", "among many"])
def test_each_of_them_asks_in_slack_and_in_teams_wherever_it_stands(do: str, beside: int) -> None:
    """R080: no menu takes the question from it, and the button that does it has the label that people know."""
    label, asked = ASKS[do], "Vil du det? Alle får besked nu."
    others = tuple(Button(f"Andet {number}", "help.all", {"n": number}) for number in range(beside))
    card = Card("x", buttons=(*others, Button(label, do, {"crisis": 1}, confirm=asked)))
    drawn = [each for _, each in slack_blocks.buttons(slack_drawing.message(card, 7)) if each["text"]["text"] == label]
    assert [each["confirm"]["text"]["text"] for each in drawn] == [asked]
    assert [each["confirm"]["confirm"]["text"] for each in drawn] == [label]
    every = teams_drawing.adaptive(card, 7)
    asks = [each for each in teams_cards.actions(every) if each["title"] == f"{label} …"]
    assert [each["type"] for each in asks] == ["Action.ShowCard"]
    assert asked in teams_cards.shown(asks[0]["card"])
    assert [(each["type"], each["title"]) for each in asks[0]["card"]["actions"]] == [("Action.Execute", label)]
    assert [each["type"] for each in teams_cards.actions(every) if each["title"] == label] == ["Action.Execute"]


def test_none_that_people_are_drilled_on_but_these_two_asks() -> None:
    assert FIXED & set(ASKS.values()) == {"Afblæs", "Udsend"}


@only_in_slack
async def test_the_typed_verb_asks_in_slack(stage: Stage) -> None:
    """R073: `afblæs` in words ends nothing by itself: the card's own button does, and Slack asks first."""
    assert isinstance(stage, SlackStage)
    await stage["lars"].commands("afblæs")
    (card,) = [each for each in stage["lars"].person.messages() if "Afblæs" in each.buttons]
    (button,) = [each for _, each in slack_blocks.buttons(card.blocks) if each["text"]["text"] == "Afblæs"]
    assert button["confirm"]["text"]["text"].startswith("Vil du afblæse krisestaben? Nr. 1")
    assert (await stage.part("crisis"))["deactivated_at"] is None


@only_in_teams
async def test_the_typed_verb_asks_in_teams(stage: Stage) -> None:
    """R073: the card has no button that does it before the question is opened."""
    assert isinstance(stage, TeamsStage)
    await stage["lars"].commands("afblæs")
    (card,) = [each for each in stage["lars"].person.messages() if "Afblæs" in each.buttons]
    (asks,) = [each for each in teams_cards.actions(card.card or {}) if each["title"] == "Afblæs …"]
    assert asks["type"] == "Action.ShowCard"
    assert "Vil du afblæse krisestaben? Nr. 1" in teams_cards.shown(asks["card"])
    assert (await stage.part("crisis"))["deactivated_at"] is None
