"""A form and its handler agree: what a handler reads stands in its form, what stands in a form is read, and what is chosen
is read as one of the choices.

The code is read, not run: forms are followed from each `Button(…, form=…)` and `Card(fields=…)` to their fields, and
handlers through the functions that they hand the turn to.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cache

from tests import source

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
# What reads words: none of these is given what was filled in, but by `form_values`.
READS_WORDS = frozenset(
    {
        "parse",
        "parse_past",
        "parse_been",
        "parse_day",
        "find",
        "read",
        "named",
        "whom",
        "persons",
        "group",
        "int",
        "float",
    }
    | {"split", "splitlines", "partition", "rpartition", "rsplit", "casefold", "lower", "removeprefix", "removesuffix"}
    | {
        "match",
        "fullmatch",
        "search",
        "findall",
        "finditer",
        "sub",
        "strptime",
        "fromisoformat",
        "fold",
        "said",
    }
)
# What an older release's form, which may still be open, calls its fields.
OF_OLDER_RELEASES = {"handlers.picture.picture_card:s{}"}
# Filled in where there is no card: the platforms' own form for a message that is saved.
SAVE_FORM = {"log.save"}
# These show again a form that something else was sent with.
AGAIN = {"form.again", "router.on_behalf"}
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


@dataclass(frozen=True)
class Asked:
    """A field that a function asks the turn for."""

    name: str
    how: str
    by: str


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
        bound = _bound(place.function).get(node.id)
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
def _bound(function: Function) -> dict[str, list[ast.expr]]:
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
        case ast.Name() if given is None and (passed := list(_given(node, place))):
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
    bound = _bound(place.function).get(name, []) if place.function is not None else []
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
        tables = [Place(do, place.module, place.function), *_given(do, place)]
    named = (found.node for table in tables for found in followed(table))
    return {str(each.value) for each in named if isinstance(each, ast.Constant)} & set(actions())


def _given(node: ast.expr, place: Place) -> Iterator[Place]:
    """What a function is called with, where a name is its parameter."""
    function = place.function
    if not isinstance(node, ast.Name) or function is None:
        return
    names = [each.arg for each in function.args.args]
    if node.id not in names:
        return
    for call, module in _called().get(function.name, ()):
        found = behind(call.func, Place(call, module, module.within.get(call)))
        given = argument(call, names.index(node.id), node.id)
        if given is not None and any(each.node is function for each in found):
            yield Place(given, module, module.within.get(call))


@cache
def _called() -> dict[str, list[tuple[ast.Call, Module]]]:
    """Every call of the plan's, by the name of what is called."""
    found: dict[str, list[tuple[ast.Call, Module]]] = {}
    for module in modules().values():
        for call in _calls(module.tree):
            found.setdefault(unparsed(call.func).rpartition(".")[2], []).append((call, module))
    return found


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
    for call in _calls(place.node):
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
def _calls(node: ast.AST) -> list[ast.Call]:
    return [each for each in ast.walk(node) if isinstance(each, ast.Call)]


@cache
def reads() -> dict[str, set[Asked]]:
    """What each action's handler asks for."""
    return {name: set(asked(place, {}, set())) for name, place in actions().items()}


def meets(one: str, other: str) -> bool:
    """Whether two names may be the same."""
    return fnmatchcase(one, other) or fnmatchcase(other, one)


def test_every_field_of_a_form_is_read_by_what_the_form_is_sent_to() -> None:
    """Nobody fills in what goes nowhere."""
    assert len(forms()) > 90
    assert [form.where for form in forms() if not form.actions or not form.fields] == []
    unread = [
        f"{form.where}: {name}"
        for form in forms()
        for name in form.fields
        if not any(meets(name, each.name) for action in form.actions for each in reads()[action])
    ]
    assert unread == []


def test_every_field_that_a_handler_reads_stands_in_a_form_of_its() -> None:
    """What a handler asks for under another name than its form's comes back empty every time, and nobody sees it."""
    shown: dict[str, set[str]] = {name: set() for name in actions()}
    for form in forms():
        for action in form.actions:
            shown[action] |= set(form.fields)
    # A function that several handlers share may ask for what only one of their forms has.
    by = {each.by for found in reads().values() for each in found}
    share = {one: {name for name, found in reads().items() if any(each.by == one for each in found)} for one in by}
    lost = {
        f"{each.by}: {each.name}"
        for name, found in reads().items()
        for each in found
        if each.name not in OF_OLDER_RELEASES and not {name, *share[each.by]} & SAVE_FORM
        if not any(meets(each.name, known) for action in share[each.by] for known in shown[action])
    }
    assert lost == set()


def test_what_is_chosen_in_a_form_is_read_as_one_of_the_choices() -> None:
    """A platform sends back what it likes: a choice is a word of a list, a yes or a no, or a row's number."""
    as_text = {
        f"{each.by}: {name}"
        for form in forms()
        for name, kind in form.fields.items()
        if kind == "choice" and name != ANY
        for action in form.actions
        for each in reads()[action]
        if each.name == name and each.how not in CHOSEN
    }
    assert as_text == set()


def test_the_name_of_every_field_is_said_or_of_a_declared_family() -> None:
    """A name that is put together where it stands is one that nobody can look for: `Family` says what it is for."""
    assert {f"{form.where}: {name}" for form in forms() for name in form.fields if ANY in name} == set()
    assert {f"{each.by}: {each.name}" for found in reads().values() for each in found if ANY in each.name} == set()


def test_times_and_persons_are_read_where_all_of_them_are() -> None:
    """Whoever fills in a time or a name is asked about it the same way, whatever the form, and loses no word of it."""
    read_otherwise = {
        f"{form.where}: {name} ({kind})"
        for form in forms()
        for name, kind in form.fields.items()
        if kind in READ_AS
        if not {each.how for do in form.actions for each in reads()[do] if each.name == name} & READ_AS[kind]
    }
    assert read_otherwise == set()


def test_no_handler_reads_what_was_filled_in_by_itself() -> None:
    """What a field's words mean is read in one place, and what can't be read is asked about there."""
    own = {
        f"{module.name}.{function.name}: {unparsed(call)}"
        for module in modules().values()
        if not module.name.startswith("handlers.core.")
        for function in module.functions.values()
        for call in _calls(function)
        if unparsed(call.func).rpartition(".")[2] in READS_WORDS and not _is_typed(call)
        if any(_is_filled_in(each, function) for each in _given_to(call))
    }
    assert own == set()


def _is_typed(call: ast.Call) -> bool:
    return unparsed(call.func).startswith("form_values.")


def _given_to(call: ast.Call) -> list[ast.expr]:
    """What a call reads: its arguments, and what it is a method of."""
    owner = [call.func.value] if isinstance(call.func, ast.Attribute) else []
    return [*owner, *call.args, *(each.value for each in call.keywords)]


def _is_filled_in(node: ast.expr, function: Function) -> bool:
    """Whether an expression is what the turn was asked for, or a name that was set to that."""
    if isinstance(node, ast.Name):
        bound = _bound(function).get(node.id, [])
        return any(_is_filled_in(each, function) for each in bound if not isinstance(each, ast.Name))
    return any(unparsed(each.func) == "turn.value" for each in _calls(node))


def test_a_form_is_read_before_anything_is_done() -> None:
    """What can't be read is asked about, and nothing of it is done before that is known: what was done would be done twice."""
    late = {
        f"{module.name}.{function.name}: {min(reading)} after {min(doing)}"
        for module in modules().values()
        if module.name != VALUES
        for function in module.functions.values()
        if (reading := [each.lineno for each in _calls(function) if _is_typed(each)])
        if (doing := _does(function)) and max(reading) > min(doing)
    }
    assert late == set()


# What says, logs or sets something: whatever of these ends the turn is answered with before anything is read.
DOES = frozenset({"turn.log", "turn.notify", "turn.say", "turn.at", "turn.cancel", "turn.db.add", "turn.db.delete"})


def _does(function: Function) -> list[int]:
    """The lines in which a function does something that it would do twice: it logs, tells, sets a timer or a row."""
    calls = [each.lineno for each in _calls(function) if unparsed(each.func) in DOES]
    return calls + [
        each.lineno
        for each in ast.walk(function)
        if isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Store) and unparsed(each.value) != "turn"
    ]
