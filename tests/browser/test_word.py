"""What is made for Word is opened by another program that reads it, as its users' own do: LibreOffice, without a repair."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pypdf
import pytest

from storage.case.pages import word
from storage.case.pages.blocks import Block
from storage.plan.logo import read

pytestmark = pytest.mark.browser

LOGO = b'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"><rect width="90" height="30" fill="#0b5676"/></svg>'
EVERYTHING = [
    Block("title", "Krise nr. 1: skybrud & <kloak>"),
    Block("heading", "Situationsbillede"),
    Block("subheading", "1. Situationen"),
    Block("text", "40 cm vand.\nÆØÅ \u202e og et tegn, der vender linjen."),
    Block("facts", rows=(("Kommune", "Høje-Taastrup"), ("Niveau", "2"))),
    Block("scale", "Beredskab", rows=(("normal", ""), ("forhøjet", "x"))),
    Block("chart", "ramte: 51", points=((0.0, 41.0), (3600.0, 51.0))),
    Block("table", rows=(("Nr.", "Punkt"), *((str(number), "x" * 80) for number in range(150))), widths=(1, 9)),
]


def test_libreoffice_opens_the_word_file_whole(tmp_path: Path) -> None:
    """R182 R254: every kind of block, the logo above each page, on as many pages as it takes."""
    (tmp_path / "logo.svg").write_bytes(LOGO)
    made = word.render(EVERYTHING, header="Byen", footer="Segl", logo=read(tmp_path / "logo.svg"))
    (tmp_path / "sag.docx").write_bytes(made)
    profile = (tmp_path / "profile").as_uri()
    done = subprocess.run(
        ["soffice", f"-env:UserInstallation={profile}", "--headless", "--convert-to", "pdf", "sag.docx"],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    pages = pypdf.PdfReader(tmp_path / "sag.pdf").pages
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
