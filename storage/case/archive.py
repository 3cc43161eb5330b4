"""The whole case file in one ZIP, which anybody can check against itself without krisebot's database. Plan §5, step
7."""

from __future__ import annotations

import gc
import hashlib
import io
import itertools
import json
import re
import unicodedata
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any

from storage.case.chain import Break
from storage.case.lines import Lines, as_json, lines, read
from storage.case.pages import VOLUME, pdf, sheet, volume, volumes
from storage.case.pages.blocks import Margins, Names
from storage.case.pages.illustrations import Files
from storage.case.verification import kept_attachments, verify_export, wrong_with

FORMAT = "krisebot-archive/2"
# Its sheets were quoted otherwise.
FIRST = "krisebot-archive/1"
PAPER = ("pdf", "docx")
MAGIC = b"PK\x03\x04"
MANIFEST = "manifest.json"
# Bytes of a file that are looked at together.
AT_A_TIME = 2**20
# A ZIP keeps no time zones, and the same case file shall be the same bytes.
WHEN = (1980, 1, 1, 0, 0, 0)
# What no name in a folder may hold, on any system; and how long one may be.
NOT_SAFE = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
LONGEST_NAME = 100

README = """Sagsakter fra Krisebot

sag.json       alt, som data (form: krisebot-export/1). Loggens linjer er kædet sammen med SHA-256.
log.csv        loggen til regneark: semikolon, UTF-8.
udgifter.csv   hvad krisen kostede, til økonomi; er der ingen, er den tom.
sag.pdf        loggen med billeder og kort, situationsbilledet, ordrer, dagsordener og referater (PDF/A-2b).
sag.docx       det samme til Word.
               Er loggen lang, er begge i bind: sag-2.pdf, sag-3.pdf … har de næste linjer.
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
    files: Mapping[str, Path] | None = None,
) -> bytes:
    """Return an export in one of its forms, in memory; of a case file on paper that is in several volumes, the
    first."""
    if format in PAPER:
        return next(papers(format, told, names, progress, files))
    written = io.BytesIO()
    write(format, told, names, written, progress, files)
    return written.getvalue()


def write(
    format: str,
    told: Mapping[str, Any],
    names: Names,
    out: IO[bytes],
    progress: Callable[[str], None] = lambda what: None,
    files: Mapping[str, Path] | None = None,
) -> None:
    """Write an export piece by piece, so that it takes little memory however long the log is.

    Args:
        format: "json", "csv" or "zip".
        told: the export's document.
        names: how its ids and times are written for people.
        out: where to.
        progress: told what is being written.
        files: where the pictures' and files' bytes are, by their SHA-256, for "zip" and the pages.

    Raises:
        ValueError: there is no such form.
    """
    if format == "zip":
        _zip(told, names, out, progress, files or {})
        return
    progress(format)
    for each in _pieces(format, told):
        out.write(each)


def papers(
    format: str,
    told: Mapping[str, Any],
    names: Names,
    progress: Callable[[str], None] = lambda what: None,
    files: Mapping[str, Path] | None = None,
) -> Iterator[bytes]:
    """Yield the case file on paper, volume by volume: a long log takes no more memory than a volume does.

    Args:
        format: "pdf" or "docx".
        told, names, progress, files: as `write` has them.
    """
    every, log, margins, written = volumes(told), lines(told), _margins(told, names), _day(told, names)
    for number in range(1, every + 1):
        progress(f"{format} {number}/{every}" if every > 1 else format)
        blocks = volume(told, names, number, list(itertools.islice(log, VOLUME)), _bytes_of(files or {}))
        if format == "docx":
            # Its library is heavy, and few case files are written on.
            from storage.case.pages import word

            yield word.render(blocks, **margins, written=written, logo=names.logo)
        else:
            yield pdf.render(blocks, **margins, written=written, logo=names.logo)
        if every > 1:
            # Neither lets go of a volume by itself: typst remembers it, and the parts of a document hold each other.
            pdf.forget()
            gc.collect()


def _bytes_of(files: Mapping[str, Path]) -> Files:
    return lambda sha256: files[sha256].read_bytes() if sha256 in files else None


def numbered(name: str, number: int) -> str:
    """Return a volume's name: "sag.pdf", and then "sag-2.pdf"."""
    stem, dot, ending = name.rpartition(".")
    return name if number == 1 else f"{stem}-{number}{dot}{ending}" if dot else f"{name}-{number}"


def steps(format: str, told: Mapping[str, Any]) -> int:
    """Count how often `write` reports progress while an export is written in this form."""
    return 2 * volumes(told) + 3 if format == "zip" else volumes(told) if format in PAPER else 1


def _pieces(format: str, told: Mapping[str, Any]) -> Iterator[bytes]:
    match format:
        case "json":
            written = as_json(told)
        case "csv":
            written = sheet.written(lines(told))
        case _:
            raise ValueError(f"no such form: {format}")
    return (each.encode() for each in written)


def _margins(told: Mapping[str, Any], names: Names) -> Margins:
    crisis, head = told["crisis"], told["chain"]["head"]
    exercise = "ØVELSE · " if crisis["exercise"] else ""
    case = f"ESDH {crisis['case_ref'] or 'mangler'} · C3 {crisis['c3_ref'] or 'mangler'}"
    return {
        "header": f"{exercise}{names.municipality} · Krise nr. {crisis['number']} · {case}",
        "footer": f"Loggens segl {head[:16]}…",
    }


def _day(told: Mapping[str, Any], names: Names) -> date:
    """Return the day of the last line that the export shows."""
    last = None
    for entry, _ in lines(told):
        last = entry.get("recorded_time", last)
    return datetime.fromisoformat(last).astimezone(names.zone).date() if last else date(1980, 1, 1)


def _zip(
    told: Mapping[str, Any],
    names: Names,
    out: IO[bytes],
    progress: Callable[[str], None],
    attached: Mapping[str, Path],
) -> None:
    hashes: dict[str, str] = {}
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:

        def put(name: str, pieces: Iterable[bytes]) -> None:
            info = zipfile.ZipInfo(name, WHEN)
            info.compress_type = zipfile.ZIP_DEFLATED
            said = hashlib.sha256()
            with packed.open(info, "w") as file:
                for each in pieces:
                    said.update(each)
                    file.write(each)
            hashes[name] = said.hexdigest()

        put("LÆSMIG.txt", [README.encode()])
        for format, name in (("csv", "log.csv"), ("json", "sag.json")):
            progress(format)
            put(name, _pieces(format, told))
        put("udgifter.csv", [sheet.expenses(told).encode()])
        for format in PAPER:
            for number, paper in enumerate(papers(format, told, names, progress, attached), 1):
                put(numbered(f"sag.{format}", number), [paper])
        progress("måneder")
        for month, pieces in _months(told, names).items():
            put(f"{month}/log.csv", pieces)
        for path, row in _attachments(told).items():
            if row["sha256"] in attached:
                put(path, [attached[row["sha256"]].read_bytes()])
        manifest = {"format": FORMAT, "files": {name: hashes[name] for name in sorted(hashes)}}
        put(MANIFEST, [(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n").encode()])


def _months(told: Mapping[str, Any], names: Names) -> dict[str, Iterator[bytes]]:
    """Return the log's lines by month, on the clock on the wall."""
    every: dict[str, Lines] = defaultdict(Lines)
    for entry, state in lines(told):
        if not entry.get("omitted"):
            local = datetime.fromisoformat(entry["recorded_time"]).astimezone(names.zone)
            every[f"{local:%Y-%m}"].add(entry, state)
    return {month: (each.encode() for each in sheet.written(some)) for month, some in every.items()}


def _attachments(told: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """Return where each picture and file lies in the ZIP: a name that every system can unpack, whatever it was
    called."""
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


def _compare_attachments(told: Mapping[str, Any], hashes: Mapping[str, str]) -> list[Break]:
    try:
        return [
            Break(row["log_no"], f"{path} {wrong}")
            for path, row in _attachments(told).items()
            if (wrong := wrong_with(row["sha256"], hashes.get(path)))
        ]
    except (KeyError, TypeError, ValueError, AttributeError):
        return [Break(0, "sag.json siger ikke, hvor bilagene er")]


def verify(file: IO[bytes], head: str | None = None) -> list[Break]:
    """Check a ZIP against itself: every file against the manifest, the log against its chain, the sheet against the
    log.

    Args:
        file: the ZIP.
        head: a hash that was posted earlier, which must still be in the chain.
    """
    try:
        with zipfile.ZipFile(file) as packed:
            manifest = json.loads(packed.read(MANIFEST))
            hashes = {name: _hash(packed, name) for name in packed.namelist() if name != MANIFEST}
            said = dict(manifest["files"])
            with packed.open("sag.json") as case:
                told = read(case)
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, TypeError, RecursionError, EOFError, OSError):
        return [Break(0, "filen er ikke en eksport, der kan læses")]
    found = [Break(0, f"{name} mangler") for name in sorted(set(said) - set(hashes))]
    found += [Break(0, f"{name} står ikke i manifestet") for name in sorted(set(hashes) - set(said))]
    found += [Break(0, f"{name} er ændret") for name in sorted(set(hashes) & set(said)) if hashes[name] != said[name]]
    found += verify_export(told, head) if isinstance(told, dict) else [Break(0, "sag.json kan ikke læses")]
    found = found or _compare_attachments(told, hashes)
    if not found:
        written = hashlib.sha256()
        for each in sheet.written(lines(told), first=manifest.get("format") == FIRST):
            written.update(each.encode())
        if written.hexdigest() != hashes.get("log.csv"):
            found.append(Break(0, "log.csv siger noget andet end sag.json"))
    return found


def _hash(packed: zipfile.ZipFile, name: str) -> str:
    found = hashlib.sha256()
    with packed.open(name) as file:
        while some := file.read(AT_A_TIME):
            found.update(some)
    return found.hexdigest()
