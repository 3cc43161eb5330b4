"""Mutants: every way in which one place of a module can be changed, by Cosmic Ray's operators and one of our own."""

from __future__ import annotations

import ast
import difflib
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.operators.provider import OperatorProvider
from parso.python.tree import Name

# These need to be told of a name first.
NAMED = {"VariableReplacer", "VariableInserter"}
# Signs that are taken for each other.
ALIKE = (
    *({"Eq", "NotEq"}, {"Is", "IsNot"}, {"Lt", "LtE", "Gt", "GtE"}),
    *({"Add", "Sub"}, {"Mul", "Div", "FloorDiv", "Mod"}, {"BitOr", "BitAnd", "BitXor"}, {"LShift", "RShift"}),
)


class DropStatement(Operator):  # type: ignore[misc]
    """Leave out a statement that is there for what it does: nobody is told, nothing is written down."""

    def mutation_positions(self, node: Any) -> Iterator[Any]:
        if node.type == "simple_stmt" and node.children[0].type in ("atom_expr", "power", "await_expr"):
            yield node.start_pos, node.end_pos

    def mutate(self, node: Any, index: int) -> Any:
        done = node.children[0]
        node.children[0] = Name("pass", done.start_pos, prefix=done.get_first_leaf().prefix)
        return node

    @classmethod
    def examples(cls) -> Sequence[Any]:
        return ()


def operators() -> dict[str, Operator]:
    """Return every operator that makes a change somebody could have made, by its name."""
    theirs = OperatorProvider()
    found: dict[str, Operator] = {name: theirs[name]() for name in theirs if name not in NAMED and _is_apt(name)}
    return {**found, "DropStatement": DropStatement()}


def _is_apt(name: str) -> bool:
    """Whether an operator turns a sign into one that could stand there. Words and rows have no order, and what can be added
    can't be shifted: a test that notices "a text less than a text" or "a time shifted by an hour" has noticed nothing."""
    kind, _, signs = name.partition("Operator_")
    if kind not in ("ReplaceComparison", "ReplaceBinary"):
        return True
    was, _, now = signs.partition("_")
    return any({was, now} <= alike for alike in ALIKE)


@dataclass(frozen=True)
class Mutant:
    """A module with one change.

    Args:
        path: the module's, in the repository.
        operator: what made it.
        line: the first that is another, counted from 1.
        name: the function, and what its line was and is: it lasts as long as the line does, wherever that moves to.
        code: all of the module.
    """

    path: Path
    operator: str
    line: int
    name: str
    code: str


def mutants_of(path: Path) -> list[Mutant]:
    """Make every mutant of a module that is another program, and none twice.

    Args:
        path: the module's, in the repository.
    """
    return sorted(_made(_places(path)), key=lambda each: (each.line, each.name))


def sample(paths: Sequence[Path], most: int, seed: int) -> list[Mutant]:
    """Draw some of the mutants of modules that belong together, and make no others.

    Args:
        most: how many.
        seed: that draws the same ones.
    """
    places = [place for path in paths for place in _places(path)]
    random.Random(seed).shuffle(places)
    return list(islice(_made(places), most))


@dataclass(frozen=True)
class _Place:
    """Where an operator can change a module: the how manieth of its places."""

    path: Path
    operator: str
    occurrence: int


def _places(path: Path) -> list[_Place]:
    nodes = list(ast_nodes(get_ast(path.read_text(encoding="utf-8"))))
    return [
        _Place(path, name, occurrence)
        for name, operator in operators().items()
        for occurrence in range(sum(len(list(operator.mutation_positions(node))) for node in nodes))
    ]


def _made(places: Iterable[_Place]) -> Iterator[Mutant]:
    """Change modules, a place at a time; what comes to the same program, or to none, is passed over."""
    by_name, found = operators(), set[tuple[Path, str | None]]()
    sources: dict[Path, str] = {}
    for each in places:
        if each.path not in sources:
            sources[each.path] = each.path.read_text(encoding="utf-8")
            found |= {(each.path, _meaning(sources[each.path])), (each.path, None)}
        code = mutate_code(sources[each.path], by_name[each.operator], each.occurrence)
        meaning = each.path, _meaning(code) if code else None
        if code and meaning not in found:
            found.add(meaning)
            yield _named(each.path, each.operator, sources[each.path], code)


def _meaning(code: str) -> str | None:
    """Return what a module does, without its docstrings and types; None where it is no Python."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign | ast.arg):
            node.annotation = ast.Constant(None)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            node.returns = None
        if isinstance(node, ast.ImportFrom) and node.module == "__future__":
            node.names = []
    return ast.dump(tree)


def _named(path: Path, operator: str, source: str, code: str) -> Mutant:
    was, now = source.splitlines(), code.splitlines()
    changes = [
        each for each in difflib.SequenceMatcher(a=was, b=now, autojunk=False).get_opcodes() if each[0] != "equal"
    ]
    _, begins, ends, other_begins, other_ends = changes[0]
    before, after = (
        "; ".join(line.strip() for line in lines) for lines in (was[begins:ends], now[other_begins:other_ends])
    )
    return Mutant(path, operator, begins + 1, f"{path}:{_function(source, begins + 1)}: {before} → {after}", code)


def _function(source: str, line: int) -> str:
    """Return the name of the function that a line stands in; the module's own lines are nobody's."""
    found = ""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            begins = min((each.lineno for each in node.decorator_list), default=node.lineno)
            if begins <= line <= (node.end_lineno or line):
                found = node.name
    return found
