"""A long log is written and read a line at a time, and says what it would have said all at once."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.case import archive, lines
from storage.case.lines import Lines, Standing
from storage.case.pages import VOLUME, sheet, volume, volumes
from storage.case.pages.blocks import Names
from storage.plan import loading
from tests.tables import examples

NAMES = Names.of(loading.example())
STATE = {"verification": "confirmed", "status": None, "grade": "staff", "corrected_by": None}
CRISIS = {
    "number": 1,
    "title": "Skybrud",
    "level": 2,
    "exercise": False,
    "decided_at": None,
    "decided_by": None,
    "established_at": None,
    "deactivated_at": None,
    "case_ref": None,
    "c3_ref": None,
}

data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
entries = st.lists(st.dictionaries(st.sampled_from(["no", "hash", "summary", "refs"]), data), max_size=4)
documents = st.fixed_dictionaries(
    {"log": entries, "log_state": st.dictionaries(st.text(max_size=2), data, max_size=3)}, optional={"crisis": data}
)


def line(no: int, words: str = "vand") -> dict[str, Any]:
    at = "2026-07-02T12:00:00.000000Z"
    told = {"sender": "kim", "receiver": "krisestaben", "direction": "in", "kind": "information", "recorder": "kim"}
    return {"no": no, "event_time": at, "recorded_time": at, "summary": f"{words} {no}", "hash": f"{no:064}", **told}


def both_ways(*every: tuple[dict[str, Any], dict[str, Any] | None]) -> tuple[dict[str, Any], dict[str, Any]]:
    """An export's document with its log beside it, and with its log in it."""
    log = Lines()
    for entry, state in every:
        log.add(entry, state)
    about: dict[str, Any] = {"crisis": CRISIS, "chain": {"count": len(log), "head": log.head}, "measures": []}
    states = {str(entry["no"]): state for entry, state in every if state}
    return {**about, "log": log, "log_state": log}, {**about, "log": [each for each, _ in every], "log_state": states}


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(), st.booleans()), max_size=4))
def test_an_export_is_the_same_whether_its_log_is_beside_it_or_in_it(said: list[tuple[str, bool]]) -> None:
    """R094: JSON and CSV, to the byte; a line that is left out too."""
    every = [
        (line(no, words), STATE) if shown else ({"no": no, "omitted": True, "hash": "0"}, None)
        for no, (words, shown) in enumerate(said, 1)
    ]
    beside, within = both_ways(*every)
    assert "".join(lines.as_json(beside)) == json.dumps(within, ensure_ascii=False, indent=1) + "\n"
    assert sheet.render(beside) == sheet.render(within)


@pytest.mark.long
@settings(deadline=None)
@given(documents, st.sampled_from([None, 0, 1, 4]), st.integers(1, 9), st.booleans())
def test_a_document_is_read_as_it_was_written_however_it_was_set(
    told: dict[str, Any], indent: int | None, at_a_time: int, ascii: bool
) -> None:
    """R186: whoever has saved the file again with another tool can still have it verified."""
    text = json.dumps(told, indent=indent, ensure_ascii=ascii)
    read = lines.read(io.BytesIO(text.encode("utf-8", "surrogatepass")), at_a_time)
    assert isinstance(read["log"], Lines)
    assert isinstance(read["log_state"], Standing)
    assert {**read, "log": list(lines.entries(read)), "log_state": dict(read["log_state"])} == told


@given(st.text('{}[]:,"lo g123e+-.truenl', max_size=12), st.integers(1, 9))
def test_what_is_no_json_is_refused_and_what_is_is_read(text: str, at_a_time: int) -> None:
    def attempt(read: Any) -> Any:
        try:
            return read()
        except ValueError:
            return ValueError

    assert attempt(lambda: lines.read(io.BytesIO(text.encode()), at_a_time)) == attempt(lambda: json.loads(text))


@examples("count", [1, VOLUME, VOLUME + 1, 2 * VOLUME + 7])
def test_on_paper_a_long_log_is_in_volumes_and_every_line_in_one_of_them(count: int) -> None:
    """R094: each says which lines it has; what is not the log stands in the first."""
    told, _ = both_ways(*((line(no), STATE) for no in range(1, count + 1)))
    every = list(lines.lines(told))
    numbers: list[str] = []
    for number in range(1, volumes(told) + 1):
        blocks = volume(told, NAMES, number, every[(number - 1) * VOLUME : number * VOLUME])
        table = blocks[-1].rows[1:]
        numbers += [row[0] for row in table]
        heading = blocks[-2].text
        assert heading == "Log" if count <= VOLUME else f"nr. {table[0][0]}–{table[-1][0]}" in heading
        assert any(block.kind == "facts" for block in blocks) == (number == 1)
    assert numbers == [str(no) for no in range(1, count + 1)]
    assert [archive.numbered("sag.pdf", number) for number in (1, 2)] == ["sag.pdf", "sag-2.pdf"]
