"""A municipality's own list of contacts, held against the plan."""

from __future__ import annotations

import io
import time
import zipfile
from pathlib import Path

import openpyxl
import pytest

from storage.plan import importing as lists
from storage.plan import loading

PLAN = """\
# Vores plan
kommune: Prøvekøbing
personer:
  jens:  {navn: Jens Lund, mobil: "+4520000001", mail: jens@htk.example}   # 4K
  lars:  {navn: Lars Vinther, mobil: "+4520000003"}
  anne:  {navn: Anne Holm, mobil: "+4520000005", mail: anne@htk.example}
  bo:
    navn: Bo Kjær        # går på pension
    mobil: "+4520000011"

# De tre første beslutter.
roller:
  beredskabschef: {person: jens}
  borgmester: {person: lars}
  direktion: {medlemmer: [anne]}
"""
LIST = """\
Navn;Stilling;Telefon;E-mail
Jens Lund;;20 00 00 01;jens@htk.example
Lars Vinther;Borgmester;+45 2100 0003;
Anne Holm Jensen;;;anne@htk.example
Ida Toft;Teamleder;21000099;ida@htk.example
"""


def compared(path: Path, **how: bool) -> lists.Difference:
    return lists.compare(loading.parse(PLAN, "planen"), lists.read(path), "listen", **how)


@pytest.fixture(params=["csv", "cp1252", "xlsx"])
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The same list, as each spreadsheet program writes it."""
    path = tmp_path / f"liste.{request.param}"
    if request.param == "xlsx":
        book = openpyxl.Workbook()
        for line in LIST.splitlines():
            cells = [int(cell) if cell.isdecimal() else cell or None for cell in line.split(";")]
            book.active.append(cells)
        book.save(path)
    else:
        path.write_text(LIST, encoding="utf-8-sig" if request.param == "csv" else "cp1252")
    return path


def test_the_differences_are_told_with_their_lines_and_the_comments_are_kept(file: Path) -> None:
    """R070: numbers are compared as they are dialled; a new mail is no new person; an empty field changes nothing."""
    found = compared(file)
    assert found.faults == []
    assert [(person, row.line) for person, row in found.added] == [("ida", 5)]
    assert {(person, key): value for person, _, differs in found.changed for key, value in differs.items()} == {
        ("lars", "titel"): ("", "Borgmester"),
        ("lars", "mobil"): ("+4520000003", "+4521000003"),
        ("anne", "navn"): ("Anne Holm", "Anne Holm Jensen"),
    }
    assert (found.removed, found.same) == (["bo"], 1)
    new = lists.written(PLAN, found)
    assert all(comment in new for comment in ("# Vores plan", "# 4K", "# De tre første beslutter."))
    assert new.index("# De tre første") > new.index("anne")
    plan = loading.parse(new, "ny")
    assert set(plan.persons) == {"jens", "lars", "anne", "ida"}
    assert (plan.persons["lars"].mobile, plan.persons["lars"].title) == ("+4521000003", "Borgmester")
    again = lists.compare(plan, lists.read(file), "listen")
    assert (again.added, again.changed, again.removed, again.same) == ([], [], [], 4)


def test_whoever_the_plan_needs_is_not_taken_out_of_it(tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_text("id,navn,mobil\nbo,Bo Kjær,20000011\n", "utf-8")
    (fault, *_) = compared(path).faults
    assert "borgmester" in " ".join(each.what for each in compared(path).faults)
    assert fault.mend
    kept = compared(path, keep=True)
    assert (kept.faults, kept.removed, kept.same) == ([], [], 1)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("navn,mobil\nJens Lund,ring\n", 2),
        ("navn,mail\nIda Toft,\n", 2),
        ("navn,mobil\nIda Toft,21000099\n\nIda Toft,21000098\nIda Toft,21000097\n", 5),
    ],
)
def test_what_is_wrong_in_the_list_is_told_with_its_line(tmp_path: Path, text: str, line: int) -> None:
    path = tmp_path / "liste.csv"
    path.write_text(text, "utf-8")
    assert line in [fault.line for fault in compared(path, keep=True).faults]


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"PK\x03\x04 nej", b"\x00\x01\x02"])
def test_what_is_no_list_is_said_to_be_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "liste"
    path.write_bytes(content)
    with pytest.raises(lists.Unreadable):
        lists.read(path)


PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Override PartName="/xl/workbook.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
    ),
    "xl/workbook.xml": (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
        ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1"'
        ' Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"'
        ' Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}
SHEET = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)
CELL = '<row r="{0}"><c r="{1}{0}" t="inlineStr"><is><t>{2}</t></is></c></row>'


def packed(sheet: str, before: str = "") -> bytes:
    """An Excel file with that sheet, made by hand."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in {**PARTS, "xl/worksheets/sheet1.xml": before + sheet}.items():
            file.writestr(name, text)
    return written.getvalue()


def hostile(tmp_path: Path) -> dict[str, bytes]:
    """Lists that are made to hurt whoever reads them."""
    secret = tmp_path / "hemmelig"
    secret.write_text("navn", "utf-8")
    doctype = f'<!DOCTYPE a [<!ENTITY x SYSTEM "file://{secret}">]>'
    laughs = "<!DOCTYPE a [<!ENTITY a0 'ha'>" + "".join(
        f"<!ENTITY a{each} '{f'&a{each - 1};' * 10}'>" for each in range(1, 12)
    )
    head = CELL.format(1, "A", "navn")
    return {
        "a bomb": packed(SHEET.format(head + "<row/>" * 12_000_000)),
        "an entity from outside": packed(SHEET.format(CELL.format(1, "A", "&x;")), doctype),
        "a billion laughs": packed(SHEET.format(CELL.format(1, "A", "&a11;")), laughs + "]>"),
        "a cell a million rows down": packed(SHEET.format(head + CELL.format(1_048_576, "XFD", "x"))),
        "a long cell": packed(SHEET.format(head + CELL.format(2, "A", "x" * 50_000))),
        "no sheet": packed("<a"),
        "another packing": packed(SHEET.format(head)).replace(b"\x08\x00", b"\x63\x00"),
        "a long cell in CSV": b"navn;mobil\n" + b"x" * 200_000 + b";1\n",
        "a quote that never ends": b'navn;mobil\n"' + b"x\n" * 100_000,
        "many rows": b"navn;mobil\n" + b"x;1\n" * 30_000,
        "many columns": b"navn" + b";x" * 5_000 + b"\n",
        "a large file": b"navn;mobil\n" + b" " * (lists.LARGEST + 1),
    }


def told(path: Path) -> str:
    """Why a list can't be read; empty for one that can."""
    try:
        lists.read(path)
    except lists.Unreadable as why:
        return str(why)
    return ""


def test_a_list_that_is_made_to_hurt_ends_in_a_clear_line_and_takes_no_time(tmp_path: Path) -> None:
    """R070: bombs, entities, cells without an end; none of it is unpacked, fetched or kept waiting for."""
    path = tmp_path / "liste"
    for name, content in hostile(tmp_path).items():
        path.write_bytes(content)
        begun = time.process_time()
        why = told(path)
        assert why, name
        assert "\n" not in why, name
        assert time.process_time() - begun < 3, name


def test_a_formula_in_a_list_is_a_word_and_nothing_more(tmp_path: Path) -> None:
    path = tmp_path / "liste.csv"
    path.write_text('navn;mobil\n=HYPERLINK("http://ond.example");21000099\n', "utf-8")
    (row,) = lists.read(path)
    assert row.values["navn"].startswith("=HYPERLINK")
