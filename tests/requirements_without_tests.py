"""Prints the requirements that no test names: `python -m tests.requirements_without_tests`."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
ID = re.compile(r"\b(?:R\d{3}|[DT]\d{2})\b")


def requirements() -> dict[str, dict[str, str]]:
    """Every requirement's name by its id, under the heading it stands below."""
    groups: dict[str, dict[str, str]] = {}
    heading = ""
    for line in (TESTS / "requirements.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            heading = line.removeprefix("# ")
        elif line:
            id, _, name = line.partition(" ")
            groups.setdefault(heading, {})[id] = name
    return groups


def named() -> Iterator[str]:
    """The ids in the docstrings of tests and of their modules."""
    for file in TESTS.rglob("test_*.py"):
        module = ast.parse(file.read_text(encoding="utf-8"))
        for node in ast.walk(module):
            if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                yield from ID.findall(ast.get_docstring(node) or "")


def main() -> None:
    """Print them, and how many there are."""
    proven = set(named())
    known = {id: name for group in requirements().values() for id, name in group.items()}
    for heading, group in requirements().items():
        missing = {id: name for id, name in group.items() if id not in proven}
        if missing:
            print(f"\n{heading}")
            for id, name in missing.items():
                print(f"  {id} {name}")
    print(f"\n{len(known.keys() - proven)} of {len(known)} have no test yet.")
    if proven - known.keys():
        print(f"Named by a test, but unknown: {', '.join(sorted(proven - known.keys()))}")


if __name__ == "__main__":
    main()
