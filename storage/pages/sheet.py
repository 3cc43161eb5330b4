"""The log as a Danish spreadsheet opens it: the plan's own headings, one line a row. Plan §7; Bilag 3, Log."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from typing import Any

HEADINGS = ("Nr", "Tid", "Afsender", "Modtager", "Resume", "Status", "Bekræftet", "Retning", "Slags", "Grad", "Noteret", "Noteret af", "Hash")  # fmt: skip
STATUS = {"pending": "afventer", "in_progress": "i gang", "done": "udført", None: ""}
VERIFICATION = {"confirmed": "bekræftet", "unconfirmed": "ubekræftet"}
# A spreadsheet runs a cell that begins with one of these.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render(told: Mapping[str, Any]) -> str:
    """Write the log of an export.

    Args:
        told: the export's document.

    Returns:
        CSV with semicolons, and the mark in front that tells a spreadsheet that it is UTF-8.
    """
    written = io.StringIO()
    rows = csv.writer(written, delimiter=";", lineterminator="\r\n")
    rows.writerow(HEADINGS)
    for entry in told["log"]:
        if entry.get("omitted"):
            rows.writerow([entry["no"], *[""] * 3, "(udeladt)", *[""] * 7, entry["hash"]])
            continue
        state = told["log_state"][str(entry["no"])]
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
        rows.writerow([entry["no"], *(f"'{cell}" if cell.startswith(FORMULA) else cell for cell in cells)])
    return "\ufeff" + written.getvalue()
