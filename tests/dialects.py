"""Statements are compiled once in a test run: each test opens a database of its own, and would compile them all anew."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import Engine
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.aiosqlite import SQLiteDialect_aiosqlite


class Alike:
    """A dialect that is as good as any other of its kind, for whoever asks what has been compiled for it."""

    compiled: ClassVar[dict[Any, Any]]

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other)

    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=cls.compiled)


class SQLite(Alike, SQLiteDialect_aiosqlite):
    supports_statement_cache = True
    compiled: ClassVar[dict[Any, Any]] = {}


class PostgreSQL(Alike, PGDialect_asyncpg):
    supports_statement_cache = True
    compiled: ClassVar[dict[Any, Any]] = {}


def share() -> None:
    """Let every engine of this process use these."""
    registry.register("sqlite.aiosqlite", __name__, "SQLite")
    registry.register("postgresql.asyncpg", __name__, "PostgreSQL")
