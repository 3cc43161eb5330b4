"""The municipality's logo: a file beside the plan file, looked at when the plan is read, and on every page of paper."""

from __future__ import annotations

import io
import re
import struct
import zlib
from datetime import date
from importlib import resources
from pathlib import Path

import docx
import pikepdf
import pytest

from storage.case.pages import pdf, word
from storage.case.pages.blocks import Block, Names
from storage.plan import loading
from storage.plan.faults import PlanFaults
from storage.plan.logo import LARGEST, PNG
from storage.plan.model import Plan

EXAMPLE = (resources.files("storage.plan") / "eksempelplan.yaml").read_text("utf-8")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"><rect width="90" height="30" fill="#0b5676"/></svg>'
# Three pages of a long log, with the municipality's name above each.
PAGES = [Block("title", "Krise"), *(Block("text", f"Linje {number}") for number in range(150))]


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def png(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    rows = (b"\0" + b"\x0b\x56\x76" * width) * height
    return PNG + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def with_logo(folder: Path, name: str, content: bytes | None) -> Plan:
    if content is not None:
        (folder / name).write_bytes(content)
    (folder / "plan.yaml").write_text(f"logo: {name}\n{EXAMPLE}", encoding="utf-8")
    return loading.load(folder / "plan.yaml")


@pytest.mark.parametrize(("name", "content"), [("byvåben.svg", SVG), ("logo 2026.png", png(300, 100))])
def test_the_logo_stands_on_every_page_of_pdf_and_word(name: str, content: bytes, tmp_path: Path) -> None:
    """R182 R254: what the municipality prints is in its own look; the PDF stays an archive's, with alternative text."""
    logo = Names.of(with_logo(tmp_path, name, content)).logo
    drawn = pdf.render(PAGES, header="Byen", footer="f", written=date(2026, 7, 2), logo=logo)
    with pikepdf.open(io.BytesIO(drawn)) as document:
        assert len(document.pages) > 1
        assert all(len(page.images) == 1 for page in document.pages)
        with document.open_metadata() as metadata:
            assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("2", "B")
    header = (
        docx.Document(io.BytesIO(word.render(PAGES, header="Byen", footer="f", written=date(2026, 7, 2), logo=logo)))
        .sections[0]
        .header
    )
    words, picture = header.tables[0].rows[0].cells
    assert words.text == "Byen"
    assert len(re.findall("</pic:pic>", picture._tc.xml)) == 1
    # The same pages are the same bytes on any day.
    assert drawn == pdf.render(PAGES, header="Byen", footer="f", written=date(2026, 7, 2), logo=logo)


def test_a_plan_without_a_logo_has_pages_without_one() -> None:
    """R254: it is optional."""
    drawn = pdf.render(PAGES, header="Byen", footer="f", written=date(2026, 7, 2), logo=loading.example().logo_drawn)
    with pikepdf.open(io.BytesIO(drawn)) as document:
        assert all(len(page.images) == 0 for page in document.pages)


def test_a_crisis_has_todays_logo(tmp_path: Path) -> None:
    """R254: it is no part of what a crisis froze; a new one is on the old crisis' papers too."""
    plan = with_logo(tmp_path, "logo.svg", SVG)
    assert "logo" not in plan.frozen()
    assert Plan.thawed(loading.example().frozen(), plan).logo_drawn == plan.logo_drawn
    assert plan.logo_drawn


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("logo.svg", None, "kan ikke læses"),
        ("logo.svg", b"<svg", "kan ikke tegnes"),
        ("logo.svg", SVG.replace(b"<rect", b'<image href="file:///etc/passwd"/><rect'), "kan ikke tegnes"),
        ("logo.svg", b"<!--" + b" " * LARGEST + b"-->" + SVG, "er større end"),
        ("logo.svg", SVG.replace(b'width="90"', b'width="900"'), "gange så bredt"),
        ("logo.png", SVG, "er ikke en PNG"),
        ("logo.png", PNG, "er ikke en PNG"),
        ("logo.png", png(5000, 2), "er ikke en PNG"),
        ("logo.png", png(30, 10)[:60], "kan ikke tegnes"),
    ],
)
def test_a_logo_that_no_paper_can_draw_is_told_of_with_its_line(
    name: str, content: bytes | None, told: str, tmp_path: Path
) -> None:
    """R254: by `plan check` and at the start, and not the night somebody prints."""
    with pytest.raises(PlanFaults, match=told) as raised:
        with_logo(tmp_path, name, content)
    assert [fault.line for fault in raised.value.faults] == [1]


@pytest.mark.parametrize("name", ["../logo.svg", "/etc/logo.png", "logo.gif", "https://x.example/logo.svg", ".png"])
def test_a_logo_is_a_file_beside_the_plan_and_nothing_else(name: str, tmp_path: Path) -> None:
    """R254: no path leads out of the folder."""
    with pytest.raises(PlanFaults, match="PNG- eller SVG-fil"):
        with_logo(tmp_path, name, None)
