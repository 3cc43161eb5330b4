"""The emergency pack: what a staff needs on paper when the chat is down. Plan §5; Bilag 1; Bilag 5.

It is made before any crisis too, since nobody can print it once it is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from storage.case.lines import Line
from storage.case.pages import case_parts, papers
from storage.case.pages.blocks import Block, Names, Told
from storage.plan.model import Plan

# Blank log lines: two pages of A4, about three hours of a busy staff.
BLANK_LINES = 40
CHAIN = {"beredskabschef": "Beredskabschefen hos 4K", "borgmester": "Borgmesteren", "direktion": "Direktionen"}


@dataclass(frozen=True)
class OnPaper:
    """A crisis as it goes into the pack.

    Args:
        told: its export, without the log.
        log: its newest lines, oldest first.
        earlier: how many lines before them are left out.
        next_number: the first number on its blank log lines: those before it have been typed in.
    """

    told: Told
    log: Sequence[Line]
    earlier: int
    next_number: int


def pack(plan: Plan, names: Names, crises: Sequence[OnPaper], made_at: datetime) -> list[Block]:
    """Build the pack.

    Args:
        plan: today's plan.
        names: how ids and times are written, with the telephone list.
        crises: those that are going; none before any.
        made_at: when, UTC.
    """
    return [
        Block("title", f"Nødpakke – {plan.municipality}"),
        Block(
            "facts",
            rows=(
                ("Lavet", names.time(made_at.isoformat())),
                ("Plan", plan.edition.title),
                ("Kriser", ", ".join(_named(each.told) for each in crises) or "ingen lige nu"),
                ("Ved fare for liv", "Ring 112."),
                (
                    "Når chatten er nede",
                    "Ring efter listen her. Skriv loggen på linjerne bagest, og skriv dem ind bagefter.",
                ),
            ),
        ),
        *_chain(plan, names),
        *case_parts.phones(names),
        *_roles(plan, names),
        *_centres(plan, names),
        *_instructions(plan, names),
        *(block for each in crises for block in _crisis(each, names)),
        *_blank_lines(max((each.next_number for each in crises), default=1)),
    ]


def _named(told: Told) -> str:
    crisis = told["crisis"]
    return f"{'ØVELSE – ' if crisis['exercise'] else ''}nr. {crisis['number']}: {crisis['title']}"


def _chain(plan: Plan, names: Names) -> Iterator[Block]:
    """Yield whom a warning goes to, in the plan's order, with the numbers to ring."""
    rows = []
    for number, step in enumerate(plan.escalation.steps, 1):
        for person in [*plan.holders(step), *plan.deputies(step)]:
            rows.append(
                (f"{number}. {CHAIN.get(step, step)}", names.person(person), plan.persons[person].telephone or "")
            )
    yield Block("heading", "Hvem der ringes til, i den rækkefølge")
    yield Block("table", rows=(("Trin", "Navn", "Telefon"), *rows), widths=(4, 5, 3))
    if plan.phones:
        yield Block("table", rows=(("Andre numre", "Telefon"), *plan.phones.items()), widths=(9, 3))


def _roles(plan: Plan, names: Names) -> Iterator[Block]:
    rows = tuple(
        (
            role[:1].upper() + role[1:],
            ", ".join(map(names.person, plan.holders(role))),
            ", ".join(map(names.person, plan.deputies(role))),
        )
        for role in plan.roles.filled
    )
    yield Block("heading", "Roller og stedfortrædere")
    yield Block("table", rows=(("Rolle", "Har den", "Stedfortrædere"), *rows), widths=(3, 4, 5))


def _centres(plan: Plan, names: Names) -> Iterator[Block]:
    if plan.centres:
        rows = tuple(
            (each.name, names.person(each.chief), names.person(each.deputy), names.person(each.contact))
            for each in plan.centres
        )
        yield Block("heading", "Centre")
        yield Block("table", rows=(("Center", "Chef", "Stedfortræder", "Kontakt"), *rows), widths=(3, 3, 3, 3))


def _instructions(plan: Plan, names: Names) -> Iterator[Block]:
    """Yield the units' own instructions, the action cards, the public alarm list and what else is kept elsewhere: addresses,
    never copies (plan §2 and §5; Bilag 5)."""
    rows = (
        *(
            (f"Handlekort: {card.title}", card.centre, names.person(card.owner), card.address)
            for card in plan.action_cards
        ),
        *((each.title, ", ".join(reversed(each.units)), "", each.address) for each in plan.instructions),
        *((link.title, "", "", link.address) for link in plan.links),
        *([("Opgavesæt for fortsat drift", "", "", plan.running_on.address)] if plan.running_on.address else []),
        (
            "Alarmeringstelefonliste",
            "",
            "",
            plan.alarm_list or "På kommunens hjemmeside; planen har intet link til den",
        ),
    )
    yield Block("heading", "Handlekort og instrukser")
    yield Block("table", rows=(("Hvad", "Center", "Ejer", "Hvor"), *rows), widths=(4, 2, 2, 4))


def _crisis(each: OnPaper, names: Names) -> Iterator[Block]:
    told, crisis = each.told, each.told["crisis"]
    yield Block("heading", f"Krise {_named(told)}")
    yield Block(
        "facts",
        rows=(
            ("Niveau", str(crisis["level"] or "ikke besluttet")),
            ("Besluttet", names.decided(crisis)),
            ("Krisestabschef", names.person(crisis["chief"]) or "ikke udpeget"),
            ("Fuldt etableret senest", names.time(crisis["established_due"]) or "–"),
            ("Fuldt etableret", names.time(crisis["established_at"]) or "nej"),
            ("Skal kunne køre til", names.time(crisis["sustain_until"]) or "–"),
        ),
    )
    yield from case_parts.roster(told, names)
    yield from case_parts.measures(told, names, only_open=True)
    yield from papers.newest_picture(told, names)
    if each.earlier:
        yield Block("text", f"De første {each.earlier} linjer af loggen er ikke med her; de står i sagen.")
    yield from case_parts.log(told, names, each.log)


def _blank_lines(first: int) -> Iterator[Block]:
    """Yield lines to write the log on by hand, each with its number: typed in afterwards, the number shows that none is
    missing and none is there twice."""
    yield Block("heading", "Log på papir")
    yield Block(
        "text",
        "Skriv linjerne ind, når chatten er oppe igen: »/krise log papir 1 kl 14.02: 40 cm vand i Fløng«. "
        "Tiden på papiret bliver linjens tid, og nummeret viser, at ingen mangler, og at ingen står der to gange.",
    )
    rows = tuple((f"P{number}", "", "", "", "\n\n", "") for number in range(first, first + BLANK_LINES))
    yield Block(
        "table",
        rows=(("Nr.", "Dato og kl.", "Fra", "Til", "Resume", "Bekræftet"), *rows),
        widths=(1, 2, 2, 2, 7, 2),
    )
