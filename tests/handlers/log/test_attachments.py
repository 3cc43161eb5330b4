"""Pictures and files come along with what is said: into the log with their hash, and out again with the case file."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import aiohttp
import pytest
from sqlalchemy import select, text, update

from bot.engine.packing import attached
from storage.case import archive, export
from storage.case.pages.blocks import Names
from storage.case.verification import verify_crisis
from storage.rows.crisis import Crisis
from storage.rows.log import LogState, Stored
from tests.stage.platforms import in_one_chat, in_slack, in_teams
from tests.stage.prologue import after, cloudburst, follows
from tests.stage.stage import Stage, log_of

PHOTO = b"\xff\xd8\xff\xe0 vand i kaelderen" * 12_000
HASH = hashlib.sha256(PHOTO).hexdigest()


@follows(cloudburst)
async def begun(stage: Stage) -> None:
    await stage.at("14:30")


stage = after(begun)


async def verified(stage: Stage) -> list[Any]:
    async with stage.database.reading() as db:
        crisis = await db.scalar(select(Crisis))
        assert crisis is not None
        return await verify_crisis(db, crisis)


async def packed(stage: Stage) -> bytes:
    async with stage.database.reading() as db:
        crisis = await db.scalar(select(Crisis))
        assert crisis is not None
        told = await export.document(db, crisis)
        with TemporaryDirectory() as folder:
            files = await attached(db, told, Path(folder))
            return archive.render("zip", told, Names.of(stage.plan), files=files)


def attachment(state: str = "kept", **more: Any) -> dict[str, Any]:
    """An attachment as the export shows it."""
    return {"content_type": "image/jpeg", "size": len(PHOTO), "sha256": HASH, "state": state, "reason": None, **more}


@in_slack
async def test_a_picture_sent_with_a_line_is_kept_with_its_hash_in_the_chain(stage: Stage) -> None:
    """R182 R186 D11: the card says so, the export has it, and verify finds it whole."""
    await stage["kim"].sends("foto.jpg", PHOTO, "log ? 40 cm vand på Birkehøj")
    told = await stage.export()
    line = log_of(told, "information")[-1]
    assert told["attachments"] == [attachment(log_no=line["no"], name="foto.jpg")]
    (hashed,) = log_of(told, "attachment")
    assert hashed["refs"] == {"attachment_of": line["no"], "name": "foto.jpg", "sha256": HASH, "size": len(PHOTO)}
    assert await stage["kim"].sees("1 bilag: foto.jpg (252 kB)")
    assert await verified(stage) == []


@in_one_chat
async def test_an_item_for_the_agenda_has_the_paper_that_came_along(stage: Stage) -> None:
    """R099: whoever prepares it sends it with the item."""
    await stage["lars"].sends("notat.jpg", PHOTO, "punkt nødbolig til 12 beboere")
    told = await stage.export()
    (item,) = told["agenda_items"]
    assert told["attachments"] == [attachment(log_no=item["log_no"], name="notat.jpg")]


@in_teams
async def test_a_picture_alone_is_kept_and_offered_to_the_log_and_to_the_staff(stage: Stage) -> None:
    """R196: from anybody, without a word."""
    await stage["line"].sends("foto.jpg", PHOTO)
    assert await stage.part("attachments") == []
    await stage["line"].presses("Send som melding")
    told = await stage.export()
    (report,) = told["reports"]
    assert (report["sender"], report["what"]) == ("line", "foto.jpg")
    assert told["attachments"] == [attachment(log_no=report["log_no"], name="foto.jpg")]
    assert [each["refs"]["attachment_of"] for each in log_of(told, "attachment")] == [report["log_no"]]
    assert await stage["lars"].sees("1 bilag: foto.jpg")


@in_one_chat
async def test_a_message_with_a_picture_is_saved_with_it_once(stage: Stage) -> None:
    """R026 R182: `Gem i log`, also when two do it."""
    await stage["kim"].sends("foto.jpg", PHOTO, "sådan ser der ud", "stab")
    await stage["anne"].saves("sådan ser der ud")
    await stage["eva"].saves("sådan ser der ud")
    told = await stage.export()
    (saved,) = log_of(told, "saved")
    assert (saved["sender"], saved["recorder"]) == ("kim", "anne")
    assert [(each["log_no"], each["sha256"]) for each in told["attachments"]] == [(saved["no"], HASH)]


@pytest.mark.long
@in_one_chat
async def test_one_picture_that_is_changed_afterwards_is_found_in_the_database_and_in_the_zip(stage: Stage) -> None:
    """R186: also when the one who did it has changed the hash beside it."""
    await stage["kim"].sends("../../e<s>.jpg", PHOTO, "log ? 40 cm vand")
    whole = await packed(stage)
    assert archive.verify(io.BytesIO(whole)) == []
    with zipfile.ZipFile(io.BytesIO(whole)) as opened:
        (name,) = [each for each in opened.namelist() if each.startswith("bilag/")]
        assert opened.read(name) == PHOTO
    assert "/" not in name.removeprefix("bilag/")
    other = hashlib.sha256(b"noget andet").hexdigest()
    for changes in (
        ["UPDATE stored_files SET content = 'noget andet'"],
        [
            f"INSERT INTO stored_files (sha256, content) VALUES ('{other}', 'noget andet')",
            f"UPDATE attachments SET sha256 = '{other}'",
        ],
        ["UPDATE attachments SET name = 'et andet.jpg', state = 'failed'"],
    ):
        async with stage.database.transaction() as db:
            for change in changes:
                await db.execute(text(change))
        assert await verified(stage), changes
        assert archive.verify(io.BytesIO(await packed(stage))), changes
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as source, zipfile.ZipFile(changed, "w") as target:
        for each in source.namelist():
            content = source.read(each)
            if each == "manifest.json":
                content = content.replace(HASH.encode(), other.encode())
            target.writestr(each, b"noget andet" if each == name else content)
    assert archive.verify(changed)


@in_one_chat
async def test_an_attachment_is_as_confidential_as_its_line(stage: Stage, tmp_path: Path) -> None:
    """R216: graded afterwards too; neither its name nor its bytes are in an export for fewer eyes."""
    await stage["kim"].sends("borgerens hus.jpg", PHOTO, "log ? 40 cm vand")
    no = (await stage.part("attachments"))[0]["log_no"]
    async with stage.database.transaction() as db:
        await db.execute(update(LogState).where(LogState.no == no).values(grade="confidential"))
    async with stage.database.reading() as db:
        crisis = await db.scalar(select(Crisis))
        assert crisis is not None
        told = await export.document(db, crisis, "staff")
        assert await attached(db, told, tmp_path) == {}
    assert told["attachments"] == []
    assert "borgerens" not in str(told["log"])


@in_one_chat
async def test_a_cpr_number_in_a_files_name_is_not_kept(stage: Stage) -> None:
    """D07."""
    await stage["kim"].sends("010203-1234 foto.jpg", PHOTO, "log ? 40 cm vand")
    told = await stage.export()
    assert len(told["attachments"]) == 1
    assert "010203" not in str(told)


@in_one_chat
async def test_the_words_decide_where_a_picture_goes_and_what_goes_nowhere_is_offered(stage: Stage) -> None:
    """R220 R225: a request for assistance; and a picture with a word that is no line."""
    await stage["hanne"].sends("mur.jpg", PHOTO, "bistand 4 mand til Birkehøj nu")
    await stage["kim"].sends("kort.pdf", b"%PDF", "status", kind="application/pdf")
    told = await stage.export()
    (request,) = told["assistance_requests"]
    assert [(each["log_no"], each["name"]) for each in told["attachments"]] == [(request["log_no"], "mur.jpg")]
    await stage["kim"].presses("Gem i log")
    told = await stage.export()
    assert [(each["name"], each["state"]) for each in told["attachments"]] == [
        ("mur.jpg", "kept"),
        ("kort.pdf", "kept"),
    ]


@pytest.mark.long
@in_one_chat
async def test_what_never_comes_into_the_log_is_removed_in_the_end(open_stage: Stage) -> None:
    """R182 D07: bytes and name after thirty days; what waits for a choice about a CPR number waits on."""

    async def kept() -> list[bytes]:
        async with stage.database.reading() as db:
            every = await db.scalars(select(Stored.content).order_by(Stored.content))
            # The night's emergency pack is none of it.
            return [each for each in every if not each.startswith(b"%PDF")]

    stage, kim = open_stage, open_stage["kim"]
    await kim.sends("borger.jpg", b"a", "log 010203-1234 er savnet")
    await kim.sends("glemt.jpg", b"b")
    await stage.forward(days=29)
    assert await kept() == [b"a", b"b"]
    await stage.forward(days=2)
    assert await kept() == [b"a"]
    assert await kim.sees("1 bilag: bilag (1 kB, slettet)")
    assert not await kim.sees("glemt.jpg")
    await stage["jens"].commands("aktiver 2 skybrud")
    await kim.presses("Fjern nummeret")
    await kim.presses("Gem i log")
    told = await stage.export()
    assert [(each["name"], each["state"]) for each in told["attachments"]] == [
        ("borger.jpg", "kept"),
        ("bilag", "removed"),
    ]
    (gone,) = log_of(told, "attachment_failed")
    assert "Det blev slettet, fordi det ikke var kommet i loggen efter 30 døgn." in gone["summary"]
    async with aiohttp.ClientSession() as client, client.get(f"{stage.address}/metrics") as answer:
        assert "krisebot_removed_attachments 1.0" in await answer.text()


async def fetched(stage: Stage, name: str) -> tuple[int, bytes]:
    """What the newest link that a person was given leads to."""
    (link,) = re.findall(r"/eksport/[\w-]+", "\n".join(await stage[name].reads()))[-1:] or ["/eksport/intet"]
    async with aiohttp.ClientSession() as client, client.get(f"{stage.address}{link}") as answer:
        return answer.status, await answer.read()


@pytest.mark.long
@in_slack
async def test_the_whole_case_is_packed_in_the_background_and_given_to_whoever_asked(stage: Stage) -> None:
    """D11 R216: with its pictures, without what is confidential, behind a link that runs out."""
    await stage["kim"].sends("foto.jpg", PHOTO, "log ? 40 cm vand på Birkehøj")
    await stage["line"].commands("eksport")
    await stage["kim"].commands("ekspert fra DMI siger 60 mm")
    assert await stage.log("export") == []
    await stage["kim"].commands("eksport", "stab")
    status, content = await fetched(stage, "kim")
    assert (status, archive.verify(io.BytesIO(content))) == (200, [])
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        assert [opened.read(name) for name in opened.namelist() if name.startswith("bilag/")] == [PHOTO]
    assert (await stage.log("export"))[-1]["refs"] == {"sha256": hashlib.sha256(content).hexdigest()}
    assert (await fetched(stage, "anne"))[0] == 404
    await stage.forward(minutes=61)
    assert (await fetched(stage, "kim"))[0] == 404
