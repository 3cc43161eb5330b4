"""The log as a Danish spreadsheet opens it: the plan's own headings, one line a row. Plan §7; Bilag 3, Log."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from storage.case.lines import Line, lines
from storage.case.pages.blocks import STATUS, VERIFICATION

HEADINGS = ("Nr", "Tid", "Afsender", "Modtager", "Resume", "Status", "Bekræftet", "Retning", "Slags", "Grad", "Noteret", "Noteret af", "Hash")  # fmt: skip
# Characters that are written at a time.
AT_A_TIME = 2**16
# A spreadsheet runs a cell that begins with one of these.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(told: Mapping[str, Any]) -> str:
    """Return the log of an export's document as CSV."""
    return "".join(written(lines(told)))


def written(every: Iterable[Line]) -> Iterator[str]:
    """Write a log's lines, or some of them.

    Yields:
        CSV with semicolons, piece by piece, and the mark in front that tells a spreadsheet that it is UTF-8.
    """
    buffer = io.StringIO("\ufeff")
    buffer.seek(0, io.SEEK_END)
    rows = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    rows.writerow(HEADINGS)
    for entry, state in every:
        rows.writerow(_row(entry, state))
        if buffer.tell() > AT_A_TIME:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _row(entry: Mapping[str, Any], state: Mapping[str, Any] | None) -> list[Any]:
    if state is None:
        return [entry["no"], *[""] * 3, "(udeladt)", *[""] * 7, entry["hash"]]
    cells = [
        entry["event_time"],
        entry["sender"],
        entry["receiver"],
        entry["summary"],
        STATUS[state["status"]],
        VERIFICATION[state["verification"]],
        entry["direction"],
        entry["kind"],
        state["grade"],
        entry["recorded_time"],
        entry["recorder"],
        entry["hash"],
    ]
    return [entry["no"], *(f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells)]
