"""The whole matrix, or a cut of it, tried; and printed as a page that can be read beside the plan.

`make rights`: every verb and button, by everybody, in every state. What is tried is undone again.
"""

from __future__ import annotations

import html
from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from storage.database import Database
from tests.databases import Databases
from tests.rights import expected, states
from tests.rights.expected import BY_SMS, PERSONS, Rule, is_button
from tests.rights.tries import (
    BUT_DONE,
    BY_HAND,
    INSTEAD_OF_IT,
    MAY,
    MAY_NOT,
    NAMELESS,
    NO_CRISIS,
    NOTHING_THERE,
    PROVE,
    Seen,
    State,
    made_up,
)
from tests.stage.stage import SUMMER_AFTERNOON, RehearsalStage, Stage

MADE_UP = dict(made_up())
# Somebody who has nothing to do with anything: a person in the plan, who once deputised.
NOBODY = "sekretær_før"


@dataclass(frozen=True)
class Try:
    """Who tries what, by which rule; None for what is only ever about somebody's own."""

    rule: Rule | None
    what: str
    person: str


async def state(databases: Databases, name: str) -> State:
    """Play a state, and open it for tries."""
    return await played(databases, states.STATES[name])


async def played(databases: Databases, act: Callable[[Stage], Awaitable[None]]) -> State:
    """Play an act in the table's town, and open what it ends in for tries."""
    stage = RehearsalStage(databases.migrated(), SUMMER_AFTERNOON, states.PLAN)
    with states.buttons_drawn() as buttons:
        async with stage:
            await act(stage)
    return State(Database(stage.url), states.PLAN, stage.clock.now(), buttons)


def every_try() -> Iterator[Try]:
    """Yield all that is tried in a state."""
    for rule in expected.rules():
        for what in rule.what:
            yield from (Try(rule, what, person) for person in PERSONS)
    yield from (Try(None, what, NOBODY) for what in expected.own())


async def untrue(opened: State, name: str, tries: Iterable[Try]) -> list[str]:
    """Try them, and tell where it is otherwise than the table has it."""
    found = []
    for each in tries:
        seen = await opened.tried(each.person, each.what, MADE_UP)
        wanted = each.rule.expects(each.what, name, each.person) if each.rule else NOTHING_THERE
        if name == "afblæst" and each.what in expected.begins() and seen.outcome == NO_CRISIS and not seen.wrote:
            continue  # It is nobody's any longer: that may be told before it is looked whose it was.
        drawn = opened.has_drawn(each.what)
        everybodys = each.rule is not None and each.rule.may[name] >= {*states.PLAN.persons, expected.STRANGER}
        if not agrees(wanted, seen, each, drawn, everybodys):
            found.append(f"{name}: {each.person}: {each.what}: {seen.outcome}, not {wanted}: {seen.said[:160]!r}")
    return found


async def numbers_given(opened: State) -> set[str]:
    """Let everybody write `ring Ida Sekre`, and return who got her number."""
    number = states.PLAN.persons["sekretær_vice"].number or ""
    said = {person: (await opened.tried(person, "ring Ida Sekre", MADE_UP)).said for person in PERSONS}
    return {person for person, told in said.items() if number in told}


def agrees(wanted: str, seen: Seen, tried: Try, drawn: bool, everybodys: bool) -> bool:
    """Whether what came of a try is what the table says.

    Args:
        drawn: whether the state has such a button: one that is made up is about nothing, so nothing may come of it.
        everybodys: whether everybody may: then nobody is refused, and words that tell who may what are only read.
    """
    if seen.outcome in (NAMELESS, BUT_DONE, BY_HAND):
        # Whose a question in a channel is, is said to whoever else presses: it stands before its writer, who is not asked.
        return seen.outcome == BY_HAND and (everybodys or tried.rule is None)
    if tried.rule is None:
        return not seen.wrote and not seen.told
    if seen.outcome == NOTHING_THERE and seen.said and not (wanted == MAY and drawn):
        return wanted != NO_CRISIS  # They are told that there is no such row.
    if wanted == MAY and tried.person == BY_SMS and seen.outcome == PROVE:
        return True  # The button runs something that asks for more.
    if wanted == MAY:
        nothing = not is_button(tried.what) or not drawn or tried.rule.otherwise != NOTHING_THERE
        return seen.outcome == MAY or (seen.outcome == NOTHING_THERE and nothing)
    allowed = {wanted} | ({MAY_NOT} if wanted == NOTHING_THERE else set())
    if tried.person == BY_SMS and wanted != NO_CRISIS:
        allowed |= {PROVE, MAY_NOT, INSTEAD_OF_IT, NOTHING_THERE}
    return seen.outcome in allowed


def page() -> str:
    """Draw the table as HTML: a line for each rule, a column for each person, and in each state who may."""
    names = list(states.STATES)
    head = "".join(f"<th><span>{html.escape(person)}</span></th>" for person in PERSONS)
    lines = [
        f"<tr><td><b>{html.escape(rule.plan)}</b><br><code>{html.escape(' · '.join(rule.what))}</code></td>"
        + "".join(f"<td>{_cell(rule, person, names)}</td>" for person in PERSONS)
        for rule in expected.rules()
        if rule.what
    ]
    return (
        "<!doctype html><html lang=da><meta charset=utf-8><title>Hvem må hvad</title><style>"
        "body{font:13px sans-serif}table{border-collapse:collapse}td,th{border:1px solid #bbb;padding:3px;vertical-align:top}"
        "th span{writing-mode:vertical-rl}thead{position:sticky;top:0;background:#fff}.a{background:#cfe8cf}.s{background:#fff3c4}"
        "</style><h1>Hvem må hvad</h1><p>Efter planens paragraffer; skrevet i hånden i tests/rights/matrix.yaml og prøvet af "
        f"alle. Tal er de tilstande, hvor personen må: {', '.join(f'{at} {name}' for at, name in enumerate(names))}. "
        "● i alle; f: det bliver til et forslag, et varsel eller et spørgsmål; tomt: nej.</p>"
        f"<table><thead><tr><th>Planen, og hvad der gøres</th>{head}</tr></thead>{''.join(lines)}</table></html>"
    )


def _cell(rule: Rule, person: str, names: Sequence[str]) -> str:
    wanted = [rule.expects(rule.what[0], name, person) for name in names]
    may = [str(at) for at, each in enumerate(wanted) if each == MAY]
    if len(may) == len(names):
        return "●"
    instead = " f" if INSTEAD_OF_IT in wanted else ""
    return f"{' '.join(may)}{instead}"


def main() -> None:
    """Write the page where `make rights` says."""
    target = Path("build/rights.html")
    target.parent.mkdir(exist_ok=True)
    target.write_text(page(), "utf-8")
    print(f"{target}: hvem må hvad, ved siden af planen")


if __name__ == "__main__":
    main()
