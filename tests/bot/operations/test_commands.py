"""The operator's commands as they are run: what they say, and the exit status they say it with."""

# ruff: noqa: F811 - fixtures that are asked for by their names

from __future__ import annotations

import asyncio
import json
import os
import re
import socket
import sqlite3
import stat
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from bot.operations import systemd
from tests.bot.test_cli import EXAMPLE, Run, crisis, run  # noqa: F401 - fixtures

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


@pytest.mark.long
def test_the_version_is_told(run: Run) -> None:
    told = run("--version")
    assert (told.returncode, told.stdout.strip()) == (0, f"krisebot {version('krisebot')}")


@pytest.mark.long
def test_a_new_database_is_its_owners_alone_whatever_the_shell_says(run: Run, tmp_path: Path) -> None:
    """The files beside it too, while somebody writes."""
    url = {"KRISEBOT_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/ny/krisebot.db"}
    before = os.umask(0o022)
    try:
        assert run("doctor", **url).returncode == 1
    finally:
        os.umask(before)
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "ny").iterdir()} == {0o600}


@pytest.mark.long
def test_a_backup_is_taken_and_put_back_by_the_commands(run: Run, crisis: None, tmp_path: Path) -> None:
    taken = run("backup", "-o", "kopier")
    assert taken.returncode == 0, taken.stderr
    (file,) = (tmp_path / "kopier").iterdir()
    assert re.fullmatch(r"krisebot-\d{8}T\d{6}Z\.db", file.name)
    assert "1 logge er set efter" in taken.stdout
    refused = run("restore", str(file))
    assert refused.returncode == 2
    assert "--overwrite" in refused.stderr
    other = {"KRISEBOT_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/ny/krisebot.db"}
    put_back = run("restore", str(file), **other)
    assert put_back.returncode == 0, put_back.stderr
    assert "1 kriser er i gang" in put_back.stdout
    assert run("verify", "latest", **other).returncode == 0


@pytest.mark.long
@pytest.mark.parametrize(
    "words", [("backup",), ("restore", "findes-ikke.db"), ("backup", "-o", "/proc/intet"), ("persondata", " ")]
)
def test_what_cannot_be_done_is_a_2_with_what_to_do(run: Run, words: tuple[str, ...]) -> None:
    ran = run(*words)
    assert ran.returncode == 2
    assert ran.stderr.strip()
    assert "Traceback" not in ran.stderr


@pytest.mark.long
def test_a_krisebot_that_runs_is_not_restored_over(run: Run, crisis: None, tmp_path: Path) -> None:
    run("backup", "-o", "kopi.db")
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        said = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        answering = subprocess.Popen(
            [
                sys.executable,
                "-c",
                f"import socket; s = socket.socket(fileno={listening.fileno()}); c, _ = s.accept(); c.recv(9999); c.sendall({said!r}.encode()); c.close()",
            ],
            pass_fds=[listening.fileno()],
        )
        # Whatever proxy the machine goes out by.
        ran = run("restore", "kopi.db", "--overwrite", KRISEBOT_PORT=str(port), http_proxy="http://127.0.0.1:1")
        answering.wait(10)
    assert ran.returncode == 2
    assert "Stop den først" in ran.stderr


@pytest.mark.long
def test_a_backup_whose_log_is_broken_is_taken_and_told(run: Run, crisis: None, database_url: str) -> None:
    with sqlite3.connect(database_url.partition("///")[2]) as database:
        database.execute("UPDATE log_entries SET summary = 'noget andet' WHERE no = 1")
    ran = run("backup", "-o", "kopi.db")
    assert ran.returncode == 1
    assert "nr. 1" in ran.stderr


@pytest.mark.long
def test_retention_is_a_dry_run_unless_it_is_told_to_delete(run: Run, crisis: None) -> None:
    ran = run("retention")
    assert ran.returncode == 0, ran.stderr
    assert "i gang" in ran.stdout
    assert run("retention", "--delete").returncode == 0


def test_a_persons_own_data_is_written_for_its_reader_alone(run: Run, crisis: None, tmp_path: Path) -> None:
    ran = run("persondata", "Jens Lund", "-o", "jens.json")
    assert ran.returncode == 0, ran.stderr
    told = json.loads((tmp_path / "jens.json").read_text("utf-8"))
    assert told["person"] == "jens"
    assert stat.S_IMODE((tmp_path / "jens.json").stat().st_mode) == 0o600
    assert "Læs det igennem" in ran.stderr


def test_alive_and_the_watchdog_say_that_krisebot_is_down(run: Run) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    assert run("alive", KRISEBOT_PORT=port).returncode == 1
    once = run("watchdog", "--once", KRISEBOT_PORT=port)
    assert once.returncode == 1
    assert "Krisebot svarer ikke" in once.stdout
    assert run("watchdog", KRISEBOT_PORT=port).returncode == 2


def test_the_files_of_an_installation_are_written(run: Run, tmp_path: Path) -> None:
    assert run("manifest", "filer").returncode == 0
    for name in ("GOLIVE.md", "DRIFT.md", "Containerfile", "Caddyfile", "compose.yaml", "krisebot.env", "eksempelplan.yaml",
                 "systemd/krisebot.service", "prometheus/alerts.yaml", "grafana/krisebot.json"):  # fmt: skip
        assert (tmp_path / "filer" / name).is_file(), name
    assert run("plan", "check", "filer/eksempelplan.yaml").returncode == 0


def test_the_teams_package_is_made_by_krisebot_itself(run: Run, tmp_path: Path) -> None:
    app = "00000000-0000-0000-0000-0000000000aa"
    ran = run("teams-package", "--app-id", app, "--website", "https://www.htk.example", "-o", "pakke.zip")
    assert ran.returncode == 0, ran.stderr
    assert (tmp_path / "pakke.zip").is_file()


async def test_systemd_is_told_that_it_is_ready_and_alive_until_something_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, databases: object
) -> None:
    """What falls silent is started anew."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(str(tmp_path / "notify"))
        told.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        monkeypatch.setenv("WATCHDOG_USEC", "3000")
        loop, wrong = asyncio.get_running_loop(), list[str]()
        async with systemd.watched(lambda: wrong[0] if wrong else None), asyncio.timeout(10):
            assert await loop.sock_recv(told, 100) == b"READY=1"
            assert await loop.sock_recv(told, 100) == b"WATCHDOG=1"
            wrong.append("uret er gået i stå")
            while (said := await loop.sock_recv(told, 100)) == b"WATCHDOG=1":
                pass
            assert said.decode() == "STATUS=uret er gået i stå"
            assert (await loop.sock_recv(told, 100)).startswith(b"STATUS=")


NOWHERE = {"KRISEBOT_DATABASE_URL": "sqlite+aiosqlite:////proc/intet/krisebot.db"}
NOBODY = {"KRISEBOT_DATABASE_URL": "postgresql+asyncpg://krisebot:HEMMELIG@127.0.0.1:1/krisebot"}


@pytest.mark.parametrize("settings", [NOWHERE, NOBODY], ids=["no folder", "no server"])
@pytest.mark.parametrize(
    "words",
    [
        ("serve",),
        ("doctor",),
        ("backup", "-o", "kopier"),
        ("retention", "--delete"),
        ("persondata", "jens"),
        ("watchdog", "--once"),
        ("verify", "1"),
    ],
    ids=" ".join,
)
def test_a_database_that_is_not_there_is_told_of_and_never_its_password(
    run: Run,
    words: tuple[str, ...],
    settings: dict[str, str],
    tmp_path: Path,
) -> None:
    """And it is the database that is said to be at fault, not the file or the port."""
    ran = run(*words, **settings, KRISEBOT_PORT=str(free_port()))
    assert ran.returncode in (1, 2)
    said = ran.stdout + ran.stderr
    assert "Traceback" not in said
    assert "HEMMELIG" not in said
    assert "atabasen" in said
    assert "KRISEBOT_PORT" not in said
    assert not (tmp_path / "kopier").exists()


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_a_watchdog_needs_nothing_of_the_plan_and_makes_no_database_in_a_lost_ones_place(
    run: Run,
    tmp_path: Path,
) -> None:
    """A slip in the plan file leaves krisebot on its old plan, and somebody has to go on watching."""
    (tmp_path / "plan.yaml").write_text("personer: {", "utf-8")
    lost = {"KRISEBOT_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/disk/krisebot.db"}
    ran = run("watchdog", "--once", KRISEBOT_PLAN="plan.yaml", KRISEBOT_PORT=str(free_port()), **lost)
    assert ran.returncode == 1
    assert "Databasen svarer ikke" in ran.stdout
    assert not (tmp_path / "disk").exists()


def test_a_host_that_is_none_is_nobody_at_home(run: Run) -> None:
    ran = run("alive", KRISEBOT_HOST="ikke et navn")
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr


@pytest.mark.long
def test_a_disk_that_was_exchanged_is_noticed_by_the_copies_that_know_more(
    run: Run,
    crisis: None,
    tmp_path: Path,
) -> None:
    """D06: an empty database looks as well as a full one, until somebody asks what the copies know; also the night after."""
    where = {"KRISEBOT_BACKUP": str(tmp_path / "kopier")}
    assert run("backup", **where).returncode == 0
    (kept,) = (tmp_path / "kopier").iterdir()
    kept.rename(kept.with_name("krisebot-20260101T000000Z.db"))
    empty = {"KRISEBOT_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/ny/krisebot.db", **where}
    for command in ("doctor", "backup", "doctor"):
        ran = run(command, **empty)
        assert ran.returncode == 1
        assert "har 0 kriser, og en sikkerhedskopi har 1" in ran.stdout + ran.stderr, command
    told = run("doctor", **where)
    assert "en sikkerhedskopi har" not in told.stdout


@pytest.mark.long
def test_a_copy_is_not_restored_into_itself(run: Run, crisis: None, tmp_path: Path) -> None:
    run("backup", "-o", "kopi.db")
    before = (tmp_path / "kopi.db").read_bytes()
    itself = {"KRISEBOT_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/kopi.db"}
    ran = run("restore", "kopi.db", "--overwrite", **itself)
    assert ran.returncode == 2
    assert (tmp_path / "kopi.db").read_bytes() == before


@pytest.mark.long
def test_a_copy_may_be_called_anything(run: Run, crisis: None, tmp_path: Path) -> None:
    name = "ny/mappe/før ændring 100% #2?.db"
    assert run("backup", "-o", name).returncode == 0
    other = {"KRISEBOT_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/ny/krisebot.db"}
    assert run("restore", name, **other).returncode == 0
    assert run("verify", "1", **other).returncode == 0


@pytest.mark.long
def test_persondata_of_a_name_that_nobody_has_says_so_and_asks_whom_was_meant(run: Run, crisis: None) -> None:
    """A slip in a name is not an answer that nothing is remembered."""
    ran = run("persondata", "Jens Lnd")
    assert ran.returncode == 1
    assert "Mente I: Jens Lund?" in ran.stderr
    assert ran.stdout == ""


def test_persondata_of_a_name_that_two_have_asks_which_and_tells_with_whom_it_is_shared(
    run: Run,
    crisis: None,
    tmp_path: Path,
) -> None:
    shared = EXAMPLE.replace("Mads Rosen", "Jens Lund")
    assert shared != EXAMPLE
    (tmp_path / "plan.yaml").write_text(shared, "utf-8")
    ran = run("persondata", "Jens Lund", KRISEBOT_PLAN="plan.yaml")
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "jens" in ran.stderr
    assert "mads" in ran.stderr
    one = run("persondata", "jens", KRISEBOT_PLAN="plan.yaml")
    assert one.returncode == 0
    assert json.loads(one.stdout)["deles_med"] == ["Jens Lund (mads)"]
    assert "deles med Jens Lund (mads)" in one.stderr


def test_a_persons_data_is_shut_also_in_a_file_that_was_open_to_all(run: Run, crisis: None, tmp_path: Path) -> None:
    file = tmp_path / "jens.json"
    file.write_text("x" * 1_000_000)
    file.chmod(0o644)
    assert run("persondata", "jens", "-o", "jens.json").returncode == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert json.loads(file.read_text("utf-8"))["person"] == "jens"


@pytest.mark.long
def test_what_root_makes_in_the_services_folder_is_the_services(run: Run, tmp_path: Path) -> None:
    """`krisebot doctor` typed as root, before the first start: the service can open its database all the same."""
    home = tmp_path / "hjemme"
    home.mkdir()
    as_root = os.geteuid() == 0
    if as_root:
        os.chown(home, 12345, 12345)
    where = {
        "KRISEBOT_DATABASE_URL": f"sqlite+aiosqlite:///{home}/krisebot.db",
        "KRISEBOT_BACKUP": str(home / "kopier"),
    }
    run("doctor", **where)
    assert run("backup", **where).returncode == 0
    made = [home / "krisebot.db", home / "kopier", *(home / "kopier").iterdir()]
    assert {file.stat().st_uid for file in made} == {12345 if as_root else os.geteuid()}
