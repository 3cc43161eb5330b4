"""Every page that krisebot serves is drawn from a template, and what people wrote is text on it."""

from __future__ import annotations

import ast
import re

import aiohttp
import pytest

from storage.plan import loading
from tests import source
from tests.stage.stage import SERVER, RehearsalStage

HOSTILE = "<b>By</b> & 'omegn'"
ESCAPED = "&lt;b&gt;By&lt;/b&gt; &amp; &#39;omegn&#39;"
PAGES = source.ROOT / "bot" / "pages"


def answers_with_a_page(node: ast.AST) -> bool:
    """Whether it is a response whose content is said to be a page."""
    return isinstance(node, ast.Call) and any(
        each.arg == "content_type" and isinstance(each.value, ast.Constant) and each.value.value == "text/html"
        for each in node.keywords
    )


def drawing(module: ast.Module) -> dict[str, bool]:
    """The functions of a module that answer with a page, and whether they draw it."""
    return {
        function.name: any(isinstance(node, ast.Name) and node.id == "draw" for node in ast.walk(function))
        for function in ast.walk(module)
        if isinstance(function, ast.AsyncFunctionDef) and any(map(answers_with_a_page, ast.walk(function)))
    }


def test_no_page_is_made_of_anything_but_a_template() -> None:
    """R204: nobody puts one together of strings, and no template says that what it was given is safe."""
    found = {(path.name, *each) for path in source.modules("bot") for each in drawing(source.parsed(path)).items()}
    assert len(found) >= 4
    assert [each for each in found if not each[2]] == []
    templates = list((PAGES / "board").glob("*.html"))
    assert len(templates) >= 7
    for template in templates:
        text = template.read_text("utf-8")
        assert not re.search(r"\|\s*safe\b|autoescape|Markup", text), template.name


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_what_people_and_the_plan_file_say_is_text_on_every_page(database_url: str) -> None:
    """R204 R168: the municipality's name, a crisis' title, a figure that is counted, a place, an intent."""
    plan = loading.example().model_copy(update={"municipality": HOSTILE, "server": SERVER})
    async with RehearsalStage(database_url, plan_=plan) as stage, aiohttp.ClientSession() as client:
        await stage["jens"].commands(f"aktiver 2 skybrud {HOSTILE}")
        for words in (f"indikator {HOSTILE} 41", f"log ! {HOSTILE}", f"møde i morgen kl 10 {HOSTILE}"):
            await stage["kim"].commands(words)
        await stage["lars"].commands(f"hensigt {HOSTILE}")
        await stage["kim"].commands("tavle")
        board = next(text for text in await stage["kim"].reads() if "/tavle/" in text)
        path = "/tavle/" + board.partition("/tavle/")[2].split()[0]
        for each, times in ((path, 5), ("/persondata", 1), ("/vilkaar", 1)):
            async with client.get(stage.address + each) as answer:
                page = await answer.text()
            assert answer.status == 200, each
            assert page.count(ESCAPED) >= times, each
            assert "<b>By<" not in page, each
        async with client.get(f"{stage.address}/{HOSTILE}", headers={"Accept": "text/html"}) as gone:
            assert (gone.status, "<b>By<" in await gone.text()) == (404, False)
