"""Cards as Microsoft's own renderer draws them, in a browser. Slack has none that runs outside Slack."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page
from sqlalchemy import select

from bot.platforms.teams import drawing
from handlers.core.card import Card
from storage.rows.traffic import Message
from tests.fakes.teams_cards import ADAPTIVE_CARD
from tests.stage.stage import RehearsalStage

RENDERER = Path(__file__).parents[1] / "cards" / "node_modules" / "adaptivecards" / "dist" / "adaptivecards.js"
# As wide a column, and such letters, as Teams has on a phone; without them the renderer has a browser's own.
PAGE = """<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>body { margin: 12px; font-family: sans-serif } .ac-pushButton { margin: 2px; padding: 6px 12px }</style>"""
CONFIG = {
    "spacing": {"small": 4, "default": 8, "medium": 12, "large": 16, "padding": 12},
    "fontFamily": "sans-serif",
    "actions": {"actionsOrientation": "horizontal", "maxActions": 10, "buttonSpacing": 4},
}
DRAW = """([data, config]) => {
  const card = new AdaptiveCards.AdaptiveCard();
  card.hostConfig = new AdaptiveCards.HostConfig(config);
  card.parse(data);
  document.body.append(card.render());
}"""


async def played(url: str) -> dict[str, Card]:
    """A crisis with a board of answers, as its cards stand then: by a word that each begins with."""
    async with RehearsalStage(url) as stage:
        await stage["jens"].commands("aktiver 2 skybrud, kloak står op i Hedehusene")
        await stage["kim"].commands("ping alle hvordan står det til? svar 15")
        await stage["hanne"].says("ok men vi mangler 4 mand på Birkehøj")
        await stage["mads"].says("alt ok")
        await stage["kim"].commands("t pumpe til Birkehøj @Mads kl 15")
        await stage["kim"].commands("status", "stab")
        await stage["kim"].commands("billede", "stab")
        async with stage.database.reading() as db:
            said = [Card.from_json(row.card) for row in await db.scalars(select(Message).order_by(Message.id))]
    wanted = {
        "board": "*hvordan står det til?* –",
        "status": "*Nr. 1:",
        "picture": "*Situationsbillede",
        "decision": "✅",
    }
    return {
        name: next(card for card in reversed(said) if card.text.startswith(begins)) for name, begins in wanted.items()
    }


@contextmanager
def drawn(browser: Browser, card: Card, size: tuple[int, int]) -> Iterator[Page]:
    """The card on a page of its own."""
    attachments: list[dict[str, Any]] = drawing.message(card, 7)["attachments"]
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.set_content(PAGE)
    page.add_script_tag(path=RENDERER)
    for attachment in attachments:
        if attachment["contentType"] == ADAPTIVE_CARD:
            page.evaluate(DRAW, [attachment["content"], CONFIG])
    yield page
    page.close()
