"""A name says whether it writes: what has only the reading half of a turn reads, and what has the turn says what it does.

mypy proves the rest: the reading half has no `say`, `log` or `at`, and its crisis can't be set.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from tests import source

# What a function's name begins with where it is given the turn and gives something back.
WRITES = frozenset(
    [
        "act",
        "add",
        "ask",
        "attach",
        "begin",
        "bring",
        "call",
        "close",
        "decide",
        "draft",
        "end",
        "give",
        "hand",
        "hold",
        "keep",
        "lead",
        "leave",
        "log",
        "name",
        "pass",
        "press",
        "put",
        "record",
        "refuse",
        "request",
        "resume",
        "save",
        "set",
        "start",
        "summon",
        "take",
        "tell",
        "write",
    ]
)
# And what is remembered begins so, where it is given a session and gives something back.
REMEMBERS = frozenset({"append", "carry", "release", "remove", "store", "put", "take", "try"})
# What is set on what is no row: a table as it is described.
NO_ROWS = {"column.type"}
SESSIONS = ("AsyncSession", "Session", "AsyncConnection", "Connection")
# A session's methods that change what is remembered; and SQLAlchemy's statements that do.
CHANGES = frozenset({"add", "add_all", "delete", "flush", "merge", "expunge", "refresh", "begin_nested"})
STATEMENTS = frozenset({"update", "delete", "insert"})
# What a session or a connection is called, and SQL that is written out and changes something.
CALLED = ("db", "session", "connection", "target")
WRITTEN_OUT = re.compile(r"\s*(?:insert|update|delete|drop|create|alter|truncate)\b", re.IGNORECASE)

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Named:
    """A function of ours.

    Args:
        name: with its module's.
        code: as it is written.
        known: what its module calls others, and their names with their modules'.
    """

    name: str
    code: Function
    known: Mapping[str, str]


@cache
def functions() -> tuple[Named, ...]:
    """Every function of ours."""
    found = []
    for path in source.modules("bot", "handlers", "storage"):
        where, tree = ".".join(path.relative_to(source.ROOT).with_suffix("").parts), source.parsed(path)
        own = [each for each in ast.walk(tree) if isinstance(each, Function)]
        known = {each.name: f"{where}.{each.name}" for each in own}
        for each in ast.walk(tree):
            if isinstance(each, ast.ImportFrom):
                known |= {name.asname or name.name: f"{each.module}.{name.name}" for name in each.names}
        found += [Named(f"{where}.{each.name}", each, known) for each in own]
    return tuple(found)


def is_given(function: Function, kind: str) -> bool:
    """Whether a function has a parameter of that type."""
    arguments = (*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs)
    return any(each.annotation is not None and ast.unparse(each.annotation) == kind for each in arguments)


def changes_of(function: Function) -> list[str]:
    """What a function's own lines change: attributes of what it has not made itself, rows among them, or the session."""
    made = {
        ast.unparse(each.targets[0]) for each in ast.walk(function) if isinstance(each, ast.Assign) and _makes(each)
    }
    found = []
    for each in ast.walk(function):
        if isinstance(each, ast.Attribute) and isinstance(each.ctx, ast.Store | ast.Del):
            found += [] if ast.unparse(each.value) in made else sorted({ast.unparse(each)} - NO_ROWS)
        if not isinstance(each, ast.Call):
            continue
        if isinstance(each.func, ast.Attribute) and each.func.attr in CHANGES:
            if ast.unparse(each.func.value).endswith(CALLED):
                found.append(ast.unparse(each.func))
        elif isinstance(each.func, ast.Attribute) and each.func.attr in ("execute", "exec_driver_sql", "executemany"):
            said = [text.value for text in ast.walk(each) if isinstance(text, ast.Constant)]
            found += [text for text in said if isinstance(text, str) and WRITTEN_OUT.match(text)]
        elif isinstance(each.func, ast.Name) and each.func.id in STATEMENTS | {"setattr"}:
            found.append(each.func.id)
    return found


def _makes(assigned: ast.Assign) -> bool:
    """Whether something is made there: `log = Lines(…)`."""
    return isinstance(assigned.value, ast.Call) and ast.unparse(assigned.value.func).rpartition(".")[2][:1].isupper()


@cache
def writers() -> set[str]:
    """The functions that are given a session and change what is remembered, themselves or by one of their own kind."""
    given = [each for each in functions() if any(is_given(each.code, kind) for kind in SESSIONS)]
    found = {each.name for each in given if changes_of(each.code)}
    while more := {each.name for each in given if hands_on_to(each, found)} - found:
        found |= more
    return found


def hands_on_to(function: Named, names: set[str]) -> list[str]:
    """Which of some functions a function hands its session to."""
    calls = [each for each in ast.walk(function.code) if isinstance(each, ast.Call)]
    handed = [each.func for each in calls if any(ast.unparse(given).endswith(CALLED) for given in each.args)]
    found = []
    for called in handed:
        module, _, name = ast.unparse(called).rpartition(".")
        full = f"{function.known.get(module, module)}.{name}" if module else function.known.get(name, name)
        found += [full] if full in names else []
    return found


def test_what_has_the_reading_half_of_a_turn_changes_nothing() -> None:
    """It sets no attribute, adds and deletes no row, and hands the session to nobody who does."""
    known = writers()
    readers = [
        each for each in functions() if is_given(each.code, "Context") and not is_given(each.code, "AsyncSession")
    ]
    wrong = {each.name: [*changes_of(each.code), *hands_on_to(each, known)] for each in readers}
    assert len(readers) > 500
    assert {name: found for name, found in wrong.items() if found} == {}


def test_what_is_given_a_session_and_gives_something_back_says_whether_it_writes() -> None:
    """What is remembered is asked for without being changed, wherever the name doesn't say that it is."""
    given = [each for each in functions() if any(is_given(each.code, kind) for kind in SESSIONS)]
    assert len(given) > 100
    written = [each.name for each in given if _gives_back(each.code) and each.name in writers()]
    assert [name for name in written if not _remembers(name)] == []


def _remembers(name: str) -> bool:
    """Whether a function's name says that it changes what is remembered."""
    first = name.rpartition(".")[2].strip("_").split("_")[0]
    return first in WRITES | REMEMBERS


def test_what_has_the_turn_and_gives_something_back_says_that_it_writes() -> None:
    """Its name begins with what it does, or says whom it answers or asks where there is nothing to give back."""
    given = [each for each in functions() if is_given(each.code, "Turn")]
    assert len(given) > 500
    assert [each.name for each in given if _gives_back(each.code) and not _says_so(each.code.name)] == []


def _gives_back(function: Function) -> bool:
    return function.returns is not None and ast.unparse(function.returns) != "None"


def _says_so(name: str) -> bool:
    words = name.strip("_").split("_")
    return words[0] in WRITES or "or" in words


# What is registered or kept in a row's right, and is given the reading half to read with.
READ_BY = frozenset({"has", "held", "lacks_proof", "when", "read", "unchosen", "_homes['home']", "_own_words['words']"})


def test_what_has_the_reading_half_gives_it_to_nothing_that_nobody_knows() -> None:
    """A function that is called by a variable's name could be one that writes: mypy sees no difference there."""
    known = {each.name for each in functions()}
    strangers = {
        f"{each.name}: {ast.unparse(call.func)}"
        for each in functions()
        if is_given(each.code, "Context") and not is_given(each.code, "AsyncSession")
        for call in ast.walk(each.code)
        if isinstance(call, ast.Call) and call.args and ast.unparse(call.args[0]) in ("turn", "self")
        if ast.unparse(call.func).rpartition(".")[2] not in READ_BY | {"len"}
        if not _is_known(ast.unparse(call.func), each.known, known)
    }
    assert strangers == set()


def _is_known(called: str, names: Mapping[str, str], known: set[str]) -> bool:
    """Whether a call is of one of our own functions, or of a class."""
    module, _, name = called.rpartition(".")
    full = f"{names.get(module, module)}.{name}" if module else names.get(name, name)
    return full in known or full.rpartition(".")[2][:1].isupper()
