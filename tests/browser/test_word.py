"""What is made for Word is opened by another program that reads it, as its users' own do: LibreOffice, without a repair."""

from __future__ import annotations

import io
import subprocess
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pypdf
import pytest

from storage.case.pages import charts, word
from storage.case.pages.blocks import Block
from storage.plan.logo import read
from tests.bot.pages.every_paper import KINDS, MAP_SIZE, PHOTO_SIZE

pytestmark = pytest.mark.browser

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"><rect width="90" height="30" fill="#0b5676"/></svg>'
UTC = ZoneInfo("UTC")
# As wide as high, so many times: the logo; a map, and a photograph that is turned upright.
LOGOS = 3.0
MAP, PHOTO = MAP_SIZE[0] / MAP_SIZE[1], PHOTO_SIZE[1] / PHOTO_SIZE[0]
PICTURES = {"situationsbillede.docx": {LOGOS, MAP, PHOTO}, "sag.docx": {LOGOS, MAP, PHOTO}, "evaluering.docx": {LOGOS}}
COUNTED = [(datetime(2026, 7, 2, 14, tzinfo=UTC), 41.0), (datetime(2026, 7, 2, 15, tzinfo=UTC), 51.0)]
EVERYTHING = [
    Block("title", "Krise nr. 1: skybrud & <kloak>"),
    Block("heading", "Situationsbillede"),
    Block("subheading", "1. Situationen"),
    Block("text", "40 cm vand.\nÆØÅ \u202e og et tegn, der vender linjen."),
    Block("facts", rows=(("Kommune", "Høje-Taastrup"), ("Niveau", "2"))),
    Block("scale", "Beredskab", rows=(("normal", ""), ("forhøjet", "x"))),
    Block("chart", "ramte: 51", chart=charts.trend(COUNTED, UTC, charts.ON_PAPER)),
    Block("table", rows=(("Nr.", "Punkt"), *((str(number), "x" * 80) for number in range(150))), widths=(1, 9)),
]


def opened(files: dict[str, bytes], folder: Path) -> dict[str, pypdf.PdfReader]:
    """Open DOCX files in LibreOffice, all in one start, and return what it prints of them by their names; one that it
    would have to repair is not among them: it asks, and nobody is there to answer."""
    for name, content in files.items():
        (folder / name).write_bytes(content)
    profile = (folder / "profile").as_uri()
    done = subprocess.run(
        ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", *files],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    printed = {name: folder / name.replace(".docx", ".pdf") for name in files}
    return {name: pypdf.PdfReader(path) for name, path in printed.items() if path.exists()}


def text_of(printed: pypdf.PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in printed.pages).split())


def shapes(printed: pypdf.PdfReader) -> set[float]:
    """How many times as wide as it is high each picture is."""
    pictures = [each.image for page in printed.pages for each in page.images]
    return {round(each.width / each.height, 2) for each in pictures if each}


def test_libreoffice_opens_the_word_file_whole(tmp_path: Path) -> None:
    """R182 R254: every kind of block, the logo above each page, on as many pages as it takes."""
    (tmp_path / "logo.svg").write_bytes(LOGO)
    made = word.render(
        EVERYTHING, header="Byen", footer="Segl", written=date(2026, 7, 2), logo=read(tmp_path / "logo.svg")
    )
    pages = opened({"sag.docx": made}, tmp_path)["sag.docx"].pages
    assert len(pages) > 2
    assert all("Byen" in page.extract_text() and "Segl" in page.extract_text() for page in pages)
    assert all(len(page.images) >= 1 for page in pages)
    # A4, with its pages counted, and a narrow column as narrow as on the PDF.
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in pages} == {(595, 842)}
    assert f"Side 2 af {len(pages)}" in pages[1].extract_text()
    # No row of the narrow table takes two lines: its columns are as wide as the PDF's.
    assert len(pages) < 6
    text = "\n".join(page.extract_text() for page in pages)
    for said in ("skybrud & <kloak>", "40 cm vand.", "Høje-Taastrup", "ramte: 51", "149"):
        assert said in text


def test_libreoffice_opens_every_paper_as_it_is_and_a_broken_one_not(
    every_paper: dict[str, bytes], tmp_path: Path
) -> None:
    """R182: picture, agenda, minutes, order, evaluation and case file say there what they say in the PDF, with their
    pictures; a file that lacks its end is not opened, so that a repair would have been seen."""
    files = {name: content for name, content in every_paper.items() if name.endswith(".docx")}
    whole = files["referat.docx"]
    printed = opened({**files, "halv.docx": whole[: len(whole) // 2]}, tmp_path)
    assert set(printed) == set(files)
    assert len(files) == len(KINDS)
    for name, shown in printed.items():
        ours = pypdf.PdfReader(io.BytesIO(every_paper[name.replace(".docx", ".pdf")]))
        # Where a line or a long word in a narrow column is broken differs; the words don't.
        there = "".join(text_of(shown).split())
        missing = {word for word in text_of(ours).split() if word.isalpha() and word not in there}
        # What stands below a chart is a part of its picture in Word.
        assert missing <= {"sommertid", "normaltid"}, name
        assert all(page.extract_text().startswith("Høje-Taastrup Kommune") for page in shown.pages), name
        assert shapes(shown) >= PICTURES.get(name, set()), name
        assert shapes(shown) == {LOGOS} or name in PICTURES, name
