"""Forms as the code writes them: each is followed to its fields, and each handler to what it reads of them.

The code is read, not run: from each `Button(…, form=…)` and `Card(fields=…)` to its fields, and through the functions that
a handler hands the turn to.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cache

from tests.handlers.core.code_followed import (
    ANY,
    STRINGS,
    Function,
    Place,
    actions,
    argument,
    behind,
    calls,
    every_call,
    followed,
    given_by_callers,
    modules,
    said,
    unparsed,
)

# How the turn is asked for what was filled in, and which of these are for what was chosen.
ASKS = frozenset({"value", "chosen", "yes", "number"})

CHOSEN = ASKS - {"value"}

# Where what was filled in is read as something, and what reads it as a time or as persons; `typed` as its reader has it.
VALUES = "handlers.core.form_values"

FORMS = {VALUES, "handlers.core.form_questions"}

READ_AS = {
    "time": {"typed", "moment", "moment_or_words", "end"},
    "been": {"typed", "been", "been_or_words"},
    "persons": {"typed", "person", "persons", "persons_and_others"},
}

READERS = frozenset({"typed", "lines"}.union(*READ_AS.values()))

# What an older release's form, which may still be open, calls its fields.
OF_OLDER_RELEASES = {"handlers.picture.picture_card:s{}"}

# Filled in where there is no card: the platforms' own form for a message that is saved.
SAVE_FORM = {"log.save"}

# These show again a form that something else was sent with.
AGAIN = {"form.again", "router.on_behalf"}


@dataclass(frozen=True)
class Asked:
    """A field that a function asks the turn for."""

    name: str
    how: str
    by: str


def fields(form: ast.expr, place: Place) -> dict[str, str]:
    """The fields of a form, with the kind of each."""
    made = list(calls(Place(form, place.module, place.function), "Field"))
    kinds = [argument(call, 2, "kind") for call, _ in made]
    return {
        name: str(kind.value) if isinstance(kind, ast.Constant) else "text"
        for (call, at), kind in zip(made, kinds, strict=True)
        for name in said(argument(call, 0, "id"), at, None)
    }


def does(button: ast.Call, place: Place) -> set[str]:
    """The actions that a button may run."""
    do = argument(button, 1, "do")
    if do is None:
        return set()
    if isinstance(do, ast.Attribute):
        # It stands in a table of the module's.
        tables = [Place(each, place.module, None) for each in place.module.constants.values()]
    else:
        tables = [Place(do, place.module, place.function), *given_by_callers(do, place)]
    named = (found.node for table in tables for found in followed(table))
    return {str(each.value) for each in named if isinstance(each, ast.Constant)} & set(actions())


@dataclass(frozen=True)
class Form:
    """A form: where it stands, its fields with their kinds, and the actions that it may be sent to."""

    where: str
    fields: Mapping[str, str]
    actions: frozenset[str]


@cache
def forms() -> list[Form]:
    """Every form of the plan, but those that are shown again."""
    found = []
    for module in modules().values():
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Call):
                continue
            place, where = Place(node, module, module.within.get(node)), f"{module.name}:{node.lineno}"
            if unparsed(node.func) == "Button":
                form = argument(node, 4, "form")
                if form is not None:
                    found.append(Form(where, fields(form, place), frozenset(does(node, place))))
            elif unparsed(node.func) == "Card":
                form, buttons = argument(node, 2, "fields"), argument(node, 3, "buttons")
                if form is not None and buttons is not None:
                    made = calls(Place(buttons, module, place.function), "Button")
                    sent = frozenset(do for call, at in made for do in does(call, at))
                    found.append(Form(where, fields(form, place), sent))
    return [each for each in found if not each.actions & AGAIN]


def asked(place: Place, given: Mapping[str, str], seen: set[tuple[str, str]]) -> Iterator[Asked]:
    """The fields that a function asks the turn for, itself or by a function that it calls.

    Args:
        given: what its parameters are called with, where that is a string.
    """
    by = f"{place.module.name}.{getattr(place.node, 'name', '')}"
    for call in every_call(place.node):
        match call.func:
            case ast.Attribute(value=ast.Name(id="turn"), attr=how) if how in ASKS:
                yield from (Asked(name, how, by) for name in said(call.args[0], place, given))
                continue
            case ast.Attribute(value=ast.Name(id="form_values"), attr=how) if how in READERS:
                yield from (Asked(name, how, by) for name in said(call.args[1], place, given))
                continue
        for found in behind(call.func, place):
            if not isinstance(found.node, Function) or found.node in _handlers() or found.module.name in FORMS:
                continue
            names = [each.arg for each in found.node.args.args]
            every = {
                **dict(zip(names, call.args, strict=False)),
                **{each.arg: each.value for each in call.keywords if each.arg},
            }
            strings = {name: said(each, place, given) for name, each in every.items() if isinstance(each, STRINGS)}
            passed = {name: one for name, (one, *more) in strings.items() if one != ANY and not more}
            key = (f"{found.module.name}.{found.node.name}", repr(sorted(passed.items())))
            if key not in seen:
                seen.add(key)
                yield from asked(found, passed, seen)


@cache
def _handlers() -> set[ast.AST]:
    return {each.node for each in actions().values()}


@cache
def reads() -> dict[str, set[Asked]]:
    """What each action's handler asks for."""
    return {name: set(asked(place, {}, set())) for name, place in actions().items()}


def meets(one: str, other: str) -> bool:
    """Whether two names may be the same."""
    return fnmatchcase(one, other) or fnmatchcase(other, one)
