"""The case file as pages that people read, sign and file: one structure, drawn as PDF and as DOCX. Plan §7; Bilag 2 and 3.

Everything is made of the export's document, so that the pages say what the export says and no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

Told = Mapping[str, Any]

VERIFICATION = {"confirmed": "bekræftet", "unconfirmed": "ubekræftet"}
STATUS = {"pending": "afventer", "in_progress": "i gang", "done": "udført", None: ""}
DIRECTION = {"in": "ind", "out": "ud", "internal": "internt"}
KIND = {"discussion": "drøftelse", "decision": "beslutning", "information": "orientering", None: ""}


@dataclass(frozen=True)
class Block:
    """One thing on a page.

    Args:
        kind: "title", "heading", "subheading", "text", "facts" or "table".
        text: what a title, a heading or a text says; a user's words, never markup.
        rows: of facts, (name, value); of a table, its cells, the first row being its headings.
        widths: of a table, in parts of the page.
    """

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    widths: tuple[int, ...] = ()


@dataclass(frozen=True)
class Names:
    """How the export's ids and times are written for people.

    Args:
        persons: a person's id, and the name.
        grades: a grade, and the municipality's name for it.
        municipality: whose case file it is.
        zone: where the clock on the wall hangs.
        phones: the telephone list's rows: name, title, number, mail; none for whoever may not have it (R309, T30).
        checked: what is said of when that list was last gone through, Danish.
    """

    persons: Mapping[str, str]
    grades: Mapping[str, str]
    municipality: str
    zone: ZoneInfo
    phones: tuple[tuple[str, str, str, str], ...] = ()
    checked: str = ""

    def person(self, person: str | None) -> str:
        """A person's name; several with commas between them; a stranger's own id."""
        return ", ".join(self._person(each) for each in (person or "").split(", ") if each)

    def _person(self, person: str) -> str:
        if person.startswith("staff:"):
            return "krisestaben"
        return self.persons.get(person, person.removeprefix("ekstern:"))

    def time(self, at: str | None) -> str:
        """ "02.07.2026 kl. 14:08:00", on the clock on the wall; empty when it isn't known."""
        if not at:
            return ""
        return datetime.fromisoformat(at).astimezone(self.zone).strftime("%d.%m.%Y kl. %H:%M:%S")


def pages(told: Told, names: Names) -> list[Block]:
    """The whole case file, and what is needed on paper when the chat is down (D06): who to ring, and whose watch it is."""
    return [
        *_front(told, names),
        *_phones(names),
        *_roster(told, names),
        *_picture(told, names),
        *_orders(told, names),
        *_meetings(told, names),
        *_measures(told, names),
        *_log(told, names),
    ]


def _front(told: Told, names: Names) -> Iterator[Block]:
    crisis = told["crisis"]
    exercise = "ØVELSE – " if crisis["exercise"] else ""
    yield Block("title", f"{exercise}Krise nr. {crisis['number']}: {crisis['title']}")
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
            ("Loggens segl", told["chain"]["head"]),
        ),
    )


def _phones(names: Names) -> Iterator[Block]:
    """R309: for the chief and the secretariat."""
    if names.phones:
        yield Block("heading", "Telefonliste")
        yield Block("text", f"{names.checked} Ikke til videregivelse.".strip())
        yield Block("table", rows=(("Navn", "Titel", "Telefon", "Mail"), *names.phones), widths=(3, 3, 3, 4))


def _roster(told: Told, names: Names) -> Iterator[Block]:
    """The shifts that are or will be, in their order."""
    rows = [row for row in told.get("roster") or [] if row["state"] in ("planned", "on_duty")]
    if rows:
        yield Block("heading", "Vagtplan")
        cells = tuple(
            (row["role"], names.person(row["person"]), names.time(row["from"]), names.time(row["until"]))
            for row in rows
        )
        yield Block("table", rows=(("Rolle", "Person", "Fra", "Til"), *cells), widths=(3, 3, 3, 3))


def _picture(told: Told, names: Names) -> Iterator[Block]:
    """Bilag 3, the newest published, or the draft marked as one."""
    every = told.get("pictures") or []
    published = [each for each in every if each["state"] == "published"]
    if not every:
        return
    row = (published or every)[-1]
    draft = "" if published else " (KLADDE, ikke godkendt)"
    yield Block("heading", f"{names.municipality}s samlede situationsbillede{draft}")
    yield Block(
        "facts",
        rows=(
            ("Udfærdigelsestidspunkt", names.time(row.get("published_at") or row.get("written_at"))),
            ("Godkendt af", names.person(row.get("approved_by")) or "–"),
            ("Udgave", str(row["version"])),
        ),
    )
    levels = {name: value for name, value in (row.get("levels") or {}).items() if value}
    named = {"plan": "Planens niveau", "national": "Nationalt beredskab", "staff": "Stabens beredskab"}
    for section in row["sections"]:
        text = section["text"]
        if section["number"] == 5:
            text = "\n".join([*(f"{named.get(name, name)}: {value}" for name, value in levels.items()), text]).strip()
        yield Block("subheading", f"{section['number']}. {section['heading']}")
        yield Block("text", text or "–")


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


def _meetings(told: Told, names: Names) -> Iterator[Block]:
    for meeting in told.get("meetings") or []:
        for agenda in [each for each in meeting["agenda"] if each.get("sent_at")][-1:]:
            yield Block("heading", f"Dagsorden, møde {meeting['number']}, udgave {agenda['version']}")
            yield Block("facts", rows=_meeting(meeting, names))
            rows = tuple(
                (str(each["no"]), str(each["text"]), KIND.get(each.get("kind"), "")) for each in agenda["items"]
            )
            yield Block("table", rows=(("Nr.", "Punkt", "Karakter"), *rows), widths=(1, 8, 2))
        for minutes in [each for each in meeting["minutes"] if each.get("sent_at")][-1:]:
            yield Block("heading", f"Beslutningsreferat, møde {meeting['number']}, udgave {minutes['version']}")
            approved = f"{names.person(minutes['approved_by'])}, {names.time(minutes['approved_at'])}"
            yield Block("facts", rows=(*_meeting(meeting, names), ("Godkendt", approved)))
            for item in minutes["items"]:
                does = [f"{names.person(each['owner'])}: {each['what']}" for each in item["actions"]]
                yield Block("subheading", f"Punkt {item['number']}. {item['text']}")
                parts = {
                    "Drøftelse": item["discussion"],
                    "Beslutning": item["decision"],
                    "Hvem gør hvad": "\n".join(does),
                }
                yield Block("facts", rows=tuple((name, text) for name, text in parts.items() if text))
            if minutes["remarks"]:
                yield Block("facts", rows=(("Bemærkninger", minutes["remarks"]),))


def _meeting(meeting: Told, names: Names) -> tuple[tuple[str, str], ...]:
    present = ", ".join(names.person(person) for person in meeting.get("present") or [])
    rows = (("Tid", names.time(meeting["at"])), ("Sted", str(meeting["place"])), ("Til stede", present))
    return tuple(row for row in rows if row[1])


def _measures(told: Told, names: Names) -> Iterator[Block]:
    rows = [row for row in told.get("measures") or [] if row["number"]]
    if rows:
        yield Block("heading", "Tiltag")
        cells = tuple(
            (f"T{row['number']}", row["title"], names.person(row["owner"]), names.time(row["due_at"]), row["status"])
            for row in rows
        )
        yield Block("table", rows=(("Nr.", "Tiltag", "Ansvarlig", "Frist", "Status"), *cells), widths=(1, 6, 3, 3, 2))


def _log(told: Told, names: Names) -> Iterator[Block]:
    """Bilag 3, Log, with what §7 adds: whether it is confirmed."""
    yield Block("heading", "Log")
    headings = ("Nr.", "Tid", "Afsender", "Modtager", "Resume", "Status", "Bekræftet", "Grad")
    yield Block(
        "table", rows=(headings, *(_line(entry, told, names) for entry in told["log"])), widths=(1, 3, 2, 2, 7, 2, 2, 2)
    )


def _line(entry: Told, told: Told, names: Names) -> tuple[str, ...]:
    if entry.get("omitted"):
        return (str(entry["no"]), "", "", "", "(udeladt på grund af fortrolighed)", "", "", "")
    state = told["log_state"][str(entry["no"])]
    corrected = f" (rettet i nr. {state['corrected_by']})" if state["corrected_by"] else ""
    return (
        str(entry["no"]),
        names.time(entry["event_time"]),
        names.person(entry["sender"]),
        names.person(entry["receiver"]),
        f"{entry['summary']}{corrected}",
        STATUS.get(state["status"], ""),
        VERIFICATION[state["verification"]],
        names.grades.get(state["grade"], state["grade"]),
    )


def as_data(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """The blocks as JSON data, for a template."""
    return [
        {
            "kind": block.kind,
            "text": block.text,
            "rows": [list(row) for row in block.rows],
            "widths": list(block.widths),
        }
        for block in blocks
    ]
