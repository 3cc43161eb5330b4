"""The case file as PDF/A, by typst: no system library, the same bytes every time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from importlib import resources

import typst

from storage.pages import Block, as_data


def render(blocks: Sequence[Block], *, header: str, footer: str, written: date) -> bytes:
    """Draw the blocks as PDF/A-2b.

    Args:
        header: above every page.
        footer: below every page, beside its number.
        written: the day that the case file tells to; the same case file is the same bytes on any day.
    """
    title = next((block.text for block in blocks if block.kind == "title"), "Krise")
    day = [written.year, written.month, written.day]
    data = {"title": title, "date": day, "header": header, "footer": footer, "blocks": as_data(blocks)}
    template = (resources.files("storage.pages") / "pages.typ").read_bytes()
    drawn: bytes = typst.compile(
        template,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-2b"],
        ignore_system_fonts=True,
    )
    return drawn
