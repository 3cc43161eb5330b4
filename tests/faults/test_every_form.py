"""Every form that the code names is sent empty and with nonsense, by somebody who may. Bilag 2 and 3."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from handlers.core.card import Field
from tests.databases import SQLite
from tests.handlers.core import test_forms
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


async def tried(opened: State, name: str, shown: Shown) -> list[str] | None:
    """Let somebody who may send it; None where nobody may here, or what it is about is over."""
    form = (*shown.fields, *shown.button.form)
    for person in expected.PERSONS:
        meant = [await opened.tried(person, name, matrix.MADE_UP, fill) for fill in (None, nonsense)]
        if {MAY, INSTEAD_OF_IT} & {each.outcome for each in meant}:
            blank = await opened.tried(person, name, matrix.MADE_UP, empty)
            odd = await opened.tried(person, name, matrix.MADE_UP, nonsense)
            return untrue(name, form, blank, odd)
    return None


@pytest.mark.long
async def test_a_form_sent_empty_or_with_nonsense_is_answered_with_what_is_missing_and_nothing_is_kept_as_if_answered(
    sqlite: SQLite,
) -> None:
    """R130 R145 R220: whoever is hurried sends half a form; each form that the code names, found in the code."""
    waiting = {action for form in test_forms.forms() for action in form.actions} - WITHOUT - SELDOM
    found = list[str]()
    for act in ACTS:
        opened = await matrix.played(sqlite, act)
        try:
            for name in sorted(waiting & {*opened.drawn}):
                untrue_of_it = await tried(opened, name, opened.drawn[name])
                if untrue_of_it is not None:
                    waiting.remove(name)
                    found += untrue_of_it
        finally:
            await opened.close()
    assert found == []
    assert waiting == set(), "in no state does anybody who may see these forms: play it in tests/rights/states.py"
