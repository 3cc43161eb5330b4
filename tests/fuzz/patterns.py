"""Every regular expression in the house, as the code itself tells: what it is, where it stands and how it is asked."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

FLOORS = ("bot", "handlers", "storage")
# What a pattern is asked, and by which of its methods.
ASKED = {
    "match": "match",
    "fullmatch": "fullmatch",
    "search": "search",
    "findall": "finditer",
    "finditer": "finditer",
    "sub": "finditer",
    "subn": "finditer",
    "split": "finditer",
}
EVERY_WAY = frozenset(ASKED.values())
# Stands for what a pattern is put together with when the program runs: a name with everything that may stand in one.
SAMPLE = "Lyngby-Taarbæk 2"


@dataclass(frozen=True)
class Found:
    """A pattern.

    Args:
        where: module and line, or module and name.
        pattern: compiled.
        ways: the methods that ask it.
    """

    where: str
    pattern: re.Pattern[str]
    ways: frozenset[str]


class CannotTell(Exception):
    """What a pattern is can't be read out of the code: write it where it is used, or give it a module's name."""


def modules() -> Iterator[ModuleType]:
    """Every module of the three floors."""
    for floor in FLOORS:
        package = importlib.import_module(floor)
        yield package
        for each in pkgutil.walk_packages(package.__path__, f"{floor}."):
            if not each.name.endswith("__main__") and ".migrations" not in each.name:
                yield importlib.import_module(each.name)


def patterns() -> list[Found]:
    """All that there are, each once, with all the ways in which the house asks it."""
    ways: dict[re.Pattern[str], set[str]] = {}
    places: dict[re.Pattern[str], str] = {}
    for module in modules():
        for name, value in vars(module).items():
            for pattern in _within(value):
                places.setdefault(pattern, f"{module.__name__}.{name}")
                ways.setdefault(pattern, set())
        for line, pattern, way in _asked_in(module):
            places.setdefault(pattern, f"{module.__name__}:{line}")
            ways.setdefault(pattern, set()).update([way] if way else [])
    return [
        Found(place, pattern, frozenset(ways[pattern]) or EVERY_WAY)
        for pattern, place in sorted(places.items(), key=lambda each: each[1])
        if isinstance(pattern.pattern, str)
    ]


def _within(value: Any) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _within(each)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for each in value:
            yield from _within(each)


def _asked_in(module: ModuleType) -> Iterator[tuple[int, re.Pattern[str], str | None]]:
    """Each place in a module's code that asks a pattern, or makes one."""
    try:
        tree = ast.parse(inspect.getsource(module))
    except OSError:
        return  # An empty package.
    for function, call in _calls(tree):
        if not isinstance(call.func, ast.Attribute):
            continue
        way = call.func.attr
        whose = call.func.value
        if isinstance(whose, ast.Name) and whose.id == "re" and way in (*ASKED, "compile"):
            if way == "compile" and function is None:
                continue  # It has a module's name, and was found by that.
            flags = next((each.value for each in call.keywords if each.arg == "flags"), None)
            at = {"sub": 4, "subn": 4, "split": 3, "compile": 1}.get(way, 2)
            flags = call.args[at] if flags is None and len(call.args) > at else flags
            text = _text(call.args[0], module, function)
            value = eval(ast.unparse(flags), vars(module)) if flags else 0
            if way == "compile":
                ways: list[str] | list[None] = _ways_of(call, function) or [None]
                for each in ways:
                    yield call.lineno, re.compile(text, value), each
            else:
                yield call.lineno, re.compile(text, value), ASKED[way]
        elif way in ASKED:
            for pattern in _named(whose, module):
                yield call.lineno, pattern, ASKED[way]


def _calls(tree: ast.AST, function: ast.AST | None = None) -> Iterator[tuple[ast.AST | None, ast.Call]]:
    for node in ast.iter_child_nodes(tree):
        inner = node if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) else function
        if isinstance(node, ast.Call):
            yield inner, node
        yield from _calls(node, inner)


def _ways_of(made: ast.Call, function: ast.AST | None) -> list[str]:
    """How a function asks a pattern that it has just made: at once, or by the name that it gave it."""
    nodes = list(ast.walk(function)) if function else []
    names = {
        target.id
        for node in nodes
        if isinstance(node, ast.Assign) and node.value is made
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return [
        ASKED[node.attr]
        for node in nodes
        if isinstance(node, ast.Attribute)
        and node.attr in ASKED
        and (node.value is made or (isinstance(node.value, ast.Name) and node.value.id in names))
    ]


def _named(expression: ast.expr, module: ModuleType) -> Iterator[re.Pattern[str]]:
    """The patterns that an expression may stand for: a module's own, or any of a table's."""
    if isinstance(expression, ast.Subscript):
        yield from _named(expression.value, module)
    elif isinstance(expression, ast.IfExp):
        yield from _named(expression.body, module)
        yield from _named(expression.orelse, module)
    elif isinstance(expression, (ast.Name, ast.Attribute)):
        try:
            yield from _within(eval(ast.unparse(expression), vars(module)))
        except (NameError, AttributeError):
            return


def _text(expression: ast.expr, module: ModuleType, function: ast.AST | None) -> str:
    """What a pattern says, with `SAMPLE` for what is only known when the program runs."""
    match expression:
        case ast.Constant(value=str(text)):
            return text
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _text(left, module, function) + _text(right, module, function)
        case ast.IfExp(body=body, orelse=orelse):
            return f"(?:{_text(body, module, function)}|{_text(orelse, module, function)})"
        case ast.BoolOp(op=ast.Or(), values=values):
            return f"(?:{'|'.join(_text(each, module, function) for each in values)})"
        case ast.JoinedStr(values=values):
            return "".join(_text(each, module, function) for each in values)
        case ast.FormattedValue(value=value):
            return _text(value, module, function)
    try:
        return str(eval(ast.unparse(expression), vars(module)))
    except Exception:
        assigned = _assigned(expression, function)
        if assigned is not None:
            return _text(assigned, module, function)
    match expression:
        # Alternatives, or words one after another.
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(glue)), attr="join")):
            return glue.join([re.escape(SAMPLE), re.escape(SAMPLE.lower())])
        case ast.Call(func=ast.Attribute(attr="escape")) | ast.Name() | ast.Subscript() | ast.Attribute():
            return re.escape(SAMPLE)
    raise CannotTell(f"{module.__name__}:{expression.lineno}: {ast.unparse(expression)}")


def _assigned(expression: ast.expr, function: ast.AST | None) -> ast.expr | None:
    if not isinstance(expression, ast.Name) or function is None:
        return None
    return next(
        (
            node.value
            for node in ast.walk(function)
            if isinstance(node, ast.Assign)
            and any(isinstance(target, ast.Name) and target.id == expression.id for target in node.targets)
            and not isinstance(node.value, ast.ListComp)
        ),
        None,
    )
