"""The parts of a case file beyond the crisis and its log: one module a part, with its rows and how others read them.

A module here holds its tables and says with `@part` what the export calls it. Nothing else lists it.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from storage.tables import Crisis

Exported = Callable[[AsyncSession, Crisis, str], Awaitable[list[dict[str, Any]]]]

parts: dict[str, Exported] = {}


def part(name: str) -> Callable[[Exported], Exported]:
    """Say how a part of the export is read.

    Args:
        name: the export's key. The function gets a session, the crisis and the highest grade that the reader may see
            (one of `storage.grades.GRADES`), and gives the rows as JSON data, oldest first.

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
    """Import every module of this package, so that its tables and its part of the export are known."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
