"""The case file as DOCX, for whoever has to write in it."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime, time

import docx
from docx.document import Document
from docx.enum.table import WD_ALIGN_VERTICAL
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.section import Section
from docx.shared import Length, Mm, Pt
from docx.table import _Row
from docx.text.paragraph import Paragraph

from storage.case.pages import glyphs
from storage.case.pages.blocks import Block
from storage.case.pages.pdf import as_png

# As in the PDF: what is left of the page for words; and how a fact's name and value share it.
MARGIN = Mm(18)
TEXT = Mm(210 - 2 * 18)
FACTS = (3, 8)
LANGUAGE = "da-DK"
LEVELS = {"title": 1, "heading": 2, "subheading": 3}


def render(
    blocks: Sequence[Block], *, header: str, footer: str, written: date, size: float = 9, logo: bytes = b""
) -> bytes:
    """Draw the blocks in Word's own styles. The arguments are those of `storage.case.pages.pdf.render`."""
    document = docx.Document()
    document.styles["Normal"].font.size = Pt(size)
    _tell_about(document, blocks, written)
    section = document.sections[0]
    _on_a4(section)
    _above(section, header, logo)
    _below(section, footer)
    for block in blocks:
        if block.kind in LEVELS:
            document.add_heading(_clean(block.text), level=LEVELS[block.kind])
        elif block.kind == "text":
            document.add_paragraph(_clean(block.text))
        elif block.kind == "scale":
            _scale(document.add_paragraph(), block)
        elif block.kind == "chart":
            document.add_paragraph(_clean(block.text)).paragraph_format.keep_with_next = True
            _show(document, as_png(block.chart), block.text, TEXT)
        elif block.kind == "picture":
            # The words below stand on the picture's page.
            _show(document, block.picture, block.text, Mm(block.widths[0])).paragraph_format.keep_with_next = True
            document.add_paragraph(_clean(block.text))
        elif block.rows:
            table = document.add_table(rows=0, cols=len(block.rows[0]), style="Table Grid")
            table.autofit = False
            widths = [Length(TEXT * part // sum(block.widths or FACTS)) for part in block.widths or FACTS]
            for column, width in zip(table.columns, widths, strict=True):
                column.width = width
            for number, row in enumerate(block.rows):
                cells = table.add_row().cells
                for cell, text, width in zip(cells, row, widths, strict=True):
                    cell.text, cell.width = _clean(text), width
                if number == 0 and block.kind == "table":
                    _repeats(table.rows[0])
                    for run in (run for cell in cells for run in cell.paragraphs[0].runs):
                        run.bold = True
    file = io.BytesIO()
    document.save(file)
    return _same_every_time(file.getvalue())


def _tell_about(document: Document, blocks: Sequence[Block], written: date) -> None:
    """Write what a DOCX says of itself, where the library's own form speaks English and of itself: its title, its day, and
    that its words are Danish, so that Word reads them as such."""
    about = document.core_properties
    about.title = _clean(next((block.text for block in blocks if block.kind == "title"), "Krise"))
    about.author = about.last_modified_by = about.comments = ""
    about.language = LANGUAGE
    about.created = about.modified = datetime.combine(written, time())
    for said in document.styles.element.iter(qn("w:lang")):
        said.set(qn("w:val"), LANGUAGE)


def _on_a4(section: Section) -> None:
    """Give a page the size and margins that the PDF has: Word's own are an American letter's."""
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = MARGIN
    section.top_margin, section.bottom_margin = Mm(24), Mm(20)


def _above(section: Section, header: str, logo: bytes) -> None:
    """Write the line above every page, and the logo beside it."""
    if not logo:
        section.header.paragraphs[0].text = _clean(header)
        return
    table = section.header.add_table(rows=1, cols=2, width=TEXT)
    # The line that Word wants below a table takes no room above it.
    section.header._element.insert(0, table._tbl)
    words, picture = table.rows[0].cells
    words.width, picture.width = Length(TEXT * 2 // 3), Length(TEXT // 3)
    words.text = _clean(header)
    words.vertical_alignment = WD_ALIGN_VERTICAL.CENTER
    picture.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    picture.paragraphs[0].add_run().add_picture(io.BytesIO(logo), height=Mm(10))


def _below(section: Section, footer: str) -> None:
    """Write the line below every page, and which page it is."""
    paragraph = section.footer.paragraphs[0]
    paragraph.paragraph_format.tab_stops.clear_all()
    paragraph.paragraph_format.tab_stops.add_tab_stop(TEXT, WD_TAB_ALIGNMENT.RIGHT)
    paragraph.style = "Normal"
    paragraph.add_run(f"{_clean(footer)}\tSide ")
    _field(paragraph, "PAGE")
    paragraph.add_run(" af ")
    _field(paragraph, "NUMPAGES")


def _show(document: Document, picture: bytes, said: str, width: Length) -> Paragraph:
    """Show a picture in a paragraph of its own, with what a program that reads the page aloud says of it."""
    paragraph = document.add_paragraph()
    shown = paragraph.add_run().add_picture(io.BytesIO(picture), width=width)
    shown._inline.docPr.set("descr", _clean(said))
    return paragraph


def _field(paragraph: Paragraph, name: str) -> None:
    """Write what Word counts by itself."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), name)
    paragraph._p.append(field)


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
