"""Who may do what in which state is what the table says, which is written by hand beside the plan."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from handlers.core import registry
from handlers.core.incoming import Incoming
from tests.databases import SQLite
from tests.rights import expected, matrix, states, tries
from tests.stage.stage import SUMMER_AFTERNOON

registry.load()
# So many tries in one state, in `make test`: `make rights` makes all of them in all six.
A_CUT = 150


def test_every_verb_and_button_stands_in_the_table_once_and_nothing_else_does() -> None:
    """R227 D12: a new one is placed by hand; one that is gone leaves."""
    named = Counter({expected.name_of(what) for rule in expected.rules() for what in rule.what})
    named.update([*expected.own()])
    there = {*registry.verbs, *registry.actions}
    assert sorted(there - set(named)) == [], "write who may, after the plan: a rule in tests/rights/matrix.yaml"
    assert sorted(set(named) - there) == [], "nothing answers to these: take them out of tests/rights/matrix.yaml"
    assert [name for name, times in named.items() if times > 1] == []


def test_what_decides_or_sets_something_going_is_placed_by_hand_too() -> None:
    """R075: it does nothing once the crisis is over."""
    assert {name for name, action in registry.actions.items() if action.begins} == expected.begins()


def test_the_page_has_a_line_for_each_rule_and_a_column_for_each_person() -> None:
    page = matrix.page()
    assert page.count("<tr>") == 1 + sum(1 for rule in expected.rules() if rule.what)
    assert all(f"<span>{person}</span>" in page for person in expected.PERSONS)


@pytest.mark.parametrize(
    "said",
    [
        "Repræsentanten udpeges af krisestabschefen eller stedfortræderen. Intet er ændret.",
        "En ordre skrives kun af krisestabschefen eller krisesekretariatet. Intet er sendt.",
        "Vagtplanen lægges af krisestabschefen eller krisesekretariatet. Intet er ændret.",
        "Det kan kun centerchefen. Intet er ændret.",
        "Kun logføreren kan bekræfte. Nr. 3 er stadig ubekræftet.",
    ],
)
def test_a_refusal_that_is_written_by_hand_is_neither_yes_nor_no(said: str) -> None:
    """D12: it was taken for an answer, and the table then said that they may."""
    assert tries.outcome(said, frozenset(), frozenset()) == tries.BY_HAND


@pytest.mark.parametrize(
    ("said", "wrote", "counts"),
    [
        ("Det kan kun krisestabschefen: Sara Stabs. Intet er ændret. [Spørg Sara Stabs]", frozenset(), tries.MAY_NOT),
        ("Det kan kun krisestabschefen. Intet er ændret.", frozenset(), tries.NAMELESS),
        ("Det kan kun krisestabschefen. Intet er ændret. [Spørg Sara Stabs]", frozenset(), tries.NAMELESS),
        ("Det kan kun krisestabschefen: Sara Stabs. [Spørg Sara Stabs]", frozenset({"Order"}), tries.BUT_DONE),
    ],
)
def test_a_refusal_without_a_name_and_a_button_or_that_changes_something_is_none(
    said: str, wrote: frozenset[str], counts: str
) -> None:
    """D12: whoever is refused is carried on to somebody who may, and nothing has come of it."""
    pressed = Incoming(
        "try", "press", "rehearsal", "ansat", "dm", "dm:ansat", SUMMER_AFTERNOON, action="orders.issue"
    )  # fmt: skip
    assert tries.refusal(pressed, said, wrote, frozenset()) == counts


async def test_a_cut_of_the_table_is_true(sqlite: SQLite, request: pytest.FixtureRequest) -> None:
    """R005 R007 R073 R091 R227 D12 D13: one state, and so many tries in it, by a seed that is told when one fails."""
    seed = request.config.getoption("seed") or random.randrange(10**6)
    chance = random.Random(seed)
    name = chance.choice([*states.STATES])
    tries = chance.sample([*matrix.every_try()], A_CUT)
    opened = await matrix.state(sqlite, name)
    try:
        assert await matrix.untrue(opened, name, tries) == [], f"--seed={seed}"
        # T30: by a telephone number alone nobody gets another one; nor does another organisation.
        assert await matrix.numbers_given(opened) == expected.have_numbers(name), f"--seed={seed}"
    finally:
        await opened.close()


@pytest.mark.rights
@pytest.mark.parametrize("name", [*states.STATES])
async def test_the_whole_table_is_true(sqlite: SQLite, name: str) -> None:
    """R005 R007 R073 R091 R227 D12 D13: everybody tries everything, on real rows."""
    opened = await matrix.state(sqlite, name)
    try:
        wrong = await matrix.untrue(opened, name, matrix.every_try())
        assert await matrix.numbers_given(opened) == expected.have_numbers(name)
    finally:
        await opened.close()
    assert "\n".join(wrong) == ""
