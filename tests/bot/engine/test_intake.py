"""The inbox takes what it can, and nobody's input hangs on another's."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from bot.engine.intake import Intake, NotUnderstood
from bot.engine.stalls import broken_off
from handlers.core import registry
from handlers.core.incoming import Enclosed, Incoming
from storage.database import Database
from storage.rows.traffic import Inbox

NOW = datetime(2026, 7, 2, 12, 0, 10, tzinfo=UTC)


def said(key: str, **what: Any) -> Incoming:
    told = {"text": f"besked {key}", "conversation": "D1", **what}
    return Incoming(key, "text", "slack", told.pop("sender", "slack:U0FINN"), "dm", received_at=NOW, **told)


@pytest.fixture
def intake(database: Database) -> Intake:
    registry.load()
    return Intake(database, lambda numbers: None, lambda: None)


async def bodies(database: Database) -> list[dict[str, Any]]:
    async with database.reading() as db:
        return list(await db.scalars(select(Inbox.body).order_by(Inbox.id)))


SIGNS: list[dict[str, Any]] = [
    {"text": "a\ud800b\x00c"},
    {"sender": "slack:\ud800"},
    {"conversation": "D\x00"},
    {"sender_name": "\udfff"},
    {"message": "\x00:\ud800"},
    {"args": {"\ud800": ["\x00", {"\x00": "\ud800"}]}},
    {"values": {"\x00": "\ud800"}},
    {"reach": {"\ud800": "\x00"}},
    {"args": {"much": float("inf"), "less": float("nan"), "most": 10**40}},
    {"enclosed": (Enclosed({"\x00": "\ud800"}, "\ud800", "\x00"),)},
]


@pytest.mark.long
@pytest.mark.parametrize("what", SIGNS, ids=[",".join(each) for each in SIGNS])
async def test_signs_that_no_database_holds_cost_nobody_an_input(
    intake: Intake, database: Database, what: dict[str, Any]
) -> None:
    """D03: one of them lost 21 of the 50 messages that shared its commit."""
    many = [said(f"{number}") for number in range(20)]
    strange = replace(said("s\ud800\x00"), **what)
    await asyncio.gather(*map(intake.accept, [*many[:10], strange, *many[10:]]))
    kept = await bodies(database)
    assert len(kept) == 21
    assert not {"\x00", "\ud800"} & set(str(kept))
    assert not await intake.accept(strange), "it came twice and was kept twice"


async def test_a_name_beyond_all_lengths_is_kept_once(intake: Intake, database: Database) -> None:
    """PostgreSQL's index takes no more than 2,700 bytes."""
    long = said("æ" * 100_000)
    assert await intake.accept(long)
    assert not await intake.accept(long)
    assert await intake.accept(said("æ" * 100_000 + "x"))


async def test_what_cannot_be_kept_as_it_is_is_kept_unread_and_the_others_with_it_are_kept(
    intake: Intake, database: Database
) -> None:
    """D03: here a row of the inbox is refused by the database itself, for what stands in it."""
    async with database.engine.begin() as connection:
        if database.engine.dialect.name == "sqlite":
            await connection.exec_driver_sql(
                "CREATE TRIGGER t BEFORE INSERT ON inbox WHEN NEW.key = 'strange' BEGIN SELECT RAISE(FAIL, 'no'); END"
            )
        else:
            await connection.exec_driver_sql("ALTER TABLE inbox ADD CONSTRAINT t CHECK (key <> 'strange')")
    many = [said(f"{number}") for number in range(20)]
    answers = await asyncio.gather(*map(intake.accept, [*many[:10], said("strange", text="vand"), *many[10:]]))
    assert all(answers)
    async with database.reading() as db:
        rows = list(await db.scalars(select(Inbox)))
    assert sorted(row.key for row in rows if row.state == "new") == sorted(each.key for each in many)
    (unread,) = [row for row in rows if row.state != "new"]
    assert (unread.state, "vand" in unread.body["text"]) == ("failed", True)


async def test_while_the_database_is_away_nobody_is_acknowledged(intake: Intake, database: Database) -> None:
    """D03."""
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE inbox RENAME TO away")
    answers = await asyncio.gather(*(intake.accept(said(f"{number}")) for number in range(5)), return_exceptions=True)
    assert all(isinstance(each, Exception) for each in answers)
    async with database.engine.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE away RENAME TO inbox")
    assert all(await asyncio.gather(*(intake.accept(said(f"{number}")) for number in range(5))))


WRONG: list[dict[str, Any]] = [{"text": 7}, {"sender": None}, {"args": []}, {"values": {"a": ["b"]}}, {"message": {}}]


@pytest.mark.parametrize("what", WRONG, ids=str)
async def test_what_is_no_input_is_told_apart_and_kept_nowhere(
    intake: Intake, database: Database, what: dict[str, Any]
) -> None:
    with pytest.raises(NotUnderstood):
        await intake.accept(replace(said("1"), **what))
    assert await bodies(database) == []


async def test_whoever_has_just_written_is_acknowledged_before_the_next_turn_begins(
    intake: Intake, database: Database
) -> None:
    """D03: a turn held the only writer while forty waited for their acknowledgement."""
    accepting = [asyncio.create_task(intake.accept(said(f"{number}"))) for number in range(40)]
    await intake.let_in(at_most=60)
    await asyncio.sleep(0)
    assert all(each.done() for each in accepting)
    assert len(await bodies(database)) == 40


@pytest.mark.long
async def test_a_reading_that_never_ends_is_broken_off_kept_as_it_came_and_not_tried_again(database: Database) -> None:
    """D05: a mail or a door's payload on which Python itself loops; whoever comes meanwhile is let in."""
    registry.load()
    intake = Intake(database, lambda numbers: None, lambda: None)
    raw = "Subject: vand\r\n\r\nvi mangler æøå".encode()
    with broken_off(patience=0.6):
        async with intake.reading("mail", raw, NOW):
            while True:
                pass
    assert await intake.accept(said("1"))
    async with database.reading() as db:
        unread, new = await db.scalars(select(Inbox).order_by(Inbox.id))
    assert (unread.state, unread.body["kind"], unread.body["text"]) == ("failed", "unread", raw.decode())
    assert "TookTooLong" in str(unread.error)
    assert new.state == "new"
