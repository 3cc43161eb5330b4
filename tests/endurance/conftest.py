"""What is played for long is played on a disk: a million lines are more than memory has room for."""

from __future__ import annotations

from tests.bench.conftest import sqlite

__all__ = ["sqlite"]
