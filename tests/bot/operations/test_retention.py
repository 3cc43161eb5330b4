"""What is kept no longer than it is needed, and never shorter than the archive law wants."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from bot.operations import backup
from bot.operations.retention import tidy
from storage.case import export, log
from storage.case.verification import verify_crisis, verify_export
from storage.database import Database
from storage.keeping import retention
from storage.keeping.inventory import HELD
from storage.plan import loading
from storage.rows.base import Base
from storage.rows.crisis import Crisis
from storage.rows.log import LogEntry, Stored
from storage.rows.traffic import Inbox, Message
from tests.databases import Databases
from tests.stage.stage import RehearsalStage, Stage

PLAN = loading.example()
YEARS = PLAN.retention.cases + timedelta(days=1)
PICTURE = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4
SECRET = "Asta Sørensen på stue fjorten"


async def ended(stage: Stage, *, filed: bool) -> None:
    """A crisis from its decision to its end, with somebody's name in it, and filed or not."""
    await stage["jens"].commands("aktiver 2 skybrud")
    await stage["jens"].sends("vand.jpg", PICTURE, f"log {SECRET} er flyttet", kind="image/jpeg")
    await stage["lars"].commands("afblæs vandet er væk")
    await stage["lars"].presses("Afblæs")
    if not filed:
        return
    await stage["kim"].commands("sag 26/1234", "stab")
    await stage["kim"].commands("eksport", "stab")
    told = await stage.export()
    packed = next(each["no"] for each in told["log"] if each["kind"] == "export" and "sha256" in each["refs"])
    for number in [packed, *(each["log_no"] for each in told["not_journalised"])]:
        await stage["kim"].commands(f"journal {number} D26-{number}", "stab")


_PLAYED: dict[tuple[str, bool], tuple[str, datetime]] = {}


async def played(databases: Databases, *, filed: bool) -> tuple[str, datetime]:
    """A database in which a crisis has ended, and when: played once, and copied."""
    key = (type(databases).__name__, filed)
    if key not in _PLAYED:
        stage = RehearsalStage(databases.migrated())
        async with stage:
            await ended(stage, filed=filed)
        _PLAYED[key] = stage.url, stage.clock.now()
    url, at = _PLAYED[key]
    return databases.copy(url), at


async def read(url: str) -> tuple[dict[str, Any], list[Any]]:
    """The crisis' export, and what `verify` finds."""
    database = Database(url)
    async with database.reading() as db:
        crisis = (await db.scalars(select(Crisis))).one()
        found = await export.document(db, crisis), await verify_crisis(db, crisis)
    await database.close()
    return found


async def everything(url: str) -> str:
    """All that the database remembers, as text."""
    database = Database(url)
    said = []
    async with database.reading() as db:
        for table in Base.metadata.sorted_tables:
            said += [str(tuple(row)) for row in await db.execute(select(table))]
    await database.close()
    return "\n".join(said)


@pytest.mark.long
async def test_R187_a_filed_case_goes_when_its_time_is_up_and_its_log_still_verifies(databases: Databases) -> None:
    """R186 R187: each line keeps its place as omitted, and the last line says which went and where they are filed."""
    url, at = await played(databases, filed=True)
    before, _ = await read(url)
    done = await tidy(url, PLAN, delete=True, now=at + YEARS)
    assert (done.cases, done.waiting) == ([1], [])
    after, faults = await read(url)
    assert faults == []
    assert verify_export(after) == []
    count = len(before["log"])
    places = ("no", "previous_hash", "hash")
    assert [{key: each[key] for key in places} for each in after["log"][:count]] == [
        {key: each[key] for key in places} for each in before["log"]
    ]
    assert all(each.get("omitted") and set(each) == {"omitted", *places} for each in after["log"][:count])
    last = after["log"][count]
    assert last["refs"] == {"omits": [1, count], "case": "26/1234"}
    assert "26/1234" in last["summary"]
    assert len(after["log"]) == count + 1


@pytest.mark.long
async def test_nothing_of_what_was_said_of_anybody_is_left_in_any_table_or_in_the_file(databases: Databases) -> None:
    """The name, the picture, who decided: attachments are in it."""
    url, at = await played(databases, filed=True)
    assert SECRET in await everything(url)
    await tidy(url, PLAN, delete=True, now=at + YEARS)
    left = await everything(url)
    assert SECRET not in left
    assert "'jens'" not in left.replace("('jens', 'rehearsal'", "")
    database = Database(url)
    async with database.reading() as db:
        assert await db.scalar(select(func.count()).select_from(Stored)) == 0
    await database.close()
    if url.startswith("sqlite"):
        file = Path(url.removeprefix("sqlite+aiosqlite:///"))
        kept = b"".join(each.read_bytes() for each in file.parent.iterdir())
        assert SECRET.encode() not in kept
        assert PICTURE not in kept


@pytest.mark.long
@pytest.mark.parametrize(
    ("undo", "why"),
    [
        ("UPDATE crises SET case_ref = NULL", "intet nummer i ESDH"),
        ("UPDATE filings SET document_no = NULL", "ikke journaliseret"),
        ("DELETE FROM filings", "eksporten af hele sagen er ikke journaliseret"),
        ("UPDATE log_states SET grade = 'confidential' WHERE no = 2", "log nr. 2"),
    ],
)
async def test_R187_nothing_goes_before_it_is_filed_and_it_is_said_what_is_missing(
    databases: Databases, undo: str, why: str
) -> None:
    url, at = await played(databases, filed=True)
    database = Database(url)
    async with database.transaction() as db:
        await db.execute(text(undo))
    await database.close()
    before = await everything(url)
    done = await tidy(url, PLAN, delete=True, now=at + YEARS)
    assert done.cases == []
    assert [number for number, _ in done.waiting] == [1]
    assert any(why in each for each in done.waiting[0][1])
    assert SECRET in await everything(url)
    assert [line for line in before.splitlines() if SECRET in line] == [
        line for line in (await everything(url)).splitlines() if SECRET in line
    ]


@pytest.mark.long
async def test_a_dry_run_tells_what_would_go_and_changes_nothing(databases: Databases) -> None:
    url, at = await played(databases, filed=True)
    before = await everything(url)
    told = await tidy(url, PLAN, delete=False, now=at + YEARS)
    assert await everything(url) == before
    done = await tidy(url, PLAN, delete=True, now=at + YEARS)
    assert told.cases == done.cases == [1]
    assert told.rows["log_entries"] == done.rows["log_entries"] > 0
    assert {table for table, count in told.rows.items() if count} <= set(done.rows)
    assert any(line.startswith("Loggen: ") for line in told.lines(done=False))


async def test_a_case_stays_until_the_day_the_plan_says(databases: Databases) -> None:
    url, at = await played(databases, filed=True)
    shorter = loading.parse(loading.example_text().replace("sager: 1825d", "sager: 30d"), "planen")
    assert (await tidy(url, shorter, delete=False, now=at + timedelta(days=29))).cases == []
    assert (await tidy(url, shorter, delete=False, now=at + timedelta(days=31))).cases == [1]
    assert (await tidy(url, PLAN, delete=False, now=at + timedelta(days=31))).cases == []


@pytest.mark.long
async def test_nothing_goes_while_a_real_crisis_goes_on(databases: Databases) -> None:
    url, at = await played(databases, filed=True)
    async with RehearsalStage(url, at + YEARS) as stage:
        await stage["jens"].commands("aktiver 2 strømsvigt")
    before = await everything(url)
    done = await tidy(url, PLAN, delete=True, now=at + YEARS)
    assert done.postponed == [2]
    assert await everything(url) == before
    assert "krise 2 er i gang" in done.lines(done=True)[0]


async def test_a_line_that_somebody_else_emptied_is_a_break(databases: Databases) -> None:
    """R186: only what the log itself says has gone may be gone."""
    url, _ = await played(databases, filed=True)
    database = Database(url)
    async with database.transaction() as db:
        await db.execute(update(LogEntry).where(LogEntry.no == 2).values(canonical=b"", summary="", folded=""))
    await database.close()
    _, faults = await read(url)
    assert [(each.no, each.what) for each in faults] == [(2, "linjen er slettet, og ingen linje siger hvorfor")]


async def test_what_was_written_outside_a_crisis_goes_after_ninety_days_and_not_before(databases: Databases) -> None:
    url = databases.migrated()
    stage = RehearsalStage(url)
    async with stage:
        await stage["jens"].commands("hjælp")
    at = stage.clock.now()

    async def left() -> int:
        database = Database(url)
        async with database.reading() as db:
            rows = [await db.scalar(select(func.count()).select_from(each)) or 0 for each in (Inbox, Message)]
        await database.close()
        return sum(rows)

    assert await left() > 0
    await tidy(url, PLAN, delete=True, now=at + timedelta(days=89))
    assert await left() > 0
    await tidy(url, PLAN, delete=True, now=at + timedelta(days=91))
    assert await left() == 0


@pytest.mark.long
async def test_what_was_written_in_a_case_that_is_kept_stays_with_it(databases: Databases) -> None:
    url, at = await played(databases, filed=False)
    await tidy(url, PLAN, delete=True, now=at + YEARS)
    assert SECRET in json.dumps((await read(url))[0], ensure_ascii=False)
    database = Database(url)
    async with database.reading() as db:
        assert any(SECRET in json.dumps(row, ensure_ascii=False) for row in await db.scalars(select(Inbox.body)))
    await database.close()


@pytest.mark.long
async def test_copies_that_have_it_in_them_go_too(databases: Databases, tmp_path: Path) -> None:
    url, at = await played(databases, filed=True)
    old = (await backup.take(url, tmp_path, now=at)).file
    later = at + YEARS
    await backup.take(url, tmp_path, now=later)
    assert (await tidy(url, PLAN, delete=False, backups=tmp_path, now=later)).backups == [old]
    assert old.exists()
    await tidy(url, PLAN, delete=True, backups=tmp_path, now=later)
    assert not old.exists()


@pytest.mark.long
async def test_an_export_of_a_case_that_has_gone_is_still_one(databases: Databases) -> None:
    url, at = await played(databases, filed=True)
    await tidy(url, PLAN, delete=True, now=at + YEARS)
    async with RehearsalStage(url, at + YEARS) as stage:
        await stage["jens"].commands("aktiver 2 strømsvigt")
        told = await stage.export(2)
    assert told["crisis"]["number"] == 2


def test_every_table_is_in_the_list_of_what_is_held() -> None:
    """A table that is added says what it is and how long it is kept."""
    assert set(HELD) == set(Base.metadata.tables)


def test_what_the_list_says_of_a_tables_time_is_what_is_done() -> None:
    """Every table that is a case's goes with the case, but for what its place needs."""
    of_case = {table.name for table in retention._of_crisis(1)}
    for table, held in HELD.items():
        if held.rule == "sager" and table not in (*retention.STAYS, "stored_files", "plan_duties"):
            assert table in of_case, table


async def test_R187_what_was_written_after_the_filed_export_is_filed_too_before_the_case_goes(
    databases: Databases,
) -> None:
    """An evaluation comes a month later: the export that was filed then has nothing of it."""
    url, at = await played(databases, filed=True)
    async with RehearsalStage(url, at + timedelta(days=30)) as stage:
        await stage["jens"].commands("log vi manglede pumper", "stab")
        later = (await stage.export())["log"][-1]["no"]
    done = await tidy(url, PLAN, delete=True, now=at + YEARS)
    assert done.cases == []
    assert any(str(later) in why and "efter den eksport" in why for why in done.waiting[0][1])


async def test_a_log_that_says_of_some_lines_alone_that_they_are_gone_is_not_believed(databases: Databases) -> None:
    """R186: whoever empties one line, and adds a line that excuses it, is found: a case goes whole."""
    url, _ = await played(databases, filed=True)
    database = Database(url)
    async with database.turn() as db:
        crisis = (await db.scalars(select(Crisis))).one()
        await db.execute(update(LogEntry).where(LogEntry.no == 2).values(canonical=b"", summary="", folded=""))
        await log.append(
            db,
            crisis,
            summary="Slettet efter planens opbevaringsfrist: log nr. 2",
            recorder="krisebot",
            recorded_time=crisis.created_at,
            kind="retention",
            refs={"omits": [2, 2]},
        )
    await database.close()
    _, faults = await read(url)
    assert [each.no for each in faults] == [2]
