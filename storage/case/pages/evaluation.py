"""The evaluation's report as pages: its timeline, its figures, what was learnt, and what is done about it. Plan §3,
Planens afprøvning."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from storage.case.evaluation import Figures
from storage.case.pages import charts
from storage.case.pages.blocks import Block, Names, Told
from storage.wall_clock import span

STATE = {"open": "i gang", "done": "gjort", "dropped": "droppet"}
WAYS = {
    "slack": "Slack",
    "teams": "Teams",
    "sms": "sms",
    "mail": "mail",
    "opkald": "opkald",
    "rehearsal": "øvelseschat",
}


def evaluation(
    told: Told,
    found: Figures,
    lessons: Sequence[tuple[int, str, str]],
    timeline: Sequence[tuple[datetime, float]],
    names: Names,
) -> Iterator[Block]:
    """Yield the report of one crisis or exercise.

    Args:
        told: the export's document, or the parts that `storage.case.evaluation` reads.
        found: its figures.
        lessons: log number, who, and what was learnt or answered, oldest first.
        timeline: the hour (UTC) and how many log lines, oldest first.
        names: how ids and times are written.
    """
    crisis = told["crisis"]
    row = (told.get("evaluations") or [{}])[-1]
    yield Block("heading", f"Evaluering af nr. {crisis['number']}: {crisis['title']}")
    yield Block(
        "facts",
        rows=(
            ("Besluttet", names.day(crisis["decided_at"]) or "–"),
            ("Afblæst", names.day(crisis["deactivated_at"]) or "–"),
            ("Ansvarlig", names.person(row.get("owner")) or "Beredskab 4K"),
            ("Færdig", names.day(row.get("finished_at")) or "nej"),
        ),
    )
    yield Block("subheading", "Forløb")
    if len(timeline) > 1:
        most = max(count for _, count in timeline)
        yield Block(
            "chart",
            f"Linjer i loggen, time for time: {sum(count for _, count in timeline):g} i alt, højst {most:g} på en time",
            chart=charts.timeline(timeline, names.zone, charts.ON_PAPER),
        )
    steps = {each.name for each in found.steps}
    yield from _table(
        "Hvor lang tid tog det",
        ("Trin", "Tid", "Planen", "Overholdt"),
        [(each.name, _span(each.took, "ikke sket"), _span(each.limit, ""), _met(each.met)) for each in found.steps],
        (5, 3, 2, 2),
    )
    yield from _table(
        "Svar på indkaldelsen",
        ("Rolle", "Indkaldt", "Svarede", "Typisk", "Senest"),
        [
            (each.role, str(each.asked), str(each.answered), _span(each.typical, "–"), _span(each.slowest, "–"))
            for each in found.answers
        ],
        (5, 2, 2, 2, 2),
    )
    yield from _table(
        "Svarede ikke",
        ("Hvem", "Prøvet på"),
        [
            (names.person(each.person), ", ".join(WAYS.get(way, way) for way in each.ways) or "–")
            for each in found.silent
        ],
        (5, 5),
    )
    yield from _table(
        "Beskeder til hver rolle", ("Rolle", "Beskeder"), [(role, str(count)) for role, count in found.messages], (5, 2)
    )
    yield from _table(
        "Andre forventninger",
        ("Forventet", "Opfyldt"),
        # How long each step took, and whether the plan was kept in it, stands above.
        [(name, _met(met)) for name, met in found.expectations if name not in steps],
        (8, 2),
    )
    yield from _table(
        "Svar og erfaringer",
        ("Log nr.", "Hvem", "Hvad"),
        [(str(no), names.person(who), text) for no, who, text in lessons],
        (1, 3, 8),
    )
    if row.get("findings"):
        yield Block("subheading", "Konklusion")
        yield Block("text", row["findings"])
    yield from _table(
        "Forbedringer",
        ("Nr.", "Hvad", "Ejer", "Frist", "Status"),
        [
            (
                f"F{each['number']}",
                each["text"],
                names.person(each["owner"]),
                names.day(each["due_at"]),
                ": ".join(filter(None, [STATE[each["state"]], each["remark"] or ""])),
            )
            for each in told.get("improvements") or []
        ],
        (1, 5, 3, 3, 2),
    )


def _table(
    heading: str, head: tuple[str, ...], rows: Sequence[tuple[str, ...]], widths: tuple[int, ...]
) -> Iterator[Block]:
    yield Block("subheading", heading)
    if rows:
        yield Block("table", rows=(head, *rows), widths=widths)
    else:
        yield Block("text", "Ingen.")


def _span(took: timedelta | None, none: str) -> str:
    return span(took) if took is not None else none


def _met(met: bool | None) -> str:
    return "" if met is None else "ja" if met else "NEJ"
