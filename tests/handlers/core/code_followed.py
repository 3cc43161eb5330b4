"""Values as the code writes them: a name is followed to what it was given, and a call to what it returns. It is read, not run."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from tests import source

# What stands in a table's rows: the module that they are made in, and of which class.
TABLES = {"question.form": ("handlers.crisis.framing_questions", "Question")}

# What is no more than its own arguments: nothing is followed from there.
MADE = {"Field"}

# Any name at all: it is put together where it stands.
ANY = "*"

# Written as a string, the name of one, or made by a family or a function.
STRINGS = ast.Constant | ast.JoinedStr | ast.Name | ast.Call

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class Module:
    """A module of the plan: its functions, its constants, and what it calls those of others."""

    name: str
    tree: ast.Module
    functions: dict[str, Function] = field(default_factory=dict)
    constants: dict[str, ast.expr] = field(default_factory=dict)
    imports: dict[str, str] = field(default_factory=dict)
    within: dict[ast.AST, Function] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """A piece of code, and where its names are looked up."""

    node: ast.AST
    module: Module
    function: Function | None


@cache
def unparsed(node: ast.AST) -> str:
    """A piece of code, as it is written."""
    return ast.unparse(node)


@cache
def modules() -> dict[str, Module]:
    """Every module of the plan, and what is said beside its rows."""
    found = {}
    for path in source.modules("handlers", "storage/rows"):
        tree = source.parsed(path)
        module = Module(".".join(path.relative_to(source.ROOT).with_suffix("").parts), tree)
        for each in ast.walk(tree):
            match each:
                case ast.ImportFrom(module=str(whence), names=names):
                    module.imports |= {name.asname or name.name: f"{whence}.{name.name}" for name in names}
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    module.functions[each.name] = each
                    module.within |= dict.fromkeys(ast.walk(each), each)
        for statement in tree.body:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value):
                    module.constants[name] = value
                case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                    module.constants[name] = value
        found[module.name] = module
    return found


@cache
def actions() -> dict[str, Place]:
    """Every registered action, with its handler."""
    found = {}
    for module in modules().values():
        for function in module.functions.values():
            for by in function.decorator_list:
                match by:
                    case ast.Call(func=called, args=[ast.Constant(value=str(name)), *_]):
                        if unparsed(called).rpartition(".")[2] == "action":
                            found[name] = Place(function, module, function)
    return found


def behind(node: ast.expr, place: Place) -> list[Place]:
    """What a name stands for: what it was bound to in its function, a constant, or a function; as far as it is said here."""
    if isinstance(node, ast.Name) and place.function is not None:
        bound = bindings(place.function).get(node.id)
        if bound:
            return [Place(value, place.module, place.function) for value in bound]
    module, name = place.module, unparsed(node)
    if name in TABLES:
        table, row = modules()[TABLES[name][0]], TABLES[name][1]
        made = (each for each in ast.walk(table.tree) if isinstance(each, ast.Call) and unparsed(each.func) == row)
        kept = (argument(each, len(each.args), name.rpartition(".")[2]) for each in made)
        return [Place(each, table, table.within.get(each)) for each in kept if each is not None]
    if name not in module.functions and name not in module.constants:
        first, dot, rest = name.partition(".")
        whence, _, name = f"{module.imports.get(first, first)}{dot}{rest}".rpartition(".")
        if whence not in modules():
            return []
        module = modules()[whence]
    if name in module.functions:
        return [Place(module.functions[name], module, module.functions[name])]
    return [Place(module.constants[name], module, None)] if name in module.constants else []


@cache
def bindings(function: Function) -> dict[str, list[ast.expr]]:
    """What a function's own names are bound to."""
    found: dict[str, list[ast.expr]] = {}
    for node in ast.walk(function):
        match node:
            case ast.Assign(targets=[target], value=value) | ast.AnnAssign(target=target, value=ast.expr() as value):
                pass
            case ast.For(target=target, iter=value) | ast.comprehension(target=target, iter=value):
                pass
            case _:
                continue
        for each in ast.walk(target):
            if isinstance(each, ast.Name):
                found.setdefault(each.id, []).append(value)
    return found


def followed(place: Place, seen: set[ast.AST] | None = None) -> Iterator[Place]:
    """A piece of code and all that its names stand for, wherever that is."""
    seen = set() if seen is None else seen
    if place.node in seen:
        return
    seen.add(place.node)
    yield place
    match place.node:
        case ast.Call() if unparsed(place.node.func) in MADE:
            return
        case ast.Subscript(value=value, slice=part) if (which := _part(part)) is not None:
            taken = list(items(Place(value, place.module, place.function), which))
            for found in taken:
                yield from followed(found, seen)
            if taken:
                return
        case ast.Name() | ast.Attribute():
            for found in behind(place.node, place):
                yield from followed(found, seen)
    for each in ast.iter_child_nodes(place.node):
        yield from followed(Place(each, place.module, place.function), seen)


def _part(node: ast.expr) -> slice | None:
    """Which of a tuple's are taken: `[1]` or `[:2]`; None where that is not said."""
    match node:
        case ast.Constant(value=int(at)):
            return slice(at, at + 1)
        case ast.Slice(lower=None | ast.Constant() as first, upper=None | ast.Constant() as end):
            return slice(first and first.value, end and end.value)
    return None


def items(place: Place, part: slice) -> Iterator[Place]:
    """Some of what a tuple holds, wherever it is made."""
    match place.node:
        case ast.Tuple(elts=elements):
            yield from (Place(each, place.module, place.function) for each in elements[part])
        case ast.Name() | ast.Attribute():
            for found in behind(place.node, place):
                yield from items(found, part)
        case ast.Await(value=value):
            yield from items(Place(value, place.module, place.function), part)
        case ast.Call(func=called):
            for found in behind(called, place):
                for each in ast.walk(found.node):
                    if isinstance(each, ast.Return) and each.value is not None:
                        yield from items(Place(each.value, found.module, found.function), part)


def calls(place: Place, name: str) -> Iterator[tuple[ast.Call, Place]]:
    """Every making of something of a class that a piece of code leads to."""
    for found in followed(place):
        if isinstance(found.node, ast.Call) and unparsed(found.node.func) == name:
            yield found.node, found


def argument(call: ast.Call, at: int, name: str) -> ast.expr | None:
    """An argument, by its place or its name."""
    positional = call.args[at] if len(call.args) > at else None
    return next((each.value for each in call.keywords if each.arg == name), positional)


def said(node: ast.AST | None, place: Place, given: Mapping[str, str] | None = None) -> set[str]:
    """The strings that an expression may come to, with `*` for what is put in; `*` alone where it isn't said here.

    Args:
        given: what the function is called with, where that is known.
    """
    match node:
        case ast.Constant(value=str(text)):
            return {text}
        case ast.Call(func=ast.Attribute(value=family, attr="of")) if (declared := _family(family, place)) is not None:
            return {declared}
        case ast.IfExp(body=one, orelse=other):
            return said(one, place, given) | said(other, place, given)
        case ast.JoinedStr(values=values):
            return {"".join(str(each.value) if isinstance(each, ast.Constant) else ANY for each in values)}
        case ast.Name(id=name) if given and name in given:
            return {given[name]}
        case ast.Name(id=name) if loops := _looped(node, place.function):
            found = [_of_row(each, loop.target, name) for loop in loops for each in _rows(loop.iter, place)]
            return set().union(*found) or {ANY}
        case ast.Name(id=name) if bound := _bound_to(name, place):
            return {text for each in bound for text in said(each, place, given)}
        case ast.Name() if given is None and (passed := list(given_by_callers(node, place))):
            return {text for each in passed for text in said(each.node, each, {})}
        case ast.Call(func=called):
            made = [found for found in behind(called, place) if isinstance(found.node, Function)]
            return {text for each in made for one in _returned(each) for text in _said_alone(one, each)} or {ANY}
    return {ANY}


def _said_alone(node: ast.expr, place: Place) -> set[str]:
    """The string or the family that a function gives back, where it is one of these."""
    return said(node, place, {}) if isinstance(node, ast.Constant | ast.Call | ast.JoinedStr) else {ANY}


def _family(node: ast.expr, place: Place) -> str | None:
    """The declared family that a name stands for; None where it is none."""
    for found in behind(node, place):
        match found.node:
            case ast.Call(func=ast.Name(id="Family"), args=[ast.Constant(value=str(pattern))]):
                return f"{found.module.name}:{pattern}"
    return None


def _bound_to(name: str, place: Place) -> list[ast.expr]:
    """What a name is set to in its function, where that is a field of one of two families."""
    bound = bindings(place.function).get(name, []) if place.function is not None else []
    return [each for each in bound if isinstance(each, ast.IfExp) and _family_of(each, place)]


def _family_of(either: ast.IfExp, place: Place) -> bool:
    """Whether a name is one of two families', by what is known."""
    made = [each for each in (either.body, either.orelse) if isinstance(each, ast.Call)]
    return len(made) == 2 and all(said(each, place, {}) != {ANY} for each in made)


def _looped(name: ast.Name, function: Function | None) -> list[ast.comprehension | ast.For]:
    """The loops round a name that bind it."""
    if function is None:
        return []
    return [loop for loop, round_it in _loops(function).get(name.id, ()) if name in round_it]


@cache
def _loops(function: Function) -> dict[str, list[tuple[ast.comprehension | ast.For, set[ast.AST]]]]:
    """A function's loops by the names that they bind, with what stands in each."""
    found: dict[str, list[tuple[ast.comprehension | ast.For, set[ast.AST]]]] = {}
    for each in ast.walk(function):
        loops = [each] if isinstance(each, ast.For) else getattr(each, "generators", [])
        within = set(ast.walk(each)) if loops else set()
        for loop in loops:
            for bound in {one.id for one in ast.walk(loop.target) if isinstance(one, ast.Name)}:
                found.setdefault(bound, []).append((loop, within))
    return found


def _rows(over: ast.expr, place: Place) -> Iterator[ast.expr]:
    """What a constant holds that is looped over: a tuple's, or a dict's keys."""
    named = over.func.value if isinstance(over, ast.Call) and isinstance(over.func, ast.Attribute) else over
    for found in [Place(named, place.module, place.function), *behind(named, place)]:
        match found.node:
            case ast.Tuple(elts=elements):
                yield from elements
            case ast.Dict(keys=keys):
                yield from (each for each in keys if each is not None)


def _of_row(row: ast.expr, target: ast.expr, name: str) -> set[str]:
    """What a name is bound to in one round of a loop."""
    if isinstance(target, ast.Tuple):
        at = next((at for at, each in enumerate(target.elts) if unparsed(each) == name), 0)
        row = row.elts[at] if isinstance(row, ast.Tuple) else row if at == 0 else target
    return {row.value} if isinstance(row, ast.Constant) and isinstance(row.value, str) else {ANY}


def _returned(place: Place) -> list[ast.expr]:
    return [each.value for each in ast.walk(place.node) if isinstance(each, ast.Return) and each.value is not None]


def given_by_callers(node: ast.expr, place: Place) -> Iterator[Place]:
    """What a function is called with, where a name is its parameter."""
    function = place.function
    if not isinstance(node, ast.Name) or function is None:
        return
    names = [each.arg for each in function.args.args]
    if node.id not in names:
        return
    for call, module in every_call_by_name().get(function.name, ()):
        found = behind(call.func, Place(call, module, module.within.get(call)))
        given = argument(call, names.index(node.id), node.id)
        if given is not None and any(each.node is function for each in found):
            yield Place(given, module, module.within.get(call))


@cache
def every_call_by_name() -> dict[str, list[tuple[ast.Call, Module]]]:
    """Every call of the plan's, by the name of what is called."""
    found: dict[str, list[tuple[ast.Call, Module]]] = {}
    for module in modules().values():
        for call in every_call(module.tree):
            found.setdefault(unparsed(call.func).rpartition(".")[2], []).append((call, module))
    return found


@cache
def every_call(node: ast.AST) -> list[ast.Call]:
    return [each for each in ast.walk(node) if isinstance(each, ast.Call)]
