"""The words that a column may hold are its type's: none is written or asked for that is no such word, and none is idle."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

import pytest

from storage.rows import exported
from storage.rows.base import Base
from tests import source

exported.load()
HERE = Path(__file__).parents[2]
ROOMS = ("bot", "handlers", "storage")


@cache
def code() -> dict[Path, ast.Module]:
    """Every module, parsed."""
    return {each.relative_to(source.ROOT): source.parsed(each) for each in source.modules(*ROOMS)}


def words_of(hint: Any) -> tuple[str, ...]:
    """The words of `Mapped[Literal[…]]` and `Mapped[Literal[…] | None]`; none of anything else."""
    if get_origin(hint) is Literal:
        return get_args(hint)
    return tuple(word for part in get_args(hint) for word in words_of(part))


COLUMNS = {
    (mapper.class_.__name__, name): words
    for mapper in Base.registry.mappers
    for name, hint in get_type_hints(mapper.class_).items()
    if name in mapper.columns and (words := words_of(hint))
}


def literals(node: ast.expr) -> Iterator[str]:
    """The words that an expression may come to, as far as they stand in it."""
    match node:
        case ast.Constant(value=str(word)):
            yield word
        case ast.IfExp(body=one, orelse=other):
            yield from literals(one)
            yield from literals(other)
        case ast.Tuple(elts=several) | ast.List(elts=several) | ast.Set(elts=several):
            for each in several:
                yield from literals(each)


def used(tree: ast.Module) -> Iterator[tuple[int, tuple[str, str], str]]:
    """Every word that is given to a column or asked of one: the line, the column, and the word."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=row), keywords=given):
                for keyword in given:
                    for word in literals(keyword.value):
                        yield node.lineno, (row, keyword.arg or ""), word
            case ast.Compare(left=ast.Attribute(value=ast.Name(id=row), attr=name), comparators=asked):
                for each in asked:
                    for word in literals(each):
                        yield node.lineno, (row, name), word
            case ast.Call(func=ast.Attribute(value=ast.Attribute(value=ast.Name(id=row), attr=name)), args=asked):
                for each in asked:
                    for word in literals(each):
                        yield node.lineno, (row, name), word


@pytest.mark.long
def test_no_row_is_made_and_none_looked_for_with_a_word_that_its_column_does_not_have() -> None:
    """mypy sees what is assigned; a row's constructor and a query take anything."""
    seen = [(path, line, column, word) for path, tree in code().items() for line, column, word in used(tree)]
    asked = [each for each in seen if each[2] in COLUMNS]
    assert len(asked) > 50
    assert [each for each in asked if each[3] not in COLUMNS[each[2]]] == []


def test_every_word_that_a_column_may_hold_is_used_by_somebody() -> None:
    everywhere = [node.value for tree in code().values() for node in ast.walk(tree) if isinstance(node, ast.Constant)]
    words = {word for words in COLUMNS.values() for word in words}
    assert sorted(word for word in words if everywhere.count(word) < 2) == []


# A timer's kind is the name of a function, which tests/handlers/core/test_names.py holds to be there.
NAMES = {("Timer", "kind")}
# What a row is, of a few that there are: each has its words in the type, and in one module.
CALLED = frozenset({"state", "status", "kind", "direction", "grade", "verification"})


def test_what_a_row_is_of_a_few_that_there_are_is_said_by_its_type() -> None:
    """A word that is misspelt is seen by mypy, and not by nobody."""
    named = {
        (mapper.class_.__name__, name)
        for mapper in Base.registry.mappers
        for name in mapper.columns.keys()  # noqa: SIM118 - iterated over, they are the columns
        if name in CALLED
    }
    assert len(named) > 20
    assert named - COLUMNS.keys() == NAMES
