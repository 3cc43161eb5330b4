"""The files that an installation is made of, as far as a machine without containers and systemd can read them."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from ruamel.yaml import YAML

from bot.cli import app
from bot.pages.metrics import ASKS, WAITS
from bot.settings import Settings
from storage.keeping.inventory import HELD
from storage.plan import loading
from storage.plan.sections import Retention
from storage.plan.words import write_duration
from tests.manifest.play import HOUSE, unit

MANIFEST = HOUSE / "manifest"
PAGES = [
    *sorted(MANIFEST.glob("*.md")),
    HOUSE / "README.md",
    HOUSE / "SECURITY.md",
    *sorted((HOUSE / "handlers" / "guide").glob("*.md")),
]
COMMANDS = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
SETTINGS = {str(each.validation_alias.choices[0]) for each in Settings.model_fields.values()}  # type: ignore[union-attr]


def test_the_containerfile_is_one_that_hadolint_finds_nothing_wrong_with() -> None:
    tool = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([tool, MANIFEST / "Containerfile"], capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "")


def test_every_service_of_the_compose_file_is_shut_in() -> None:
    """Read-only, without rights, restarted; the database reachable by nobody outside."""
    told = YAML(typ="safe").load((MANIFEST / "compose.yaml").read_text("utf-8"))
    assert set(told["services"]) == {"krisebot", "watchdog", "backup", "db", "proxy"}
    for name, service in told["services"].items():
        assert service["restart"] == "always", name
        if name != "db":
            assert service["read_only"] is True, name
            assert service["cap_drop"] == ["ALL"], name
            assert service["security_opt"] == ["no-new-privileges:true"], name
        assert ("ports" in service) == (name == "proxy"), name
    assert told["services"]["db"]["networks"] == ["inside"]
    assert told["networks"]["inside"]["internal"] is True
    for name in ("krisebot", "watchdog", "backup"):
        for setting in told["services"][name]["environment"]:
            assert setting in SETTINGS, setting


def test_the_service_runs_as_its_own_user_and_writes_where_only_that_user_reads() -> None:
    for name in ("krisebot", "krisebot-watchdog", "krisebot-backup"):
        found = unit((MANIFEST / "systemd" / f"{name}.service").read_text("utf-8"))
        assert found["User"] == ["krisebot"]
        assert found["UMask"] == ["0077"]
        assert found["ProtectSystem"] == ["strict"]
        assert found["CapabilityBoundingSet"] == [""]
        for command in found["ExecStart"]:
            assert command.split()[1] in COMMANDS
    assert unit((MANIFEST / "systemd" / "krisebot.service").read_text("utf-8"))["Restart"] == ["always"]


def test_what_the_rules_and_the_dashboard_ask_for_is_there() -> None:
    """Each name is one of krisebot's, and each label's value one that it has."""
    rules = (MANIFEST / "prometheus" / "alerts.yaml").read_text("utf-8")
    board = json.loads((MANIFEST / "grafana" / "krisebot.json").read_text("utf-8"))
    queries = re.findall(r"expr: (.*)", rules) + [
        each["expr"] for panel in board["panels"] for each in panel["targets"]
    ]
    source = "".join((HOUSE / "bot" / name).read_text("utf-8") for name in ("pages/metrics.py", "engine/telemetry.py"))
    known = {*WAITS, "timers", *ASKS, "turn", "delivery", "retry", "input", "timer"}
    for query in queries:
        for name in re.findall(r"krisebot_(\w+)", query):
            bare = re.sub(r"_(bucket|total|count|sum)$", "", name)
            assert f'"{bare}"' in source or f'"krisebot_{bare}"' in source, name
        for values in re.findall(r'what=~?"([^"]+)"', query):
            assert set(values.split("|")) <= known, values


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_a_page_names_is_one(page: Path) -> None:
    """Nobody stands with a page in hand and a program that doesn't know what it says."""
    text = page.read_text("utf-8")
    targets = set(re.findall(r"(?m)^([\w-]+):", (HOUSE / "Makefile").read_text("utf-8")))
    fenced = re.findall(r"(?s)```\w*\n(.*?)```", text)
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"(?s)```.*?```", "", text))
    for said in [*inline, *(line for each in fenced for line in each.splitlines())]:
        named = re.search(r"(?:^|-- |exec krisebot )krisebot ([a-zæøå][\w-]*)", said)
        assert named is None or named[1] in COMMANDS, said
    for target in re.findall(r"`make ([\w-]+)", text):
        assert target in targets, target
    assert "python -m" not in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_of_a_page_is_taken_as_it_is_typed(page: Path) -> None:
    """Its arguments and options too. In a sentence a command may be named alone; in a block it is to be typed."""
    text = page.read_text("utf-8")
    fenced = [line for each in re.findall(r"(?s)```\w*\n(.*?)```", text) for line in each.splitlines()]
    inline = re.findall(r"`([^`\n]+)`", re.sub(r"(?s)```.*?```", "", text))
    for said in [*fenced, *inline]:
        typed = re.search(r"(?:^|-- |exec krisebot )krisebot ([a-zæøå-].*)", said)
        # Dots stand for what the reader fills in; whether the command is one is the test's above.
        if typed is None or "…" in said or typed[1].split()[0] not in COMMANDS:
            continue
        command: Any = typer.main.get_command(app)
        words = shlex.split(typed[1], comments=True)
        while hasattr(command, "commands"):
            name, *words = words
            command = command.commands[name]
        if said in inline and not words:
            continue
        try:
            command.make_context(command.name, words)
        except typer.BadParameter as error:
            pytest.fail(f"{said}: {error}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_page_and_file_that_a_page_points_at_is_there(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


def test_every_setting_is_told_of() -> None:
    told = (
        (HOUSE / "README.md").read_text("utf-8")
        + (MANIFEST / "DRIFT.md").read_text("utf-8")
        + (MANIFEST / "TEAMS.md").read_text("utf-8")
    )
    assert [name for name in sorted(SETTINGS) if name.startswith("KRISEBOT_") and name not in told] == []
    for name in re.findall(r"(?m)^(\w+)=", (MANIFEST / "krisebot.env").read_text("utf-8")):
        assert name in SETTINGS, name


def test_the_guides_table_of_what_is_kept_is_the_plans() -> None:
    """Each key with its default, in the operator's page and in the example plan."""
    page = (MANIFEST / "DRIFT.md").read_text("utf-8")
    for field in Retention.model_fields.values():
        assert f"| `{field.alias}` | {write_duration(field.default)} |" in page, field.alias
        assert f"{field.alias}: {write_duration(field.default)}" in loading.example_text()
    assert {each.rule for each in HELD.values()} - {"nothing personal"} <= {
        each.alias for each in Retention.model_fields.values()
    }


def test_whatever_only_a_real_tenant_shows_is_numbered_and_has_a_check_of_doctors() -> None:
    """D06: whoever goes through the list sees after each what krisebot itself says of it."""
    listed = (MANIFEST / "GOLIVE.md").read_text("utf-8").partition("## Det, kun jeres egen tenant kan vise")[2]
    steps = re.split(r"(?m)^(?=\d+\. )", listed.partition("\n## ")[0])[1:]
    assert [int(step.partition(".")[0]) for step in steps] == list(range(1, len(steps) + 1))
    assert [step for step in steps if "I `doctor`" not in step] == []
    for what in ("Exchange", "citeret", "Slack Connect", "Appen giver sig selv", "på stedet i Teams"):
        assert any(what in step for step in steps), what
