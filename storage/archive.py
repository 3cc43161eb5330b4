"""The whole case file in one ZIP, which anybody can hold against itself without krisebot's database. Plan §5, step 7; D11."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from storage.chain import Break
from storage.pages import Names, pages, pdf, sheet, word
from storage.pages.blocks import Margins
from storage.verification import verify_export

FORMAT = "krisebot-archive/1"
MAGIC = b"PK\x03\x04"
MANIFEST = "manifest.json"
# A ZIP keeps no time zones, and the same case file shall be the same bytes.
WHEN = (1980, 1, 1, 0, 0, 0)

README = """Sagsakter fra Krisebot

sag.json       alt, som data (form: krisebot-export/1). Loggens linjer er kædet sammen med SHA-256.
log.csv        loggen til regneark: semikolon, UTF-8.
sag.pdf        loggen, situationsbilledet, ordrer, dagsordener og referater (PDF/A-2b).
sag.docx       det samme til Word.
ÅÅÅÅ-MM/       loggens linjer måned for måned.
manifest.json  SHA-256 af hver fil.

Efterprøv med:  krisebot verify DENNE-FIL.zip
eller med et hvilket som helst værktøj, der regner SHA-256. Tider i sag.json er UTC, på siderne dansk tid.
"""


def render(
    format: str, told: Mapping[str, Any], names: Names, progress: Callable[[str], None] = lambda what: None
) -> bytes:
    """Write an export in one of its forms.

    Args:
        format: "json", "csv", "pdf", "docx" or "zip".
        told: the export's document.
        names: how its ids and times are written for people.
        progress: told what is being written.

    Raises:
        ValueError: there is no such form.
    """
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
            return _zip(told, names, progress)
        case _:
            raise ValueError(f"no such form: {format}")


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


def _zip(told: Mapping[str, Any], names: Names, progress: Callable[[str], None]) -> bytes:
    files = {"LÆSMIG.txt": README.encode(), "log.csv": render("csv", told, names, progress)}
    for name in ("json", "pdf", "docx"):
        files[f"sag.{name}"] = render(name, told, names, progress)
    months: dict[str, list[Any]] = defaultdict(list)
    for entry in told["log"]:
        if not entry.get("omitted"):
            local = datetime.fromisoformat(entry["recorded_time"]).astimezone(names.zone)
            months[f"{local:%Y-%m}"].append(entry)
    for month, entries in months.items():
        files[f"{month}/log.csv"] = sheet.render({**told, "log": entries}).encode()
    manifest = {"format": FORMAT, "files": {name: hashlib.sha256(files[name]).hexdigest() for name in sorted(files)}}
    files[MANIFEST] = (json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(files):
            packed.writestr(zipfile.ZipInfo(name, WHEN), files[name], zipfile.ZIP_DEFLATED)
    return written.getvalue()


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
    if not found and sheet.render(told).encode() != files.get("log.csv"):
        found.append(Break(0, "log.csv siger noget andet end sag.json"))
    return found
