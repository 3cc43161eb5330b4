"""The situation picture, an agenda and minutes as papers that a mayor would sign. Plan §7; Bilag 2 and 3."""

from __future__ import annotations

import io
import re

import aiohttp
import docx
import pypdf
import pytest

from handlers.log.paper_links import LASTS
from storage.rows.picture import HEADINGS
from tests.bot.pages.every_paper import map_of_water
from tests.handlers.meetings.test_meetings import held
from tests.handlers.picture.test_picture import fields
from tests.stage.platforms import everywhere, in_one_chat, in_teams
from tests.stage.stage import Stage


async def newest_links(stage: Stage, name: str) -> dict[str, str]:
    """The addresses that somebody was given last, by form."""
    said = next(text for text in reversed(await stage[name].reads()) if "/papir/" in text)
    return {form: path for path, form in re.findall(r"(/papir/[\w-]+\.(pdf|docx))", said)}


async def fetched(stage: Stage, path: str, status: int = 200) -> bytes:
    async with aiohttp.ClientSession() as client, client.get(f"{stage.address}{path}") as answer:
        assert answer.status == status
        return await answer.read()


def printed(pdf: bytes) -> str:
    """What stands on the pages, with lines that were broken for want of room put together."""
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


@pytest.mark.long
@in_teams
async def test_the_published_picture_is_a_paper_in_the_templates_form(open_stage: Stage) -> None:
    """R303 R201 R203 T18: the ten headings, who approved and when, the scales with what was chosen, the way a number went."""
    stage = open_stage
    await stage["jens"].commands("aktiver 2 skybrud")
    for count in (41, 51):
        await stage["kim"].commands(f"indikator ramte borgere {count}")
        await stage.forward(minutes=10)
    await stage["kim"].commands("billede")
    await stage["kim"].fills_in("Skriv 4–5", national="forhøjet beredskab", staff="fuldt etableret beredskab")
    await stage["kim"].fills_in("Skriv 1–3", **await fields(stage, s2="Sundhed: ingen kendte"))
    await stage["lars"].commands("billede")
    await stage["lars"].presses("Godkend")
    await stage["lars"].commands("billede")
    await stage["lars"].presses("PDF og Word")
    links = await newest_links(stage, "lars")
    text = printed(await fetched(stage, links["pdf"]))
    assert "Høje-Taastrup Kommunes samlede situationsbillede" in text
    assert "torsdag den 2. juli 2026 kl. 14:20 Godkendt af Lars Vinther" in text
    headings = [
        text.index(f"{number}. {heading.split()[0]}")
        for number, heading in enumerate(HEADINGS, 1)
        if number not in (5, 6, 7)
    ]
    assert headings == sorted(headings)
    assert "ramte borgere: 51" in text
    word = docx.Document(io.BytesIO(await fetched(stage, links["docx"])))
    chosen = [run.text for paragraph in word.paragraphs for run in paragraph.runs if run.bold and run.underline]
    assert chosen == ["niveau 2", "forhøjet beredskab", "fuldt etableret beredskab"]
    assert len(word.inline_shapes) == 1


@pytest.mark.long
@in_one_chat
async def test_approved_minutes_are_a_paper_and_a_draft_is_none(open_stage: Stage) -> None:
    """R089 R091 R092 D09: who decided what, who does what before when, and who approved it; nothing before that, and
    nothing any more for whoever has left."""
    stage = open_stage
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["kim"].commands("ind Hanne")
    await held(stage)
    await stage["lars"].commands("referat")
    assert not await stage["lars"].has("PDF og Word")
    await stage["lars"].fills_in("Godkend", forward="")
    await stage["kim"].commands("referat")
    await stage["hanne"].commands("referat")
    await stage["hanne"].presses("PDF og Word")
    hers = await newest_links(stage, "hanne")
    await fetched(stage, hers["pdf"])
    await stage["lars"].commands("ud Hanne")
    await fetched(stage, hers["pdf"], 404)
    await stage["kim"].presses("PDF og Word")
    links = await newest_links(stage, "kim")
    text = printed(await fetched(stage, links["pdf"]))
    assert "Beslutningsreferat fra møde 1 i krisestaben" in text
    assert "Hanne Toft fordel værnemidler torsdag den 2. juli 2026 kl. 20:00" in text
    assert "Godkendt af Lars Vinther" in text
    stage.clock.set(stage.clock.now() + LASTS)
    await fetched(stage, links["pdf"], 404)
    await fetched(stage, links["docx"].replace("/papir/", "/papir/x"), 404)


@pytest.mark.long
@in_one_chat
async def test_a_sent_agenda_is_a_paper_with_what_each_item_is_for(open_stage: Stage) -> None:
    """R083 R304: the annex' own numbers, and the character of each item."""
    stage = open_stage
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["kim"].commands("punkt nødbolig til 12 beboere")
    await stage["kim"].presses("Drøftelse")
    await stage["kim"].commands("møde i morgen 10 stabsrummet")
    await stage["kim"].commands("dagsorden")
    await stage["kim"].presses("Send til godkendelse")
    await stage["ole"].presses("Godkend")
    await stage.at("16:01")
    await stage["kim"].commands("dagsorden")
    await stage["kim"].presses("PDF og Word")
    text = printed(await fetched(stage, (await newest_links(stage, "kim"))["pdf"]))
    assert "Dagsorden for møde 1 i krisestaben" in text
    assert "4.1 nødbolig til 12 beboere" in text
    assert text.index("0 Udpegning af krisestabschef") < text.index("12 Næste møde")
    assert "Koordination og beslutning" not in text


@pytest.mark.long
@in_one_chat
async def test_the_later_meetings_agenda_has_the_annex_three_parts_on_paper_too(open_stage: Stage) -> None:
    """R304: "Status og opdatering", "Koordination og beslutning", "Andet", in the PDF and in Word."""
    stage = open_stage
    await stage["jens"].commands("aktiver 2 skybrud")
    await held(stage)
    await stage["kim"].commands("dagsorden")
    await stage["kim"].presses("Send til godkendelse")
    await stage["ole"].presses("Godkend")
    await stage["kim"].commands("dagsorden")
    await stage["kim"].presses("PDF og Word")
    links = await newest_links(stage, "kim")
    text = printed(await fetched(stage, links["pdf"]))
    word = docx.Document(io.BytesIO(await fetched(stage, links["docx"])))
    said = [
        "Status og opdatering",
        "1 Opdatering",
        "2 Nøgleopgaver",
        "Koordination og beslutning",
        "3 Opgaver, der",
        "Andet",
    ]
    places = [text.index(each) for each in (*said, "5 Punkter til", "8 Næste møde")]
    assert places == sorted(places)
    headings = [each.text for each in word.paragraphs if each.text in said]
    assert headings == [said[0], said[3], said[5]]


@pytest.mark.long
@in_one_chat
async def test_an_issued_order_is_a_paper_for_the_staff_while_they_may_see_it(open_stage: Stage) -> None:
    """R230 R231 R216: with who has it from whom since when; none of a draft, and none for whoever may not see the order."""
    stage = open_stage
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["kim"].commands("ind Hanne")
    await stage["kim"].commands("ordre spær Hovedgaden @Line kl 18")
    assert not await stage["kim"].has("PDF og Word")
    await stage["lars"].presses("Udsted ordre")
    await stage["line"].presses("Modtaget")
    for name in ("hanne", "lars"):
        await stage[name].commands("ordre 1")
        await stage[name].presses("PDF og Word")
    hers, his = await newest_links(stage, "hanne"), await newest_links(stage, "lars")
    for form in (hers, his):
        text = printed(await fetched(stage, form["pdf"]))
        for said in ("Skriftlig ordre nr. 1", "Til Line Brix", "Udstedt af Lars Vinther", "Kvitteret af Line Brix"):
            assert said in text
    no = (await stage.part("orders"))[0]["log_no"]
    await stage["lars"].commands(f"grad {no} fortrolig")
    await fetched(stage, hers["pdf"], 404)
    assert "spær Hovedgaden" in printed(await fetched(stage, his["pdf"]))


async def pictures_on(stage: Stage, path: str) -> int:
    """How many pictures a paper has, as Word."""
    return len(docx.Document(io.BytesIO(await fetched(stage, path))).inline_shapes)


@pytest.mark.long
@in_one_chat
async def test_what_was_sent_in_with_an_agendas_item_stands_on_the_agenda_below_it(open_stage: Stage) -> None:
    """R083 R158: and no longer for whoever may not see it, once its line has been graded."""
    stage = open_stage
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["kim"].commands("ind Hanne")
    await stage["kim"].sends("kort.png", map_of_water(), "punkt skal vi lukke Hovedgaden?")
    await stage["kim"].presses("Drøftelse")
    await stage["kim"].commands("møde i morgen 10 stabsrummet")
    await stage["kim"].commands("dagsorden")
    await stage["kim"].presses("Send til godkendelse")
    await stage["ole"].presses("Godkend")
    await stage.at("16:01")
    links = {}
    for name in ("hanne", "lars"):
        await stage[name].commands("dagsorden")
        await stage[name].presses("PDF og Word")
        links[name] = await newest_links(stage, name)
        assert await pictures_on(stage, links[name]["docx"]) == 1
        assert "Til punkt 4.1: kort.png" in printed(await fetched(stage, links[name]["pdf"]))
    no = (await stage.part("attachments"))[0]["log_no"]
    await stage["lars"].commands(f"grad {no} fortrolig")
    assert await pictures_on(stage, links["lars"]["docx"]) == 1
    assert "kort.png" not in printed(await fetched(stage, links["hanne"]["pdf"]))


@pytest.mark.long
@in_one_chat
async def test_a_map_that_is_graded_afterwards_is_on_paper_for_those_alone_who_may_see_it(open_stage: Stage) -> None:
    """R158 R216: and what is sent in and is no picture is none."""
    stage = open_stage
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["kim"].commands("ind Hanne")
    await stage["kim"].sends("kort.png", map_of_water(), "log her står vandet")
    await stage["kim"].sends("plan.pdf", b"%PDF-1.7", "log indsatsplanen", kind="application/pdf")
    await stage["kim"].commands("billede")
    await stage["kim"].fills_in("Skriv 1–3", **await fields(stage, s2="Sundhed: ingen kendte"))
    await stage["lars"].commands("billede")
    await stage["lars"].presses("Godkend")
    links = {}
    for name in ("hanne", "lars"):
        await stage[name].commands("billede")
        await stage[name].presses("PDF og Word")
        links[name] = (await newest_links(stage, name))["docx"]
        assert await pictures_on(stage, links[name]) == 1
    no = (await stage.part("attachments"))[0]["log_no"]
    (version,) = await stage.part("pictures")
    assert version["sections"][9]["text"].split("\n")[1:] == [f"• kort.png: her står vandet (nr. {no}, ubekræftet)"]
    await stage["lars"].commands(f"grad {no} fortrolig")
    # The whole picture repeats the line, and is as confidential as it is.
    await fetched(stage, links["hanne"], 404)
    assert await pictures_on(stage, links["lars"]) == 1


@pytest.mark.long
@everywhere
async def test_a_map_sent_with_an_orders_draft_follows_the_order_to_whoever_it_is_for(open_stage: Stage) -> None:
    """R230 R105 R158: it is kept with the draft's line, named on every card, and stands on the order's paper; nobody else
    is given that paper."""
    stage = open_stage
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["kim"].sends(
        "kort.png", map_of_water(), "ordre spær Hovedgaden ved viadukten @Mads kl 17", kind="image/png"
    )
    assert not await stage["kim"].sees("står ikke i loggen")
    assert await stage["lars"].sees("1 bilag: kort.png")
    (draft,) = await stage.log("order_draft")
    (kept,) = await stage.part("attachments")
    assert (kept["state"], kept["log_no"]) == ("kept", draft["no"])
    await stage["lars"].presses("Udsted ordre")
    (line,) = await stage.log("order")
    assert f"Bilag: se nr. {draft['no']}." in line["summary"]
    (order,) = await stage.part("orders")
    assert order["draft_no"] == draft["no"]
    assert await stage["mads"].sees("1 bilag: kort.png")
    await stage["mads"].presses("Modtaget")
    await stage["mads"].presses("PDF og Word")
    links = await newest_links(stage, "mads")
    assert await pictures_on(stage, links["docx"]) == 1
    assert "Til ordre 1: kort.png" in printed(await fetched(stage, links["pdf"]))
    await stage["anne"].presses("PDF og Word")
    staffs = await newest_links(stage, "anne")
    assert await pictures_on(stage, staffs["docx"]) == 1
    # Its line is graded, and the order with it: those it was sent to have it, and the rest of the staff no more.
    await stage["lars"].commands(f"grad {draft['no']} fortrolig")
    assert await pictures_on(stage, links["docx"]) == 1
    await fetched(stage, staffs["docx"], 404)
    await stage.forward(hours=25)
    await fetched(stage, links["docx"], 404)


@pytest.mark.long
@in_one_chat
async def test_an_orders_paper_is_given_to_those_it_was_sent_to_and_to_the_staff(open_stage: Stage) -> None:
    """R230 D09: what isn't a picture is named on it; a deputy who gets the order later may have it, and not before."""
    stage = open_stage
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["kim"].sends("plan.pdf", b"%PDF-1.7", "ordre evakuér stuen på Birkehøj @Gitte", kind="application/pdf")
    await stage["lars"].presses("Udsted ordre")
    await stage["gitte"].presses("PDF og Word")
    links = await newest_links(stage, "gitte")
    word = docx.Document(io.BytesIO(await fetched(stage, links["docx"])))
    assert ["Bilag", "plan.pdf"] in [[cell.text for cell in row.cells] for table in word.tables for row in table.rows]
    (order,) = await stage.part("orders")
    assert order["asked"] == ["gitte"]
    assert not await stage["rune"].has("PDF og Word")
    await stage.forward(minutes=16)
    _, deputy = (await stage.part("orders"))[0]["asked"]
    await stage[deputy].presses("PDF og Word")
    assert "Bilag" in printed(await fetched(stage, (await newest_links(stage, deputy))["pdf"]))
