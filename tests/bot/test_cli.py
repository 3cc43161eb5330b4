"""The program as an operator runs it: what it says, and the exit status it says it with."""

from __future__ import annotations

import csv
import io
import json
import multiprocessing
import os
import sqlite3
import stat
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory

import docx
import pytest

from bot import cli
from storage.database import Database
from tests.stage.stage import RehearsalStage

EXAMPLE = (resources.files("storage.plan") / "eksempelplan.yaml").read_text("utf-8")

# A process for each run, that has imported already what all of them import: a second of work, fifty times over.
STARTED = multiprocessing.get_context("forkserver")
STARTED.set_forkserver_preload(["bot.cli", "bot.app", "bot.doctor"])


@dataclass(frozen=True)
class Ran:
    """What a run left behind."""

    returncode: int | None
    stdout: str
    stderr: str


Run = Callable[..., Ran]

pytestmark = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)


@pytest.fixture
def run(database_url: str, tmp_path: Path) -> Run:
    """The real program, in an empty folder, on a fresh database."""

    def run(*words: str, **settings: str) -> Ran:
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("KRISEBOT", "SLACK", "MICRO"))
        }
        environment = {**inherited, "KRISEBOT_DATABASE_URL": database_url, **settings}
        with TemporaryDirectory() as said:
            out, err = Path(said) / "out", Path(said) / "err"
            process = STARTED.Process(target=_program, args=(words, environment, tmp_path, out, err))
            process.start()
            process.join(60)
            return Ran(process.exitcode, out.read_text("utf-8"), err.read_text("utf-8"))

    return run


def _program(words: tuple[str, ...], environment: dict[str, str], folder: Path, out: Path, err: Path) -> None:
    """The command line, in the place of this process."""
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv = ["krisebot", *words]
    for path, stream in ((out, sys.stdout), (err, sys.stderr)):
        os.dup2(os.open(path, os.O_WRONLY | os.O_CREAT), stream.fileno())
    cli.main()


@pytest.fixture
async def crisis(database_url: str) -> None:
    """A crisis with a few lines in its log."""
    async with RehearsalStage(database_url) as stage:
        await stage["lars"].commands("aktiver 2 Skybrud")
        await stage["kim"].commands("log ? =1+1 er ikke en formel", "stab")
        await stage["kim"].commands('log ! vand; "mange" steder', "stab")


def refused(ran: Ran, status: int, *words: str) -> None:
    """It says what, where and how to mend it, a line a fault, and shows no traceback."""
    assert ran.returncode == status, ran.stderr
    assert "Traceback" not in ran.stderr
    for word in words:
        assert word in ran.stderr


def test_a_plan_that_can_be_used_is_a_0_warnings_included(run: Run) -> None:
    """R240 T29: the expired period is told of, and blocks nothing."""
    ran = run("plan", "check")
    assert ran.returncode == 0
    assert "udløb" in ran.stderr


def test_a_plan_with_faults_is_a_1_with_every_fault_and_its_line(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "plan.yaml"
    file.write_text(
        EXAMPLE.replace("person: lars", "person: lasr").replace("chef: rune", "chef: rnue"), encoding="utf-8"
    )
    ran = run("plan", "check", str(file))
    refused(ran, 1, "plan.yaml:", "lasr", "rnue", "lars", "rune")
    assert len(ran.stderr.strip().splitlines()) == 2


def test_a_plan_that_is_not_there_is_a_2(run: Run) -> None:
    refused(run("plan", "check", "findes_ikke.yaml"), 2, "findes_ikke.yaml")


@pytest.mark.long
@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-1"}, ("SLACK_SIGNING_SECRET",)),
        ({"SLACK_SIGNING_SECRET": "hemmelig"}, ("SLACK_BOT_TOKEN",)),
        ({"MICROSOFT_APP_ID": "1"}, ("MICROSOFT_APP_PASSWORD", "MICROSOFT_APP_TENANT_ID")),
        (
            {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "hemmelig", "KRISEBOT_REHEARSAL": "on"},
            ("KRISEBOT_REHEARSAL",),
        ),
        ({"KRISEBOT_TEAMS_UNVERIFIED": "on", "KRISEBOT_HOST": "0.0.0.0"}, ("KRISEBOT_TEAMS_UNVERIFIED",)),
        ({"KRISEBOT_PORT": "mange"}, ("KRISEBOT_PORT",)),
        (
            {
                "SLACK_BOT_TOKEN": "xoxb-1",
                "SLACK_SIGNING_SECRET": "hemmelig",
                "KRISEBOT_IMAP_URL": "imaps://krisebot:hemmelig@imap.htk.example",
            },
            ("KRISEBOT_IMAP_URL", "reserve: mail"),
        ),
        (
            {"KRISEBOT_MAILGUN_SIGNING_KEY": "hemmelig"},
            ("KRISEBOT_MAILGUN_SIGNING_KEY", "ved siden af Slack eller Teams"),
        ),
        (
            {"KRISEBOT_GRAPH_APP_ID": "1", "KRISEBOT_GRAPH_APP_PASSWORD": "hemmelig"},
            ("KRISEBOT_GRAPH_TENANT_ID: mangler",),
        ),
        ({"KRISEBOT_DATABASE_URL": "mysql://x"}, ("KRISEBOT_DATABASE_URL",)),
        ({"KRISEBOT_PLAN": "findes_ikke.yaml"}, ("findes_ikke.yaml",)),
        ({"KRISEBOT_DATABASE_URL": "postgresql+asyncpg://ingen@127.0.0.1:1/intet"}, ("KRISEBOT_DATABASE_URL",)),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, dict) else "",
)
def test_what_cannot_start_says_why_and_never_runs_half(
    run: Run, settings: dict[str, str], words: tuple[str, ...]
) -> None:
    ran = run("serve", **settings)
    refused(ran, 2, *words)
    assert "hemmelig" not in ran.stderr


def test_an_export_is_the_contracts_json(run: Run, crisis: None) -> None:
    """R168 D11."""
    ran = run("export", "latest", "--format", "json")
    assert ran.returncode == 0, ran.stderr
    told = json.loads(ran.stdout)
    assert told["format"] == "krisebot-export/1"
    assert told["crisis"]["title"] == "Skybrud"
    parts = ("pings", "meetings", "reports", "pictures", "measures", "orders", "assistance_requests", "resources")
    assert all(isinstance(told[part], list) for part in (*parts, "questions", "monitoring", "not_journalised"))


def test_latest_passes_over_exercises_and_a_number_does_not(run: Run, crisis: None, database_url: str) -> None:
    """D10."""
    with sqlite3.connect(database_url.partition("///")[2]) as database:
        database.execute("UPDATE crises SET exercise = 1")
    refused(run("export", "latest"), 2, "latest")
    assert json.loads(run("export", "1").stdout)["crisis"]["exercise"] is True


def test_the_log_opens_in_a_danish_spreadsheet_and_runs_nothing(run: Run, crisis: None, tmp_path: Path) -> None:
    """R301 T17: the plan's headings, with confirmed or not."""
    ran = run("export", "1", "--format", "csv", "-o", "log.csv")
    assert ran.returncode == 0, ran.stderr
    written = (tmp_path / "log.csv").read_bytes()
    assert written.startswith(b'\xef\xbb\xbf"Nr";"Tid";"Afsender";"Modtager";"Resume";"Status";"Bekr\xc3\xa6ftet"')
    rows = list(csv.DictReader(io.StringIO(written.decode("utf-8-sig")), delimiter=";"))
    assert any(row["Resume"] == "'=1+1 er ikke en formel" for row in rows)
    assert any(row["Resume"] == 'vand; "mange" steder' and row["Bekræftet"] == "bekræftet" for row in rows)


@pytest.mark.long
def test_what_it_writes_is_for_whoever_runs_it_alone(run: Run, crisis: None, tmp_path: Path) -> None:
    """The log of a crisis lies on a machine that others log on to."""
    assert run("export", "1", "-o", "sag.json").returncode == 0
    assert run("export", "1", "--format", "csv", "-o", "log.csv").returncode == 0
    assert {stat.S_IMODE((tmp_path / name).stat().st_mode) & 0o077 for name in ("sag.json", "log.csv")} == {0}


@pytest.mark.long
def test_verify_finds_a_changed_line_in_the_database_and_in_a_file(
    run: Run, crisis: None, database_url: str, tmp_path: Path
) -> None:
    """R186."""
    assert run("export", "1", "-o", "sag.json").returncode == 0
    assert run("verify", "1").returncode == 0
    assert run("verify", "sag.json").returncode == 0
    head = json.loads((tmp_path / "sag.json").read_text("utf-8"))["chain"]["head"]
    assert run("verify", "1", "--head", head).returncode == 0
    refused(run("verify", "1", "--head", "f" * 64), 1, "f" * 64)
    changed = (tmp_path / "sag.json").read_text("utf-8").replace("mange", "ingen")
    (tmp_path / "sag.json").write_text(changed, encoding="utf-8")
    refused(run("verify", "sag.json"), 1)
    with sqlite3.connect(database_url.removeprefix("sqlite+aiosqlite:///")) as raw:
        raw.execute("UPDATE log_entries SET summary = 'ingen vand' WHERE no = 1")
    refused(run("verify", "latest"), 1, "nr. 1")


def test_an_export_leaves_the_seal_for_the_staffs_channel(run: Run, crisis: None, database_url: str) -> None:
    assert run("export", "1", "-o", "sag.json").returncode == 0
    with sqlite3.connect(database_url.removeprefix("sqlite+aiosqlite:///")) as raw:
        (count,) = raw.execute("SELECT count(*) FROM messages WHERE key LIKE 'crisis/1/seal/%'").fetchone()
    assert count == 1


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("export", "7"), 2),
        (("export", "latest"), 2),
        (("verify", "7"), 2),
        (("verify", "findes_ikke.json"), 2),
        (("export", "1", "--format", "papir"), 2),
        (("findes", "ikke"), 2),
        (("--help",), 0),
        (("export", "--help"), 0),
        (("plan", "check", "--help"), 0),
    ],
)
def test_every_way_to_ask_wrongly_has_its_status(run: Run, words: tuple[str, ...], status: int) -> None:
    ran = run(*words)
    assert ran.returncode == status, ran.stderr
    assert "Traceback" not in ran.stderr


@pytest.mark.long
def test_a_file_that_is_no_export_is_a_1(run: Run, tmp_path: Path) -> None:
    for content in (b"", b"{", b"[]", b'{"format": "andet"}', b"\xff\xfe", b"[" * 50_000):
        (tmp_path / "x.json").write_bytes(content)
        refused(run("verify", "x.json"), 1)


@pytest.mark.long
def test_the_case_on_paper_has_the_phone_list_only_for_those_who_may_have_it(
    run: Run, crisis: None, tmp_path: Path
) -> None:
    """D06 R309 T30: log, roster and numbers in one file for the chief and the secretariat; nobody's number below that."""
    for grade, there in ((), True), (("--grade", "internal"), False):
        assert run("export", "1", "--format", "docx", *grade, "-o", "sag.docx").returncode == 0
        document = docx.Document(str(tmp_path / "sag.docx"))
        cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
        assert ("+4520000003" in cells) == there, grade


@pytest.mark.long
def test_a_list_of_contacts_is_shown_before_it_is_taken(run: Run, tmp_path: Path) -> None:
    """R070: 0 with the differences, 1 with a fault's line, 2 without a list; nothing is written without --write."""
    (tmp_path / "plan.yaml").write_text(EXAMPLE, "utf-8")
    (tmp_path / "liste.csv").write_text("navn;mobil\nLars Vinther;21000003\n", "utf-8")
    ran = run("plan", "import", "liste.csv", "--plan", "plan.yaml", "--behold")
    assert ran.returncode == 0, ran.stderr
    assert "mobil +4520000003 → +4521000003" in ran.stdout
    assert sorted(each.name for each in tmp_path.iterdir() if each.suffix == ".yaml") == ["plan.yaml"]
    assert run("plan", "import", "liste.csv", "--plan", "plan.yaml", "--behold", "--write", "ny.yaml").returncode == 0
    new = (tmp_path / "ny.yaml").read_text("utf-8")
    assert "+4521000003" in new
    assert [line for line in EXAMPLE.splitlines() if line.startswith("#") and line not in new] == []
    refused(run("plan", "import", "liste.csv", "--plan", "plan.yaml"), 1, "Jens Lund", "beredskabschef")
    refused(run("plan", "import", "ingen.csv"), 2, "ingen.csv")


@pytest.mark.long
def test_the_doctor_tells_who_cannot_be_reached(run: Run, tmp_path: Path) -> None:
    """R070: checked before the night it is needed."""
    slack = {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "x", "SLACK_API_URL": "http://127.0.0.1:9/"}
    declined = EXAMPLE.replace("\nreserve:", "\nreserve:\n  sms_fravalgt: ja")
    (tmp_path / "plan.yaml").write_text(declined, encoding="utf-8")
    assert run("doctor", KRISEBOT_PLAN="plan.yaml", **slack).returncode == 0
    (tmp_path / "plan.yaml").write_text(declined.replace("slack: U0LARS,", ""), encoding="utf-8")
    ran = run("doctor", KRISEBOT_PLAN="plan.yaml", **slack)
    assert ran.returncode == 0
    assert "Lars Vinther er ikke slået op i Slack endnu" in ran.stdout
    assert "Slack siger ikke, hvilke rettigheder Krisebot har (Slack kan ikke nås)" in ran.stdout
    nothing = declined.replace("slack: U0LARS,", "").replace(", mail: lars@htk.example", "")
    (tmp_path / "plan.yaml").write_text(nothing, encoding="utf-8")
    ran = run("doctor", KRISEBOT_PLAN="plan.yaml", **slack)
    assert ran.returncode == 1
    assert "Lars Vinther kan ikke nås" in ran.stdout


async def test_a_database_of_a_newer_krisebot_is_a_2(run: Run, database_url: str) -> None:
    database = Database(database_url)
    async with database.transaction() as db:
        connection = await db.connection()
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    await database.close()
    refused(run("serve"), 2, "nyere krisebot")


@pytest.mark.long
@pytest.mark.parametrize("spelled", ["nødpakke", "noedpakke"])
def test_the_emergency_pack_is_made_before_any_crisis_and_of_the_plan_alone_without_a_database(
    run: Run, tmp_path: Path, spelled: str
) -> None:
    """D06 R309: contract.md; an operator prints it where nothing else works."""
    ran = run(spelled, "-o", "pakke.pdf")
    assert (ran.returncode, ran.stdout, (tmp_path / "pakke.pdf").read_bytes()[:5]) == (0, "", b"%PDF-")
    ran = run(spelled, "-o", "uden.pdf", KRISEBOT_DATABASE_URL="postgresql+asyncpg://krisebot@127.0.0.1:1/krisebot")
    assert (ran.returncode, (tmp_path / "uden.pdf").read_bytes()[:5]) == (0, b"%PDF-")
    assert "Pakken er lavet af planen alene." in ran.stderr
    assert "Traceback" not in ran.stderr
    ran = run(spelled, "-o", "ingen/steder/pakke.pdf")
    assert (ran.returncode, "kan ikke skrives" in ran.stderr) == (2, True)
