"""Deleted lines: their places stay in the chain, and a later line says which they were. Plan §7."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from storage.rows.log import LogKind

# The line that says so, and what is left of those that it speaks of.
KIND: LogKind = "retention"
OMITTED: LogKind = "omitted"


def omitted_by(entries: Iterable[Mapping[str, Any]]) -> set[int]:
    """Find the lines that the log itself says are gone. A case goes whole: one that says so of some lines alone is not believed.

    Args:
        entries: exported ones of the kind that says so.
    """
    return {no for each in entries if each["refs"].get("omits") == [1, each["no"] - 1] for no in range(1, each["no"])}
