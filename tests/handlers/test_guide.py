"""The staff's guide says nothing that krisebot doesn't know."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

from handlers.core import registry
from handlers.core.language import verb_words
from handlers.crisis.guide_page import in_chat
from tests.stage.platforms import in_one_chat
from tests.stage.stage import Stage
from tests.tables import examples

registry.load()
GUIDE = resources.files("handlers") / "guide"
PAGES = sorted(page.name for page in GUIDE.iterdir() if page.name.endswith(".md"))
SOURCE = "\n".join(module.read_text("utf-8") for module in Path(str(resources.files("handlers"))).rglob("*.py"))


@examples("page", PAGES)
def test_every_command_in_the_guide_is_one(page: str) -> None:
    verbs = {verb.name: verb.synonyms for verb in registry.verbs.values()}
    for typed in re.findall(r"`/krise ([^`]+)`", (GUIDE / page).read_text("utf-8")):
        if typed.strip("… "):
            assert verb_words.match(typed, verbs).kind == "exact", typed


@examples("page", PAGES)
def test_every_button_in_the_guide_is_one(page: str) -> None:
    for label in re.findall(r"\*\*\[([^\]]+)\]\*\*", (GUIDE / page).read_text("utf-8")):
        assert f'"{label}"' in SOURCE, label


@examples("page", PAGES)
def test_a_page_of_the_guide_is_a_card(page: str) -> None:
    """R245: nothing of Markdown is left in it, and every command and button is."""
    written = (GUIDE / page).read_text("utf-8")
    said = in_chat(written)
    assert not re.search(r"\*\*|`|^#|\||\]\(", said, re.MULTILINE)
    for label in re.findall(r"\*\*\[([^\]]+)\]\*\*", written):
        assert f"[{label}]" in said
    assert len(said) < 8000


@in_one_chat
async def test_the_guide_is_reached_from_the_help_card_and_shows_ones_own_role(open_stage: Stage) -> None:
    """R245: nobody looks for a page that night; what everybody does first is one tap away, and practice too."""
    for person, heading in (("lars", "Dem, der kan beslutte"), ("gitte", "Centerchef"), ("finn", "Alle medarbejdere")):
        await open_stage[person].commands("")
        await open_stage[person].presses("Vejledning")
        assert heading in (await open_stage[person].reads())[-1].splitlines()[0]
        await open_stage[person].presses("De første ti minutter")
        assert await open_stage[person].sees("ring 112")
        await open_stage[person].presses("Øv din rolle")
        assert await open_stage[person].sees("ØVELSE, kun for dig")


@examples("page", PAGES)
def test_a_role_is_one_page(page: str) -> None:
    assert len((GUIDE / page).read_text("utf-8").splitlines()) <= 50
