"""What a crisis' rows hold is exported, column by column, or it is said here that it isn't."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from sqlalchemy.orm import Mapper

from storage.rows import exported
from storage.rows.base import Base
from tests import source

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
    module = source.parsed(source.ROOT / f"{mapper.class_.__module__.replace('.', '/')}.py")
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


# What a measure's line on paper does without: its log lines, which the case has too, tell of these.
NOT_ON_PAPER = {
    *("centre", "urgent", "orient_next_meeting", "political_approval", "by", "at", "needed", "reference"),
    *("created_by", "created_at", "changed_at", "log_no"),
}


def test_what_is_exported_of_a_measure_stands_on_paper_or_is_said_not_to() -> None:
    """D11: a new field goes one way, from its row to the page."""
    found = {}
    for module in ("storage/rows/measures.py", "storage/case/pages/case_parts.py"):
        (part,) = [each for each in source.parsed(source.ROOT / module).body if getattr(each, "name", "") == "measures"]
        found[module] = {
            str(key.value) for node in ast.walk(part) for key in keys_of(node) if isinstance(key, ast.Constant)
        }
    exported_of_it, on_paper = found.values()
    assert len(exported_of_it) > 10
    assert exported_of_it - on_paper == NOT_ON_PAPER


def keys_of(node: ast.AST) -> list[ast.expr | None]:
    """The keys that a dict is made with, or read by: `row["due_at"]`, `row.get("cost")`."""
    match node:
        case ast.Dict(keys=keys):
            return keys
        case ast.Subscript(slice=key) | ast.Call(func=ast.Attribute(attr="get"), args=[key, *_]):
            return [key]
    return []
