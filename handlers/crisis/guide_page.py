"""`vejledning`: the guide's page for whoever asks, in the chat, where the rest of it is one tap away; asked for at a card,
what it says of that card's buttons comes first. Bilag 1."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from importlib import resources

from handlers.core.card import Button, Card
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.crisis.practice_lessons import LESSONS, lessons_of

FIRST = "README.md"
IMAGE = re.compile(r"!\[[^\]\n]{0,200}+\]\([^)\n]{0,200}+\)")
LINK = re.compile(r"\[([^\]\n]{1,200}+)\]\([^)\n]{0,200}+\)")
BUTTON = re.compile(r"\*\*\[([^\]\n]{1,80}+)\]\*\*")
BOLD = re.compile(r"\*\*([^*\n]{1,200}+)\*\*")
CODE = re.compile(r"`([^`\n]{1,200}+)`")


@verb(
    "vejledning",
    "guide",
    "vejledningen",
    help="vejledning – din egen rolles side af vejledningen; skrevet som svar på et kort: om dets knapper",
    wordless=True,
)
async def own_page(turn: Turn, text: str) -> None:
    """Show the sender the page of their own role, to them alone; written as an answer to a card, what the guide says of
    its buttons stands first."""
    asked_at = await turn.answered()
    turn.crisis, turn.exercise = None, False
    page = LESSONS[lessons_of(turn.plan, turn.sender)[0]].page
    labels = [button["label"] for button in asked_at.card["buttons"]] if asked_at is not None else []
    await turn.answer_alone(_card(page, labels))


@action("guide.page", crisis=False)
async def page(turn: Turn, page: str) -> None:
    """Show another page of the guide, where the first stands."""
    if page in _pages():
        await turn.replace(_card(page))


def passages(labels: Iterable[str], first: str) -> list[str]:
    """Return the guide's lines about some buttons, each line once, as they stand in the guide.

    Args:
        labels: as they stand on the buttons.
        first: the page that is looked into first; one that tells of a button there is not looked for elsewhere.
    """
    found: dict[str, None] = {}
    for label in labels:
        for each in (first, *sorted(_pages() - {first})):
            lines = [line for line in _read(each).splitlines() if f"**[{label}]**" in line]
            if lines:
                found |= dict.fromkeys(lines)
                break
    return list(found)


def _card(page: str, labels: Iterable[str] = ()) -> Card:
    about = passages(labels, page)
    text = "*Om knapperne på kortet*\n" + in_chat("\n".join(about)) if about else in_chat(_read(page))
    titles = {page: "Hele vejledningen", FIRST: "De første ti minutter", "medarbejder.md": "Alle medarbejdere"}
    return Card(
        text,
        buttons=(
            *(Button(titles[each], "guide.page", {"page": each}) for each in titles if about or each != page),
            Button("Øv din rolle", "help.run", {"verb": "øv"}),
        ),
    )


@cache
def _read(page: str) -> str:
    return (resources.files("handlers") / "guide" / page).read_text("utf-8")


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
