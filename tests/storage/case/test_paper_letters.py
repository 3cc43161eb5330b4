"""Every paper holds what people write, whatever their letters, and is whole or not there."""

from __future__ import annotations

import io
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import docx
import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from bot.operations.whole_files import whole_files
from storage.case.pages import glyphs, pdf, word
from storage.case.pages.blocks import Block

MARGINS: dict[str, Any] = {"header": "Krise 👍 nr. 1", "footer": "Segl \x07", "written": date(2026, 7, 2)}
# What was written, and what stands on the page; Arabic is drawn in the shapes that join, and read back as letters.
WRITTEN = {
    "kommer 👍": "kommer 👍",
    "Ærø, Łódź, Müller, café": "Ærø, Łódź, Müller, café",
    "Πυρκαγιά": "Πυρκαγιά",
    "Пожежа в підвалі": "Пожежа в підвалі",
    "⚠️ ☎️ 🆘 ✅": "⚠️ ☎️ 🆘 ✅",
    "familie 👨‍👩‍👧 🏽": "👨",
    "漢字 her": "[tegn U+6F22][tegn U+5B57] her",
    "klip\x07 og \ue000": "klip[tegn U+0007] og [tegn U+E000]",
    "ny emoji \U0001fae9": "[tegn U+1FAE9]",
    "q̃ og ё": "ё",
}


def drawn(*texts: str) -> bytes:
    rows = (("Nr.", "Resume"), *((str(number), text) for number, text in enumerate(texts, 1)))
    blocks = [Block("title", texts[0]), Block("table", rows=rows, widths=(1, 6)), Block("text", "\n".join(texts))]
    return pdf.render(blocks, **MARGINS)


def fonts(content: bytes) -> list[Any]:
    """Every font that the file draws with, the fonts inside composite ones too."""
    with pikepdf.open(io.BytesIO(content)) as opened:
        every = [each for each in opened.objects if isinstance(each, pikepdf.Dictionary)]
        return [
            bool({"/FontFile", "/FontFile2", "/FontFile3"} & set(each.keys()))
            for each in every
            if each.get("/Type") == "/FontDescriptor"
        ]


def printed(content: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())


def test_what_people_write_is_drawn_and_what_no_font_has_is_told_in_its_place() -> None:
    """D11 R303: one thumb in the log must not cost the municipality its case file."""
    for written, shown in WRITTEN.items():
        content = drawn(written)
        assert shown in printed(content), ascii(written)
        with pikepdf.open(io.BytesIO(content)) as opened, opened.open_metadata() as said:
            assert (said["pdfaid:part"], said["pdfaid:conformance"]) == ("2", "B")
        assert fonts(content), written
        assert all(fonts(content)), f"a font is not inside: {written}"


def test_arabic_is_shaped_and_runs_from_the_right() -> None:
    """D11: letters that join are drawn joined: the word's first letter stands to the right of its last."""
    placed: list[tuple[float, str]] = []
    page = PdfReader(io.BytesIO(pdf.render([Block("text", "حريق")], **MARGINS))).pages[0]
    page.extract_text(visitor_text=lambda text, cm, tm, font, size: placed.append((tm[4], str(font))))
    names = {str(font) for _, font in placed if "Arabic" in font}
    assert names, placed
    # The same four letters kept apart take other glyphs, and more room.
    apart = pdf.render([Block("text", "ح\u200cر\u200cي\u200cق")], **MARGINS)
    joined = pdf.render([Block("text", "حريق")], **MARGINS)
    assert _streams(apart) != _streams(joined)


def _streams(content: bytes) -> list[bytes]:
    with pikepdf.open(io.BytesIO(content)) as opened:
        return [page.Contents.read_bytes() for page in opened.pages]


def test_word_holds_the_same_letters() -> None:
    """R303: a DOCX is opened by Word, which has fonts of its own; what XML can't hold is told in its place."""
    texts = [*WRITTEN, "حريق", "\ud800\uffff"]
    rows = tuple((str(number), text) for number, text in enumerate(texts))
    content = word.render([Block("title", texts[0]), Block("table", rows=rows, widths=(1, 6))], **MARGINS)
    document = docx.Document(io.BytesIO(content))
    cells = [row.cells[1].text for row in document.tables[0].rows]
    assert cells[0] == "kommer 👍"
    assert cells[-2:] == ["حريق", "[tegn U+D800][tegn U+FFFF]"]
    assert document.sections[0].footer.paragraphs[0].text.partition("\t")[0] == "Segl [tegn U+0007]"


@pytest.mark.long
@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=20), min_size=1, max_size=5))
def test_whatever_is_written_there_is_a_paper(texts: list[str]) -> None:
    """D11: accents of one script on letters of another, and all else that a keyboard or a paste can bring."""
    rows = tuple((str(number), text) for number, text in enumerate(texts))
    blocks = [Block("title", texts[0]), Block("facts", rows=rows)]
    assert pdf.render(blocks, **MARGINS).startswith(b"%PDF")
    assert zipfile.is_zipfile(io.BytesIO(word.render(blocks, **MARGINS)))


def test_a_page_that_typst_refuses_is_named_by_its_line() -> None:
    """D11: whoever has to mend it must find it among two thousand lines."""
    rows = (("Nr.", "Resume"), ("16", "hel"))
    good = Block("text", "før")
    with pytest.raises(pdf.CannotDraw, match="17 for få felter"):
        # A fact without a value can't be drawn, whatever is written beside it.
        pdf.render(
            [good, Block("facts", rows=(*rows, ("17 for få felter",)))],
            **MARGINS,
        )


def test_a_file_is_whole_or_is_not_there(tmp_path: Path) -> None:
    """D11: what stood there before stays when the new one fails, and nothing half written is left beside it."""
    old = tmp_path / "sag.pdf"
    old.write_bytes(b"gammel")

    def fails_half_way() -> None:
        with whole_files() as opened:
            opened(old).write(b"halv")
            opened(tmp_path / "sag-2.pdf").write(b"halv")
            raise pdf.CannotDraw("nr. 17")

    with pytest.raises(pdf.CannotDraw):
        fails_half_way()
    assert [each.name for each in tmp_path.iterdir()] == ["sag.pdf"]
    assert old.read_bytes() == b"gammel"
    with whole_files() as opened:
        opened(old).write(b"ny")
    assert old.read_bytes() == b"ny"


def test_the_fonts_come_with_the_installation() -> None:
    """D11: no font of the machine's is used: what is drawn is the same everywhere."""
    assert set(glyphs.FAMILIES) <= set(glyphs.fonts().families())
    assert "DejaVu Sans" not in glyphs.fonts().families()


# Typst's own marks, and what would read a file or run something where words were taken for markup.
MARKUP = (
    '#read("/etc/passwd")',
    '#import "page.typ": *',
    "#eval(1+1) og $x^2$ og @nogen",
    "*fed* _skrå_ `rå` ```python raw```",
    "stien C:\\krise\\plan \\u{41} <mærke>",
)


def test_what_people_write_is_never_run_on_paper() -> None:
    """R303: words stand as they were written, in PDF and in Word."""
    paged = "".join(printed(drawn(*MARKUP)).split())
    blocks = [Block("title", MARKUP[0]), *(Block("text", each) for each in MARKUP)]
    worded = "\n".join(each.text for each in docx.Document(io.BytesIO(word.render(blocks, **MARGINS))).paragraphs)
    for each in MARKUP:
        assert "".join(each.split()) in paged
        assert each in worded
