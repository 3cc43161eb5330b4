"""Our own code, as tests look at it: read and parsed once for all of them."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent


def modules(*rooms: str) -> list[Path]:
    """Every module below some folders of the repository, but the migrations, which are never changed again."""
    found = (path for room in rooms for path in (ROOT / room).rglob("*.py"))
    return sorted(path for path in found if "migrations" not in path.parts)


@cache
def parsed(path: Path) -> ast.Module:
    """A module's code."""
    return ast.parse(path.read_text("utf-8"))
