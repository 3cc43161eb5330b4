"""The staff's guide says nothing that krisebot doesn't know."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

from handlers.core import registry
from handlers.core.language import verb_words
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
def test_a_role_is_one_page(page: str) -> None:
    assert len((GUIDE / page).read_text("utf-8").splitlines()) <= 50
