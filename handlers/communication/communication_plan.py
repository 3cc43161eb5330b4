"""`komplan`: the nine headings of Bilag 4, written on by several people, and how far it is. Plan §8."""

from __future__ import annotations

import re

from sqlalchemy import select

from handlers.communication.first_draft import HEADINGS
from handlers.core import form_values, rights, withheld
from handlers.core.card import Button, Card, Family, Field, quote
from handlers.core.context import Context
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from storage.plan.words import fold
from storage.rows.communication import CommunicationPlan

# "Kommunikationsafdelingen råder over opdaterede distributionslister": where a link's title says so.
PRESS = re.compile(r"\bpresse|distributionsliste")

# In the form, one field a heading.
SECTION = Family("s{}")


@verb(
    "komplan",
    "kommunikationsplan",
    help="komplan – kommunikationsplanen, de ni overskrifter i Bilag 4",
    who=rights.staff,
    crisis=True,
    begins="never",
    wordless=True,
)
async def plan(turn: Turn, text: str) -> None:
    """Show how far the communication plan is, and what stands under each heading."""
    if not await withheld.refuse_above(turn, "Kommunikationsplanen vises"):
        await turn.answer(_card(turn, await newest(turn)))


async def newest(turn: Context) -> CommunicationPlan | None:
    """Return the version that counts."""
    found: CommunicationPlan | None = await turn.db.scalar(
        select(CommunicationPlan)
        .where(CommunicationPlan.crisis_id == turn.the_crisis.id)
        .order_by(CommunicationPlan.version.desc())
        .limit(1)
    )
    return found


def _card(turn: Context, row: CommunicationPlan | None) -> Card:
    sections = row.sections if row else {}
    facts = tuple(
        (f"{number}. {heading}", quote(sections.get(str(number)) or "mangler", 300))
        for number, heading in enumerate(HEADINGS, 1)
    )
    done = sum(bool(text) for text in sections.values())
    head = (
        f"*Kommunikationsplan*, udgave {row.version} ({turn.clock(row.written_at)}, {turn.name(row.written_by)}): "
        if row
        else "*Kommunikationsplan*: "
    )
    speaker = (
        f"\nPressetalsperson: {turn.name(row.spokesperson)}."
        if row and row.spokesperson
        else "\n❗ Ingen fast pressetalsperson."
    )
    based = row.version if row else 0
    # Links and no more; what goes to the press, people send.
    lists = "; ".join(
        f"{quote(link.title)}: {quote(link.address)}" for link in turn.rules.links if PRESS.search(fold(link.title))
    )
    press = (
        f"\n{lists}."
        if lists
        else "\nDistributionslister til pressen: hos kommunikation. Krisebot sender ikke til pressen."
    )
    return Card(
        f"{head}{done} af {len(HEADINGS)} er udfyldt.{speaker}{press}",
        facts=facts,
        buttons=tuple(
            Button(
                f"Skriv {first}–{last}",
                "communication.write",
                {"crisis": turn.the_crisis.id, "based": based, "first": first},
                form=tuple(_field(number, sections) for number in range(first, last + 1)) + (_speaker(last)),
                form_title=f"Overskrift {first}–{last}",
            )
            for first, last in ((1, 3), (4, 6), (7, 9))
        ),
    )


def _field(number: int, sections: dict[str, str]) -> Field:
    return Field(SECTION.of(number), f"{number}. {HEADINGS[number - 1]}", "long", value=sections.get(str(number), ""))


def _speaker(last: int) -> tuple[Field, ...]:
    return (Field("spokesperson", "Fast pressetalsperson", "persons"),) if last == len(HEADINGS) else ()


@action("communication.write", who=rights.communication)
async def write(turn: Turn, based: int, first: int) -> None:
    """Write a new version. What somebody else wrote meanwhile under a heading stands beside, and nothing is lost."""
    spokesperson = form_values.person(turn, "spokesperson")
    now = await newest(turn)
    before = await turn.db.scalar(
        select(CommunicationPlan).where(
            CommunicationPlan.crisis_id == turn.the_crisis.id, CommunicationPlan.version == based
        )
    )
    sections = dict(now.sections) if now else {}
    known = before.sections if before else {}
    for number in range(first, len(HEADINGS) + 1):
        if SECTION.of(number) not in turn.the_incoming.values:
            continue
        typed, was, stands = turn.value(SECTION.of(number)), known.get(str(number), ""), sections.get(str(number), "")
        if typed == was:
            continue
        clash = stands not in (was, typed, "")
        sections[str(number)] = f"{stands}\n– {turn.name(turn.sender)}: {typed}" if clash else typed
    speaks = spokesperson or (now.spokesperson if now else None)
    if (sections, speaks) == (now.sections if now else {}, now.spokesperson if now else None):
        await turn.answer(Card("Der er intet nyt i kommunikationsplanen. Intet er ændret."))
        return
    row = CommunicationPlan(
        crisis_id=turn.the_crisis.id,
        version=(now.version if now else 0) + 1,
        sections=sections,
        spokesperson=speaks,
        written_by=turn.sender,
        written_at=turn.now,
    )
    turn.db.add(row)
    await turn.db.flush()
    done = sum(bool(text) for text in sections.values())
    await turn.log(
        f"Kommunikationsplan, udgave {row.version}: {done} af {len(HEADINGS)} overskrifter er udfyldt",
        kind="communication",
        sender=turn.sender,
        refs={"version": row.version},
    )
    await turn.replace(_card(turn, row))
