"""What a crisis' rows hold is exported, column by column, or it is said here that it isn't."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator

from sqlalchemy.orm import Mapper

from storage.rows import exported
from storage.rows.base import Base

exported.load()

# What is krisebot's own: how rows belong together, what it has yet to do, and who keyed in what the log says anyhow. A new
# column stands in the export of its room (`@part` beside the row); here only when nobody outside could use it.
KEPT = {
    "AgendaItem": {"added_at", "no_deadline"},
    "Attachment": {"attempts", "due_at", "inbox_id", "platform", "reference", "saved_by", "settled_at", "wanted_at"},
    "Briefing": {"revision", "written_at"},
    "CentreNotice": {"asked"},
    "CoordinatingStaff": {"task"},
    "EscalationStep": {"answer", "escalation_id", "position", "round", "step"},
    "Evaluation": {"task_id"},
    "External": {"added_by"},
    "FramingMeeting": {"asking", "called_by", "ended_by"},
    "Improvement": {"told"},
    "MediaFinding": {"task"},
    "Meeting": {"secret"},
    "Member": {"added_by"},
    "Minutes": {"written_at"},
    "Nudge": {"prepared_at", "recipients"},  # its receipts name each of them
    "OptionPaper": {"item"},
    "Picture": {"revision"},
    "Seat": {"changed_at", "changed_by"},
    "Shift": {"added_at", "added_by"},
    "WatchedLine": {"added_by", "due_at", "missed"},
}
# Line by line in storage/case/lines.py and chain.py, and as `notifications`, with how they fared.
ELSEWHERE = {"LogEntry", "LogState", "Message", "Delivery"}
OWN = {"id", "crisis_id"}


def read_by(module: ast.Module, part: ast.AST) -> Iterator[ast.AST]:
    """A function and those of the same module that it names, whatever they name in turn."""
    functions = {each.name: each for each in module.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)}
    waiting, seen = [part], set[ast.AST]()
    while waiting:
        function = waiting.pop()
        if function not in seen:
            seen.add(function)
            yield from ast.walk(function)
            named = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
            waiting += [each for name, each in functions.items() if name in named]


def not_exported(mapper: Mapper[Base]) -> set[str] | None:
    """A row's columns that no part of the export reads; None where it is in none of its module's parts."""
    module = ast.parse(inspect.getsource(sys.modules[mapper.class_.__module__]))
    parts = [
        each
        for each in module.body
        if isinstance(each, ast.AsyncFunctionDef) and any("part(" in ast.unparse(by) for by in each.decorator_list)
    ]
    nodes = [list(read_by(module, part)) for part in parts]
    of_it = [
        some for some in nodes if any(isinstance(each, ast.Name) and each.id == mapper.class_.__name__ for each in some)
    ]
    read = {each.attr for some in of_it for each in some if isinstance(each, ast.Attribute)}
    return {*mapper.columns.keys()} - read - OWN if of_it else None


ROWS = [each for each in Base.registry.mappers if each.class_.__name__ not in ELSEWHERE]


def test_a_column_of_a_row_that_is_exported_is_exported_too() -> None:
    """D11: a field that is added to a row comes out with the case."""
    found = {each.class_.__name__: gone for each in ROWS if (gone := not_exported(each))}
    new = {row: sorted(gone - KEPT.get(row, set())) for row, gone in found.items() if gone - KEPT.get(row, set())}
    assert new == {}, (
        "export them by the `@part` beside the row in storage/rows/, or say in KEPT that nobody could use them"
    )
    assert {row: kept - found.get(row, set()) for row, kept in KEPT.items() if kept - found.get(row, set())} == {}
