"""What a string names is there: every button's action with its arguments, every timer's kind, and every key's one owner.

The code is read, not run: a card that no test draws is held to it as well.
"""

from __future__ import annotations

import ast
import inspect
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from handlers.core import registry
from handlers.core.registry import Run
from tests import source

registry.load()
# What is taken off a button's arguments before its action is run: which crisis it is about.
CRISIS = "crisis"


@dataclass
class Arguments:
    """What is given along, as far as the code says it in place.

    Args:
        known: the names that are always given, and what is given where that stands there too.
        maybe: those that are given sometimes.
        whole: whether there can be no others.
    """

    known: dict[str, ast.expr] = field(default_factory=dict)
    maybe: dict[str, ast.expr] = field(default_factory=dict)
    whole: bool = True


@dataclass
class Named:
    """One place in the code that names an action or a kind of timer."""

    where: str
    name: str
    given: Arguments


class Scope:
    """A function, or a module, with what stands in it and what its names were last bound to."""

    def __init__(self, node: ast.AST, outer: Scope | None) -> None:
        self.node, self.outer = node, outer
        self.nodes: list[ast.AST] = []
        self.functions: dict[str, Scope] = {}
        self.bound: dict[str, list[ast.expr]] = {}
        self.parameters = (
            {each.arg for each in (*node.args.args, *node.args.kwonlyargs)}
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
            else set()
        )

    def bind(self, target: ast.expr, value: ast.expr) -> None:
        """Remember what a name is bound to."""
        match target, value:
            case ast.Name(id=name), _:
                self.bound.setdefault(name, []).append(value)
            case ast.Tuple(elts=names), ast.Tuple(elts=values) if len(names) == len(values):
                for one, its in zip(names, values, strict=True):
                    self.bind(one, its)

    def values(self, name: str) -> list[ast.expr]:
        """What a name may be bound to; empty where that isn't said here."""
        if name in self.parameters:
            return []
        return self.bound.get(name) or (self.outer.values(name) if self.outer else [])

    def function(self, name: str) -> Scope | None:
        """A function of the same module."""
        return self.functions.get(name) or (self.outer.function(name) if self.outer else None)


def scopes(node: ast.AST, here: Scope) -> Iterator[Scope]:
    """A module and every function in it: each node stands in the innermost."""
    for each in ast.iter_child_nodes(node):
        here.nodes.append(each)
        match each:
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                inner = here.functions[each.name] = Scope(each, here)
                yield from scopes(each, inner)
                yield inner
                continue
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    here.bind(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                here.bind(target, value)
        yield from scopes(each, here)


@cache
def every_scope() -> dict[Path, list[Scope]]:
    """Every scope of our code, by its module."""
    found = {}
    for path in source.modules("bot", "handlers"):
        tree = source.parsed(path)
        module = Scope(tree, None)
        found[path.relative_to(source.ROOT)] = [*scopes(tree, module), module]
    return found


def everything() -> Iterator[tuple[Path, Scope, ast.AST]]:
    """Every node of the code, and where it stands."""
    for path, found in every_scope().items():
        for scope in found:
            for node in scope.nodes:
                yield path, scope, node


def said(node: ast.expr, scope: Scope) -> list[str]:
    """The strings that an expression may come to; empty where it isn't said here."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=one, orelse=other):
            return [*said(one, scope), *said(other, scope)]
        case ast.Name(id=name):
            return [text for value in scope.values(name) for text in said(value, scope)]
    return []


def mapping(node: ast.expr, scope: Scope) -> Arguments:
    """What a dict holds, as far as it is said here."""
    match node:
        case ast.Dict(keys=keys, values=values):
            given = Arguments()
            for key, value in zip(keys, values, strict=True):
                if key is None:
                    spread = mapping(value, scope)
                    given.known |= spread.known
                    given.maybe |= spread.maybe
                    given.whole &= spread.whole
                elif isinstance(key, ast.Constant):
                    given.known[str(key.value)] = value
                else:
                    given.whole = False
            return given
        case ast.BinOp(left=one, op=ast.BitOr(), right=other):
            both = mapping(one, scope), mapping(other, scope)
            return Arguments(
                both[0].known | both[1].known, both[0].maybe | both[1].maybe, all(each.whole for each in both)
            )
        case ast.IfExp(body=one, orelse=other):
            return either([mapping(one, scope), mapping(other, scope)])
        case ast.Name(id=name) if values := scope.values(name):
            return either([mapping(value, scope) for value in values])
        case ast.Call(func=ast.Name(id=name)) if found := scope.function(name):
            return either(
                [mapping(each.value, found) for each in found.nodes if isinstance(each, ast.Return) and each.value]
            )
    return Arguments(whole=False)


def either(several: list[Arguments]) -> Arguments:
    """What is given in any case, and what in some."""
    every: dict[str, ast.expr] = {}
    for each in several:
        every |= each.known | each.maybe
    always = {name: value for name, value in every.items() if all(name in each.known for each in several)}
    maybe = {name: value for name, value in every.items() if name not in always}
    return Arguments(always, maybe, all(each.whole for each in several))


def argument(call: ast.Call, place: int, name: str) -> ast.expr | None:
    """An argument, by its place or its name."""
    if len(call.args) > place and not any(isinstance(each, ast.Starred) for each in call.args[: place + 1]):
        return call.args[place]
    return next((each.value for each in call.keywords if each.arg == name), None)


def buttons() -> Iterator[Named]:
    """Every `Button(…)` whose action is said where it stands.

    Where it is not, its name is held to be one below, and its arguments wherever a scene draws it: `Stage.close`.
    """
    for path, scope, node in everything():
        match node:
            case ast.Call(func=ast.Name(id="Button")):
                do, args = argument(node, 1, "do"), argument(node, 2, "args")
                given = mapping(args, scope) if args is not None else Arguments()
                for name in said(do, scope) if do is not None else []:
                    yield Named(f"{path}:{node.lineno}", name, given)


def set_timers() -> Iterator[Named]:
    """Every `turn.at(…)` whose kind is said where it stands."""
    for path, scope, node in everything():
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="turn" | "self"), attr="at")):
                given = Arguments()
                for each in node.keywords:
                    if each.arg is None:
                        given.whole = False
                    elif each.arg not in ("due", "kind", "key"):
                        given.known[each.arg] = each.value
                kind = argument(node, 1, "kind")
                for name in said(kind, scope) if kind is not None else []:
                    yield Named(f"{path}:{node.lineno}", name, given)


def faults(named: Named, run: Run) -> Iterator[str]:
    """What is amiss with what a handler is given: unknown, lacking, or of another kind than it takes."""
    parameters = list(inspect.signature(run).parameters.values())[1:]
    hints = get_type_hints(run)
    if any(each.kind is each.VAR_KEYWORD for each in parameters):
        return
    takes = {each.name for each in parameters}
    needs = {each.name for each in parameters if each.default is each.empty}
    given = {**named.given.known, **named.given.maybe}
    given.pop(CRISIS, None)
    for name in given:
        if name not in takes:
            yield f"{named.where}: {named.name} takes no {name}"
        elif isinstance(value := given[name], ast.Constant) and not fits(value.value, hints[name]):
            yield f"{named.where}: {named.name} takes no {name}={value.value!r}"
    if named.given.whole:
        for name in sorted(needs - set(named.given.known)):
            yield f"{named.where}: {named.name} needs {name}"


def fits(value: Any, hint: Any) -> bool:
    """Whether a value is of a type."""
    if get_origin(hint) is Literal:
        return value in get_args(hint)
    if get_args(hint):
        return any(fits(value, each) for each in get_args(hint))
    return hint is Any or (value is None if hint is type(None) else type(value) is hint)


def test_every_button_runs_an_action_that_there_is_and_gives_it_what_it_takes() -> None:
    found = list(buttons())
    assert len(found) > 200
    assert [f"{each.where}: {each.name}" for each in found if each.name not in registry.actions] == []
    assert [fault for each in found for fault in faults(each, registry.actions[each.name].run)] == []


def test_every_timer_is_of_a_kind_that_there_is_and_gives_it_what_it_takes() -> None:
    found = list(set_timers())
    assert len(found) > 60
    assert [f"{each.where}: {each.name}" for each in found if each.name not in registry.timers] == []
    assert [fault for each in found for fault in faults(each, registry.timers[each.name])] == []


def test_whatever_else_looks_like_the_name_of_an_action_or_a_timer_is_one() -> None:
    """One that is looked up in a table, compared with or kept in a constant."""
    known: Mapping[str, object] = {**registry.actions, **registry.timers}
    rooms = {name.partition(".")[0] for name in known}
    strings = [
        (f"{path}:{node.lineno}", node.value)
        for path, _, node in everything()
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    like = [(where, text) for where, text in strings if re.fullmatch(r"[a-z_0-9]+\.[a-z_0-9]+", text)]
    assert [each for each in like if each[1].partition(".")[0] in rooms and each[1] not in known] == []


def pattern(node: ast.expr) -> str | None:
    """A string with `*` for what is put into it; None where it is no string."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in parts)
    return None


def keys() -> Iterator[tuple[str, str]]:
    """What keys of messages and timers are put together, `crisis/*/seal`, and by which module.

    Who looks for all that begin alike makes none.
    """
    asked = {
        id(part)
        for _, _, node in everything()
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "startswith"
        for part in node.args
    }
    for path, _, node in everything():
        if path.parts[0] == "handlers" and isinstance(node, ast.JoinedStr) and id(node) not in asked:
            made = pattern(node)
            if made and re.fullmatch(r"[a-z_0-9 ]+/\*(/.*)?", made):
                yield made, str(path)


def meet(one: str, other: str) -> bool:
    """Whether two patterns may come to the same key."""
    parts, others = one.split("/"), other.split("/")
    return len(parts) == len(others) and all(alike(part, its) for part, its in zip(parts, others, strict=True))


def alike(one: str, other: str) -> bool:
    """Whether two parts of a key may be the same; what comes after something put in is taken to be anything."""
    (begins, any_end, _), (begins_too, any_end_too, _) = one.partition("*"), other.partition("*")
    if any_end and any_end_too:
        return begins.startswith(begins_too) or begins_too.startswith(begins)
    if any_end or any_end_too:
        return other.startswith(begins) if any_end else one.startswith(begins_too)
    return one == other


def test_no_key_is_put_together_by_two_modules() -> None:
    """Whoever wants another's message or timer asks its owner for the name."""
    made = sorted(set(keys()))
    assert len(made) > 60
    assert [
        (one, other)
        for place, one in enumerate(made)
        for other in made[place + 1 :]
        if one[1] != other[1] and meet(one[0], other[0])
    ] == []


# Where a label does decide: it is what somebody wrote as their answer; the labels that the plan's design fixes are drawn in
# sight; of two buttons that a person would read as the same, one is shown.
LABELS_DECIDE = {
    "handlers/core/answering.py",
    "handlers/core/card.py",
    "handlers/crisis/home.py",
}


def test_a_label_that_people_read_decides_nothing() -> None:
    """It may be worded otherwise in the next release, and cards of this one still stand."""
    found = set()
    for path, _, node in everything():
        sides = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
        sides += [node.subject] if isinstance(node, ast.Match) else []
        read = [each for side in sides for each in ast.walk(side)]
        if path.parts[0] == "handlers" and any(is_label(each) for each in read):
            found.add(str(path))
    assert found == LABELS_DECIDE


def is_label(node: ast.AST) -> bool:
    """Whether a button's label is read there: `button.label`, or `button["label"]` of a card that was sent."""
    match node:
        case ast.Attribute(attr="label") | ast.Subscript(slice=ast.Constant(value="label")):
            return True
    return False


OF_RECIPIENTS = Path("storage/rows/traffic.py")


def test_a_staffs_channel_is_told_from_a_person_by_its_type_alone() -> None:
    """How it is stored is known in one module: anywhere else it is a `StaffRecipient`, or asked of `recipient_of`."""
    taken_apart = []
    for path in source.modules("bot", "handlers", "storage"):
        for node in ast.walk(source.parsed(path)):
            match node:
                case ast.Attribute(attr="PREFIX", value=ast.Name(id="StaffRecipient" | "PlaceRecipient")):
                    taken_apart.append(path.relative_to(source.ROOT))
                case ast.Constant(value=str(text)) if text.startswith(("staff:", "place:")):
                    taken_apart.append(path.relative_to(source.ROOT))
    assert set(taken_apart) == {OF_RECIPIENTS}
