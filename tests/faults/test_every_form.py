"""Every form that the code names is sent empty and with nonsense, by somebody who may. Bilag 2 and 3."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from handlers.core.card import Field
from tests.databases import SQLite
from tests.handlers.core.forms_in_code import forms
from tests.rights import expected, matrix, states
from tests.rights.tries import INSTEAD_OF_IT, MAY, Seen, Shown, State
from tests.stage.stage import Stage

NONSENSE = "¤ sludder 99:99 ¤"
# What is nobody's name, no time and none of the choices is asked about before anything is done.
READ = ("time", "been", "persons")
# Asked once a quarter: tests/handlers/alert/test_reach.py.
SELDOM = {"contact_test.changed"}
# They stand on a card beside others' forms, and have none.
WITHOUT = {"papers.give", "picture.compare", "router.meant", "router.which"}


async def asked_about(stage: Stage) -> None:
    """Half of what is needed is said in words, and the other half is asked for."""
    await states.level_two(stage)
    await states.say(
        stage,
        ("teknik_kontakt", "»vi mangler 4 mand på Birkehøj"),
        (states.STRANGER, "ring"),
        ("chef", "udpeg"),
        ("chef", "ind"),
        ("chef", "udgift"),
        ("chef", "ressource"),
        ("4k", "forbedring lys @Frank Forlod om 3 uger"),
        ("chef", "punkt lukke skolen frist kl 9"),
        ("chef", "koord"),
        ("chef", "[Fælles kriseledelse]"),
        ("chef", "[Etablér]"),
        ("chef", "møde i morgen 10"),
        ("sekretær", "mail"),
        ("chef", "billede"),
        ("chef", "[Godkend]"),
        ("chef", "ping alle hvordan går det svar 9"),
        ("chef", "nedskaler"),
        ("chef", "[Send forslag]"),
        ("chef", "forøget"),
        ("chef", "øv"),
    )
    await stage["sekretær"].fills_in("Rengøring", needed="ja", unit="Teknik")


async def left_alone(stage: Stage) -> None:
    """Nobody has done anything for a day."""
    await states.just_activated(stage)
    await states.say(
        stage, ("borgmester", "logistik"), ("borgmester", "udvikling"), ("borgmester", "[Skriv udvikling]")
    )
    await stage.forward(hours=25)


async def taken(stage: Stage) -> None:
    """The head of the emergency service has a warning, and an employee writes the word alone."""
    await states.warned(stage)
    await states.say(stage, ("4k", "[Jeg har den]"), ("medlem", "varsel"))


async def a_short_exercise(stage: Stage) -> None:
    """Whoever leads it has its run before them."""
    await states.quiet(stage)
    await states.say(stage, ("4k", "øvelse"), ("4k", "[Kort: skybrud]"))


async def asked_for_their_number(stage: Stage) -> None:
    """The contact test of the month has come."""
    await states.quiet(stage)
    await stage.forward(days=40)
    await states.say(stage, ("4k", "[Jeg kan nås]"))


# In each of them forms are drawn that stand in no other.
ACTS: tuple[Callable[[Stage], Awaitable[None]], ...] = (
    left_alone,
    states.level_two,
    states.in_a_meeting,
    asked_about,
    taken,
    a_short_exercise,
    asked_for_their_number,
    states.quiet,
    states.level_one,
    states.closed,
)


def empty(_field: Field) -> str:
    return ""


def nonsense(_field: Field) -> str:
    return NONSENSE


def untrue(name: str, form: tuple[Field, ...], blank: Seen, odd: Seen) -> list[str]:
    """What of the promise a form doesn't keep."""
    found = []
    required = [field.id for field in form if field.required]
    if required and (blank.wrote or blank.told):
        found.append(f"{name}: {required} are empty, and it is kept as if answered: {sorted(blank.wrote)}")
    if required and not blank.said:
        found.append(f"{name}: nobody tells what is missing of {required}")
    if not (blank.said or blank.wrote) or not (odd.said or odd.wrote):
        found.append(f"{name}: it is sent, and nothing happens")
    unread = [field.id for field in form if field.kind in READ and not field.loose]
    unread += [field.id for field in form if field.kind == "choice" and field.required]
    if unread and (odd.wrote or odd.told):
        found.append(f"{name}: {unread} can't be read, and it is kept as if answered: {sorted(odd.wrote)}")
    return found


@dataclass(frozen=True)
class Found:
    """What of the promise a form doesn't keep where it was tried, and whether anything came of it there."""

    untrue: list[str]
    counts: bool


async def tried(opened: State, name: str, shown: Shown) -> Found | None:
    """Let somebody who may send it; None where nobody may here."""
    form, asked = (*shown.fields, *shown.button.form), list[Found]()
    for person in expected.PERSONS:
        meant, blank, odd = [await opened.tried(person, name, matrix.MADE_UP, fill) for fill in (None, empty, nonsense)]
        tries = [each for each in (meant, blank, odd) if each.outcome in (MAY, INSTEAD_OF_IT)]
        if any(each.wrote or each.told for each in tries):
            return Found(untrue(name, form, blank, odd), counts=True)
        if tries:
            # Also whoever may not, and where it is over, is asked about a time.
            asked.append(Found(untrue(name, form, blank, odd), counts=False))
    return asked[0] if asked else None


@pytest.mark.long
async def test_a_form_sent_empty_or_with_nonsense_is_answered_with_what_is_missing_and_nothing_is_kept_as_if_answered(
    sqlite: SQLite,
) -> None:
    """R130 R145 R220: whoever is hurried sends half a form; each form that the code names, found in the code."""
    waiting = {action for form in forms() for action in form.actions} - WITHOUT - SELDOM
    found, asked = list[str](), dict[str, list[str]]()
    for act in ACTS:
        opened = await matrix.played(sqlite, act)
        try:
            for name in sorted(waiting & {*opened.drawn}):
                seen = await tried(opened, name, opened.drawn[name])
                if seen is not None and seen.counts:
                    waiting.remove(name)
                    found += seen.untrue
                elif seen is not None:
                    asked.setdefault(name, seen.untrue)
        finally:
            await opened.close()
    for name in waiting & {*asked}:
        found += asked[name]
    assert found == []
    assert waiting - {*asked} == set(), "nobody who may has these forms before them: play an act that draws them"
