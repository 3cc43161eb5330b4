"""A copy is taken while krisebot runs, and put back in the middle of a crisis, from either kind of database into either."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.operations import backup
from bot.operations.restore import restore
from storage import revisions
from storage.case.verification import verify_crisis
from storage.database import Database
from storage.keeping import snapshot
from storage.keeping.snapshot import NotACopy, NotEmpty
from storage.plan import loading
from storage.rows.crisis import Crisis
from storage.rows.traffic import Inbox, Remembered
from tests.databases import Databases
from tests.stage.prologue import cloudburst
from tests.stage.slack import SlackStage
from tests.stage.stage import RehearsalStage, Stage, log_of

PICTURE = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 40


@pytest.fixture
def others(request: pytest.FixtureRequest) -> Databases:
    """Where it is put back."""
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


async def in_a_crisis(stage: Stage) -> None:
    """Level 2, and a line in the log with a picture."""
    await cloudburst(stage)
    await stage["jens"].sends("vand.jpg", PICTURE, "log vand til knæene ved Birkehøj")


@pytest.mark.long
@pytest.mark.parametrize(
    ("databases", "others"),
    [
        ("postgresql", "sqlite"),
        pytest.param("sqlite", "postgresql", marks=pytest.mark.upgrade),
        pytest.param("sqlite", "sqlite", marks=pytest.mark.upgrade),
        pytest.param("postgresql", "postgresql", marks=pytest.mark.upgrade),
    ],
    indirect=True,
)
async def test_D06_a_crisis_goes_on_from_a_copy_on_either_kind_of_database(
    databases: Databases, others: Databases, tmp_path: Path
) -> None:
    """D05 D06 R186: nothing that was in the copy is missing, the log is whole, and the staff is told what may be missing."""
    url = databases.migrated()
    async with RehearsalStage(url) as stage:
        await in_a_crisis(stage)
        taken = await backup.take(url, tmp_path, now=stage.clock.now())
        before = await stage.export()
        await stage["jens"].commands("log dette når ikke med i kopien")
        failed_at = stage.clock.now() + timedelta(minutes=20)
    assert taken.faults == []

    other = others.empty()
    put_back = await restore(taken.file, other, loading.example(), now=failed_at)
    assert (put_back.crises, put_back.told, put_back.faults) == (1, 1, [])

    async with RehearsalStage(other, failed_at) as stage:
        await stage.settle()
        after = await stage.export()
        lines = len(before["log"])
        assert after["log"][:lines] == before["log"]
        assert after["attachments"] == before["attachments"]
        assert [each["sha256"] for each in after["attachments"]] != []
        assert "genoprettet" in log_of(after, "restored")[0]["summary"]
        assert await stage["jens"].sees("Krisebot er genoprettet fra en kopi taget")
        # And on it goes: the very next steps of the plan.
        await stage["jens"].commands("log pumperne er på vej")
        await stage["lars"].commands("afblæs vandet er væk")
        await stage["lars"].presses("Afblæs")
        ended = await stage.export()
        assert ended["crisis"]["deactivated_by"] == "lars"
        assert any(line["summary"] == "pumperne er på vej" for line in ended["log"])
        async with stage.database.reading() as db:
            crisis = (await db.scalars(select(Crisis))).one()
            assert await verify_crisis(db, crisis) == []
            assert await db.scalar(select(func.count()).select_from(Inbox).where(Inbox.state == "failed")) == 0


@pytest.mark.long
async def test_a_copy_is_one_moment_whoever_writes_meanwhile(databases: Databases, tmp_path: Path) -> None:
    """Two rows that are always written together are both in it, or neither is."""
    url = databases.migrated()
    database = Database(url)
    going = True

    async def write() -> None:
        number = 0
        while going:
            async with database.turn() as db:
                for name in ("den ene", "den anden"):
                    await db.merge(Remembered(name=name, value={"n": number}))
            number += 1
            await asyncio.sleep(0)

    writing = asyncio.create_task(write())
    files = [(await backup.take(url, tmp_path / f"{each}.db")).file for each in range(2)]
    going = False
    await writing
    await database.close()
    for file in files:
        with sqlite3.connect(file) as copy:
            values = [row[0] for row in copy.execute("SELECT value FROM facts ORDER BY name")]
        assert len(values) in (0, 2)
        assert len(set(values)) <= 1


@pytest.mark.parametrize("databases", ["sqlite", pytest.param("postgresql", marks=pytest.mark.upgrade)], indirect=True)
async def test_a_copy_is_read_by_its_owner_alone_and_is_one_file(databases: Databases, tmp_path: Path) -> None:
    url = databases.migrated()
    before = os.umask(0o000)
    try:
        taken = await backup.take(url, tmp_path / "kopier")
    finally:
        os.umask(before)
    assert stat.S_IMODE(taken.file.stat().st_mode) == 0o600
    assert stat.S_IMODE(taken.file.parent.stat().st_mode) == 0o700
    assert [file.name for file in taken.file.parent.iterdir()] == [taken.file.name]


@pytest.mark.long
async def test_a_database_with_something_in_it_is_not_overwritten_unless_that_is_said(
    databases: Databases, tmp_path: Path
) -> None:
    url = databases.migrated()
    taken = await backup.take(url, tmp_path)
    database = Database(url)
    async with database.transaction() as db:
        db.add(Remembered(name="skrevet siden", value={}))
    with pytest.raises(NotEmpty):
        await restore(taken.file, url, loading.example())
    async with database.reading() as db:
        assert await db.get(Remembered, "skrevet siden") is not None
    await database.close()
    await restore(taken.file, url, loading.example(), overwrite=True)
    database = Database(url)
    async with database.reading() as db:
        assert await db.get(Remembered, "skrevet siden") is None
    await database.close()


@pytest.mark.parametrize("databases", ["sqlite", pytest.param("postgresql", marks=pytest.mark.upgrade)], indirect=True)
@pytest.mark.parametrize("what", ["cut off", "changed", "no database", "another's database", "not there"])
async def test_what_is_no_whole_copy_is_refused_and_nothing_is_touched(
    databases: Databases, tmp_path: Path, what: str
) -> None:
    url = databases.migrated()
    file = tmp_path / "kopi.db"
    await backup.take(url, file)
    content = file.read_bytes()
    if what == "cut off":
        file.write_bytes(content[: len(content) // 2])
    elif what == "changed":
        file.write_bytes(content[:4096] + b"\xff" * 20000 + content[24096:])
    elif what == "no database":
        file.write_text("en indkøbsseddel")
    elif what == "another's database":
        file.unlink()
        with sqlite3.connect(file) as other:
            other.execute("CREATE TABLE noget (x)")
    else:
        file.unlink()
    database = Database(url)
    async with database.transaction() as db:
        db.add(Remembered(name="urørt", value={}))
    with pytest.raises(NotACopy):
        await restore(file, url, loading.example(), overwrite=True)
    async with database.reading() as db:
        assert await db.get(Remembered, "urørt") is not None
    await database.close()


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_a_copy_of_a_newer_krisebots_is_refused_with_what_to_use(databases: Databases, tmp_path: Path) -> None:
    url = databases.migrated()
    file = tmp_path / "kopi.db"
    await backup.take(url, file)
    with sqlite3.connect(file) as copy:
        copy.execute("UPDATE krisebot_backup SET told = replace(told, ?, '9999')", (snapshot.about(file).revision,))
    with pytest.raises(NotACopy, match="nyere krisebot"):
        await restore(file, databases.empty(), loading.example())


@pytest.mark.long
@pytest.mark.parametrize("databases", ["sqlite", pytest.param("postgresql", marks=pytest.mark.upgrade)], indirect=True)
async def test_what_was_on_its_way_is_looked_for_before_it_is_sent_again(databases: Databases, tmp_path: Path) -> None:
    """D03 D06: what was queued in the copy was sent before the failure; Slack has it, and nobody gets it twice."""
    url = databases.migrated()
    before = SlackStage(url)
    async with before as stage:
        await in_a_crisis(stage)
        told = await stage["pia"].reads()
        assert told
    file = (await backup.take(url, tmp_path)).file
    with sqlite3.connect(file) as copy:
        # The copy was taken a moment before they were sent.
        copy.execute("UPDATE deliveries SET state = 'queued', ref = NULL, version_sent = 0")
    other = databases.empty()
    await restore(file, other, loading.example(), now=before.clock.now())
    after = SlackStage(other, before.clock.now())
    await after.set_up()
    await after.recall(before.remember())
    await after.open()
    await after.settle()
    try:
        assert await after["pia"].reads() == told
    finally:
        await after.close()
        await after.tear_down()


def test_old_copies_go_and_the_newest_never_does(tmp_path: Path) -> None:
    now = datetime(2026, 7, 2, 12, tzinfo=UTC)
    files = [tmp_path / backup.NAME.format(at=now - timedelta(days=days)) for days in (1, 29, 31, 400)]
    for file in (*files, tmp_path / "noget-andet.db"):
        file.touch()
    assert backup.expired(tmp_path, timedelta(days=30), now) == [files[3], files[2]]
    for file in files[:3]:
        file.unlink()
    assert backup.expired(tmp_path, timedelta(days=30), now) == []


@pytest.mark.long
@pytest.mark.parametrize("databases", ["sqlite", pytest.param("postgresql", marks=pytest.mark.upgrade)], indirect=True)
async def test_before_the_first_start_a_copy_is_taken_all_the_same(databases: Databases, tmp_path: Path) -> None:
    """As the go-live page has it: the copy comes before the start."""
    taken = await backup.take(databases.empty(), tmp_path)
    await restore(taken.file, databases.empty(), loading.example())


@pytest.mark.long
@pytest.mark.parametrize("databases", ["postgresql", pytest.param("sqlite", marks=pytest.mark.upgrade)], indirect=True)
async def test_a_copy_before_an_upgrade_has_the_old_form_also_when_the_new_krisebot_takes_it(
    databases: Databases, tmp_path: Path
) -> None:
    url = databases.empty()
    database = Database(url)
    async with database.changing_tables() as connection:
        await connection.run_sync(revisions.upgrade, "0028")
    await database.close()
    taken = await backup.take(url, tmp_path)
    assert (taken.about.revision, taken.crises) == ("0028", 0)
    await restore(taken.file, url, loading.example(), overwrite=True)


@pytest.mark.parametrize("databases", ["sqlite", pytest.param("postgresql", marks=pytest.mark.upgrade)], indirect=True)
async def test_what_is_left_of_a_copy_that_was_cut_off_goes_like_an_old_one(
    databases: Databases, tmp_path: Path
) -> None:
    """It has everything in it too. One that is being taken now stays."""
    await backup.take(databases.migrated(), tmp_path)
    left, going = (tmp_path / f".{name}.db.rows{snapshot.UNFINISHED}" for name in ("i går", "nu"))
    for file in (left, going):
        file.touch()
    now = datetime.now(UTC)
    os.utime(left, ((now - timedelta(days=2)).timestamp(),) * 2)
    assert backup.expired(tmp_path, timedelta(days=30), now) == [left]


@pytest.mark.long
@pytest.mark.parametrize("databases", ["sqlite", pytest.param("postgresql", marks=pytest.mark.upgrade)], indirect=True)
async def test_those_at_work_are_told_or_nothing_is_put_back(databases: Databases, tmp_path: Path) -> None:
    """D06: the process may die at any line: no database is put back without its log saying so."""
    url = databases.migrated()
    async with RehearsalStage(url) as stage:
        await stage["jens"].commands("aktiver 2 skybrud")
    taken = await backup.take(url, tmp_path)
    other = databases.migrated()

    async def dies(db: AsyncSession, about: snapshot.About) -> None:
        raise KeyboardInterrupt

    database = Database(other)
    with pytest.raises(KeyboardInterrupt):
        await snapshot.put_back(taken.file, database, then=dies)
    async with database.reading() as db:
        assert await db.scalar(select(func.count()).select_from(Crisis)) == 0
    await database.close()


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
async def test_a_database_file_that_is_taken_away_or_exchanged_under_krisebot_is_no_sign_of_life(
    databases: Databases,
) -> None:
    """D02: what is written to a file that is gone is acknowledged, and lost at the next start."""
    url = databases.migrated()
    file = Path(url.removeprefix("sqlite+aiosqlite:///"))
    away = file.with_name("flyttet.db")
    async with RehearsalStage(url) as stage, aiohttp.ClientSession() as client:
        async with client.get(f"{stage.address}/readyz") as answer:
            assert "database" not in (await answer.json())["faults"]
        os.replace(file, away)
        async with client.get(f"{stage.address}/readyz") as answer:
            assert answer.status == 503
            assert "database" in (await answer.json())["faults"]
        os.replace(away, file)
