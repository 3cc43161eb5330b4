"""The rehearsal chat's page as a browser fetches it: file by file, as they lie in the repository."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from tests.stage.stage import RehearsalStage

PAGE = resources.files("bot.platforms.rehearsal") / "page"
STATIC = "/rehearsal/static/"
KINDS = {"html": "text/html", "css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
# What a file asks for: by its address in HTML, by its neighbour's name in a module.
NAMED = re.compile(rf'(?:href|src)="{STATIC}([^"]+)"|(?:\bfrom |\bimport )"\./([^"]+)"')
# A line that says what the file is, before anything else.
FIRST_SENTENCE = re.compile(r"(// |/\* )[A-Z].*[.:].*\n")

on_sqlite = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


@on_sqlite
async def test_the_page_gets_every_file_that_it_asks_for_and_holds_no_other(database_url: str) -> None:
    """From the page itself, through its modules' imports; no file comes without the rules that guard it."""
    wanted, fetched = ["index.html"], set[str]()
    stage = RehearsalStage(database_url)
    async with stage:
        while wanted:
            name = wanted.pop()
            fetched.add(name)
            path = "/" if name == "index.html" else f"{STATIC}{name}"
            async with stage.client.get(f"{stage.address}{path}", headers={"Host": "127.0.0.1:8080"}) as answer:
                assert answer.status == 200, name
                assert answer.content_type == KINDS[name.rpartition(".")[2]]
                assert answer.headers["Content-Security-Policy"] == "default-src 'self'; frame-ancestors 'none'"
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                assert answer.headers["Cache-Control"] == "no-cache"
                text = await answer.text()
            # A type is for the checker; a browser asks for none.
            named = {one or other for one, other in NAMED.findall(re.sub(r"/\*\*.*?\*/", "", text, flags=re.DOTALL))}
            wanted += named - fetched - set(wanted)
    assert fetched == {each.name for each in PAGE.iterdir() if each.name.rpartition(".")[2] in KINDS}


def test_every_script_and_style_sheet_begins_with_what_it_is() -> None:
    """Whoever opens one reads so first."""
    read = [each for each in PAGE.iterdir() if each.name.endswith((".js", ".ts", ".css"))]
    assert len(read) > 30
    assert [each.name for each in read if not FIRST_SENTENCE.match(each.read_text("utf-8"))] == []
