"""What was sent in as a picture is drawn as a page can hold it, or told of in its place."""

from __future__ import annotations

import io
from typing import Any

import pytest
from PIL import ExifTags, Image

from storage.case.pages import illustrations
from storage.case.pages.illustrations import HIGHEST, LONGEST, WIDEST
from tests.tables import examples


def written(picture: Image.Image, form: str, **more: Any) -> bytes:
    file = io.BytesIO()
    picture.save(file, form, **more)
    return file.getvalue()


def drawn(content: bytes) -> tuple[Image.Image, tuple[int, ...]]:
    block = illustrations.drawn(content, "Nr. 1: foto")
    assert block is not None
    return Image.open(io.BytesIO(block.picture)), block.widths


@examples("form", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_whatever_a_telephone_or_a_map_program_writes_is_drawn(form: str) -> None:
    """R158 R196."""
    shown, _ = drawn(written(Image.new("RGB", (80, 40), "red"), form))
    assert (shown.format, shown.size) == ("JPEG", (80, 40))


@pytest.mark.parametrize("form", ["PNG", "TIFF"])
def test_sixteen_bits_of_grey_are_not_white(form: str) -> None:
    """R158 R108: a scan, or a model's map of how deep the water is, was drawn without what it shows."""
    deep = Image.linear_gradient("L").convert("I").point(lambda value: value * 257).convert("I;16")
    shown, _ = drawn(written(deep, form))
    middle = shown.convert("L").getpixel((shown.width // 2, shown.height // 2))
    assert isinstance(middle, int | float)
    assert 110 < middle < 150


def test_a_photograph_is_made_no_larger_than_a_page_is_and_keeps_its_form() -> None:
    """R182: a hundred of them are a case file that can be mailed."""
    shown, size = drawn(written(Image.new("RGB", (4000, 1000), "red"), "JPEG"))
    assert shown.size == (LONGEST, LONGEST // 4)
    assert size == (WIDEST, WIDEST // 4)
    _, upright = drawn(written(Image.new("RGB", (1000, 4000), "red"), "JPEG"))
    assert upright == (HIGHEST // 4, HIGHEST)
    # A small one isn't blown up.
    assert drawn(written(Image.new("RGB", (80, 40), "red"), "PNG"))[1] == (20, 10)


def test_what_lies_under_a_map_that_can_be_seen_through_is_white() -> None:
    shown, _ = drawn(written(Image.new("RGBA", (80, 40), (0, 0, 0, 0)), "PNG"))
    assert shown.getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.long
def test_a_picture_of_few_octets_does_not_take_the_memory_of_the_machine() -> None:
    """D11: 140 thousand octets from anybody, and drawing the paper took 1.3 GB."""
    assert illustrations.drawn(written(Image.new("RGBA", (5_100, 5_000)), "PNG", compress_level=1), "foto") is None
    shown, _ = drawn(written(Image.new("L", (5_100, 5_000)), "PNG", compress_level=1))
    assert shown.width == LONGEST


def test_a_photograph_taken_on_its_side_is_turned_upright_and_says_nothing_of_where_it_was_taken() -> None:
    """R182 R196."""
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation], exif[ExifTags.Base.Make] = 6, "Kamera"
    exif[ExifTags.IFD.GPSInfo] = {ExifTags.GPS.GPSLatitudeRef: "N"}
    shown, _ = drawn(written(Image.new("RGB", (4_000, 1_000), "red"), "JPEG", exif=exif, comment=b"Birkehus"))
    assert shown.size == (LONGEST // 4, LONGEST)
    assert not shown.getexif()
    assert "comment" not in shown.info


def test_what_is_no_picture_or_too_large_for_the_machine_is_not_drawn() -> None:
    """D11: one file costs nobody the paper."""
    whole = written(Image.effect_noise((400, 400), 60), "PNG")
    bomb = written(Image.new("1", (20_000, 20_000)), "PNG")
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
    for content in (b"", b"\xff\xd8\xff\xe0 vand", whole[: len(whole) // 2], bomb, svg, b"%!PS-Adobe-3.0 EPSF-3.0"):
        assert illustrations.drawn(content, "foto") is None, content[:20]


@examples(
    ("name", "kind", "state", "shown"),
    [
        ("foto.jpg", "image/jpeg", "kept", "picture"),
        ("foto.jpg", "application/octet-stream", "kept", "picture"),
        ("foto.jpg", "", "kept", "picture"),
        ("billede", "image/png", "kept", "picture"),
        ("foto.jpg", "image/jpeg", "failed", None),
        ("plan.pdf", "application/pdf", "kept", None),
    ],
)
def test_a_line_shows_its_pictures_and_no_other_files(name: str, kind: str, state: str, shown: str | None) -> None:
    """R196: not every platform says what a file is."""
    content = written(Image.new("RGB", (80, 40), "red"), "PNG")
    told = {"attachments": [{"log_no": 4, "name": name, "content_type": kind, "state": state, "sha256": "a" * 64}]}
    assert [each.kind for each in illustrations.of_lines(told, {"a" * 64: content}.get, {4})] == [shown] * bool(shown)
    assert list(illustrations.of_lines(told, {"a" * 64: content}.get, {5})) == []


def test_a_picture_whose_bytes_are_gone_is_told_of_in_its_place() -> None:
    """R182: it is never left out without a word."""
    row = {"log_no": 4, "name": "kort.png", "content_type": "image/png", "state": "kept", "sha256": "a" * 64}
    (block,) = illustrations.of_lines({"attachments": [row]}, illustrations.no_files, {4})
    assert block.text == "Nr. 4: kort.png kan ikke vises her. Filen ligger i sagen som bilag til linjen."
