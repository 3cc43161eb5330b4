"""Case numbers: those of ESDH and C3 that everything is filed under. Plan §7, Krav til håndteringen af
informationer."""

from __future__ import annotations

import re

from handlers.core import rights
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.log import journal

# "c3 4711", "i esdh: 26/1234".
SYSTEM = re.compile(r"(?:i )?(c3|esdh)(?=[\s:,]|$)[\s:,]*", re.IGNORECASE)


async def ask(turn: Turn) -> None:
    """Ask the secretariat for the case's numbers, "oprettes en selvstændig sag …": at once, and every evening until
    they are there."""
    for person in turn.rules.holders("sekretær") or await turn.chiefs():
        await turn.say(person, card(turn), key=f"crisis/{turn.the_crisis.id}/case/{person}")
    await journal.look_tonight(turn)


def card(turn: Context) -> Card:
    """Draw the case's two references, with a form for what is missing."""
    crisis = turn.the_crisis
    missing = journal.without_number(crisis)
    head = (
        f"*Opret sagen til nr. {crisis.number}* i {' og '.join(missing)}, og skriv nummeret her."
        if missing
        else f"Sagen til nr. {crisis.number} er oprettet."
    )
    return Card(
        head,
        facts=(
            ("ESDH", quote(crisis.case_ref or "mangler", 100)),
            ("C3", quote(crisis.c3_ref or "mangler", 100)),
        ),
        buttons=(button(turn),),
    )


def button(turn: Context) -> Button:
    """Make the button with a form for both numbers; it works after the crisis is over too."""
    crisis = turn.the_crisis
    return Button(
        "Skriv sagsnumre",
        "case.numbers",
        {"crisis": crisis.id},
        form=(
            Field("esdh", "Sag i ESDH", value=crisis.case_ref or ""),
            Field("c3", "Sag i C3", value=crisis.c3_ref or ""),
        ),
        form_title="Sagsnumre",
    )


@verb(
    "sag",
    "sagsnummer",
    help="sag 26/1234 eller sag c3 4711 – sagens numre",
    who=rights.runs_staff,
    crisis=True,
    afterwards=True,
)
async def case(turn: Turn, text: str) -> None:
    """Write down the case's number in ESDH or C3; without a number, show which it has."""
    named = SYSTEM.match(text.strip())
    in_c3 = named is not None and named[1].casefold() == "c3"
    reference = text.strip()[named.end() :].strip() if named else text.strip()
    if not reference:
        await turn.answer(card(turn))
        return
    await note(turn, reference, in_c3=in_c3)
    await turn.answer(Card(f"Noteret: sagen i {'C3' if in_c3 else 'ESDH'} er {quote(reference)}."))


@action("case.numbers", who=rights.runs_staff)
async def numbers(turn: Turn) -> None:
    """Write down the numbers that the form `Skriv sagsnumre` was filled in with."""
    await note(turn, turn.value("esdh"), in_c3=False)
    await note(turn, turn.value("c3"), in_c3=True)
    await turn.answer(card(turn))


async def note(turn: Turn, reference: str, *, in_c3: bool) -> None:
    """Remember a case's number; the log has who opened it and when.

    Args:
        reference: the number; empty changes nothing.
        in_c3: whether it is the case in C3, else the one in ESDH.
    """
    crisis = turn.the_crisis
    if not reference or reference == (crisis.c3_ref if in_c3 else crisis.case_ref):
        return
    if in_c3:
        crisis.c3_ref = reference
    else:
        crisis.case_ref = reference
    await turn.log(
        f"Sagsnummer i {'C3' if in_c3 else 'ESDH'}: {reference}",
        kind="case",
        sender=turn.sender,
        verification="confirmed",
        refs={"case": reference, "in_c3": in_c3},
    )
    for person in turn.rules.holders("sekretær") or await turn.chiefs():
        await turn.say(person, card(turn), key=f"crisis/{crisis.id}/case/{person}")
