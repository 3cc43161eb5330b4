"""The pictures and maps that were sent in, as a page has them: upright, no larger than a page needs, and with nothing of
where and with what they were taken. Plan §7; Bilag 3, Kort og illustrationer."""

from __future__ import annotations

import io
import mimetypes
import threading
from collections.abc import Callable, Collection, Iterator

from PIL import Image, ImageOps

from storage.case.pages.blocks import Block, Told

# The bytes of a file that was kept, by its SHA-256; None where they aren't at hand.
Files = Callable[[str], bytes | None]
# What cameras, telephones and map programs write, and Pillow reads without another program.
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "MPO")
# Pixels of the longer side: sharp in print across a page.
LONGEST = 1_600
# What a small server has memory for, in octets of the whole, which is held some four times; a JPEG is read no larger than it is used.
# One is read at a time, however many papers are drawn.
MOST, MOST_PIXELS = 100_000_000, 80_000_000
ONE_AT_A_TIME = threading.Lock()
# Millimetres: as wide as a page, and so high that two stand on it; and how coarse a small one may be, in pixels a millimetre.
WIDEST, HIGHEST, COARSEST = 172, 105, 4


def no_files(sha256: str) -> None:
    """Return that no file is at hand, for pages that are made of the words alone."""


def of_lines(told: Told, files: Files, numbers: Collection[int], called: str = "Nr. {no}") -> Iterator[Block]:
    """Yield the pictures that are attached to some lines of the log, each with what it belongs to below it; in the place
    of one that can't be drawn, that it lies in the case.

    Args:
        told: the export's document; what the reader may not see is not in it.
        files: their bytes.
        numbers: the lines'.
        called: what they belong to, where a line's number says nothing to the reader.
    """
    for row in told.get("attachments") or []:
        if row["state"] != "kept" or row["log_no"] not in numbers or not _is_picture(row):
            continue
        caption = f"{called.format(no=row['log_no'])}: {row['name']}"
        content = files(row["sha256"])
        yield (drawn(content, caption) if content else None) or Block(
            "text", f"{caption} kan ikke vises her. Filen ligger i sagen som bilag til linjen."
        )


def drawn(content: bytes, called: str) -> Block | None:
    """Return a picture as a block that a page can hold, as JPEG; None for what can't be drawn."""
    try:
        with ONE_AT_A_TIME, Image.open(io.BytesIO(content), formats=FORMATS) as picture:
            pixels, by_parts = picture.width * picture.height, picture.format in ("JPEG", "MPO")
            if pixels > MOST_PIXELS or (not by_parts and pixels * len(picture.getbands()) > MOST):
                return None
            picture.draft("RGB", (LONGEST, LONGEST))
            picture.thumbnail((LONGEST, LONGEST))
            ImageOps.exif_transpose(picture, in_place=True)
            seen = (_in_eight_bits(picture) if picture.mode.startswith("I") else picture).convert("RGBA")
            page = Image.new("RGB", seen.size, "white")
            page.paste(seen, mask=seen.getchannel("A"))
            written = io.BytesIO()
            page.save(written, "JPEG", quality=85, subsampling=0)  # so that the small print on a map stays sharp
    except Exception:  # whatever its decoder finds wrong with it, the page is made without it
        return None
    part = min(WIDEST / page.width, HIGHEST / page.height, 1 / COARSEST)
    size = (max(1, int(page.width * part)), max(1, int(page.height * part)))
    return Block("picture", called, widths=size, picture=written.getvalue())


def _in_eight_bits(picture: Image.Image) -> Image.Image:
    """Return a scan's or a map's sixteen bits of grey in eight: cut off at eight, nearly all of it would be white."""
    return picture.convert("I").point(lambda value: value * (1 / 257)).convert("L")


def _is_picture(row: Told) -> bool:
    # Not every platform says what a file is.
    kind = row["content_type"] or ""
    return str(kind if kind.startswith("image/") else mimetypes.guess_type(row["name"])[0]).startswith("image/")
