"""The case file as pages that people read, sign and file: one structure, drawn as PDF and as DOCX. Plan §7; Bilag 2 and 3.

Everything is made of the export's document, so that the pages say what the export says and no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from storage.case.lines import Line
from storage.case.pages import case_parts, illustrations, papers
from storage.case.pages.blocks import Block, Names, Told
from storage.case.pages.illustrations import Files

__all__ = ["Block", "Names", "volume", "volumes"]

# Lines of the log in one volume: what a ring binder holds, and what a small server sets without running out of memory.
VOLUME = 2_000


def volumes(told: Told) -> int:
    """Count the volumes that the case file is in: the log decides."""
    return max(1, -(-len(told["log"]) // VOLUME))


def volume(
    told: Told, names: Names, number: int, some: Sequence[Line], files: Files = illustrations.no_files
) -> list[Block]:
    """Build one volume of the case file.

    Args:
        told: the export's document.
        names: how its ids and times are written.
        number: which, the first being 1: it has all that is not in the log, and what is needed on paper when the chat
            is down: who to ring, and whose watch it is.
        some: the lines of the log that are in this one.
        files: the bytes of what is attached to them.
    """
    every = volumes(told)
    which = f", bind {number} af {every}: nr. {some[0][0]['no']}–{some[-1][0]['no']}" if every > 1 else ""
    log = [*case_parts.log(told, names, some, which), *case_parts.pictures(told, some, files)]
    if number > 1:
        return [Block("title", f"{_title(told)} – bind {number}"), *log]
    return [
        *_front(told, names),
        *case_parts.phones(names),
        *case_parts.roster(told, names),
        *papers.newest_picture(told, names, files),
        *case_parts.orders(told, names),
        *papers.meetings(told, names),
        *case_parts.measures(told, names),
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
            ("Besluttet", names.decided(crisis)),
            ("Fuldt etableret", names.time(crisis["established_at"]) or "–"),
            ("Afblæst", names.time(crisis["deactivated_at"]) or "–"),
            ("Loglinjer", str(told["chain"]["count"])),
            *([("Bind", f"1 af {volumes(told)}")] if volumes(told) > 1 else []),
            ("Loggens segl", told["chain"]["head"]),
        ),
    )
