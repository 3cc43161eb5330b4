"""The blocks that pages are made of, whatever draws them; and how ids and times are written on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypedDict
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from storage import wall_clock
from storage.grades import GRADES
from storage.plan.model import Plan
from storage.rows.traffic import StaffRecipient, recipient_of

Told = Mapping[str, Any]

# How a log line's status, and whether it is confirmed, are said on paper and in a spreadsheet.
STATUS = {"pending": "afventer", "in_progress": "i gang", "done": "udført", None: ""}


class Margins(TypedDict):
    """The lines above and below every page."""

    header: str
    footer: str


@dataclass(frozen=True)
class Block:
    """A piece of a page: a heading, a text, a table and so on.

    Args:
        kind: "title", "heading", "subheading", "text", "facts", "table", "scale", "chart" or "picture".
        text: what a title, a heading or a text says, what stands above a chart and below a picture; a user's words, never markup.
        rows: of facts, (name, value); of a table, its cells, the first row being its headings; of a scale, (step, "x")
            for the one that is chosen and (step, "") for the others.
        widths: of a table, in parts of the page; of a picture, how wide and how high, in millimetres.
        chart: as SVG.
        picture: as JPEG.
    """

    kind: str
    text: str = ""
    rows: tuple[tuple[str, ...], ...] = ()
    widths: tuple[int, ...] = ()
    chart: str = ""
    picture: bytes = b""


@dataclass(frozen=True)
class Names:
    """The names and words that the export's ids and times are written as for people.

    Args:
        persons: a person's id, and the name.
        grades: a grade, and the municipality's name for it.
        municipality: whose case file it is.
        zone: where the clock on the wall hangs.
        phones: the telephone list's rows: name, title, number, mail; none for whoever may not have it.
        checked: what is said of when that list was last gone through, Danish.
        logo: the municipality's, as PNG; empty where it has none.
        of_4k: who decides for the other organisation, which is said behind their names.
    """

    persons: Mapping[str, str]
    grades: Mapping[str, str]
    municipality: str
    zone: ZoneInfo
    phones: tuple[tuple[str, str, str, str], ...] = ()
    checked: str = ""
    logo: bytes = b""
    of_4k: frozenset[str] = frozenset()

    @classmethod
    def of(cls, plan: Plan, strangers: Mapping[str, str] | None = None) -> Names:
        """Make the names that a plan gives; without people's own numbers.

        Args:
            plan: whose paper it is.
            strangers: the names of those who are not in it; see `storage.rows.traffic.strangers`.
        """
        return cls(
            persons={**(strangers or {}), **{person: known.name for person, known in plan.persons.items()}},
            grades={grade: plan.grade_name(grade) for grade in GRADES},
            municipality=plan.municipality,
            zone=plan.timezone,
            logo=plan.logo_drawn,
            of_4k=frozenset(filter(plan.leads_4k, plan.holders("beredskabschef"))),
        )

    def person(self, person: str | None) -> str:
        """Return a person's name; several with commas between them; of a stranger without one what their
        platform calls them by, as the chat has it."""
        return ", ".join(self._person(each) for each in (person or "").split(", ") if each)

    def decided(self, crisis: Told) -> str:
        """Write when a crisis' level was decided, by whom and by whose right, as the cards have it; a dash for not yet."""
        by, principal = crisis["decided_by"], crisis.get("on_behalf_of")
        behalf = f" på vegne af {self.person(principal)}" if principal else ""
        theirs = " (4K)" if (principal or by) in self.of_4k else ""
        return f"{self.time(crisis['decided_at'])} {self.person(by)}{behalf}{theirs}".strip() or "–"

    def _person(self, person: str) -> str:
        if isinstance(recipient_of(person), StaffRecipient):
            return "krisestaben"
        if person.startswith("ekstern:"):
            return person.removeprefix("ekstern:")
        return self.persons.get(person) or person.partition(":")[2].capitalize() or person

    def day(self, at: str | None) -> str:
        """Write a time with its day as the templates ask: "torsdag den 2. juli 2026 kl. 14:10"; with its offset in the hour
        that comes twice."""
        local = datetime.fromisoformat(at).astimezone(self.zone) if at else None
        return _whole(format_datetime(local, "EEEE 'den' d. MMMM y 'kl.' HH:mm", locale="da"), local) if local else ""

    def time(self, at: str | None) -> str:
        """Write a time on the clock on the wall, "02.07.2026 kl. 14:08:00", with its offset in the hour that comes twice;
        empty when it isn't known."""
        if not at:
            return ""
        local = datetime.fromisoformat(at).astimezone(self.zone)
        return _whole(local.strftime("%d.%m.%Y kl. %H:%M:%S"), local)


def _whole(written: str, local: datetime) -> str:
    offset = wall_clock.offset(local)
    return f"{written} ({offset})" if offset else written


def as_data(blocks: Sequence[Block]) -> list[dict[str, Any]]:
    """Return the blocks as JSON data, for a template."""
    return [
        {
            "kind": block.kind,
            "text": block.text,
            "rows": [list(row) for row in block.rows],
            "widths": list(block.widths),
        }
        for block in blocks
    ]
