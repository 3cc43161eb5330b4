"""The whole case file in one ZIP, which anybody can hold against itself without krisebot's database. Plan §5, step 7; D11."""

from __future__ import annotations

import hashlib
import io
import itertools
import json
import re
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from storage.chain import Break
from storage.pages import Names, pages, pdf, sheet, word
from storage.pages.blocks import Margins
from storage.verification import kept_attachments, verify_export, wrong_with

FORMAT = "krisebot-archive/1"
MAGIC = b"PK\x03\x04"
MANIFEST = "manifest.json"
# A ZIP keeps no time zones, and the same case file shall be the same bytes.
WHEN = (1980, 1, 1, 0, 0, 0)
# What no name in a folder may hold, on any system; and how long one may be.
NOT_SAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
LONGEST_NAME = 100

README = """Sagsakter fra Krisebot

sag.json       alt, som data (form: krisebot-export/1). Loggens linjer er kædet sammen med SHA-256.
log.csv        loggen til regneark: semikolon, UTF-8.
sag.pdf        loggen, situationsbilledet, ordrer, dagsordener og referater (PDF/A-2b).
sag.docx       det samme til Word.
ÅÅÅÅ-MM/       loggens linjer måned for måned.
bilag/         billeder og filer; først i navnet står nummeret på den linje i loggen, de hører til.
manifest.json  SHA-256 af hver fil.

Efterprøv med:  krisebot verify DENNE-FIL.zip
eller med et hvilket som helst værktøj, der regner SHA-256. Tider i sag.json er UTC, på siderne dansk tid.
"""


def render(
    format: str,
    told: Mapping[str, Any],
    names: Names,
    progress: Callable[[str], None] = lambda what: None,
    files: Mapping[str, bytes] | None = None,
) -> bytes:
    """Write an export in one of its forms.

    Args:
        format: "json", "csv", "pdf", "docx" or "zip".
        told: the export's document.
        names: how its ids and times are written for people.
        progress: told what is being written.
        files: the pictures' and files' bytes by their SHA-256, for "zip".

    Raises:
        ValueError: there is no such form.
    """
    if format != "zip":
        progress(format)
    match format:
        case "json":
            return (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
        case "csv":
            return sheet.render(told).encode()
        case "pdf":
            return pdf.render(pages(told, names), **_margins(told, names), written=_day(told, names))
        case "docx":
            return word.render(pages(told, names), **_margins(told, names))
        case "zip":
            return _zip(told, names, progress, files or {})
        case _:
            raise ValueError(f"no such form: {format}")


def steps(format: str) -> int:
    """How often `render` tells what it is writing."""
    return 6 if format == "zip" else 1


def _margins(told: Mapping[str, Any], names: Names) -> Margins:
    crisis, head = told["crisis"], told["chain"]["head"]
    exercise = "ØVELSE · " if crisis["exercise"] else ""
    case = f"ESDH {crisis['case_ref'] or 'mangler'} · C3 {crisis['c3_ref'] or 'mangler'}"
    return {
        "header": f"{exercise}{names.municipality} · Krise nr. {crisis['number']} · {case}",
        "footer": f"Loggens segl {head[:16]}…",
    }


def _day(told: Mapping[str, Any], names: Names) -> date:
    """The day of the last line that the export shows."""
    times = [entry["recorded_time"] for entry in told["log"] if not entry.get("omitted")]
    return datetime.fromisoformat(times[-1]).astimezone(names.zone).date() if times else date(1980, 1, 1)


def _zip(
    told: Mapping[str, Any], names: Names, progress: Callable[[str], None], attached: Mapping[str, bytes]
) -> bytes:
    files = {"LÆSMIG.txt": README.encode(), "log.csv": render("csv", told, names, progress)}
    for name in ("json", "pdf", "docx"):
        files[f"sag.{name}"] = render(name, told, names, progress)
    progress("måneder")
    months: dict[str, list[Any]] = defaultdict(list)
    for entry in told["log"]:
        if not entry.get("omitted"):
            local = datetime.fromisoformat(entry["recorded_time"]).astimezone(names.zone)
            months[f"{local:%Y-%m}"].append(entry)
    for month, entries in months.items():
        files[f"{month}/log.csv"] = sheet.render({**told, "log": entries}).encode()
    files |= {path: attached[row["sha256"]] for path, row in _attachments(told).items() if row["sha256"] in attached}
    manifest = {"format": FORMAT, "files": {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}}
    files[MANIFEST] = (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()
    progress("zip")
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(files):
            packed.writestr(zipfile.ZipInfo(name, WHEN), files[name], zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _attachments(told: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Where each picture and file lies in the ZIP: a name that every system can unpack, whatever it was called."""
    places: dict[str, Mapping[str, Any]] = {}
    taken: set[str] = set()
    for row in kept_attachments(told):
        name = NOT_SAFE.sub("_", unicodedata.normalize("NFC", row["name"])).strip(" ._") or "uden navn"
        stem, dot, ending = name[-LONGEST_NAME:].rpartition(".")
        stem, ending = (stem, f".{ending}") if dot else (ending, "")
        numbered = (f"{stem}{f'-{number}' if number > 1 else ''}{ending}" for number in itertools.count(1))
        paths = (f"bilag/{row['log_no']:05d}-{each}" for each in numbered)
        path = next(each for each in paths if each.casefold() not in taken)
        taken.add(path.casefold())
        places[path] = row
    return places


def _compare_attachments(told: Mapping[str, Any], files: Mapping[str, bytes]) -> list[Break]:
    try:
        return [
            Break(row["log_no"], f"{path} {wrong}")
            for path, row in _attachments(told).items()
            if (wrong := wrong_with(row["sha256"], files.get(path)))
        ]
    except (KeyError, TypeError, ValueError, AttributeError):
        return [Break(0, "sag.json siger ikke, hvor bilagene er")]


def verify(content: bytes, head: str | None = None) -> list[Break]:
    """Hold a ZIP against itself: every file against the manifest, the log against its chain, the sheet against the log.

    Args:
        content: the ZIP's bytes.
        head: a hash that was posted earlier, which must still be in the chain.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            files = {name: packed.read(name) for name in packed.namelist()}
        manifest = json.loads(files.pop(MANIFEST))
        said = dict(manifest["files"])
        told = json.loads(files["sag.json"])
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError, RecursionError, EOFError, OSError):
        return [Break(0, "filen er ikke en eksport, der kan læses")]
    found = [Break(0, f"{name} mangler") for name in sorted(set(said) - set(files))]
    found += [Break(0, f"{name} står ikke i manifestet") for name in sorted(set(files) - set(said))]
    found += [
        Break(0, f"{name} er ændret")
        for name in sorted(set(files) & set(said))
        if hashlib.sha256(files[name]).hexdigest() != said[name]
    ]
    found += verify_export(told, head) if isinstance(told, dict) else [Break(0, "sag.json kan ikke læses")]
    found = found or _compare_attachments(told, files)
    if not found and sheet.render(told).encode() != files.get("log.csv"):
        found.append(Break(0, "log.csv siger noget andet end sag.json"))
    return found
