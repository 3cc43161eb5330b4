"""Every kind of paper, each made in the chat by those who make it: a night when the clock is put back, in a municipality
with a logo, with a map and a photograph in its log."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
from PIL import Image, ImageDraw

from storage.plan import loading
from tests.handlers.picture.test_picture import fields
from tests.stage.stage import SERVER, RehearsalStage

KINDS = ("situationsbillede", "dagsorden", "referat", "ordre", "evaluering", "sag")
# 01:48 in the night when 02:10 comes twice.
BEFORE = datetime(2026, 10, 24, 23, 48, tzinfo=UTC)
LOGO = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="90" height="30"><rect width="90" height="30" fill="#0b5676"/></svg>'
)
# What the bytes of no picture are, under a picture's name.
BROKEN = b"\xff\xd8\xff\xe0 vand i kaelderen" * 100
# A wide map, and a photograph that a telephone took upright and wrote lying down, with where it was taken.
MAP_SIZE, PHOTO_SIZE = (800, 400), (640, 480)
PLACE_TAKEN = "55 grader 40 minutter nord"


def map_of_water() -> bytes:
    drawn = Image.new("RGBA", MAP_SIZE, (0, 0, 0, 0))
    ImageDraw.Draw(drawn).ellipse((200, 100, 600, 300), fill="#0b5676")
    return _written(drawn, "PNG")


def photograph() -> bytes:
    taken = Image.effect_noise(PHOTO_SIZE, 60).convert("RGB")
    exif = Image.Exif()
    exif[0x0112] = 6  # turned a quarter
    exif[0x010E] = PLACE_TAKEN
    written = io.BytesIO()
    taken.save(written, "JPEG", exif=exif)
    return written.getvalue()


def _written(picture: Image.Image, form: str) -> bytes:
    written = io.BytesIO()
    picture.save(written, form)
    return written.getvalue()


async def played(url: str, folder: Path) -> dict[str, bytes]:
    """Play it, and return the papers by their file names: "referat.pdf", "referat.docx", …

    Args:
        url: a fresh database.
        folder: an empty one, for the plan file and the logo beside it.
    """
    (folder / "byvaaben.svg").write_text(LOGO)
    plan = folder / "plan.yaml"
    plan.write_text(loading.example_text() + "\nlogo: byvaaben.svg\n", "utf-8")
    with_logo = loading.load(plan).model_copy(update={"server": SERVER})
    async with RehearsalStage(url, BEFORE, with_logo) as stage:
        return await _played(stage)


async def _played(stage: RehearsalStage) -> dict[str, bytes]:
    found: dict[str, bytes] = {}

    async def fetched(path: str) -> bytes:
        async with aiohttp.ClientSession() as client, client.get(f"{stage.address}{path}") as answer:
            assert answer.status == 200, path
            return await answer.read()

    async def keep(name: str, person: str) -> None:
        said = next(text for text in reversed(await stage[person].reads()) if "/papir/" in text)
        for path, form in re.findall(r"(/papir/[\w-]+\.(pdf|docx))", said):
            found[f"{name}.{form}"] = await fetched(path)

    kim, lars, jens = stage["kim"], stage["lars"], stage["jens"]
    await stage["finn"].commands("varsel vand i kælderen på Birkehøj")
    await stage["finn"].presses("Ja")
    await stage.forward(minutes=2)
    await jens.presses("Jeg har den")
    await jens.presses("Niveau 2")
    await kim.presses("Kommer")
    await kim.commands("oplysningsbehov hvor mange er ramt på Birkehøj @Gitte kl 4")
    await lars.commands("hensigt alle skal være i sikkerhed før daggry")
    await kim.sends("vand.png", map_of_water(), "log ? her står vandet")
    await stage.forward(minutes=20)
    await kim.sends("kaelder.jpg", photograph(), "log pumpen er sat i gang")
    await kim.commands("indikator ramte borgere 41")
    await stage.forward(hours=1)
    await kim.sends("utydelig.jpg", BROKEN, "log pumpen er gået i stå")
    await kim.commands("indikator ramte borgere 51")
    await kim.commands("tiltag nye pumper @Mads kl 6")
    await kim.commands("billede")
    await kim.fills_in("Skriv 4–5", national="forhøjet beredskab", staff="fuldt etableret beredskab")
    await kim.fills_in("Skriv 1–3", **await fields(stage, s2="Sundhed: ingen kendte"))
    await lars.commands("billede")
    await lars.presses("Godkend")
    await lars.commands("billede")
    await lars.presses("PDF og Word")
    await keep("situationsbillede", "lars")
    await kim.commands("punkt værnemidler skal prioriteres")
    await kim.presses("Beslutning")
    await kim.commands("møde kl 5 stabsrummet")
    await kim.commands("dagsorden")
    await kim.presses("Send til godkendelse")
    await stage["ole"].presses("Godkend")
    await kim.commands("dagsorden")
    await kim.presses("PDF og Word")
    await keep("dagsorden", "kim")
    await stage.at("05:00")
    await kim.fills_in("Start mødet")
    await stage["eva"].commands("referat")
    await stage["eva"].fills_in(
        "Skriv punkt 1", decision="plejecentre får først", what="fordel værnemidler", owner="hanne", due="kl 20"
    )
    await stage.at("05:20")
    await kim.fills_in("Slut mødet", next_at="ingen")
    await stage.forward(minutes=5)
    await lars.commands("referat")
    await lars.fills_in("Godkend", forward="")
    await kim.commands("referat")
    await kim.presses("PDF og Word")
    await keep("referat", "kim")
    await kim.commands("ordre spær Hovedgaden @Mads kl 8")
    await lars.presses("Udsted ordre")
    await stage["mads"].presses("Modtaget")
    await lars.commands("ordre 1")
    await lars.presses("PDF og Word")
    await keep("ordre", "lars")
    await stage["rune"].commands("erfaring ring til centrene først")
    await lars.commands("afblæs")
    await lars.presses("Afblæs")
    # Nobody is asked at night what went well.
    await stage.at("09:00")
    await stage["mads"].presses("Svar", good="alle kom", better="flere pumper")
    await jens.commands("forbedring nye numre i planen @Kim")
    await jens.commands("evaluering")
    await jens.presses("Rapport som PDF og Word")
    await keep("evaluering", "jens")
    await kim.commands("eksport 1")
    said = next(text for text in reversed(await kim.reads()) if "/eksport/" in text)
    (path,) = re.findall(r"/eksport/[\w-]+", said)[:1]
    with zipfile.ZipFile(io.BytesIO(await fetched(path))) as packed:
        found |= {name: packed.read(name) for name in ("sag.pdf", "sag.docx")}
    return found
