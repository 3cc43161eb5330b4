"""The hour that comes twice, on paper: 02:10 is not 02:10."""

from __future__ import annotations

import io
from datetime import date

import docx
import pypdf

from storage.case.pages import pdf, word
from storage.case.pages.blocks import Block, Names
from storage.plan import loading
from tests.tables import examples

NAMES = Names.of(loading.example())
# The clock is put back in the night of 25 October 2026.
FIRST, SECOND = "2026-10-25T00:10:00.000000Z", "2026-10-25T01:10:00.000000Z"


@examples(
    ("at", "written"),
    [
        (FIRST, "25.10.2026 kl. 02:10:00 (sommertid, UTC+02)"),
        (SECOND, "25.10.2026 kl. 02:10:00 (normaltid, UTC+01)"),
        ("2026-10-24T23:59:59.000000Z", "25.10.2026 kl. 01:59:59"),
        ("2026-10-25T02:00:00.000000Z", "25.10.2026 kl. 03:00:00"),
        ("2026-03-29T01:30:00.000000Z", "29.03.2026 kl. 03:30:00"),
        ("2026-07-02T12:08:00.000000Z", "02.07.2026 kl. 14:08:00"),
    ],
)
def test_a_time_that_the_clock_shows_twice_is_written_with_its_offset(at: str, written: str) -> None:
    """R187: and no other time is."""
    assert NAMES.time(at) == written


def test_word_and_pdf_tell_the_two_from_each_other() -> None:
    """R187: read back out of both papers."""
    blocks = [Block("facts", rows=(("Først", NAMES.time(FIRST)), ("Så", NAMES.day(SECOND))))]
    cells = (
        docx.Document(io.BytesIO(word.render(blocks, header="h", footer="f", written=date(2026, 10, 25))))
        .tables[0]
        .columns[1]
        .cells
    )
    assert [cell.text for cell in cells] == [
        "25.10.2026 kl. 02:10:00 (sommertid, UTC+02)",
        "søndag den 25. oktober 2026 kl. 02:10 (normaltid, UTC+01)",
    ]
    drawn = (
        pypdf.PdfReader(io.BytesIO(pdf.render(blocks, header="h", footer="f", written=date(2026, 10, 25))))
        .pages[0]
        .extract_text()
    )
    assert "(sommertid, UTC+02)" in drawn
    assert "(normaltid, UTC+01)" in drawn
