"""A form and its handler agree: what a handler reads stands in its form, what stands in a form is read, and what is chosen
is read as one of the choices.
"""

from __future__ import annotations

import ast

from tests.handlers.core.code_followed import ANY, Function, actions, bindings, every_call, modules, unparsed
from tests.handlers.core.forms_in_code import CHOSEN, OF_OLDER_RELEASES, READ_AS, SAVE_FORM, VALUES, forms, meets, reads

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
        for call in every_call(function)
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
        bound = bindings(function).get(node.id, [])
        return any(_is_filled_in(each, function) for each in bound if not isinstance(each, ast.Name))
    return any(unparsed(each.func) == "turn.value" for each in every_call(node))


def test_a_form_is_read_before_anything_is_done() -> None:
    """What can't be read is asked about, and nothing of it is done before that is known: what was done would be done twice."""
    late = {
        f"{module.name}.{function.name}: {min(reading)} after {min(doing)}"
        for module in modules().values()
        if module.name != VALUES
        for function in module.functions.values()
        if (reading := [each.lineno for each in every_call(function) if _is_typed(each)])
        if (doing := _does(function)) and max(reading) > min(doing)
    }
    assert late == set()


# What says, logs or sets something: whatever of these ends the turn is answered with before anything is read.
DOES = frozenset({"turn.log", "turn.notify", "turn.say", "turn.at", "turn.cancel", "turn.db.add", "turn.db.delete"})


def _does(function: Function) -> list[int]:
    """The lines in which a function does something that it would do twice: it logs, tells, sets a timer or a row."""
    calls = [each.lineno for each in every_call(function) if unparsed(each.func) in DOES]
    return calls + [
        each.lineno
        for each in ast.walk(function)
        if isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Store) and unparsed(each.value) != "turn"
    ]
