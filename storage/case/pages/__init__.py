"""The case file as pages that people read, sign and file: one structure, drawn as PDF and as DOCX. Plan §7; Bilag 2 and 3.

Everything is made of the export's document, so that the pages say what the export says and no more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from storage.case.lines import Line
from storage.case.pages import papers
from storage.case.pages.blocks import STATUS, VERIFICATION, Block, Names, Told
from storage.rows.measures import STATUS_IN_WORDS

__all__ = ["Block", "Names", "volume", "volumes"]

# Lines of the log in one volume: what a ring binder holds, and what a small server sets without running out of memory.
VOLUME = 2_000


def volumes(told: Told) -> int:
    """Count the volumes that the case file is in: the log decides."""
    return max(1, -(-len(told["log"]) // VOLUME))


def volume(told: Told, names: Names, number: int, some: Sequence[Line]) -> list[Block]:
    """Build one volume of the case file.

    Args:
        told: the export's document.
        names: how its ids and times are written.
        number: which, the first being 1: it has all that is not in the log, and what is needed on paper when the chat
            is down: who to ring, and whose watch it is.
        some: the lines of the log that are in this one.
    """
    log = list(_log(told, names, number, some))
    if number > 1:
        return [Block("title", f"{_title(told)} – bind {number}"), *log]
    return [
        *_front(told, names),
        *_phones(names),
        *_roster(told, names),
        *papers.newest_picture(told, names),
        *_orders(told, names),
        *papers.meetings(told, names),
        *_measures(told, names),
        *log,
    ]


def _title(told: Told) -> str:
    crisis = told["crisis"]
    exercise = "ØVELSE – " if crisis["exercise"] else ""
    return f"{exercise}Krise nr. {crisis['number']}: {crisis['title']}"


def _front(told: Told, names: Names) -> Iterator[Block]:
    crisis = told["crisis"]
    yield Block("title", _title(told))
    yield Block(
        "facts",
        rows=(
            ("Kommune", names.municipality),
            ("Sag i ESDH", crisis["case_ref"] or "mangler"),
            ("Sag i C3", crisis["c3_ref"] or "mangler"),
            ("Niveau", str(crisis["level"] or "ikke besluttet")),
            ("Besluttet", f"{names.time(crisis['decided_at'])} {names.person(crisis['decided_by'])}".strip() or "–"),
            ("Fuldt etableret", names.time(crisis["established_at"]) or "–"),
            ("Afblæst", names.time(crisis["deactivated_at"]) or "–"),
            ("Loglinjer", str(told["chain"]["count"])),
            *([("Bind", f"1 af {volumes(told)}")] if volumes(told) > 1 else []),
            ("Loggens segl", told["chain"]["head"]),
        ),
    )


def _phones(names: Names) -> Iterator[Block]:
    """Yield the telephone list, for the chief and the secretariat."""
    if names.phones:
        yield Block("heading", "Telefonliste")
        yield Block("text", f"{names.checked} Ikke til videregivelse.".strip())
        yield Block("table", rows=(("Navn", "Titel", "Telefon", "Mail"), *names.phones), widths=(3, 3, 3, 4))


def _roster(told: Told, names: Names) -> Iterator[Block]:
    """Yield the shifts that are or will be, in their order."""
    rows = [row for row in told.get("roster") or [] if row["state"] in ("planned", "on_duty")]
    if rows:
        yield Block("heading", "Vagtplan")
        cells = tuple(
            (row["role"], names.person(row["person"]), names.time(row["from"]), names.time(row["until"]))
            for row in rows
        )
        yield Block("table", rows=(("Rolle", "Person", "Fra", "Til"), *cells), widths=(3, 3, 3, 3))


def _orders(told: Told, names: Names) -> Iterator[Block]:
    for order in told.get("orders") or []:
        yield Block("heading", f"Skriftlig ordre nr. {order.get('number') or 'kladde'}")
        labels = {
            "to": "Til",
            "task": "Opgave",
            "when": "Hvornår",
            "why": "Hvorfor",
            "resources": "Ressourcer",
            "report_back": "Tilbagemelding",
            "issued_by": "Udstedt af",
            "issued_at": "Udstedt",
            "acknowledged_by": "Kvitteret af",
            "acknowledged_at": "Kvitteret",
            "document_no": "Dokument nr.",
        }
        rows = []
        for name, label in labels.items():
            value = order.get(name)
            if value:
                said = names.time(value) if name.endswith("_at") else str(value)
                rows.append((label, names.person(said) if name in ("to", "issued_by", "acknowledged_by") else said))
        yield Block("facts", rows=tuple(rows))


def _measures(told: Told, names: Names) -> Iterator[Block]:
    rows = [row for row in told.get("measures") or [] if row["number"]]
    if rows:
        yield Block("heading", "Tiltag")
        cells = tuple(
            (
                f"T{row['number']}",
                row["title"],
                names.person(row["owner"]),
                names.time(row["due_at"]),
                STATUS_IN_WORDS[row["status"]],
            )
            for row in rows
        )
        yield Block("table", rows=(("Nr.", "Tiltag", "Ansvarlig", "Frist", "Status"), *cells), widths=(1, 6, 3, 3, 2))


def _log(told: Told, names: Names, number: int, some: Sequence[Line]) -> Iterator[Block]:
    """Yield the log as Bilag 3, Log, has it, with what §7 adds: whether it is confirmed."""
    every = volumes(told)
    which = f", bind {number} af {every}: nr. {some[0][0]['no']}–{some[-1][0]['no']}" if every > 1 else ""
    yield Block("heading", f"Log{which}")
    headings = ("Nr.", "Tid", "Afsender", "Modtager", "Resume", "Status", "Bekræftet", "Grad")
    attached: dict[int, str] = defaultdict(str)
    for row in told.get("attachments") or []:
        how = f"SHA-256 {row['sha256'][:16]}…" if row["sha256"] else "ikke gemt"
        attached[row["log_no"]] += f"\nBilag: {row['name']} ({how})"
    yield Block(
        "table",
        rows=(headings, *(_line(entry, state, names, attached) for entry, state in some)),
        widths=(1, 3, 2, 2, 7, 2, 2, 2),
    )


def _line(entry: Told, state: Told | None, names: Names, attached: Mapping[int, str]) -> tuple[str, ...]:
    if state is None:
        return (str(entry["no"]), "", "", "", "(udeladt på grund af fortrolighed)", "", "", "")
    corrected = f" (rettet i nr. {state['corrected_by']})" if state["corrected_by"] else ""
    return (
        str(entry["no"]),
        names.time(entry["event_time"]),
        names.person(entry["sender"]),
        names.person(entry["receiver"]),
        f"{entry['summary']}{corrected}{attached.get(entry['no'], '')}",
        STATUS.get(state["status"], ""),
        VERIFICATION[state["verification"]],
        names.grades.get(state["grade"], state["grade"]),
    )
