"""The case file as PDF/A, by typst: no system library, the same bytes every time."""

from __future__ import annotations

import itertools
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import typst

from storage.case.pages import glyphs
from storage.case.pages.blocks import Block, as_data


class CannotDraw(Exception):
    """A page can't be drawn; the text says which line of it, Danish."""


def render(
    blocks: Sequence[Block], *, header: str, footer: str, written: date, size: float = 9, logo: bytes = b""
) -> bytes:
    """Draw the blocks as PDF/A-2b.

    Args:
        header: above every page.
        footer: below every page, beside its number.
        written: the day that the case file tells to; the same case file is the same bytes on any day.
        size: of the letters, in points.
        logo: as PNG, above every page; empty for none.

    Raises:
        CannotDraw: typst refuses it, whatever is written; it names the first line that is refused.
    """
    drawable = _drawable([*blocks, Block("text", header), Block("text", footer)])
    *blocks, above, below = drawable
    page = {
        "date": [written.year, written.month, written.day],
        "header": above.text,
        "footer": below.text,
        "size": size,
    }
    try:
        return _compiled(page, logo, blocks)
    except typst.TypstError as error:
        raise CannotDraw(f"{_first_refused(page, blocks)}: {error}") from error


def _compiled(page: Mapping[str, Any], logo: bytes, blocks: Sequence[Block]) -> bytes:
    title = next((block.text for block in blocks if block.kind == "title"), "Krise")
    data = {**page, "title": title, "families": glyphs.FAMILIES, "logo": bool(logo), "blocks": as_data(blocks)}
    with tempfile.TemporaryDirectory(prefix="krisebot-") as name:
        folder = Path(name)
        (folder / "page.typ").write_bytes(_template("pages.typ"))
        (folder / "logo.png").write_bytes(logo)
        for number, block in enumerate(blocks):
            if block.picture:
                (folder / f"{number}.jpg").write_bytes(block.picture)
            if block.chart:
                (folder / f"{number}.svg").write_text(block.chart, "utf-8")
        drawn: bytes = typst.compile(
            folder / "page.typ",
            root=folder,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
            pdf_standards=["a-2b"],
            font_paths=glyphs.fonts(),
        )
    return drawn


def _drawable(blocks: Sequence[Block]) -> list[Block]:
    """Return the blocks with what no font draws told in its place."""
    said = iter(glyphs.drawable([text for block in blocks for text in (block.text, *itertools.chain(*block.rows))]))
    return [
        replace(block, text=next(said), rows=tuple(tuple(next(said) for _ in row) for row in block.rows))
        for block in blocks
    ]


def _first_refused(page: Mapping[str, Any], blocks: Sequence[Block]) -> str:
    """Return the beginning of the first line that can't be drawn by itself, so that somebody can find it."""
    for block in blocks:
        for part in [replace(block, rows=(row, row)) for row in block.rows] or [block]:
            try:
                _compiled(page, b"", [part])
            except typst.TypstError:
                return " ".join(part.rows[0] if part.rows else (part.text,))[:80]
    return "siden som helhed"


def forget() -> None:
    """Free the memory of what was drawn: typst keeps it until it has drawn ten other things."""
    for _ in range(11):
        typst.compile(b"", ignore_system_fonts=True)


def as_png(svg: str) -> bytes:
    """Draw a chart by itself, as PNG, for pages that typst doesn't make."""
    page = (
        b"#set page(width: auto, height: auto, margin: 1.5mm)\n"
        b'#image(bytes(sys.inputs.chart), format: "svg", width: 172mm)\n'
    )
    drawn: bytes = typst.compile(page, sys_inputs={"chart": svg}, format="png", ppi=200, font_paths=glyphs.fonts())
    return drawn


def _template(name: str) -> bytes:
    return (resources.files("storage.case.pages") / name).read_bytes()
