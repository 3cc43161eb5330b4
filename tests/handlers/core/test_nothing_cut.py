"""What is too long for a screen says that it was cut, and no form is filled with less than what it will replace."""

from __future__ import annotations

import ast
import re

import pytest

from bot.engine.platform import Outgoing
from bot.platforms.fallback.gateway import LONGEST_SUBJECT, Gateway, sms_text
from bot.platforms.fallback.sms_alphabet import parts
from bot.platforms.fallback.twilio import aloud
from bot.platforms.slack import drawing as slack_drawing
from bot.platforms.teams import drawing as teams_drawing
from handlers.core.card import Button, Card, Field, quote
from storage.plan import loading
from tests.fakes.slack import blocks as slack_blocks
from tests.fakes.teams import cards as teams_cards
from tests.source import ROOT, modules, parsed

# What cuts a text for a screen.
CUTS = re.compile(r"\b(?:quote|shown|_short|shorten|title_of)$")
WORDS = " ".join(f"ord{number}" for number in range(4000))


def test_no_form_is_filled_with_less_than_what_it_replaces() -> None:
    """R182 D03: what was cut off for a card was lost when the form was sent, and the card's own words stood in the log."""
    faults = []
    for path in modules("handlers"):
        for call in ast.walk(parsed(path)):
            if not isinstance(call, ast.Call) or ast.unparse(call.func) != "Field":
                continue
            given = {each.arg: each.value for each in call.keywords}
            kind = call.args[2] if len(call.args) > 2 else given.get("kind")
            if "value" not in given or kind is None or ast.unparse(kind) != "'long'":
                continue
            filled = list(ast.walk(given["value"]))
            cut = any(isinstance(each, ast.Subscript) and isinstance(each.slice, ast.Slice) for each in filled)
            drawn = any(isinstance(each, ast.Call) and CUTS.search(ast.unparse(each.func)) for each in filled)
            if cut or drawn:
                faults.append(f"{path.relative_to(ROOT)}:{call.lineno}")
    assert faults == []


@pytest.mark.parametrize("length", [2999, 3000, 3001, 6001, 9500])
def test_slacks_dialog_brings_back_every_letter_that_it_was_filled_with(length: int) -> None:
    text = (WORDS * 2)[:length]
    button = Button(
        "Ret", "x.do", {}, form=(Field("text", "Hvad?", "long", value=text, required=True), Field("who", "Hvem?"))
    )
    view = slack_drawing.dialog(button, slack_drawing.Press("7", "x.do", {}))
    state = {"values": slack_blocks.answers(view["blocks"], None, demand=True)}
    assert slack_drawing.values(state)["text"] == text
    assert set(slack_drawing.values(state)) == {"text", "who"}


def test_a_card_that_is_cut_says_how_much_is_left_out_and_keeps_its_question() -> None:
    """R107: and never says that the rest is where it isn't."""
    card = Card(
        f"*Opslag*\n{quote(WORDS)}\nHvad beslutter du?", facts=(("Tiltag", WORDS),), buttons=(Button("Ja", "x.do", {}),)
    )
    for said in (
        slack_blocks.shown(slack_drawing.message(card, 7)),
        teams_cards.shown(teams_drawing.adaptive(card, 7)),
    ):
        assert re.search(r"… \(forkortet: \d+ tegn er udeladt her\) …", said)
        assert "Hvad beslutter du?" in said
        assert "står i loggen" not in said


def test_facts_that_there_is_no_room_for_are_counted() -> None:
    card = Card("x", facts=tuple((f"T{number}", WORDS[:900]) for number in range(60)))
    assert re.search(r"Forkortet: \d+ linjer mere er ikke vist her", slack_blocks.shown(slack_drawing.message(card, 7)))


def test_a_mails_subject_that_is_cut_shows_it_and_ends_with_a_whole_word() -> None:
    way = Gateway("mail", "mailto://x", loading.example)
    post = Outgoing(7, "m/1", 1, Card(WORDS))
    title = way.title("jens@4k.example", post, WORDS)
    assert title.endswith(" …")
    assert title.removesuffix(" …") in WORDS
    assert f"{title.removesuffix(' …')} " in WORDS
    assert len(title) <= LONGEST_SUBJECT
    assert way.title("jens@4k.example", post, "Kort") == "Kort"


def test_an_sms_that_is_cut_shows_it_and_keeps_its_answers() -> None:
    card = Card(WORDS, buttons=(Button("Jeg har den", "x.do", {}), Button("Kan ikke", "x.no", {})))
    said = sms_text(Outgoing(7, "m/1", 1, card), answered=True)
    assert re.search(r" \.\.\.\nSvar med et tal\. 1: Jeg har den, 2: Kan ikke$", said)
    assert parts(said) <= 4


def test_a_call_that_reads_not_all_says_so_and_promises_nothing() -> None:
    """R005: who is rung up may have no chat at all."""
    assert aloud(Card(WORDS)).endswith(". Resten er ikke læst op.")
