"""What people see in Teams: everything on the card can be read and pressed, on a phone too."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from handlers.core.card import Card
from tests.browser.cards import drawn, played
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
        for button in card.buttons:
            expect(page.get_by_role("button", name=button.label, exact=True)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW_PHONE[0]
