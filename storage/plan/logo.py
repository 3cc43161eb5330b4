"""The municipality's logo, for the papers: a PNG or SVG file beside the plan file, looked at when the plan is read."""

from __future__ import annotations

import struct
from pathlib import Path

import typst

from storage.plan.faults import fault

# Bytes of the file; pixels of a side; and how many times as wide as it is high, so that a header has room for it.
LARGEST = 512 * 1024
MOST_PIXELS = 4000
WIDEST = 6
PNG = b"\x89PNG\r\n\x1a\n"
BIG_ENDIAN_SIZES = struct.Struct(">II")
# As high as it stands on paper, sharp in print.
PAGE = b"""#set page(width: auto, height: auto, margin: 0pt, fill: none)
#image(bytes(json(bytes(sys.inputs.logo))), format: sys.inputs.kind, height: 10mm)
"""


def read(path: Path) -> bytes:
    """Read a logo, and draw it once, so that what no paper could draw is told of when the plan is read.

    Args:
        path: of the file, which ends in ".png" or ".svg".

    Returns:
        it as PNG.

    Raises:
        pydantic_core.PydanticCustomError: it isn't there, it is too large, or it is no picture; as a plan's faults are.
    """
    name = path.name
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise fault(f"Logoet »{name}« kan ikke læses", "Læg filen ved siden af planfilen, eller slet nøglen") from error
    if len(content) > LARGEST:
        raise fault(f"Logoet »{name}« er større end {LARGEST // 1024} KB", "Gem det mindre, eller som SVG")
    kind = path.suffix[1:]
    if kind == "png" and (not content.startswith(PNG) or max(_sides(content)) > MOST_PIXELS):
        raise fault(f"Logoet »{name}« er ikke en PNG på højst {MOST_PIXELS} punkter", "Gem det igen som PNG eller SVG")
    try:
        drawn: bytes = typst.compile(
            PAGE, format="png", ppi=300, ignore_system_fonts=True, sys_inputs={"logo": str(list(content)), "kind": kind}
        )
    except typst.TypstError as error:
        raise fault(f"Logoet »{name}« kan ikke tegnes", "Gem det igen som PNG eller SVG, uden henvisninger") from error
    width, height = _sides(drawn)
    if width > WIDEST * height:
        raise fault(f"Logoet »{name}« er over {WIDEST} gange så bredt, som det er højt", "Brug et, der er smallere")
    return drawn


def _sides(png: bytes) -> tuple[int, int]:
    """Return a PNG's width and height in pixels, as its first chunk has them."""
    if len(png) < 24:
        return MOST_PIXELS + 1, MOST_PIXELS + 1
    width, height = BIG_ENDIAN_SIZES.unpack_from(png, 16)
    return width, height
