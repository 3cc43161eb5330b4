"""What is drawn for Teams is what was written, within what Teams takes."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.engine.staff_channels import name_of
from bot.platforms.slack.platform import Slack
from bot.platforms.teams import drawing
from bot.platforms.teams.drawing import Press
from bot.platforms.teams.platform import Teams
from bot.platforms.teams.text import from_html, plain, without_mention
from handlers.core.card import Button, Card, Field, quote
from tests.fakes.teams.cards import actions, inputs, inspect_card, walk
from tests.tables import examples

WORDS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=300)
NAMES = st.text("abcdefgh_", min_size=1, max_size=8)
BUTTONS = st.builds(
    Button,
    label=WORDS.filter(str.strip),
    do=NAMES,
    args=st.dictionaries(NAMES, st.integers() | WORDS, max_size=3),
    style=st.sampled_from(["normal", "primary", "danger"]),
)
FIELDS = st.builds(Field, id=NAMES, label=WORDS.filter(str.strip), value=WORDS, required=st.booleans())
CARDS = st.builds(
    Card,
    text=st.lists(WORDS, max_size=10).map("\n".join),
    facts=st.lists(st.tuples(WORDS, WORDS), max_size=4).map(tuple),
    fields=st.lists(FIELDS, max_size=3, unique_by=lambda each: each.id).map(tuple),
    buttons=st.lists(BUTTONS, max_size=10).map(tuple),
)


def lines(card: dict[str, Any]) -> list[str]:
    """What a person reads, block by block."""
    blocks = [each for each in walk(card) if each.get("type") == "RichTextBlock"]
    return ["".join(run["text"] for run in each["inlines"]) for each in blocks]


def bold(card: dict[str, Any]) -> list[str]:
    runs = [run for each in card["body"] if each["type"] == "RichTextBlock" for run in each["inlines"]]
    return [run["text"] for run in runs if run.get("weight") == "Bolder"]


@pytest.mark.long
@given(card=CARDS)
def test_teams_takes_any_card(card: Card) -> None:
    drawn = drawing.adaptive(card, 7)
    inspect_card(drawn)
    assert sorted(each["title"] for each in actions(drawn)) == sorted(
        drawing.shorten(each.label, 75) for each in card.buttons
    )
    assert [each["id"] for each in inputs(drawn)] == [each.id for each in card.fields]
    assert "TextBlock" not in {each["type"] for each in walk(drawn) if "type" in each}


@given(text=WORDS.filter(str.strip))
def test_a_users_words_are_shown_to_the_letter_and_never_as_markup(text: str) -> None:
    drawn = drawing.adaptive(Card(quote(text)), 1)
    assert [each.replace("\u2060", "") for each in lines(drawn)] == [quote(text).replace("\u2060", "")]
    assert bold(drawn) == []


def test_what_the_bot_means_to_be_bold_is_bold() -> None:
    drawn = drawing.adaptive(Card("Skriv */krise status* nu", facts=(("Sted", "Fløng"),)), 1)
    assert lines(drawn) == ["Skriv @Krisebot status nu", "Sted: Fløng"]
    assert bold(drawn) == ["@Krisebot status", "Sted: "]


def test_a_date_macro_in_a_users_words_is_not_carried_out() -> None:
    (line,) = lines(drawing.adaptive(Card("{{DATE(2026-07-02T14:00:00Z,SHORT)}} {{andet}}"), 1))
    assert "{{DATE" not in line
    assert "{{andet}}" in line


def test_an_empty_line_is_space_and_not_lost_words() -> None:
    drawn = drawing.adaptive(Card("Først\n\nSå"), 1)
    assert [(each["spacing"], each["inlines"][0]["text"]) for each in drawn["body"]] == [
        ("none", "Først"),
        ("medium", "Så"),
    ]


@examples("sign", ["x", "Å", "💧", '"', "*"])
def test_what_is_too_large_is_shortened_visibly_and_keeps_its_end_and_its_buttons(sign: str) -> None:
    text = f"Det begynder. {sign * 50_000} Kommer du?"
    card = Card(text, facts=(("Sted", sign * 50_000),) * 40, buttons=(Button("Ja", "x"),))
    drawn = drawing.message(card, 1)
    assert len(json.dumps(drawn["attachments"], ensure_ascii=False).encode()) <= 28 * 1024
    content = drawn["attachments"][0]["content"]
    read = "\n".join(lines(content))
    assert "forkortet" in read
    assert "Det begynder." in read
    assert "Kommer du?" in read
    assert [each["title"] for each in actions(content)] == ["Ja"]


def test_what_may_stand_there_already_says_so() -> None:
    drawn = drawing.message(Card("Ring til mig"), 1, repeated=True)
    assert drawn["summary"] == "(gentaget) Ring til mig"
    assert lines(drawn["attachments"][0]["content"]) == ["(gentaget) Ring til mig"]


def test_a_notification_says_what_the_card_says() -> None:
    assert drawing.message(Card("*Vand*\ni kælderen", facts=(("Sted", "Fløng"),)), 1)["summary"] == (
        "Vand\ni kælderen\nSted: Fløng"
    )


@pytest.mark.long
@given(press=st.builds(Press, NAMES, NAMES, st.dictionaries(NAMES, st.integers() | WORDS)), filled=st.text(max_size=9))
def test_a_button_brings_back_what_it_carried_whatever_the_fields_are_called(press: Press, filled: str) -> None:
    fields = {"m": filled, "do": filled, "args": filled, "values": filled}
    came = Press.read({**press.data(msteams={"type": "task/fetch"}), **fields})
    assert (came.message, came.do, came.args) == (press.message, press.do, press.args)
    assert came.values == fields


@pytest.mark.parametrize(
    "data", [None, 7, [], "x", {}, {"krisebot": []}, {"krisebot": {"m": 1, "do": "x", "args": {}}}], ids=str
)
def test_what_is_not_from_our_buttons_is_told_apart(data: Any) -> None:
    with pytest.raises(ValueError, match="not one of our buttons"):
        Press.read(data)


def test_a_form_shows_its_fields_and_keeps_what_was_filled_in_on_the_message() -> None:
    button = Button(
        "Kommer",
        "x",
        form=(Field("who", "Hvem?", "choice", required=True, choices=(("a", "Anne"), ("b", "Bo"))),),
        form_title="Kommer du?",
    )
    shown = drawing.dialog(button, Press("7", "x", {}, {"note": "husk"}))["task"]["value"]
    inspect_card(shown["card"]["content"])
    assert shown["title"] == "Kommer du?"
    (send,) = actions(shown["card"]["content"])
    assert (send["type"], send["title"]) == ("Action.Submit", "Kommer")
    assert Press.read({**send["data"], "who": "a"}).values == {"note": "husk", "who": "a"}


def test_gem_i_log_shows_the_whole_message_however_long() -> None:
    grade = Field("grade", "Hvem må se linjen?", "choice", required=True, value="staff", choices=(("staff", "Stab"),))
    dialog = drawing.save_dialog("x" * 9000, "Skrevet af *Eva Lind* 14:00", [grade], "f:1")
    shown = dialog["task"]["value"]["card"]["content"]
    inspect_card(shown)
    assert [each["value"] for each in inputs(shown)] == ["x" * 9000, "staff"]
    assert lines(shown) == ["Skrevet af Eva Lind 14:00"]


def test_our_own_card_can_be_read_again() -> None:
    drawn = drawing.adaptive(Card("*Vand*\ni kælderen", facts=(("Sted", "Fløng"),)), 1)
    assert drawing.words_of(drawn) == "Vand\ni kælderen\nSted: Fløng"
    assert drawing.words_of("x") == drawing.words_of(None) == drawing.words_of({"body": 7}) == ""


@examples(
    ("html", "text"),
    [
        ("<div>40 cm vand</div>", "40 cm vand"),
        ("<p>Et</p><p>To<br>Tre</p>", "Et\n\nTo\nTre"),
        ("<div>3 &lt; 4 &amp; 5&nbsp;m</div>", "3 < 4 & 5 m"),
        ("<div><at id='0'>Eva</at>: kom</div>", "Eva: kom"),
        ("<style>p{}</style><ul><li>a</li><li>b</li></ul>", "• a\n• b"),
        ("", ""),
    ],
)
def test_a_message_shown_as_html_is_read_as_it_was_written(html: str, text: str) -> None:
    assert from_html(html) == text


def test_others_who_are_mentioned_keep_their_names() -> None:
    text = "<at>Krisebot</at>&nbsp; ring til <at>Pia Krogh</at>\n"
    assert without_mention(text, ["<at>Krisebot</at>"]) == "ring til Pia Krogh"
    assert plain("<at>Pia Krogh</at> kom") == "Pia Krogh kom"


def test_a_channel_in_teams_is_named_in_danish_letters_and_elsewhere_by_what_is_taken_there() -> None:
    """R093: Slack and the rehearsal chat take none of them."""
    decided, zone = datetime(2026, 7, 2, 12, tzinfo=UTC), ZoneInfo("Europe/Copenhagen")
    assert name_of("Kloak står op, Ålekæret", decided, zone, danish=True) == "krise-2026-07-02-kloak-står-op-ålekæret"
    assert name_of("Kloak står op, Ålekæret", decided, zone) == "krise-2026-07-02-kloak-staar-op-aalekaeret"
    assert name_of("Prøve", decided, zone, exercise=True, danish=True) == "øvelse-2026-07-02-prøve"
    assert Teams.way.danish
    assert not Slack.way.danish
