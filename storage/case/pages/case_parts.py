"""The parts of a case file that other papers have too: who to ring, whose watch it is, orders, measures and the log."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from storage.case.lines import Line
from storage.case.pages import illustrations
from storage.case.pages.blocks import STATUS, Block, Names, Told
from storage.rows.log import ATTACHMENT_IN_WORDS, VERIFICATION_IN_WORDS
from storage.rows.measures import STATUS_IN_WORDS


def phones(names: Names) -> Iterator[Block]:
    """Yield the telephone list, for the chief and the secretariat."""
    if names.phones:
        yield Block("heading", "Telefonliste")
        yield Block("text", f"{names.checked} Ikke til videregivelse.".strip())
        yield Block("table", rows=(("Navn", "Titel", "Telefon", "Mail"), *names.phones), widths=(3, 3, 3, 4))


def roster(told: Told, names: Names) -> Iterator[Block]:
    """Yield the shifts that are or will be, in their order."""
    rows = [row for row in told.get("roster") or [] if row["state"] in ("planned", "on_duty")]
    if rows:
        yield Block("heading", "Vagtplan")
        cells = tuple(
            (row["role"], names.person(row["person"]), names.time(row["from"]), names.time(row["until"]))
            for row in rows
        )
        yield Block("table", rows=(("Rolle", "Person", "Fra", "Til"), *cells), widths=(3, 3, 3, 3))


def orders(told: Told, names: Names) -> Iterator[Block]:
    """Yield the written orders, each by itself."""
    for row in told.get("orders") or []:
        yield from order(row, told, names)


def order(row: Told, told: Told, names: Names) -> Iterator[Block]:
    """Yield a written order, or a draft of one, with who has it from whom since when, and what is attached to it by name."""
    number = f" nr. {row['number']}" if row.get("number") else " (KLADDE, ikke udstedt)"
    yield Block("heading", f"Skriftlig ordre{number}")
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
        value = row.get(name)
        if value:
            said = names.time(value) if name.endswith("_at") else str(value)
            rows.append((label, names.person(said) if name in ("to", "issued_by", "acknowledged_by") else said))
    # A case that an older release exported has no such key.
    files = [
        f"{each['name']} ({how})" if (how := ATTACHMENT_IN_WORDS[each["state"]]) else each["name"]
        for each in told.get("attachments") or []
        if each["log_no"] == row.get("draft_no")
    ]
    rows += [("Bilag", ", ".join(files))] if files else []
    yield Block("facts", rows=tuple(rows))


def measures(told: Told, names: Names, *, only_open: bool = False) -> Iterator[Block]:
    """Yield the measures, all or those that are open."""
    rows = [row for row in told.get("measures") or [] if row["number"]]
    if only_open:
        rows = [row for row in rows if row["status"] not in ("done", "cancelled")]
    if rows:
        yield Block("heading", "Åbne tiltag" if only_open else "Tiltag")
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


def log(told: Told, names: Names, some: Sequence[Line], which: str = "") -> Iterator[Block]:
    """Yield the log as Bilag 3, Log, has it, with what §7 adds: whether it is confirmed.

    Args:
        told, names: as for the case file.
        some: its lines.
        which: what the heading says of them.
    """
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


def pictures(told: Told, some: Sequence[Line], files: illustrations.Files) -> Iterator[Block]:
    """Yield the pictures and maps that are attached to the log's lines, in the lines' order. The arguments are those of
    `log`, and the attachments' bytes."""
    shown = {entry["no"] for entry, state in some if state is not None}
    found = list(illustrations.of_lines(told, files, shown))
    if found:
        yield Block("heading", "Billeder og kort fra loggen")
        yield from found


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
        VERIFICATION_IN_WORDS[state["verification"]],
        names.grades.get(state["grade"], state["grade"]),
    )
