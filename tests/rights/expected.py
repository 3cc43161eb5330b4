"""The expected table, read: who may do what in which state, as somebody has written it by hand beside the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.rights.states import PLAN, STATES
from tests.rights.tries import INSTEAD_OF_IT, MAY, MAY_NOT, NO_CRISIS, NOTHING_THERE

FILE = Path(__file__).with_name("matrix.yaml")
# The chief, by nothing but a telephone number; somebody of another organisation, in a channel that is shared with it.
BY_SMS, OUTSIDE, STRANGER = "chef@sms", "udefra", "fremmed"
PERSONS = (*PLAN.persons, STRANGER, BY_SMS, OUTSIDE)
OTHERWISE = {"nej": MAY_NOT, "foreslår": INSTEAD_OF_IT, "stille": NOTHING_THERE}


@dataclass(frozen=True)
class Rule:
    """One rule of the table.

    Args:
        plan: the plan's paragraph and words.
        may: by state, who may.
        otherwise: what comes of it for all others.
        when: krise, altid or bagefter.
        by_number: the states in which a telephone number is proof enough.
        what: verbs as they are written, and buttons.
    """

    plan: str
    may: Mapping[str, frozenset[str]]
    otherwise: str
    when: str
    by_number: frozenset[str]
    what: tuple[str, ...]

    def expects(self, what: str, state: str, person: str) -> str:
        """Return what the table says comes of it; see `tests.rights.tries`."""
        button = is_button(what)
        if person == OUTSIDE:
            return NOTHING_THERE if button else MAY if what in answered_outside() else INSTEAD_OF_IT
        over = state == "afblæst" and not button and self.when == "krise"
        if (state == "ingen" and self.when != "altid") or over:
            return NO_CRISIS
        who = person.partition("@")[0]
        if state == "afblæst" and not button and self.when == "bagefter" and who not in took_part():
            return NO_CRISIS
        if who in self.may[state] and (person == who or state in self.by_number):
            return NO_CRISIS if state == "afblæst" and what in begins() else MAY
        return self.otherwise


def is_button(what: str) -> bool:
    """Whether it is a button and no verb."""
    return "." in what.partition(" ")[0]


def name_of(what: str) -> str:
    """Return what the registry calls it."""
    return what if is_button(what) else what.partition(" ")[0]


@cache
def rules() -> tuple[Rule, ...]:
    """Read the table."""
    return tuple(_rules(_read()))


@cache
def took_part() -> frozenset[str]:
    """Return those who took part in the crisis that is over."""
    return frozenset(_persons(_read()["grupper"], "deltog", "afblæst"))


@cache
def have_numbers(state: str) -> frozenset[str]:
    """Return those who may have somebody else's number in a state."""
    return frozenset(_persons(_read()["grupper"], "numre", state))


@cache
def answered_outside() -> frozenset[str]:
    """Return the verbs that another organisation's person is answered on, and not asked about: nothing is done by them."""
    return frozenset(_read()["svar_udefra"])


@cache
def begins() -> frozenset[str]:
    """Return the buttons that decide something or set it going: once the crisis is over, whoever else may is told that."""
    return frozenset(_read()["begynder"])


@cache
def own() -> dict[str, str]:
    """Return the buttons that are only about whoever presses, with the reason."""
    found: dict[str, str] = _read()["andres_eget"]
    return found


@cache
def _read() -> dict[str, Any]:
    document: dict[str, Any] = YAML(typ="safe").load(FILE.read_text("utf-8"))
    return document


def _rules(document: dict[str, Any]) -> Iterator[Rule]:
    groups = document["grupper"]
    for each in document["regler"]:
        unknown = set(each) - {"plan", "må", "ellers", "når", "i", "nummer", "hvad"}
        assert not unknown, f"{each['plan']}: {unknown}"
        may = {
            state: frozenset(_persons(groups, str(each.get("i", {}).get(state, each["må"])), state)) for state in STATES
        }
        yield Rule(
            each["plan"],
            may,
            OTHERWISE[each.get("ellers", "nej")],
            each.get("når", "krise"),
            frozenset(STATES if each.get("nummer") in (True, "ja") else each.get("nummer", ())),
            tuple(each["hvad"]),
        )


def _persons(groups: Mapping[str, Any], named: str, state: str) -> Iterator[str]:
    for name in named.split():
        if name == "*":
            yield from (*PLAN.persons, STRANGER)
        elif name in groups:
            group = groups[name]
            yield from _persons(groups, group if isinstance(group, str) else group.get(state, group["ellers"]), state)
        else:
            assert name in PERSONS, f"{name}: nobody in town.yaml, and no group"
            yield name
