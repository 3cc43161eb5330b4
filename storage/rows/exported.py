"""The parts of a case file beyond the crisis and its log: each module of rows says how others read them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from storage.grades import Grade
from storage.rows.crisis import Crisis

Exported = Callable[[AsyncSession, Crisis, Grade], Awaitable[list[dict[str, Any]]]]

parts: dict[str, Exported] = {}


def part(name: str) -> Callable[[Exported], Exported]:
    """Say how a part of the export is read.

    Args:
        name: the export's key. The function gets a session, the crisis and the highest grade that the reader may see
            (plan §8), and gives the rows as JSON data, oldest first.

    Raises:
        ValueError: two modules claim the same key.
    """

    def known(read: Exported) -> Exported:
        if name in parts:
            raise ValueError(f"two modules export {name}")
        parts[name] = read
        return read

    return known


def load() -> None:
    """Import every room of rows, so that its tables and its parts of the export are known."""
    import storage.rows

    for module in pkgutil.iter_modules(storage.rows.__path__, "storage.rows."):
        importlib.import_module(module.name)
