"""A municipality's own list of contacts, held against the plan."""

from __future__ import annotations

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
