"""The log, and what a crisis cost, as a Danish spreadsheet opens them: the plan's own headings, one line a row. Plan §7; Bilag 3, Log."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Literal

from storage.case.lines import Line, lines
from storage.case.pages.blocks import STATUS
from storage.rows.log import VERIFICATION_IN_WORDS

HEADINGS = ("Nr", "Tid", "Afsender", "Modtager", "Resume", "Status", "Bekræftet", "Retning", "Slags", "Grad", "Noteret", "Noteret af", "Hash")  # fmt: skip
COSTS = ("Udgift", "Kroner", "Til", "Konto", "Kvittering", "Skrevet af", "Skrevet", "Log nr", "Gælder")
# Characters that are written at a time.
AT_A_TIME = 2**16
# A spreadsheet runs a cell that begins with one of these, written narrow or wide, whatever blanks stand before it.
FORMULA = re.compile("[\\s\ufeff\u200b]*[-=+@＝＋－＠]|[\t\r]")


def render(told: Mapping[str, Any]) -> str:
    """Return the log of an export's document as CSV."""
    return "".join(written(lines(told)))


def written(every: Iterable[Line], *, first: bool = False) -> Iterator[str]:
    """Write a log's lines, or some of them.

    Args:
        first: as the first form of the case file had them, with quotes only where a semicolon asks for them.

    Yields:
        CSV with semicolons, piece by piece, and the mark in front that tells a spreadsheet that it is UTF-8.
    """
    buffer, rows = _begun(csv.QUOTE_MINIMAL if first else csv.QUOTE_NONNUMERIC)
    rows.writerow(HEADINGS)
    harmless = _as_at_first if first else _harmless
    for entry, state in every:
        rows.writerow(_row(entry, state, harmless))
        if buffer.tell() > AT_A_TIME:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def expenses(told: Mapping[str, Any]) -> str:
    """Return what an export's document says that the crisis cost, as CSV ; what does not count is marked."""
    buffer, rows = _begun(csv.QUOTE_NONNUMERIC)
    rows.writerow(COSTS)
    for each in told.get("expenses", []):
        void = "nej" if each["void_at"] else "ja"
        cells = [each["text"], each["account"] or "", "ja" if each["receipt"] else "nej", each["written_by"]]
        kroner = each["kroner"].replace(".", ",")
        rows.writerow([each["number"], kroner, *map(_harmless, cells), each["written_at"], each["log_no"], void])
    return buffer.getvalue()


def _begun(quoting: Literal[0, 2]) -> tuple[io.StringIO, Any]:
    """Begin a sheet. What people wrote stands in quotes: LibreOffice parts cells at commas and tabs too."""
    buffer = io.StringIO("\ufeff")
    buffer.seek(0, io.SEEK_END)
    return buffer, csv.writer(buffer, delimiter=";", lineterminator="\r\n", quoting=quoting)


def _harmless(cell: str) -> str:
    return f"'{cell}" if FORMULA.match(cell) else cell


def _as_at_first(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell


def _row(
    entry: Mapping[str, Any], state: Mapping[str, Any] | None, harmless: Callable[[str], str] = _harmless
) -> list[Any]:
    if state is None:
        return [entry["no"], *[""] * 3, "(udeladt)", *[""] * 7, entry["hash"]]
    cells = [
        entry["event_time"],
        entry["sender"],
        entry["receiver"],
        entry["summary"],
        STATUS[state["status"]],
        VERIFICATION_IN_WORDS[state["verification"]],
        entry["direction"],
        entry["kind"],
        state["grade"],
        entry["recorded_time"],
        entry["recorder"],
        entry["hash"],
    ]
    return [entry["no"], *map(harmless, cells)]
