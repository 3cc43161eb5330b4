"""The case file as PDF/A, by typst: no system library, the same bytes every time."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from importlib import resources

import typst

from storage.case.pages.blocks import Block, as_data


def render(blocks: Sequence[Block], *, header: str, footer: str, written: date, size: float = 9) -> bytes:
    """Draw the blocks as PDF/A-2b.

    Args:
        header: above every page.
        footer: below every page, beside its number.
        written: the day that the case file tells to; the same case file is the same bytes on any day.
        size: of the letters, in points.
    """
    title = next((block.text for block in blocks if block.kind == "title"), "Krise")
    day = [written.year, written.month, written.day]
    data = {"title": title, "date": day, "header": header, "footer": footer, "size": size, "blocks": as_data(blocks)}
    drawn: bytes = typst.compile(
        _template("chart.typ") + _template("pages.typ"),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        pdf_standards=["a-2b"],
        ignore_system_fonts=True,
    )
    return drawn


def forget() -> None:
    """Free the memory of what was drawn: typst keeps it until it has drawn ten other things."""
    for _ in range(11):
        typst.compile(b"", ignore_system_fonts=True)


def chart(block: Block) -> bytes:
    """Draw a chart by itself, as PNG, for pages that typst doesn't make."""
    data = json.dumps([list(point) for point in block.points])
    page = b"#set page(width: auto, height: auto, margin: 1.5mm)\n#chart(json(bytes(sys.inputs.data)))\n"
    drawn: bytes = typst.compile(
        _template("chart.typ") + page, sys_inputs={"data": data}, format="png", ppi=200, ignore_system_fonts=True
    )
    return drawn


def _template(name: str) -> bytes:
    return (resources.files("storage.case.pages") / name).read_bytes()
