"""What krisebot promises of its database, on SQLite and on PostgreSQL alike."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from asyncio.subprocess import PIPE
from datetime import UTC, datetime, timedelta, timezone
from importlib import resources
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, SQLAlchemyError, StatementError

from storage import revisions
from storage.case import log_words
from storage.case.log_words import STRETCH
from storage.database import TURN_TIMEOUTS, Database, DatabaseUnavailable
from storage.rows.base import Base
from storage.rows.crisis import Crisis
from storage.rows.log import LogEntry, LogState
from storage.rows.traffic import RehearsalPost, Remembered, Timer
from tests.databases import SQLite


async def remembered(database: Database) -> set[str]:
    async with database.reading() as session:
        return set(await session.scalars(select(Remembered.name)))


async def test_what_a_transaction_wrote_is_there_for_everybody_once_it_has_ended(
    database: Database, database_url: str
) -> None:
    async with database.transaction() as session:
        session.add(Remembered(name="vagt", value={"navn": "Pia"}))
        await session.flush()
        assert await remembered(database) == set()
    another = Database(database_url)
    assert await remembered(another) == {"vagt"}
    await another.close()


@pytest.mark.parametrize("kind", ["transaction", "turn"])
async def test_what_fails_halfway_leaves_no_trace_and_does_not_stand_in_the_way(database: Database, kind: str) -> None:
    async def fail_halfway() -> None:
        async with getattr(database, kind)() as session:
            session.add(Remembered(name="halvt", value={}))
            await session.flush()
            raise RuntimeError("midt i det hele")

    with pytest.raises(RuntimeError, match="midt i det hele"):
        await fail_halfway()
    async with getattr(database, kind)() as session:
        session.add(Remembered(name="helt", value={}))
    assert await remembered(database) == {"helt"}


async def test_looking_changes_nothing(database: Database) -> None:
    async with database.reading() as session:
        session.add(Remembered(name="kigget", value={}))
        await session.flush()
    assert await remembered(database) == set()


async def test_D03_two_replicas_take_turns_so_that_nothing_is_counted_twice_or_lost(
    database: Database, database_url: str
) -> None:
    """D03: what one turn has read still stands when it writes."""
    replicas = [database, Database(database_url)]
    order: list[str] = []

    async def count(replica: Database) -> None:
        async with replica.turn() as session:
            fact = await session.get(Remembered, "antal") or Remembered(name="antal", value={"n": 0})
            order.append("in")
            await session.scalar(select(func.count()).select_from(RehearsalPost))  # time for the other to push in
            await session.merge(Remembered(name="antal", value={"n": fact.value["n"] + 1}))
            await session.flush()
            order.append("out")

    await asyncio.gather(*(count(replica) for replica in replicas * 6))

    assert order == ["in", "out"] * 12
    async with database.reading() as session:
        assert (await session.get_one(Remembered, "antal")).value == {"n": 12}
    await replicas[1].close()


async def test_nobody_waits_for_a_turn_in_order_to_look(database: Database, database_url: str) -> None:
    onlooker = Database(database_url)
    async with database.turn() as session:
        session.add(Remembered(name="på vej", value={}))
        await session.flush()
        assert await remembered(onlooker) == set()
    assert await remembered(onlooker) == {"på vej"}
    await onlooker.close()


def post_at(at: datetime) -> RehearsalPost:
    return RehearsalPost(seq=1, place="generelt", sender="jens", text="hej", at=at)


async def test_a_danish_time_comes_back_as_the_same_instant_in_utc_to_the_microsecond(database: Database) -> None:
    """D01: UTC is what is kept."""
    summer = datetime(2026, 7, 2, 14, 0, 10, 123456, tzinfo=timezone(timedelta(hours=2)))
    async with database.transaction() as session:
        session.add(post_at(summer))
    async with database.reading() as session:
        kept = (await session.scalars(select(RehearsalPost.at))).one()
        earlier_than = await session.scalars(select(RehearsalPost.at).where(RehearsalPost.at < summer))
        assert earlier_than.all() == []
    assert kept == summer
    assert kept.isoformat() == "2026-07-02T12:00:10.123456+00:00"


async def test_a_time_that_could_mean_two_instants_is_refused(database: Database) -> None:
    """D01: a time without a zone is never guessed at."""
    with pytest.raises(StatementError, match="without a zone"):
        async with database.transaction() as session:
            session.add(post_at(datetime(2026, 10, 25, 2, 30)))


async def test_a_row_that_speaks_of_a_crisis_that_is_not_there_is_refused(database: Database) -> None:
    with pytest.raises(IntegrityError):
        async with database.transaction() as session:
            session.add(Timer(key="løs", kind="prøve", args={}, crisis_id=999, due_at=datetime.now(UTC)))


# --- carried from one version of krisebot to the next ---------------------------------------------------------------


# Processes, as replicas are: within one, the migrations would take turns by accident.
STARTING_REPLICA = """
import asyncio, sys
from storage.database import Database
print("ready", flush=True)
sys.stdin.readline()
asyncio.run(Database(sys.argv[1]).migrate())
"""


def bring_to_first_version(connection: Connection) -> None:
    revisions.upgrade(connection, "0001")


async def test_the_first_start_makes_the_tables(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    await database.migrate()
    async with database.transaction() as session:
        session.add(Remembered(name="begyndt", value={}))
    await database.ping()
    assert await remembered(database) == {"begyndt"}
    await database.close()


async def test_starting_again_changes_nothing(database: Database) -> None:
    async with database.transaction() as session:
        session.add(Remembered(name="husket", value={}))
    await database.migrate()
    await database.migrate()
    assert await remembered(database) == {"husket"}


@pytest.mark.long
async def test_replicas_that_start_at_once_on_an_empty_database_all_start(empty_database_url: str) -> None:
    replicas = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", STARTING_REPLICA, empty_database_url, stdin=PIPE, stdout=PIPE, stderr=PIPE
        )
        for _ in range(3)
    ]
    for replica in replicas:
        assert replica.stdout is not None
        assert await replica.stdout.readline() == b"ready\n"
    complaints = [err.decode() for _, err in await asyncio.gather(*(each.communicate(b"go\n") for each in replicas))]
    assert [replica.returncode for replica in replicas] == [0, 0, 0], complaints
    database = Database(empty_database_url)
    assert await remembered(database) == set()
    await database.close()


async def test_a_database_from_the_first_version_is_carried_over_with_its_rows(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    async with database.engine.begin() as connection:
        await connection.run_sync(bring_to_first_version)
        # Spelt out, since the first version's tables stay as they were while ours go on.
        await connection.execute(
            text(
                "INSERT INTO crises (number, title, state, level, exercise, plan, created_at, municipalities)"
                " VALUES (7, 'Skybrud', 'active', 2, :no, '{}', '2026-07-02 12:00:10.123456', '[]')"
            ),
            {"no": False},
        )
        await connection.execute(text("INSERT INTO facts (name, value) VALUES ('vagt', '{\"navn\": \"Pia\"}')"))

    await database.migrate()

    async with database.reading() as session:
        assert (await session.get_one(Remembered, "vagt")).value == {"navn": "Pia"}
        assert (await session.execute(text("SELECT number, title, level FROM crises"))).one() == (7, "Skybrud", 2)
    await database.close()


@pytest.mark.long
async def test_a_long_log_from_an_older_krisebot_is_found_in_after_it_is_carried_over(empty_database_url: str) -> None:
    """R182."""
    database = Database(empty_database_url)
    lines = [
        {"no": no, "said": "Drikkevand på Østergade" if no == 3 else f"måling {no}"} for no in range(1, 2 * STRETCH + 2)
    ]
    async with database.engine.begin() as connection:
        await connection.run_sync(lambda made: revisions.upgrade(made, "0025"))
        await connection.execute(
            text(
                "INSERT INTO crises (number, title, state, exercise, plan, created_at, holders, municipalities)"
                " VALUES (7, 'Skybrud', 'active', :no, '{}', '2026-07-02 12:00:10.123456', '{}', '[]')"
            ),
            {"no": False},
        )
        await connection.execute(
            text(
                "INSERT INTO log_entries (crisis_id, no, canonical, previous_hash, hash, recorded_time, kind, grade,"
                " verification, recorder, summary) VALUES (1, :no, '', '', '', '2026-07-02 12:00:10.123456',"
                " 'information', 'staff', 'confirmed', 'kim', :said)"
            ),
            lines,
        )

    await database.migrate()

    async with database.reading() as session:
        crisis = await session.get_one(Crisis, 1)
        spans = [each async for each in log_words.stretches(session, crisis, [log_words.said("vand på øster")], None)]
        assert spans == [(STRETCH + 1, 2 * STRETCH + 1), (1, STRETCH)]
        assert await session.scalar(select(LogEntry.folded).where(LogEntry.no == 3)) == "drikkevand paa oestergade"
    await database.close()


async def test_a_database_from_a_newer_krisebot_is_refused_and_left_as_it_was(database: Database) -> None:
    async with database.engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(DatabaseUnavailable, match="9999"):
        await database.migrate()

    async with database.engine.connect() as connection:
        assert await connection.run_sync(revisions.present) == "9999"


async def test_the_migrations_make_the_tables_that_the_program_knows(database: Database) -> None:
    def differences(connection: Connection) -> list[object]:
        found: list[object] = compare_metadata(MigrationContext.configure(connection), Base.metadata)
        return found

    async with database.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
async def test_a_turn_after_the_server_has_closed_all_connections_is_a_turn_like_any_other(database: Database) -> None:
    """A server is restarted for its updates, and whoever writes next notices nothing."""
    async with database.turn() as session:
        session.add(Remembered(name="før", value={}))
    async with database.transaction() as session:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        await session.execute(text(f"{others} AND pid <> pg_backend_pid()"))
    async with database.turn() as session:
        session.add(Remembered(name="efter", value={}))
    assert await remembered(database) == {"før", "efter"}


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
async def test_a_database_that_is_not_there_is_told_in_one_word(database_url: str) -> None:
    for url in (
        database_url.replace("/test_", "/findes_ikke_"),
        "postgresql+asyncpg://postgres@127.0.0.1:1/krisebot",
    ):
        missing = Database(url)
        with pytest.raises(DatabaseUnavailable, match=r"findes_ikke|127\.0\.0\.1"):
            await missing.migrate()
        with pytest.raises((SQLAlchemyError, OSError)):
            await missing.ping()
        await missing.close()


async def test_a_file_that_is_no_database_is_told_in_one_word(tmp_path: Path) -> None:
    letter = tmp_path / "brev.db"
    letter.write_text("Kære krisestab, dette er et brev og ingen database. " * 50)
    database = Database(f"sqlite+aiosqlite:///{letter}")
    with pytest.raises(DatabaseUnavailable, match="brev"):
        await database.migrate()
    await database.close()
    assert letter.read_text().startswith("Kære krisestab")


@pytest.mark.parametrize("databases", ["postgresql"], indirect=True)
async def test_a_replica_that_is_frozen_with_the_turns_lock_keeps_the_others_waiting_no_longer_than_it_may(
    database_url: str,
) -> None:
    """D05: every replica stood still for ever; PostgreSQL ends what does nothing, and its lock with it."""
    frozen, other = Database(database_url), Database(database_url)

    async def stand_still() -> None:
        async with frozen.turn() as db:
            shown = [(await db.execute(text(f"SHOW {name}"))).scalar_one() for name in list(TURN_TIMEOUTS)[:3]]
            assert shown == ["25s", "20s", "30s"]
            await db.execute(text("SET LOCAL idle_in_transaction_session_timeout = '200ms'"))
            async with other.turn() as mine:
                assert (await mine.execute(text("SELECT 1"))).scalar_one() == 1
            await db.execute(text("SELECT 1"))

    with pytest.raises(DBAPIError):
        await stand_still()
    async with frozen.turn() as db:
        assert (await db.execute(text("SELECT 1"))).scalar_one() == 1
    await frozen.close()
    await other.close()


@pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
def test_a_file_that_others_could_read_is_its_owners_alone(database_url: str) -> None:
    """An older krisebot left it open; and what lies beside it."""

    async def opened() -> set[int]:
        database = Database(database_url)
        async with database.transaction() as db:
            await db.merge(Remembered(name="x", value={}))
        found = {stat.S_IMODE(os.stat(each).st_mode) for each in beside}
        await database.close()
        return found

    file = Path(database_url.removeprefix("sqlite+aiosqlite:///"))
    beside = [f"{file}{each}" for each in ("", "-wal", "-shm")]
    os.chmod(file, 0o644)
    assert asyncio.run(opened()) == {0o600}


async def test_a_lines_grade_is_looked_up_by_its_number_and_not_by_going_through_the_log(sqlite: SQLite) -> None:
    """R072: in a log of a million lines, the picture's draft took six times as long."""
    database = Database(sqlite.migrated())
    grades = select(LogState.no, LogState.grade).where(LogState.crisis_id == 1, LogState.no.in_([26, 27]))
    asked = grades.compile(dialect=database.engine.dialect, compile_kwargs={"literal_binds": True})
    async with database.reading() as db:
        (how,) = (await db.execute(text(f"EXPLAIN QUERY PLAN {asked}"))).all()
    await database.close()
    assert "no=?" in how.detail


def test_each_migration_is_in_the_file_that_is_named_by_it_so_that_a_start_can_tell_the_newest_without_reading_them() -> (
    None
):
    config = Config()
    config.set_main_option("script_location", str(resources.files("storage").joinpath("migrations")))
    script = ScriptDirectory.from_config(config)
    assert [each.revision for each in script.walk_revisions()] == sorted(revisions.known(), reverse=True)
    assert script.get_current_head() == revisions.newest()


@pytest.mark.long
async def test_a_start_that_finds_the_tables_as_they_shall_be_reads_no_migrations(database: Database) -> None:
    """A replica that starts in a crisis is there sooner."""
    program = (
        "import asyncio, sys; from storage.database import Database; from bot import app;"
        " asyncio.run(Database(sys.argv[1]).migrate());"
        " print(sorted(each for each in sys.modules if each.startswith('alembic')))"
    )
    url = database.url.render_as_string(hide_password=False)
    replica = await asyncio.create_subprocess_exec(sys.executable, "-c", program, url, stdout=PIPE)
    said, _ = await replica.communicate()
    assert said == b"[]\n"
