"""The app package for Teams: whole, made out to the municipality's own app, or refused with what to do."""

from __future__ import annotations

import json
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from manifest import icons
from manifest.package import CONSENTS, faults, main, read

APP_ID = "3f1c6a52-0000-4000-8000-00000000b07a"


@pytest.fixture
def app() -> typer.Typer:
    app = typer.Typer()
    app.command()(main)
    return app


def test_the_package_holds_the_manifest_and_both_icons_for_our_own_app(app: typer.Typer, tmp_path: Path) -> None:
    file = tmp_path / "krisebot.zip"
    ran = CliRunner().invoke(
        app,
        [
            "--app-id",
            APP_ID,
            "--website",
            "https://kommune.example",
            "--address",
            "https://krise.kommune.example",
            "-o",
            str(file),
        ],
    )
    assert ran.exit_code == 0, ran.output
    with zipfile.ZipFile(file) as package:
        assert sorted(package.namelist()) == ["color.png", "manifest.json", "outline.png"]
        manifest = json.loads(package.read("manifest.json"))
        assert icons.size(package.read("color.png")) == (192, 192)
        assert icons.size(package.read("outline.png")) == (32, 32)
    assert {manifest["id"], manifest["bots"][0]["botId"], manifest["webApplicationInfo"]["id"]} == {APP_ID}
    about = manifest["developer"]
    assert about["websiteUrl"] == "https://kommune.example/"
    assert about["privacyUrl"] == "https://krise.kommune.example/persondata"
    assert about["termsOfUseUrl"] == "https://krise.kommune.example/vilkaar"
    assert "Bemærk" not in ran.output


def test_without_an_app_id_nothing_is_written(app: typer.Typer, tmp_path: Path) -> None:
    file = tmp_path / "krisebot.zip"
    ran = CliRunner().invoke(app, ["-o", str(file)], env={"MICROSOFT_APP_ID": ""})
    assert ran.exit_code == 2
    assert "MICROSOFT_APP_ID: mangler" in ran.output
    assert not file.exists()


def test_an_app_id_that_is_none_is_a_fault(app: typer.Typer, tmp_path: Path) -> None:
    ran = CliRunner().invoke(app, ["--app-id", "krisebot", "-o", str(tmp_path / "x.zip")])
    assert ran.exit_code == 1
    assert "»krisebot« er ikke et app-id" in ran.output


def test_every_fault_is_told_at_once() -> None:
    manifest = read(APP_ID)
    assert list(faults(manifest)) == []
    manifest["description"]["short"] = "x" * 81
    manifest["version"] = "1"
    manifest["bots"][0]["scopes"] = ["personal"]
    manifest["composeExtensions"][0]["commands"][0]["context"] = ["compose"]
    manifest["developer"]["websiteUrl"] = "http://usikker.example"
    manifest["icons"]["color"] = "andet.png"
    del manifest["authorization"], manifest["name"]["full"]
    told = "\n".join(faults(manifest))
    for word in (
        "description.short", "version", "bots.scopes", "gemILog", "websiteUrl", "icons.color", "name.full", *CONSENTS,
    ):  # fmt: skip
        assert word in told


@pytest.mark.parametrize(
    ("name", "outside"), [(icons.COLOR, icons.RED), (icons.OUTLINE, icons.NOTHING)], ids=["color", "outline"]
)
def test_the_icons_are_as_the_code_draws_them(name: tuple[str, int], outside: icons.Pixel) -> None:
    """Their corner is the background: Teams wants the outline's transparent."""
    file, side = name
    png = (icons.FOLDER / file).read_bytes()
    assert pixels(png) == pixels(icons.draw(side, icons.WHITE, outside))
    assert tuple(pixels(png)[1:5]) == outside


def pixels(png: bytes) -> bytes:
    start = png.index(b"IDAT")
    (length,) = struct.unpack(">I", png[start - 4 : start])
    return zlib.decompress(png[start + 4 : start + 4 + length])
