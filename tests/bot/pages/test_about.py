"""What is kept about people stands on a page that anybody may read, and is what the code keeps."""

from __future__ import annotations

import html
import re

import aiohttp

from storage.keeping.inventory import HELD
from tests.stage.platforms import in_one_chat
from tests.stage.stage import Stage


async def read(stage: Stage, path: str) -> str:
    async with aiohttp.ClientSession() as client, client.get(f"{stage.address}{path}") as answer:
        assert answer.status == 200
        assert answer.content_type == "text/html"
        page = await answer.text()
    assert "<script" not in page
    return re.sub(r"\s+", " ", html.unescape(page))


@in_one_chat
async def test_the_page_on_personal_data_names_each_kind_of_row_that_has_any_under_its_own_time(
    open_stage: Stage,
) -> None:
    """R235: the same list that retention deletes by."""
    page = await read(open_stage, "/persondata")
    parts = re.split(r"<h3>", page)
    of = {"sager": "1825 døgn efter krisen (øvelser 365 døgn)", "beskeder": "90 døgn", "kontakttest": "365 døgn"}
    for held in HELD.values():
        if held.rule != "nothing personal":
            part = next(each for each in parts[1:] if each.startswith(f"I {of[held.rule]}"))
            assert f"<li>{held.what}</li>" in part, held
        else:
            assert f"<li>{held.what}</li>" not in page
    for words in ("Høje-Taastrup Kommune", "dataansvarlig", "Datatilsynet", "indsigt", "i 30 døgn"):
        assert words in page
    for person in open_stage.plan.persons.values():
        assert person.name not in page, "it is about everybody, and nobody"


@in_one_chat
async def test_the_terms_say_112_first_and_lead_to_what_is_kept(open_stage: Stage) -> None:
    """R001."""
    page = await read(open_stage, "/vilkaar")
    assert page.index("ring 112") < page.index("<ul>")
    assert 'href="/persondata"' in page
