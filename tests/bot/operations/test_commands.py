"""The operator's commands as they are run: what they say, and the exit status they say it with."""

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
from tests.bot.test_cli import Run, crisis, run  # noqa: F401 - fixtures

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


def test_the_version_is_told(run: Run) -> None:  # noqa: F811
    told = run("--version")
    assert (told.returncode, told.stdout.strip()) == (0, f"krisebot {version('krisebot')}")


def test_a_new_database_is_its_owners_alone_whatever_the_shell_says(run: Run, tmp_path: Path) -> None:  # noqa: F811
    """The files beside it too, while somebody writes."""
    url = {"KRISEBOT_DATABASE_URL": f"sqlite+aiosqlite:///{tmp_path}/ny/krisebot.db"}
    before = os.umask(0o022)
    try:
        assert run("doctor", **url).returncode == 1
    finally:
        os.umask(before)
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "ny").iterdir()} == {0o600}


def test_a_backup_is_taken_and_put_back_by_the_commands(run: Run, crisis: None, tmp_path: Path) -> None:  # noqa: F811
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


@pytest.mark.parametrize("words", [("backup",), ("restore", "findes-ikke.db"), ("backup", "-o", "/proc/intet")])
def test_what_cannot_be_done_is_a_2_with_what_to_do(run: Run, words: tuple[str, ...]) -> None:  # noqa: F811
    ran = run(*words)
    assert ran.returncode == 2
    assert ran.stderr.strip()
    assert "Traceback" not in ran.stderr


def test_a_krisebot_that_runs_is_not_restored_over(run: Run, crisis: None, tmp_path: Path) -> None:  # noqa: F811
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
        ran = run("restore", "kopi.db", "--overwrite", KRISEBOT_PORT=str(port))
        answering.wait(10)
    assert ran.returncode == 2
    assert "Stop den først" in ran.stderr


def test_a_backup_whose_log_is_broken_is_taken_and_told(run: Run, crisis: None, database_url: str) -> None:  # noqa: F811
    with sqlite3.connect(database_url.partition("///")[2]) as database:
        database.execute("UPDATE log_entries SET summary = 'noget andet' WHERE no = 1")
    ran = run("backup", "-o", "kopi.db")
    assert ran.returncode == 1
    assert "nr. 1" in ran.stderr


def test_retention_is_a_dry_run_unless_it_is_told_to_delete(run: Run, crisis: None) -> None:  # noqa: F811
    ran = run("retention")
    assert ran.returncode == 0, ran.stderr
    assert "i gang" in ran.stdout
    assert run("retention", "--delete").returncode == 0


def test_a_persons_own_data_is_written_for_its_reader_alone(run: Run, crisis: None, tmp_path: Path) -> None:  # noqa: F811
    ran = run("persondata", "Jens Lund", "-o", "jens.json")
    assert ran.returncode == 0, ran.stderr
    told = json.loads((tmp_path / "jens.json").read_text("utf-8"))
    assert told["person"] == "jens"
    assert stat.S_IMODE((tmp_path / "jens.json").stat().st_mode) == 0o600
    assert "Læs det igennem" in ran.stderr


def test_alive_and_the_watchdog_say_that_krisebot_is_down(run: Run) -> None:  # noqa: F811
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    assert run("alive", KRISEBOT_PORT=port).returncode == 1
    once = run("watchdog", "--once", KRISEBOT_PORT=port)
    assert once.returncode == 1
    assert "Krisebot svarer ikke" in once.stdout
    assert run("watchdog", KRISEBOT_PORT=port).returncode == 2


def test_the_files_of_an_installation_are_written(run: Run, tmp_path: Path) -> None:  # noqa: F811
    assert run("manifest", "filer").returncode == 0
    for name in ("GOLIVE.md", "DRIFT.md", "Containerfile", "Caddyfile", "compose.yaml", "krisebot.env", "eksempelplan.yaml",
                 "systemd/krisebot.service", "prometheus/alerts.yaml", "grafana/krisebot.json"):  # fmt: skip
        assert (tmp_path / "filer" / name).is_file(), name
    assert run("plan", "check", "filer/eksempelplan.yaml").returncode == 0


def test_the_teams_package_is_made_by_krisebot_itself(run: Run, tmp_path: Path) -> None:  # noqa: F811
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
