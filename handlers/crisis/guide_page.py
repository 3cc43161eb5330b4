"""`vejledning`: the guide's page for whoever asks, in the chat, where the rest of it is one tap away. Bilag 1."""

from __future__ import annotations

import re
from functools import cache
from importlib import resources

from handlers.core.card import Button, Card
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.crisis.practice_lessons import LESSONS, lessons_of

FIRST = "README.md"
IMAGE = re.compile(r"!\[[^\]\n]*+\]\([^)\n]*+\)")
LINK = re.compile(r"\[([^\]\n]++)\]\([^)\n]*+\)")
BUTTON = re.compile(r"\*\*\[([^\]\n]++)\]\*\*")
BOLD = re.compile(r"\*\*([^*\n]++)\*\*")
CODE = re.compile(r"`([^`\n]++)`")


@verb(
    "vejledning",
    "guide",
    "vejledningen",
    help="vejledning – din egen rolles side af vejledningen",
)
async def own_page(turn: Turn, text: str) -> None:
    """Show the sender the page of their own role, to them alone."""
    turn.crisis, turn.exercise = None, False
    page = LESSONS[lessons_of(turn.plan, turn.sender)[0]].page
    await turn.say(turn.sender, _card(page), kind="reply", platform=turn.the_incoming.platform)


@action("guide.page", crisis=False)
async def page(turn: Turn, page: str) -> None:
    """Show another page of the guide, where the first stands."""
    if page in _pages():
        await turn.replace(_card(page))


def _card(page: str) -> Card:
    others = [each for each in (FIRST, "medarbejder.md") if each != page]
    titles = {FIRST: "De første ti minutter", "medarbejder.md": "Alle medarbejdere"}
    return Card(
        in_chat((resources.files("handlers") / "guide" / page).read_text("utf-8")),
        buttons=(
            *(Button(titles[each], "guide.page", {"page": each}) for each in others),
            Button("Øv din rolle", "help.run", {"verb": "øv"}),
        ),
    )


@cache
def _pages() -> frozenset[str]:
    return frozenset(
        each.name for each in (resources.files("handlers") / "guide").iterdir() if each.name.endswith(".md")
    )


def in_chat(page: str) -> str:
    """Write a page of the guide as a card's text has it: bold, and a line for each row of a table.

    Args:
        page: in Markdown.
    """
    lines = []
    for line in IMAGE.sub("", page).splitlines():
        if line.startswith("#"):
            lines.append(f"*{line.lstrip('# ')}*")
        elif line.startswith("|"):
            cells = [each.strip() for each in line.strip("|").split("|")]
            if not all(set(each) <= {"-", " "} for each in cells):
                lines.append(f"• {' – '.join(cells)}")
        elif not line.startswith("```"):
            lines.append(line)
    said = LINK.sub(r"\1", BUTTON.sub(r"[\1]", "\n".join(lines)))
    return CODE.sub(r"*\1*", BOLD.sub(r"*\1*", said)).strip()
