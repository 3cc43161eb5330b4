"""Krisebot's two icons for Teams, drawn as PNG: `python -m manifest.icons` writes them anew."""

from __future__ import annotations

import math
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

FOLDER = Path(__file__).parent / "teams"
COLOR, OUTLINE = ("color.png", 192), ("outline.png", 32)

RED, WHITE, NOTHING = (122, 20, 32, 255), (255, 255, 255, 255), (255, 255, 255, 0)
Pixel = tuple[int, int, int, int]

# Each pixel is the mean of so many points in each direction, which makes the edges smooth.
POINTS = 4


def signal(x: float, y: float) -> bool:
    """A ring with an exclamation mark in it; both coordinates go from -1 to 1, y downwards."""
    ring = 0.62 <= math.hypot(x, y) <= 0.78
    stroke = abs(x) <= 0.1 - 0.03 * (y + 0.42) and -0.42 <= y <= 0.14
    dot = math.hypot(x, y - 0.34) <= 0.11
    return ring or stroke or dot


def draw(side: int, inside: Pixel, outside: Pixel) -> bytes:
    """The signal as a PNG.

    Args:
        side: pixels.
        inside, outside: the colours of the signal and of what is around it.
    """
    rows = []
    for top in range(side):
        row = bytearray(b"\0")
        for left in range(side):
            share = _share(signal, left, top, side)
            row += bytes(round(share * a + (1 - share) * b) for a, b in zip(inside, outside, strict=True))
        rows.append(bytes(row))
    header = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    parts = (b"IHDR", header), (b"IDAT", zlib.compress(b"".join(rows), 9)), (b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(*part) for part in parts)


def size(png: bytes) -> tuple[int, int] | None:
    """A PNG's width and height in pixels; None for what is no PNG."""
    if png[:8] != b"\x89PNG\r\n\x1a\n" or len(png) < 24:
        return None
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def _share(shape: Callable[[float, float], bool], left: int, top: int, side: int) -> float:
    steps = [(point + 0.5) / POINTS for point in range(POINTS)]
    found = sum(shape(2 * (left + right) / side - 1, 2 * (top + down) / side - 1) for right in steps for down in steps)
    return found / POINTS**2


def _part(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


if __name__ == "__main__":
    (FOLDER / COLOR[0]).write_bytes(draw(COLOR[1], WHITE, RED))
    (FOLDER / OUTLINE[0]).write_bytes(draw(OUTLINE[1], WHITE, NOTHING))
