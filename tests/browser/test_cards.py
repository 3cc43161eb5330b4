"""What people see in Teams: everything on the card can be read and pressed, on a phone too."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from handlers.core.card import Card
from tests.browser.cards import CUT, OUTSIDE, PAGES, drawn, played, said_in
from tests.browser.rehearsal import NARROW_PHONE
from tests.databases import SQLite, run

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def cards(sqlite: SQLite) -> dict[str, Card]:
    return run(played(sqlite.migrated()))


@pytest.mark.parametrize("name", ["board", "status", "picture", "decision"])
def test_a_card_is_drawn_whole_on_a_phone_by_microsofts_own_renderer(
    browser: Browser, cards: dict[str, Card], name: str
) -> None:
    """R107 R204 R303: every fact and every button is there, and nothing is wider than the phone."""
    card = cards[name]
    with drawn(browser, card, NARROW_PHONE) as page:
        for fact, _ in card.facts:
            expect(page.get_by_text(fact, exact=False).first).to_be_visible()
        shown, folded = card.parted()
        for button in shown:
            expect(page.get_by_role("button", name=button.label, exact=True)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW_PHONE[0]
        if folded:
            page.get_by_role("button", name="More options").click()
        for button in folded:
            expect(page.get_by_text(button.label, exact=True)).to_be_visible()


WIDTHS = (300, 360, 700)


@pytest.fixture(scope="module")
def everything() -> list[Card]:
    return [card for scenario in ("s1-skybrud.yaml", "s3-pandemi.yaml") for card in run(said_in(scenario))]


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("platform", ["teams", "slack"])
def test_nothing_in_both_scenarios_is_wider_than_the_screen(
    browser: Browser, everything: list[Card], platform: str, width: int
) -> None:
    """R107 R204: every card and every dialog of S1 and S3, on the narrowest phone, a phone and a desktop's column."""
    draw, page_of = PAGES[platform]
    cards = [one for card in everything for one in draw(card)]
    assert len(cards) > 100
    with page_of(browser, cards, (width, 800)) as page:
        assert page.evaluate(OUTSIDE) == []
        assert page.evaluate(CUT) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_numbers_and_addresses_are_links_in_both_renderers(browser: Browser, everything: list[Card]) -> None:
    """R001: what can be rung, written to or opened is tapped where it stands."""
    for draw, page_of in PAGES.values():
        with page_of(browser, [next(draw(card)) for card in everything], (360, 800)) as page:
            led = page.evaluate("[...document.querySelectorAll('a')].map((each) => each.getAttribute('href') || '')")
            assert len([each for each in led if each.startswith("tel:+45")]) > 20
            assert "tel:112" in led
            assert [each for each in led if each.startswith("http")]
