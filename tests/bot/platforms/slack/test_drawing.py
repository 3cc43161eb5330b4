"""A card looks as it should in Slack, whatever is in it, and Slack takes it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View

from bot.platforms.slack import drawing
from bot.platforms.slack.drawing import Press, Said
from bot.platforms.slack.text import Mentioned, plain, without_mention
from handlers.core.card import Button, Card, Field, Style, quote
from tests.fakes.slack.blocks import TEXT_IN_ALL_BLOCKS, Inspection
from tests.tables import examples

Json = dict[str, Any]


def refusals(blocks: list[Json]) -> list[str]:
    """What Slack has against a message's blocks, by its own library and by the fake's table of limits."""
    inspection = Inspection()
    inspection.blocks("/blocks", blocks, "message")
    parsed = Block.parse_all(blocks)
    for block in parsed:
        if block is None:
            inspection.fault("/blocks", "unknown to slack_sdk")
        else:
            block.validate_json()
    return inspection.faults


def refusals_of_view(view: Json) -> list[str]:
    inspection = Inspection()
    inspection.view(view, view["type"])
    View(**view).validate_json()
    return inspection.faults


def pieces(blocks: list[Json]) -> list[Json]:
    """The pieces of text, in the order they are read."""
    rich = [block for block in blocks if block["type"] == "rich_text"]
    return [piece for block in rich for section in block["elements"] for piece in section["elements"]]


def heading(blocks: list[Json]) -> str:
    return next((block["text"]["text"] for block in blocks if block["type"] == "header"), "")


def words(blocks: list[Json]) -> str:
    return (f"{heading(blocks)}\n" if heading(blocks) else "") + "".join(piece["text"] for piece in pieces(blocks))


def bold(blocks: list[Json]) -> list[str]:
    return [piece["text"] for piece in pieces(blocks) if piece.get("style", {}).get("bold")]


def drawn(card: Card) -> list[Json]:
    blocks = drawing.message(card, 7)
    assert refusals(blocks) == []
    return blocks


def buttons(blocks: list[Json]) -> list[Json]:
    return [each for block in blocks if block["type"] == "actions" for each in block["elements"]]


def test_stars_are_bold_and_the_rest_is_as_it_was_written() -> None:
    blocks = drawn(Card("*Varsel nr. 1* er modtaget.\n\n1/2  *Kan det berøre kommunen?*"))
    assert heading(blocks) == "Varsel nr. 1 er modtaget."
    assert bold(blocks) == ["Kan det berøre kommunen?"]
    assert words(blocks) == "Varsel nr. 1 er modtaget.\n1/2  Kan det berøre kommunen?"


@examples(
    "typed",
    [
        "<!channel> alle ud",
        "<@U0JENS> kom",
        "<https://ond.example|kommunens side>",
        "_skrå_ ~streg~ `kode` ```blok```",
        "> citat",
        ":ocean: & <b>",
        "*fed*",
    ],
)
def test_what_a_person_wrote_is_text_and_nothing_else(typed: str) -> None:
    """R001: kept and shown to the letter; a warning can't call everybody or hide a link."""
    blocks = drawn(Card(f"*Nyt varsel:* »{quote(typed)}«", facts=(("Ord", quote(typed)),)))
    assert {piece["type"] for piece in pieces(blocks)} <= {"text", "link"}
    assert all(piece["url"] == piece["text"] for piece in pieces(blocks) if piece["type"] == "link")
    assert set(bold(blocks)) <= {"Nyt varsel:", "Ord: "}
    assert quote(typed) in words(blocks)
    assert all(not block["text"].get("emoji") for block in blocks if block["type"] == "header")


def test_a_notification_mentions_and_links_nobody() -> None:
    told = drawing.notification(Card("*Nyt varsel:* »<!channel> R&D <@U0JENS>«", facts=(("Tid", "<!here>"),)))
    assert told == "Nyt varsel: »&lt;!channel&gt; R&amp;D &lt;@U0JENS&gt;«\nTid: &lt;!here&gt;"


def test_a_repetition_says_that_it_is_one() -> None:
    card = Card("*Kan du tage den?*")
    assert words(drawing.message(card, 7, repeated=True)) == "(gentaget) Kan du tage den?"
    assert drawing.notification(card, repeated=True) == "(gentaget) Kan du tage den?"


def test_a_long_text_is_shortened_where_it_shows_and_its_question_stays() -> None:
    blocks = drawn(Card(f"*Nyt varsel*\n»{'vand ' * 4000}«\n\n*Kan du tage den?*"))
    assert sum(len(piece["text"]) for piece in pieces(blocks)) <= drawing.LONGEST
    left_out = re.search(r"forkortet: (\d+) tegn er udeladt her", words(blocks))
    assert left_out
    assert abs(words(blocks).count("vand ") * 5 + int(left_out[1]) - 4000 * 5) < 10
    assert bold(blocks) == ["Kan du tage den?"]


def test_long_and_many_facts_are_shortened_where_it_shows() -> None:
    blocks = drawn(Card("Hvem er hvem", facts=tuple((f"Rolle {number}", "navn " * 300) for number in range(60))))
    assert "Forkortet: 54 linjer mere er ikke vist her" in words(blocks)
    assert words(blocks).startswith("Hvem er hvemRolle 0: navn")


def test_buttons_stand_five_in_a_row_with_their_style() -> None:
    labels = ["Niveau 1", "Niveau 2", "Ingen krise – følg", "Ret", "Afblæs", "Send forslag"]
    styles: list[Style] = ["normal", "primary", "normal", "normal", "danger", "normal"]
    card = Card(
        "Valg", buttons=tuple(Button(label, "x.do", {}, style) for label, style in zip(labels, styles, strict=True))
    )
    blocks = drawn(card)
    assert [len(block["elements"]) for block in blocks if block["type"] == "actions"] == [5, 1]
    assert [each["text"]["text"] for each in buttons(blocks)] == labels
    assert [each.get("style") for each in buttons(blocks)] == [None, "primary", None, None, "danger", None]
    assert len({each["action_id"] for each in buttons(blocks)}) == len(labels)


def test_a_button_brings_back_what_it_was_made_with() -> None:
    form = (Field("text", "Hvad skal der stå?", "long", required=True),)
    blocks = drawn(
        Card("x", buttons=(Button("Ja", "a.b", {"alert": 3, "reply": "yes"}), Button("Ret", "c.d", form=form)))
    )
    yes, mend = (Press.load(each["value"]) for each in buttons(blocks))
    assert yes == Press("7", "a.b", {"alert": 3, "reply": "yes"})
    assert mend == Press("7", "c.d", {}, asks=True)


def test_a_form_shows_its_fields_filled_in_and_demands_only_what_the_plan_demands() -> None:
    fields = (
        Field("text", "Hvad er der sket?", "long", required=True, value="vand"),
        Field("kind", "Slags", "choice", value="media", choices=(("weather", "Vejr"), ("media", "Medieomtale"))),
        Field("at", "Hvornår?", "time"),
        Field("who", "Hvem?", "persons"),
    )
    view = drawing.dialog(Button("Send varsel til beredskabet nu", "x.do", form=fields), Press("7", "x.do", {}))
    assert refusals_of_view(view) == []
    assert [(block["block_id"], block.get("optional", False)) for block in view["blocks"]] == [
        ("text", False),
        ("kind", True),
        ("at", True),
        ("at@pick", False),
        ("who", True),
        ("who@pick", True),
    ]
    text, kind = view["blocks"][0]["element"], view["blocks"][1]["element"]
    assert (text["initial_value"], text["multiline"]) == ("vand", True)
    assert kind["initial_option"]["value"] == "media"
    assert Press.load(view["private_metadata"]) == Press("7", "x.do", {})


def test_answers_come_back_as_plain_texts() -> None:
    state = {
        "values": {
            "title": {"title": {"type": "plain_text_input", "value": "Skybrud"}},
            "empty": {"empty": {"type": "plain_text_input", "value": None}},
            "kind": {"kind": {"type": "static_select", "selected_option": {"value": "media"}}},
            "none": {"none": {"type": "static_select", "selected_option": None}},
        }
    }
    assert drawing.values(state) == {"title": "Skybrud", "empty": "", "kind": "media", "none": ""}
    assert drawing.values(None) == {}


@examples("length", [0, 10, 3000, 3001, 40_000])
def test_a_message_of_any_length_is_saved_whole(length: int) -> None:
    text = ("vand i kælderen " * 2500)[:length]
    grade = Field("grade", "Hvem må se linjen?", "choice", required=True, value="staff", choices=(("staff", "Stab"),))
    view = drawing.save_dialog(Said("C1:1.2", "jens", "1.2"), text, "Skrevet af *Jens Lund* kl. 14:05", [grade])
    assert refusals_of_view(view) == []
    state = {
        "values": {
            block["block_id"]: {
                "x": {
                    "value": block["element"].get("initial_value"),
                    "selected_option": block["element"].get("initial_option"),
                }
            }
            for block in view["blocks"]
            if block["type"] == "input"
        }
    }
    assert drawing.saved(drawing.values(state)) == {"text": text, "grade": "staff"}


CHARACTERS = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
LONG = st.builds(lambda text, times: text * times, CHARACTERS.filter(bool), st.integers(1, 300))
IDS = st.from_regex(r"[a-z][a-z_]{0,20}", fullmatch=True)
FIELDS = st.builds(
    Field,
    IDS,
    LONG.map(lambda text: text[:300]),
    st.sampled_from(["text", "long", "time", "persons"]),
    st.booleans(),
    LONG,
)
BUTTONS = st.builds(
    Button,
    LONG.map(lambda text: text[:100]),
    IDS,
    st.dictionaries(IDS, st.one_of(st.integers(), CHARACTERS), max_size=3),
    st.sampled_from(["normal", "primary", "danger"]),
)
CARDS = st.builds(
    Card,
    LONG,
    st.lists(st.tuples(CHARACTERS.filter(bool), LONG), max_size=20).map(tuple),
    st.lists(FIELDS, max_size=5, unique_by=lambda field: field.id).map(tuple),
    st.lists(BUTTONS, max_size=10).map(tuple),
)


@pytest.mark.long
@settings(max_examples=60, deadline=None)
@given(CARDS)
@example(Card(" "))
def test_slack_takes_any_card(card: Card) -> None:
    inspection = Inspection()
    blocks = drawing.message(card, 2**40)
    inspection.blocks("/blocks", blocks, "message")
    assert inspection.faults == []
    assert inspection.characters <= TEXT_IN_ALL_BLOCKS
    assert len(drawing.notification(card)) < 40_000


@examples(
    ("sent", "typed"),
    [
        ("vand &lt; 3 m &amp; stigende", "vand < 3 m & stigende"),
        ("<@U0JENS> kom", "Jens Lund kom"),
        ("se <#C123|generelt>", "se #generelt"),
        ("<!here> alle", "@here alle"),
        ("<!subteam^S1|@stab>", "@stab"),
        ("<!subteam^S2> kom", "@vagten kom"),
        ("se <#C9|> og <#C9>", "se #drift og #drift"),
        ("<https://htk.dk>", "https://htk.dk"),
        ("<http://htk.dk|htk.dk>", "htk.dk"),
        ("<mailto:a@b.dk|a@b.dk>", "a@b.dk"),
        ("<tel:43591000|4359 1000>", "4359 1000"),
        ("<https://ond.example|kommunen>", "kommunen (https://ond.example)"),
        ("3 <4> 5", "3 <4> 5"),
        ("&amp;lt;", "&lt;"),
    ],
)
def test_slacks_own_writing_becomes_what_was_typed(sent: str, typed: str) -> None:
    """R001: a warning is kept as it was typed."""
    known = {
        Mentioned("user", "U0JENS"): "Jens Lund",
        Mentioned("group", "S2"): "vagten",
        Mentioned("channel", "C9"): "drift",
    }
    assert plain(sent, known.__getitem__) == typed


def test_only_the_bots_own_name_speaks_to_the_bot() -> None:
    assert without_mention("<@U0KRISEBOT> status", "U0KRISEBOT") == "status"
    assert without_mention("hej <@U0KRISEBOT|krisebot>: status", "U0KRISEBOT") == "hej status"
    assert without_mention("<@U0JENS> status", "U0KRISEBOT") is None
    assert without_mention("status", "") is None
