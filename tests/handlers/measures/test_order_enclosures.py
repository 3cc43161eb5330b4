"""What is sent in with an order's draft follows the order, and is seen by those the order is for and by nobody else."""

from __future__ import annotations

from typing import Any

import pytest

from storage.case import export
from storage.case.pages import case_parts
from storage.case.pages.blocks import Names
from storage.rows.crisis import Crisis
from storage.rows.log import LARGEST
from tests.bot.pages.every_paper import map_of_water
from tests.bot.pages.test_papers import fetched, newest_links, pictures_on, printed
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage

stage = after(cloudburst)

TASK = "hent Else Hansen på Birkehøj, hun er dement"


async def drafted(stage: Stage, words: str = f"{TASK} @Gitte", name: str = "borgerens hus.png") -> int:
    """Kim's draft with a map; its line's number."""
    await stage["kim"].sends(name, map_of_water(), f"ordre {words}", kind="image/png")
    return int((await stage.log("order_draft"))[-1]["no"])


async def grades(stage: Stage, kind: str) -> set[str]:
    """What all lines of a kind are graded now."""
    states = await stage.part("log_state")
    return {states[str(line["no"])]["grade"] for line in await stage.log(kind)}


async def for_the_staff(stage: Stage) -> list[dict[str, Any]]:
    """The orders, and what is attached, as they are exported for those who see what the staff sees."""
    async with stage.database.reading() as db:
        told = await export.excerpt(db, await db.get_one(Crisis, 1), "staff", "orders", "attachments")
    return [*told["orders"], *told["attachments"]]


@in_slack
async def test_a_card_says_how_a_file_fared_once_it_is_known_and_names_the_line_it_lies_with(stage: Stage) -> None:
    """R230 R182 R220: an order's and a request's first line names no line of the log, and they said "hentes" for ever."""
    no = await drafted(stage, "spær Hovedgaden @Mads", "kort.png")
    for person in ("kim", "lars"):
        assert await stage[person].sees(f"1 bilag: kort.png (3 kB) · log nr. {no}")
    await stage["hanne"].sends("mur.jpg", bytes(LARGEST + 1), "bistand 4 mand til Birkehøj nu")
    await stage["hanne"].sends("hul.jpg", b"hul", "bistand 2 pumper til Birkehøj nu")
    large, small = await stage.part("assistance_requests")
    assert await stage["kim"].sees(f"ikke gemt) · log nr. {large['log_no']}")
    assert await stage["kim"].sees(f"1 bilag: hul.jpg (1 kB) · log nr. {small['log_no']}")
    for person in ("kim", "lars"):
        assert not await stage[person].sees("hentes")


@pytest.mark.long
@in_teams
async def test_an_order_is_as_confidential_as_the_draft_that_was_graded_before_it_was_issued(stage: Stage) -> None:
    """R215 R216 R230: neither its words nor the file's name are shown in the channel; whoever it is for has both, and so
    has the deputy who gets it."""
    no = await drafted(stage)
    await stage["lars"].commands(f"grad {no} fortrolig")
    assert await grades(stage, "attachment") == {"confidential"}
    await stage["lars"].presses("Udsted ordre")
    assert await grades(stage, "order") == {"confidential"}
    assert not await stage["anne"].sees("Else Hansen")
    assert not await stage["anne"].sees("borgerens hus")
    for person in ("gitte", "lars"):
        assert await stage[person].sees(TASK)
        assert await stage[person].sees("borgerens hus.png")
    await stage["gitte"].presses("PDF og Word")
    links = await newest_links(stage, "gitte")
    assert await pictures_on(stage, links["docx"]) == 1
    assert TASK in printed(await fetched(stage, links["pdf"]))
    await stage["anne"].presses("PDF og Word")
    await fetched(stage, (await newest_links(stage, "anne"))["docx"], 404)
    await stage.forward(minutes=16)
    (order,) = await stage.part("orders")
    deputy = order["asked"][1]
    assert await stage[deputy].sees(TASK)
    await stage[deputy].presses("Modtaget")
    assert not await stage["anne"].sees("Else Hansen")


@pytest.mark.long
@in_one_chat
async def test_words_that_a_graded_draft_gets_afterwards_are_as_confidential(stage: Stage) -> None:
    """R215 R230: by `Ret`; the order is, and what is exported for the staff has none of it, as a draft and issued."""
    no = await drafted(stage)
    await stage["lars"].commands(f"grad {no} fortrolig")
    await stage["kim"].fills_in("Ret", to="Gitte", task="hent beboeren i stuen", why="hun kan ikke gå selv")
    await stage["anne"].commands("ordre", "stab")
    assert not await stage["anne"].sees("hent beboeren i stuen")
    assert await for_the_staff(stage) == []
    await stage["lars"].presses("Udsted ordre")
    assert await grades(stage, "order") == {"confidential"}
    assert not await stage["anne"].sees("hent beboeren i stuen")
    assert await for_the_staff(stage) == []
    assert await stage["gitte"].sees("hun kan ikke gå selv")


@pytest.mark.long
@in_one_chat
async def test_a_draft_that_is_graded_after_the_order_was_issued_takes_the_order_with_it(stage: Stage) -> None:
    """R215 R216: its words, the file's name and its line; and gives them back when it is opened again."""
    no = await drafted(stage)
    await stage["lars"].presses("Udsted ordre")
    assert await stage["anne"].sees("borgerens hus.png")
    await stage["lars"].commands(f"grad {no} fortrolig")
    assert await grades(stage, "order") == await grades(stage, "attachment") == {"confidential"}
    assert not await stage["anne"].sees("borgerens hus")
    assert not await stage["anne"].sees("Else Hansen")
    assert await stage["gitte"].sees("borgerens hus.png")
    await stage["lars"].commands(f"grad {no} stab")
    assert await grades(stage, "order") == await grades(stage, "attachment") == {"staff"}


@in_one_chat
async def test_another_file_of_the_same_name_is_no_more_confidential_for_that(stage: Stage) -> None:
    """R216: telephones call every picture the same."""
    no = await drafted(stage, "spær Hovedgaden @Mads", "image.png")
    await stage["lars"].commands(f"grad {no} fortrolig")
    await stage["kim"].sends("image.png", map_of_water(), "log ? vand i Fløng", kind="image/png")
    assert (await stage.log("attachment"))[-1]["grade"] == "staff"
    assert await stage["kim"].sees("1 bilag: image.png (3 kB)")


@in_one_chat
async def test_a_file_that_came_with_a_cpr_number_goes_where_the_number_goes_and_it_is_said(stage: Stage) -> None:
    """D07 R230: without the number it follows the draft; with it, it stays with the confidential line."""
    await stage["kim"].sends("kort.png", map_of_water(), "ordre hent 010203-1234 på Birkehøj @Gitte", kind="image/png")
    await stage["kim"].presses("Fjern nummeret")
    (draft,) = await stage.log("order_draft")
    assert [each["log_no"] for each in await stage.part("attachments")] == [draft["no"]]
    await stage["kim"].sends("brev.png", map_of_water(), "ordre hent 010203-1234 i Fløng @Gitte", kind="image/png")
    await stage["kim"].presses("Gem som Fortrolig")
    assert await stage["kim"].sees("1 bilag er gemt med linjen og følger ikke med videre.")
    (_, second) = await stage.part("attachments")
    assert (await stage.part("log_state"))[str(second["log_no"])]["grade"] == "confidential"


@pytest.mark.long
@in_one_chat
async def test_an_orders_paper_is_of_its_own_crisis_and_is_had_after_the_stand_down(stage: Stage) -> None:
    """R230 R017: order 1 of another crisis is somebody else's."""
    await drafted(stage, "spær Hovedgaden @Rune", "kort.png")
    await stage["lars"].presses("Udsted ordre")
    await stage["lars"].commands("afblæs")
    await stage["lars"].presses("Afblæs", text="vandet er væk")
    await stage["jens"].commands("aktiver 2 strømsvigt i Fløng")
    await drafted(stage, "luk skolen @Gitte", "skole.png")
    await stage["lars"].presses("Udsted ordre")
    await stage["rune"].presses("PDF og Word")
    assert "kort.png" in printed(await fetched(stage, (await newest_links(stage, "rune"))["pdf"]))
    await stage["gitte"].presses("PDF og Word")
    text = printed(await fetched(stage, (await newest_links(stage, "gitte"))["pdf"]))
    assert "skole.png" in text
    assert "kort.png" not in text


@pytest.mark.long
@in_slack
async def test_an_order_whose_file_could_not_be_had_says_so_on_its_card_and_on_paper(stage: Stage) -> None:
    """R182 R230: nobody looks for a map that is not there."""
    await stage["kim"].sends("film.mp4", bytes(LARGEST + 1), "ordre spær Hovedgaden @Rune", kind="video/mp4")
    await stage["lars"].presses("Udsted ordre")
    assert await stage["rune"].sees("ikke gemt) · log nr. ")
    await stage["rune"].presses("PDF og Word")
    text = printed(await fetched(stage, (await newest_links(stage, "rune"))["pdf"]))
    assert "Bilag film.mp4 (ikke gemt)" in text


@in_one_chat
async def test_a_draft_that_is_dropped_keeps_its_file_in_the_log_and_nobody_is_sent_it(stage: Stage) -> None:
    """R182 R230: what was sent in is never lost; the draft's card says no more of it."""
    no = await drafted(stage, "spær Hovedgaden @Rune", "kort.png")
    await stage["lars"].presses("Kassér")
    assert [(each["log_no"], each["state"]) for each in await stage.part("attachments")] == [(no, "kept")]
    assert "Kladden er kasseret" in (await stage["lars"].reads())[-1]
    assert not await stage["rune"].sees("kort.png")


@pytest.mark.long
@in_teams
async def test_whoever_the_draft_was_for_before_it_was_changed_is_not_given_its_paper(stage: Stage) -> None:
    """R230 R168: by `Ret`; the file goes to the one it is issued to."""
    await drafted(stage, "spær Hovedgaden @Rune", "kort.png")
    await stage["kim"].fills_in("Ret", to="Gitte", task="spær Hovedgaden")
    await stage["lars"].presses("Udsted ordre")
    assert await stage["gitte"].sees("1 bilag: kort.png")
    assert await stage["gitte"].has("PDF og Word")
    assert not await stage["rune"].sees("kort.png")
    await stage["rune"].commands("ordre 1")
    assert not await stage["rune"].has("PDF og Word")


@in_one_chat
async def test_an_order_of_an_older_release_stands_on_paper_without_what_it_did_not_know(stage: Stage) -> None:
    """D11: a case that was exported before has no line of the draft."""
    await drafted(stage, "spær Hovedgaden @Mads", "kort.png")
    told = await stage.export()
    (order,) = told["orders"]
    rows = [row for block in case_parts.order(order, told, Names.of(stage.plan)) for row in block.rows]
    assert ("Bilag", "kort.png") in rows
    del order["draft_no"]
    older = [row for block in case_parts.order(order, told, Names.of(stage.plan)) for row in block.rows]
    assert older == [row for row in rows if row[0] != "Bilag"]
