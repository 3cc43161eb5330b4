"""Whatever people write, every paper that it ends on can be fetched, whole. Plan §7: the log is kept whole."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import aiohttp
import docx
import pypdf
import pytest

from storage.case import archive
from tests.bot.pages.test_papers import fetched, newest_links
from tests.handlers.picture.test_picture import fields
from tests.stage.platforms import in_one_chat
from tests.stage.stage import Stage

# Arabic, Greek, Cyrillic; a family, a flag and a skin tone; marks of their own and on a letter; a line turned around; a
# bell, an escape and a vertical tab; a sign that no font here has.
LETTERS = {
    "arabic": "حريق في المدرسة",
    "greek": "Πυρκαγιά στο σχολείο",
    "cyrillic": "Пожежа в школі",
    "emoji": "👨‍👩‍👧 🇩🇰 👍🏽 🏳️‍🌈 ⚠️",
    "marks": "\u0301 \u0308\u0488 a\u0301",
    "turned": "kl \u202e0371\u202c nu",
    "controls": "a\x07b\x1bc\x0bd",
    "strange": "漢字",
}
ALL = " · ".join(LETTERS.values())
LONG = "Speciallæge" * 455
# How it stands where it is drawn: what can be is, and what can't is told by its number.
SHOWN = ("Πυρκαγιά", "Пожежа", "👨", "👍", "[tegn U+202E]0371", "a[tegn U+0007]b[tegn U+001B]c", "[tegn U+6F22]")
A4 = 595


def drawn(content: bytes) -> str:
    """What stands on a PDF's pages; and that none of it stands beside the paper."""
    pages = pypdf.PdfReader(io.BytesIO(content)).pages
    text = " ".join(page.extract_text() for page in pages).replace("\u200b", "")
    for page in pages:
        page.extract_text(visitor_text=lambda said, cm, tm, font, size: _inside(said, tm[4], size))
    return " ".join(text.split())


def _inside(said: str, left: float, size: float) -> None:
    word = max(said.replace("\u200b", " ").split(), key=len, default="")
    # No letter of these fonts is narrower than a fifth of its height.
    assert left + len(word) * (size or 1) * 0.2 < A4, (left, said[:80])


def worded(content: bytes) -> str:
    """What stands in a DOCX, its tables too."""
    document = docx.Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def holds(text: str, *, letters: tuple[str, ...] = SHOWN) -> None:
    """Every kind of letters is there, and the long word to its last letter."""
    together = re.sub(r"\s", "", text)
    assert [each for each in letters if re.sub(r"\s", "", each) not in together] == []
    assert together.count("Speciallæge") >= 455


async def written_everywhere(stage: Stage) -> None:
    """The same letters in the log, a measure, an order, the picture, an agenda, minutes and a lesson."""
    await stage["jens"].commands("aktiver 2 skybrud")
    for text in (*LETTERS.values(), LONG):
        await stage["kim"].commands(f"log ! {text}")
    await stage["kim"].commands(f"tiltag {ALL} {LONG} @Mads kl 18")
    await stage["kim"].commands(f"erfaring {ALL} {LONG}")
    await stage["lars"].commands("ordre")
    await stage["lars"].fills_in("Skriv ordre", task=f"{ALL} {LONG}", to="Mads", due="kl 18")
    await stage["lars"].presses("Udsted ordre")
    await stage["kim"].commands(f"punkt {ALL} {LONG}")
    await stage["kim"].presses("Beslutning")
    await stage["kim"].fills_in("Indstilling og frist", recommendation=f"{ALL} {LONG}")


@pytest.mark.long
@in_one_chat
async def test_the_case_file_holds_them_in_every_form(open_stage: Stage) -> None:
    """D11: PDF, DOCX, CSV and the ZIP of them all; what is copied is copied letter by letter, and the chain holds."""
    stage = open_stage
    await written_everywhere(stage)
    await stage["kim"].commands("eksport")
    (link,) = re.findall(r"/eksport/[\w-]+", "\n".join(await stage["kim"].reads()))[-1:]
    content = await fetched(stage, link)
    assert archive.verify(io.BytesIO(content)) == []
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        forms = {name.rpartition(".")[2]: packed.read(name) for name in packed.namelist()}
        papers = [name for name in packed.namelist() if name.endswith((".pdf", ".docx"))]
        assert papers
        pdfs = " ".join(drawn(packed.read(name)) for name in papers if name.endswith(".pdf"))
        words = " ".join(worded(packed.read(name)) for name in papers if name.endswith(".docx"))
    holds(pdfs)
    holds(words, letters=(*SHOWN[:-1], "漢字", "حريق في المدرسة"))
    rows = list(csv.reader(io.StringIO(forms["csv"].decode("utf-8-sig")), delimiter=";"))
    said = [cell.lstrip("'") for row in rows for cell in row]
    assert [each for each in (*LETTERS.values(), LONG) if each not in said] == []


@pytest.mark.long
@in_one_chat
async def test_picture_agenda_and_minutes_hold_them_on_paper(open_stage: Stage) -> None:
    """R303 R304 R089: each in PDF and in Word."""
    stage = open_stage
    await written_everywhere(stage)
    await stage["kim"].commands("billede")
    await stage["kim"].fills_in("Skriv 1–3", **await fields(stage, s2=f"Sundhed: {ALL} {LONG}"))
    await stage["lars"].commands("billede")
    await stage["lars"].presses("Godkend")
    await stage["lars"].commands("billede")
    await stage["lars"].presses("PDF og Word")
    papers = [await newest_links(stage, "lars")]
    await stage["kim"].commands("møde kl 17 stabsrummet")
    await stage["kim"].commands("dagsorden")
    await stage["kim"].presses("Send til godkendelse")
    await stage["ole"].presses("Godkend")
    await stage["kim"].commands("dagsorden")
    await stage["kim"].presses("PDF og Word")
    papers.append(await newest_links(stage, "kim"))
    await stage.at("17:00")
    await stage["kim"].fills_in("Start mødet", absent="")
    await stage["eva"].commands("referat")
    await stage["eva"].fills_in("Skriv punkt 1", decision=f"{ALL} {LONG}", what=ALL, owner="hanne", due="kl 20")
    await stage.at("17:20")
    await stage["kim"].fills_in("Slut mødet", next_at="i morgen kl 10", next_place="Teams")
    await stage["lars"].commands("referat")
    await stage["lars"].fills_in("Godkend", forward="")
    await stage["kim"].commands("referat")
    await stage["kim"].presses("PDF og Word")
    papers.append(await newest_links(stage, "kim"))
    assert len({links["pdf"] for links in papers}) == 3
    for links in papers:
        holds(drawn(await fetched(stage, links["pdf"])))
        holds(worded(await fetched(stage, links["docx"])), letters=(*SHOWN[:-1], "漢字", "حريق في المدرسة"))


@pytest.mark.long
@in_one_chat
async def test_the_emergency_pack_and_the_wall_board_hold_them(open_stage: Stage) -> None:
    """D06: the pack is a PDF with what the log says; the board is a page, and nothing on it is run or cut."""
    stage = open_stage
    await written_everywhere(stage)
    await stage["kim"].commands("nødpakke")
    (link,) = re.findall(r"/eksport/noedpakke/[\w-]+", "\n".join(await stage["kim"].reads()))[-1:]
    said = drawn(await fetched(stage, link))
    assert "Пожежа" in said
    await stage["kim"].commands("tavle")
    (board,) = re.findall(r"/tavle/[\w-]+", "\n".join(await stage["kim"].reads()))[-1:]
    async with aiohttp.ClientSession() as client, client.get(f"{stage.address}{board}") as answer:
        assert answer.status == 200
        page = await answer.text()
    for letters in ("حريق في المدرسة", "Πυρκαγιά στο σχολείο", "Пожежа в школі"):
        assert letters in page
