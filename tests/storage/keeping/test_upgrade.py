"""From every earlier form of the tables to ours, with rows in all of them; and back, by the copy that was taken before."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    insert,
    select,
)

from storage import revisions
from storage.database import Database
from storage.keeping import snapshot
from storage.plan import loading
from tests.databases import Databases

NOW = datetime(2026, 7, 2, 12, 0, 10, 123456, tzinfo=UTC)
REVISIONS = sorted(revisions.known())
# What a migration reads has to be what was written there.
MEANT = {
    ("log_entries", "canonical"): b'{"no":1,"refs":{},"summary":"vand"}',
    ("crises", "plan"): loading.example().frozen(),
    ("inbox", "body"): {"key": "x", "text": "vand"},
}


def tables(connection: Connection) -> list[Table]:
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _: name != revisions.TABLE)
    return metadata.sorted_tables


def fill(connection: Connection, number: int) -> dict[str, tuple[Any, ...]]:
    """A row in every table, told apart from others by a number; returns what its primary key became."""
    keys: dict[str, tuple[Any, ...]] = {}
    made: dict[str, dict[str, Any]] = {}
    for table in tables(connection):
        row = dict(values(table, made, number, connection))
        keys[table.name] = tuple(connection.execute(insert(table).values(row)).inserted_primary_key or ())
        made[table.name] = row | dict(zip((each.name for each in table.primary_key), keys[table.name], strict=True))
    return keys


def values(
    table: Table, made: dict[str, dict[str, Any]], number: int, connection: Connection
) -> Iterator[tuple[str, Any]]:
    for column in table.columns:
        parent = next(iter(column.foreign_keys), None)
        if parent is not None:
            yield column.name, made[parent.column.table.name][parent.column.name]
        elif (
            column.primary_key
            and isinstance(column.type, Integer)
            and column.autoincrement is not False
            and len(table.primary_key) == 1
        ):
            continue
        elif (table.name, column.name) in MEANT:
            yield column.name, MEANT[table.name, column.name]
        elif isinstance(column.type, JSON):
            yield column.name, []
        elif isinstance(column.type, Boolean):
            yield column.name, True
        elif isinstance(column.type, Integer):
            yield column.name, number
        elif isinstance(column.type, Float):
            yield column.name, number + 0.5
        elif isinstance(column.type, Date):
            yield column.name, NOW.date()
        elif isinstance(column.type, DateTime):
            yield column.name, NOW if connection.dialect.name == "postgresql" else NOW.replace(tzinfo=None)
        elif isinstance(column.type, LargeBinary):
            yield column.name, b"\x00\xff%d" % number
        else:
            yield column.name, f"{column.name} {number}"


# The first, one between, and the last before ours; `make test-upgrade` has every one of them.
SOME = [REVISIONS[0], REVISIONS[len(REVISIONS) // 2], REVISIONS[-2]]


@pytest.mark.long
@pytest.mark.parametrize(
    ("databases", "forms"),
    [
        pytest.param("sqlite", SOME, id="sqlite-some"),
        pytest.param("sqlite", REVISIONS, id="sqlite-every", marks=pytest.mark.upgrade),
        pytest.param("postgresql", REVISIONS, id="postgresql-every", marks=pytest.mark.upgrade),
    ],
    indirect=["databases"],
)
async def test_rows_from_earlier_forms_of_the_tables_are_all_there_in_ours(
    databases: Databases, forms: Sequence[str]
) -> None:
    """Each form's rows pass every later migration: none is lost, and none of what was said in it."""
    database = Database(databases.empty())
    kept: list[dict[str, tuple[Any, ...]]] = []
    async with database.changing_tables() as connection:
        for number, revision in enumerate(forms, 1):
            await connection.run_sync(revisions.upgrade, revision)
            kept.append(await connection.run_sync(fill, number))
    await database.migrate()
    async with database.engine.connect() as connection:
        for table in await connection.run_sync(tables):
            there = {tuple(row) for row in await connection.execute(select(*table.primary_key.columns))}
            wanted = {keys[table.name] for keys in kept if table.name in keys}
            assert wanted <= there, table.name
            for number in range(1, len(kept) + 1):
                for column in table.columns:
                    said = f"{column.name} {number}"
                    if column.name in ("title", "question", "words") and table.name in kept[number - 1]:
                        assert said in set(await connection.scalars(select(column))), f"{table.name}.{column.name}"
    await database.close()


@pytest.mark.long
@pytest.mark.parametrize(
    ("databases", "revision"),
    [
        ("postgresql", SOME[1]),
        *(
            pytest.param(kind, each, marks=pytest.mark.upgrade)
            for kind in ("sqlite", "postgresql")
            for each in REVISIONS
        ),
    ],
    indirect=["databases"],
)
async def test_an_older_krisebots_copy_is_put_back_into_ours(
    databases: Databases, revision: str, tmp_path: Path
) -> None:
    """The way back from an upgrade, and forward from an old copy."""
    url = databases.empty()
    database = Database(url)
    async with database.engine.begin() as connection:
        await connection.run_sync(revisions.upgrade, revision)
        keys = await connection.run_sync(fill, 1)
    file = tmp_path / "kopi.db"
    taken = await snapshot.take(database, file, version="0", now=NOW)
    assert taken.revision == revision
    with sqlite3.connect(file) as copy:
        assert copy.execute("SELECT title FROM crises").fetchall() == [("title 1",)]
    await snapshot.put_back(file, database, overwrite=True)
    async with database.engine.connect() as connection:
        for table in await connection.run_sync(tables):
            if table.name in keys:
                found = {tuple(row) for row in await connection.execute(select(*table.primary_key.columns))}
                assert keys[table.name] in found, table.name
    await database.migrate()
    await database.close()
