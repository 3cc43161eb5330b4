"""The case file as DOCX, for whoever has to write in it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence

import docx
from docx.oxml import OxmlElement
from docx.shared import Mm, Pt
from docx.table import _Row
from docx.text.paragraph import Paragraph

from storage.case.pages import glyphs
from storage.case.pages.blocks import Block
from storage.case.pages.pdf import chart

LEVELS = {"title": 1, "heading": 2, "subheading": 3}


def render(blocks: Sequence[Block], *, header: str, footer: str, size: float = 9, logo: bytes = b"") -> bytes:
    """Draw the blocks in Word's own styles. The arguments are those of `storage.case.pages.pdf.render`."""
    document = docx.Document()
    document.styles["Normal"].font.size = Pt(size)
    section = document.sections[0]
    section.header.paragraphs[0].text = _clean(header)
    if logo:
        # Beside the words, at the page's right edge, where Word's own style of a header has a tab.
        run = section.header.paragraphs[0].add_run("\t\t")
        run.add_picture(io.BytesIO(logo), height=Mm(10))
    section.footer.paragraphs[0].text = _clean(footer)
    for block in blocks:
        if block.kind in LEVELS:
            document.add_heading(_clean(block.text), level=LEVELS[block.kind])
        elif block.kind == "text":
            document.add_paragraph(_clean(block.text))
        elif block.kind == "scale":
            _scale(document.add_paragraph(), block)
        elif block.kind == "chart":
            document.add_paragraph(_clean(block.text))
            document.add_picture(io.BytesIO(chart(block)), width=Mm(70))
        elif block.rows:
            table = document.add_table(rows=0, cols=len(block.rows[0]), style="Table Grid")
            for number, row in enumerate(block.rows):
                cells = table.add_row().cells
                for cell, text in zip(cells, row, strict=True):
                    cell.text = _clean(text)
                if number == 0 and block.kind == "table":
                    _repeats(table.rows[0])
    written = io.BytesIO()
    document.save(written)
    return _same_every_time(written.getvalue())


def _scale(paragraph: Paragraph, block: Block) -> None:
    """Write every step of a scale, the chosen one bold and underlined."""
    paragraph.add_run(f"{_clean(block.text)}: ")
    for number, (step, chosen) in enumerate(block.rows):
        run = paragraph.add_run(_clean(step))
        run.bold = run.underline = bool(chosen)
        if number + 1 < len(block.rows):
            paragraph.add_run(" / ")


def _same_every_time(content: bytes) -> bytes:
    """Remove from a DOCX when it was packed, so that the same pages are the same bytes."""
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(written, "w") as target:
        for name in source.namelist():
            target.writestr(zipfile.ZipInfo(name), source.read(name), zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _repeats(row: _Row) -> None:
    """Make a table's headings stand on every page."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _clean(text: str) -> str:
    """Tell in its place what XML can't hold: controls, halves of pairs, and U+FFFE and U+FFFF; and what would turn a line
    around. Word finds a font for the rest, on the machine that reads it."""
    return "".join(
        each if _holds(ord(each)) and each not in glyphs.OVERRIDES else glyphs.in_words(each) for each in text
    )


def _holds(number: int) -> bool:
    return number in (9, 10) or 32 <= number < 0xD800 or 0xDFFF < number < 0xFFFE or number > 0xFFFF
