"""Addresses, numbers and mail can be tapped on every platform, and lead where they say."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.operations import readiness
from bot.platforms import links
from bot.platforms.slack import drawing as slack_drawing
from bot.platforms.teams import drawing as teams_drawing
from handlers.core.card import Card
from storage.plan import loading, to_mend
from tests.fakes.teams import cards as teams_cards
from tests.source import ROOT, modules, parsed
from tests.stage.slack import SlackStage
from tests.stage.stage import RehearsalStage
from tests.stage.teams import TeamsStage
from tests.tables import examples

SAID = "Ved fare for liv: ring 112.\n*Ring til Pia på +4521212121*, skriv til kommune@htk.example, eller se (https://htk.example/a?b=1)."
LED = {
    "ring 112": "tel:112",
    "+4521212121": "tel:+4521212121",
    "kommune@htk.example": "mailto:kommune@htk.example",
    "https://htk.example/a?b=1": "https://htk.example/a?b=1",
    "4359 1000": "tel:+4543591000",
}
CARD = Card(SAID, facts=(("Telefon", "4359 1000"),))


def in_slack(card: Card) -> dict[str, str]:
    def within(part: Any) -> Any:
        yield part
        for each in part.get("elements", []):
            yield from within(each)

    pieces = [piece for block in slack_drawing.message(card, 7) for piece in within(block)]
    return {piece["text"]: piece["url"] for piece in pieces if piece["type"] == "link"}


def test_every_link_number_and_mail_on_a_card_can_be_tapped_in_slack_and_teams() -> None:
    """R001 R107: nobody copies a number by hand in the dark."""
    assert in_slack(CARD) == LED
    assert teams_cards.links(teams_drawing.adaptive(CARD, 7)) == LED


@examples(
    ("text", "led"),
    [
        ("112 personer er samlet", {}),
        ("den 20261128 og 2026-11-28 kl. 14:00", {}),
        ("CPR 010190-1234, sag 26/012345, nr. 12345678901", {}),
        (
            "20 30 40 50, 2030 4050 eller 20304050",
            dict.fromkeys(("20 30 40 50", "2030 4050", "20304050"), "tel:+4520304050"),
        ),
        ("0046 70-123 45 67", {"0046 70-123 45 67": "tel:+46701234567"}),
        (
            "Se https://a.example/x(1). Og »https://b.example«",
            {each: each for each in ("https://a.example/x(1)", "https://b.example")},
        ),
        ("@Krisebot log, <@U0JENS>, a@b", {}),
        ("<https://ond.example|kommunens side>", {"https://ond.example": "https://ond.example"}),
        ("javascript:alert(1) file:///etc/passwd data:text/html,x", {}),
    ],
)
def test_what_looks_like_a_number_and_is_none_stays_words(text: str, led: dict[str, str]) -> None:
    assert links.links(text) == led


@given(
    text=st.text()
    | st.lists(st.sampled_from(["https://a.b", " ", ")", "ring ", "112", "+45", "21 ", "x@y.dk", "."])).map("".join)
)
def test_no_word_is_lost_beside_a_link(text: str) -> None:
    assert "".join(words for words, _ in links.pieces(text)) == text


async def test_the_rehearsal_chat_tells_its_page_what_can_be_tapped(sqlite: Any) -> None:
    """R107: and its own links are whole without an address in the plan, since whoever plays has the page open."""
    async with RehearsalStage(sqlite.migrated(), plan_=loading.example()) as stage:
        await stage["jens"].commands("aktiver 2 skybrud")
        await stage["kim"].commands("tavle")
        await stage["kim"].commands("hvem")
        tapped = {words: to for each in await stage["kim"].messages() for words, to in each["links"].items()}
        assert any(words == to and to.startswith("http://127.0.0.1:8080/tavle/") for words, to in tapped.items())
        assert any(to.startswith("tel:+45") for to in tapped.values())


# Each place of ours that writes a link to a page of ours, and what of it is lost without an address.
LOST = {
    "handlers/alert/night_test.py": "kontaktkort",
    "handlers/crisis/staff_room.py": "tavle",
    "handlers/crisis/wall_board.py": "tavle",
    "handlers/log/case_export.py": "eksport",
    "handlers/log/paper_links.py": "papirer",
    "handlers/preparedness/emergency_pack.py": "nødpakke",
    "handlers/staff/calendars.py": "kalender",
}
HALF = re.compile(
    r"/(?:tavle|kalender|eksport|papir|krisebot\.vcf)\b|None|(?:Kalender|Gem kontakten|PDF|Word):|Åbn ?\.|åbn {2}"
)


@pytest.mark.long
def test_what_is_lost_without_an_address_is_all_that_has_a_link() -> None:
    """R204: a new link is named by `plan check` and `doctor`, or it is lost unseen."""
    links_of_ours = {
        str(path.relative_to(ROOT))
        for path in modules("handlers")
        for call in ast.walk(parsed(path))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "link"
    }
    assert links_of_ours == set(LOST)
    (checked,) = [str(each) for each in to_mend.warnings(loading.example()) if "»adresse«" in str(each)]
    (examined,) = readiness.address(loading.example())
    for lost in LOST.values():
        assert lost in checked
        assert lost in examined


@pytest.mark.long
@pytest.mark.parametrize("chat", [SlackStage, TeamsStage])
async def test_without_an_address_nothing_half_is_shown_and_it_is_said_what_is_lost(
    sqlite: Any, chat: type[SlackStage] | type[TeamsStage]
) -> None:
    """R204 R073: no path alone, no word of a link; the way that is left is named."""
    plan = loading.parse(
        loading.example_text().replace("sms: null", 'sms: "gatewayapi://t@Krisebot?hemmelighed=h&nummer=+4520304050"'),
        "planen",
    )
    async with chat(sqlite.migrated(), plan_=plan) as stage:
        await stage["jens"].commands("aktiver 2 skybrud")
        for words in (
            "tavle",
            "møde i morgen kl 10 stabsrummet",
            "eksport",
            "kontaktkort",
            "nødpakke",
            "billede",
            "evaluering",
        ):
            await stage["kim"].commands(words)
        await stage.settle()
        said = [text for name in ("kim", "lars") for text in await stage[name].reads()]
        assert not [text for text in said if HALF.search(text)]
        assert any("Der er intet link: planen siger ikke, hvor Krisebot nås." in text for text in said)


def test_plan_check_says_what_is_lost_without_an_address() -> None:
    (told,) = [str(each) for each in to_mend.warnings(loading.example()) if "»adresse«" in str(each)]
    assert "links til tavle, møder i kalenderen, papirer, eksport, nødpakke og kontaktkort" in told
