"""The papers that the staff hands on by themselves: the situation picture in the template's own form, an agenda,
minutes. Bilag 2 and 3.

Each begins with a heading of its own, so that it stands in the case file as it is and makes a paper as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from storage.case.pages import case_parts, charts, illustrations
from storage.case.pages.blocks import Block, Names, Told
from storage.rows.meetings import PARTS
from storage.rows.picture import NATIONAL, PLAN, STAFF

KIND = {"discussion": "drøftelse", "decision": "beslutning", "information": "orientering", None: ""}
# What Bilag 3 adds to its headings; {kommune} is whose picture it is.
TEMPLATE = {
    1: "Situationen (kort beskrivelse)",
    2: "Hvad er der sket (faktuelle oplysninger om situationen)",
    4: "Trusselsvurdering (fastsættes og vurderes af efterretningstjenesterne)",
    5: "{kommune}s beredskabsniveau (jf. National Beredskabsplan)",
    6: "{kommune}s beredskabsforanstaltninger og tiltag",
    7: "{kommune}s ressourceanvendelse",
    8: "Hvordan kan situationen udvikle sig (vurdering)",
}
# Under this heading the staff judges "udviklingen i krisesituationen på udvalgte parametre" (§7).
DEVELOPMENT = 8
# Under this one stand "kort og illustrationer", by the numbers of the log lines that they came with.
ILLUSTRATIONS = 10
FROM_LOG = re.compile(r"\bnr\. ?(\d{1,9})\b", re.IGNORECASE)


def paper(blocks: Sequence[Block], told: Told) -> list[Block]:
    """Make a paper of a part of the case file: its heading is the title, and an exercise says so."""
    first, *rest = blocks
    exercise = "ØVELSE – " if told["crisis"]["exercise"] else ""
    return [replace(first, kind="title", text=f"{exercise}{first.text}"), *rest]


def newest_picture(told: Told, names: Names, files: illustrations.Files = illustrations.no_files) -> Iterator[Block]:
    """Yield the newest published picture, or the draft, marked as one; nothing where there is none."""
    every = told.get("pictures") or []
    published = [each for each in every if each["state"] == "published"]
    for row in (published or every)[-1:]:
        yield from picture(row, told, names, files)


def picture(
    row: Told, told: Told, names: Names, files: illustrations.Files = illustrations.no_files
) -> Iterator[Block]:
    """Yield one version of the picture, in the ten headings of Bilag 3; below the tenth the maps and pictures of the log
    lines that it names.

    Args:
        row: the version.
        told: the export's document, or its intents and attachments.
        names: how ids and times are written.
        files: the attachments' bytes.
    """
    draft = "" if row["state"] == "published" else " (KLADDE, ikke godkendt)"
    yield Block("heading", f"{names.municipality}s samlede situationsbillede{draft}")
    yield Block(
        "facts",
        rows=(
            ("Udfærdigelsestidspunkt", names.day(row["published_at"] or row["written_at"])),
            ("Godkendt af", names.person(row["approved_by"]) or "–"),
            ("Udgave", str(row["version"])),
        ),
    )
    yield from _facts(("Hensigt", _intent(told)))
    for section in row["sections"]:
        number = section["number"]
        heading = TEMPLATE.get(number, section["heading"]).format(kommune=names.municipality)
        yield Block("subheading", f"{number}. {heading}")
        if number == 5:
            yield from _levels(row["levels"])
        yield Block("text", section["text"] or "–")
        if number == DEVELOPMENT:
            yield from _charts(row["indicators"], names)
        if number == ILLUSTRATIONS:
            yield from illustrations.of_lines(told, files, illustrated(row))


def illustrated(row: Told) -> set[int]:
    """Return the numbers of the log lines that a version's tenth heading names."""
    texts = [section["text"] for section in row["sections"] if section["number"] == ILLUSTRATIONS]
    return {int(number) for text in texts for number in FROM_LOG.findall(text)}


def _levels(levels: Told) -> Iterator[Block]:
    """Yield the three levels, which are three different things: the plan's own, and the template's two scales."""
    chosen = {
        "plan": PLAN.get(levels.get("plan") or 0),
        "national": levels.get("national"),
        "staff": levels.get("staff"),
    }
    scales = (
        ("Beredskabsplanens niveau", "plan", tuple(PLAN.values())),
        ("Nationalt beredskab", "national", NATIONAL),
        ("Stabens beredskab", "staff", STAFF),
    )
    for label, name, steps in scales:
        yield Block("scale", label, rows=tuple((step, "x" if step == chosen[name] else "") for step in steps))


def _charts(indicators: Sequence[Told], names: Names) -> Iterator[Block]:
    for indicator in indicators:
        points = [(datetime.fromisoformat(each["at"]), float(each["value"])) for each in indicator["points"]]
        newest = indicator["points"][-1]
        value = f"{newest['value']:g}".replace(".", ",")
        unit = f" {newest['unit']}" if newest["unit"] else ""
        said = f"{indicator['name']}: {value}{unit}"
        drawn = charts.trend(points, names.zone, charts.ON_PAPER) if len(points) > 1 else ""
        yield Block("chart" if drawn else "text", said, chart=drawn)


def meetings(told: Told, names: Names) -> Iterator[Block]:
    """Yield every meeting's newest agenda and newest minutes, of those that were sent."""
    for meeting in told.get("meetings") or []:
        for row in [each for each in meeting["agenda"] if each["sent_at"]][-1:]:
            yield from agenda(meeting, row, told, names)
        for row in [each for each in meeting["minutes"] if each["sent_at"]][-1:]:
            yield from minutes(meeting, row, told, names)


def order(row: Told, told: Told, names: Names, files: illustrations.Files = illustrations.no_files) -> Iterator[Block]:
    """Yield a written order, with the maps and pictures that came along with its draft."""
    yield from case_parts.order(row, told, names)
    yield from illustrations.of_lines(told, files, {row["draft_no"]}, f"Til ordre {row['number']}")


def agenda(
    meeting: Told,
    row: Told,
    told: Told,
    names: Names,
    files: illustrations.Files = illustrations.no_files,
    lines: Mapping[int, int] = MappingProxyType({}),
) -> Iterator[Block]:
    """Yield a version of a meeting's agenda, with what each item is for (§5, step 3).

    Args:
        meeting: the meeting.
        row: the version.
        told: the export's document, or its meetings, intents and attachments.
        names: how ids and times are written.
        files: the attachments' bytes.
        lines: the log's line of each item, by the item; none where the attachments stand elsewhere among the same pages.
    """
    draft = "" if row["approved_at"] else " (KLADDE, ikke godkendt)"
    yield Block("heading", f"Dagsorden for møde {meeting['number']} i krisestaben{draft}")
    chief = names.person(told["crisis"]["chief"])
    approved = f"{names.person(row['approved_by'])}, {names.day(row['approved_at'])}" if row["approved_at"] else ""
    yield from _facts(
        *_meeting(meeting, told, names),
        ("Hensigt", _intent(told)),
        ("Mødeleder", f"Krisestabschefen{f', {chief}' if chief else ''}"),
        ("Udgave", str(row["version"])),
        ("Godkendt af", approved),
        ("Udsendt", names.day(row["sent_at"])),
    )
    for part, items in _in_parts(row["items"]):
        if part:
            yield Block("subheading", part)
        rows = tuple(
            (str(each["no"]), f"{'NYT: ' if each['new'] else ''}{each['text']}", KIND.get(each["kind"], ""))
            for each in items
        )
        yield Block("table", rows=(("Nr.", "Punkt", "Karakter"), *rows), widths=(1, 9, 2))
        for each in items:
            line = lines.get(each["item"])
            yield from illustrations.of_lines(told, files, {line} if line else (), f"Til punkt {each['no']}")


def _in_parts(items: Sequence[Told]) -> list[tuple[str, list[Told]]]:
    """Return an agenda's items under the parts that Bilag 2 has them in; the first meeting's have none."""
    parts: list[tuple[str, list[Told]]] = []
    for each in items:
        begins = PARTS.get(each["text"]) if each["item"] is None else None
        if begins or not parts:
            parts.append((begins or "", []))
        parts[-1][1].append(each)
    return parts


def minutes(meeting: Told, row: Told, told: Told, names: Names) -> Iterator[Block]:
    """Yield a version of a meeting's minutes: "krisestabens drøftelser og beslutninger, herunder hvem gør hvad" (§5,
    step 5)."""
    draft = "" if row["approved_at"] else " (KLADDE, ikke godkendt)"
    yield Block("heading", f"Beslutningsreferat fra møde {meeting['number']} i krisestaben{draft}")
    yield from _facts(
        *_meeting(meeting, told, names),
        ("Til stede", ", ".join(names.person(person) for person in meeting["present"])),
        ("Mødet sluttede", names.day(meeting["ended_at"])),
        ("Referent", names.person(row["written_by"])),
        ("Udgave", str(row["version"])),
    )
    for item in row["items"]:
        yield Block("subheading", f"Punkt {item['number']}. {item['text']}")
        yield from _facts(
            ("Drøftelse", item["discussion"]), ("Beslutning", item["decision"]), ("Afventer", item.get("waits") or "")
        )
        if item["actions"]:
            who = tuple((names.person(each["owner"]), each["what"], names.day(each["due"])) for each in item["actions"])
            yield Block("table", rows=(("Hvem", "Gør hvad", "Frist"), *who), widths=(3, 6, 4))
    yield from _facts(("Bemærkninger", row["remarks"]))
    yield Block(
        "text",
        f"Godkendt af {names.person(row['approved_by'])}, {names.day(row['approved_at'])}."
        if row["approved_at"]
        else "Krisestabschefen har ikke godkendt referatet. Det er ikke sendt til nogen.",
    )


def _meeting(meeting: Told, told: Told, names: Names) -> tuple[tuple[str, str], ...]:
    crisis = told["crisis"]
    return (
        ("Krise", f"nr. {crisis['number']}, {crisis['title']}"),
        ("Tid", names.day(meeting["at"])),
        ("Sted", str(meeting["place"])),
    )


def _intent(told: Told) -> str:
    """Return the intent that is in force; empty where there is none."""
    intents = told.get("intents") or []
    return str(intents[-1]["text"]) if intents else ""


def _facts(*rows: tuple[str, str]) -> Iterator[Block]:
    """Yield the facts that have a value."""
    known = tuple(row for row in rows if row[1])
    if known:
        yield Block("facts", rows=known)
