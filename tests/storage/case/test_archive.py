"""The case file on paper and in one ZIP: it says what the export says, and anybody can see that it still does."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from typing import Any, get_args

import docx
import pytest
from pypdf import PdfReader

from storage.case import archive
from storage.case.chain import Break
from storage.case.lines import lines
from storage.case.pages import sheet
from storage.case.pages.blocks import Names
from storage.plan import loading
from storage.rows.measures import STATUS_IN_WORDS, MeasureStatus
from tests.databases import SQLite, run
from tests.stage.stage import RehearsalStage
from tests.tables import examples

EVIL = "#set page(fill: red) *fed* $x$ <script> \\ = overskrift @ref"


@pytest.fixture(scope="module")
def told(sqlite: SQLite) -> dict[str, Any]:
    return run(_told(sqlite.migrated()))


async def _told(url: str) -> dict[str, Any]:
    async with RehearsalStage(url) as stage:
        await stage["jens"].commands("aktiver 2 skybrud, kloak står op i Hedehusene")
        await stage["kim"].commands("sag 26/1234")
        await stage["kim"].commands(f"l ? {EVIL}")
        await stage["kim"].commands("billede")
        await stage["kim"].fills_in("Skriv 1–3", s2="40 cm vand. Sundhed: ingen kendte", s3="Hedehusene")
        await stage["lars"].commands("billede")
        await stage["lars"].presses("Godkend")
        await stage["kim"].commands("møde kl 17 stabsrummet")
        await stage.at("17:00")
        await stage["kim"].fills_in("Start mødet")
        await stage["eva"].commands("referat")
        await stage["eva"].fills_in("Nyt punkt", text="pumper", decision="to pumper lånes af Greve")
        await stage["kim"].fills_in("Slut mødet", next_at="ingen")
        await stage["lars"].fills_in("Godkend", forward="centerchefer")
        return await stage.export()


def verify(packed: bytes, head: str | None = None) -> list[Break]:
    """What is found in a ZIP."""
    return archive.verify(io.BytesIO(packed), head)


@pytest.fixture
def names() -> Any:

    return Names.of(loading.example())


@pytest.mark.long
def test_an_exercise_says_so_on_every_page(told: dict[str, Any], names: Any) -> None:
    """R245 D10: on paper too, for whoever has but one page of it."""
    exercise = {**told, "crisis": {**told["crisis"], "exercise": True}}
    pages = PdfReader(io.BytesIO(archive.render("pdf", exercise, names))).pages
    assert len(pages) > 1
    assert all("ØVELSE" in page.extract_text() for page in pages)
    document = docx.Document(io.BytesIO(archive.render("docx", exercise, names)))
    assert "ØVELSE" in document.sections[0].header.paragraphs[0].text


@pytest.mark.long
def test_the_pdf_is_an_archives_pdf_and_shows_what_was_written_as_it_was_written(
    told: dict[str, Any], names: Any
) -> None:
    """PDF/A; the ten headings, the minutes and the log; a user's markup is text; the case number is on every page."""
    drawn = archive.render("pdf", told, names)
    reader = PdfReader(io.BytesIO(drawn))
    assert "pdfaid" in (reader.xmp_metadata.stream.get_data().decode() if reader.xmp_metadata else "")
    texts = [" ".join(page.extract_text().split()) for page in reader.pages]
    whole = " ".join(texts)
    assert all("26/1234" in text for text in texts)
    for expected in (
        "10. Kort og illustrationer",
        "to pumper lånes af Greve",
        "Kim Dahl",
        "<script>",
        "*fed*",
        "ubekræftet",
    ):
        assert expected in whole, whole
    assert drawn == archive.render("pdf", told, names)


def test_the_docx_says_the_same_for_whoever_has_to_write_on(told: dict[str, Any], names: Any) -> None:
    document = docx.Document(io.BytesIO(archive.render("docx", told, names)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert EVIL in cells
    assert "to pumper lånes af Greve" in cells
    assert any("situationsbillede" in paragraph.text for paragraph in document.paragraphs)


def test_a_measures_status_is_danish_on_paper(told: dict[str, Any], names: Any) -> None:
    """R233: nothing English is printed in a Danish paper."""
    every: tuple[MeasureStatus, ...] = get_args(MeasureStatus)
    pump = {"title": "Pumpe til Birkehøj", "owner": "mads", "due_at": None}
    measures = [{**pump, "number": number, "status": status} for number, status in enumerate(every, 1)]
    document = docx.Document(io.BytesIO(archive.render("docx", {**told, "measures": measures}, names)))
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert {STATUS_IN_WORDS[status] for status in every} <= cells
    assert not cells & set(every)


def test_the_zip_holds_everything_and_the_same_case_is_the_same_bytes(told: dict[str, Any], names: Any) -> None:
    """R094: folders for each month; a manifest of hashes."""
    packed = archive.render("zip", told, names)
    assert verify(packed) == []
    assert verify(packed, told["chain"]["head"]) == []
    assert [each.no for each in verify(packed, "0" * 63 + "1")] == [0]
    with zipfile.ZipFile(io.BytesIO(packed)) as opened:
        assert {"sag.json", "log.csv", "sag.pdf", "sag.docx", "manifest.json", "2026-07/log.csv"} <= set(
            opened.namelist()
        )
    assert packed == archive.render("zip", told, names)


@pytest.mark.parametrize("name", ["sag.json", "log.csv", "sag.pdf", "2026-07/log.csv", "LÆSMIG.txt"])
def test_whatever_is_changed_in_the_zip_is_found(told: dict[str, Any], names: Any, name: str) -> None:
    packed = archive.render("zip", told, names)
    assert verify(_with(packed, name, lambda content: content.replace(b"e", b"a", 1)))
    assert verify(_with(packed, name, lambda content: None))


def test_a_log_line_that_is_changed_with_its_hash_in_the_manifest_is_found_by_the_chain(
    told: dict[str, Any], names: Any
) -> None:
    changed = json.loads(json.dumps(told))
    changed["log"][2]["summary"] += " (pyntet)"
    assert verify(archive.render("zip", changed, names))


HOSTILE = ("=1+1", "+45 2000", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\n=1", "  =1", "\u200b=1", "＝1+1")


def test_no_sheet_has_a_cell_that_a_spreadsheet_runs_or_parts_at_a_comma(told: dict[str, Any]) -> None:
    """R301 D11: the log and the expenses, whoever wrote what; LibreOffice parts cells that aren't quoted at commas too."""
    (entry, state), *_ = lines(told)
    logged = [({**entry, "summary": said, "sender": said}, state) for said in (*HOSTILE, "pumpe,=1+1")]
    spent = [{"number": 1, "text": said, "kroner": "500.00", "account": said, "receipt": False, "written_by": said,
              "written_at": "2026-07-02", "log_no": 3, "void_at": None} for said in (*HOSTILE, "pumpe,=1+1")]  # fmt: skip
    for text in ("".join(sheet.written(logged)), sheet.expenses({"expenses": spent})):
        rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""), delimiter=";"))
        assert len(rows) == 12
        assert not [
            cell
            for row in rows
            for cell in row
            if cell.lstrip().lstrip("\u200b").startswith(("=", "+", "-", "@", "＝"))
        ]
        assert '"pumpe,=1+1"' in text
        assert ";pumpe" not in text


def test_a_case_file_that_the_first_release_wrote_is_still_whole(told: dict[str, Any], names: Any) -> None:
    """R186: its sheet was quoted otherwise, and nobody is told that it has been changed."""
    packed = archive.render("zip", told, names)
    before = "".join(sheet.written(lines(told), first=True)).encode()
    assert before.startswith(b"\xef\xbb\xbfNr;Tid;Afsender;Modtager;Resume;Status;")
    packed = _with(packed, "log.csv", lambda _: before)
    said = json.loads(zipfile.ZipFile(io.BytesIO(packed)).read("manifest.json"))
    said["files"]["log.csv"] = hashlib.sha256(before).hexdigest()
    assert verify(_with(packed, "manifest.json", lambda _: json.dumps(said).encode()))
    said["format"] = "krisebot-archive/1"
    assert verify(_with(packed, "manifest.json", lambda _: json.dumps(said).encode())) == []


@examples("content", [b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 200])
def test_what_is_no_zip_is_said_to_be_none(content: bytes) -> None:
    assert len(verify(content)) == 1


def _with(packed: bytes, name: str, change: Any) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(packed)) as source, zipfile.ZipFile(written, "w") as target:
        for each in source.namelist():
            content = source.read(each)
            content = change(content) if each == name else content
            if content is not None:
                target.writestr(each, content)
    return written.getvalue()
