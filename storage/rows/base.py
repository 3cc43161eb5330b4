"""The base of all rows: their keys, their times, and what people wrote in them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    Text,
    TypeDecorator,
    bindparam,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. SQLite has no zones, so it keeps UTC without one."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn a time into what is stored; a time without a zone is an error."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a time without a zone: {value}")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn what is stored into a time with the zone UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Id = BigInteger().with_variant(Integer, "sqlite")

# For the queries that are asked all the time and so are built once: `{"now": …}` comes with them.
NOW = bindparam("now", type_=UtcDateTime())


class Base(DeclarativeBase):
    """The base class of every table, with the column types that annotations stand for."""

    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own form
        datetime: UtcDateTime,
        str: Text,
        Literal: Text,  # the words are ours to check, not the database's
        dict[str, Any]: JSON,
        list[Any]: JSON,
        bytes: LargeBinary,
    }


# What people wrote of a row: it is as confidential as the log line that the row stands at; see `storage.case.redaction`.
Words = Annotated[str, mapped_column(Text, info={"words": True})]


def primary_key() -> Mapped[int]:
    """Make the column that numbers a table's rows."""
    return mapped_column(Id, primary_key=True, autoincrement=True)


def of_crisis() -> Mapped[int]:
    """Make the column that says which crisis a row belongs to."""
    return mapped_column(Id, ForeignKey("crises.id"), index=True)


def instant(at: datetime) -> str:
    """Write a time as the log and the exports do: UTC, microseconds, `Z`."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def instant_or_none(at: datetime | None) -> str | None:
    """Write a time as `instant` does, where there is one."""
    return instant(at) if at else None
