"""What a release is made of, and what is known of it."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from typer.testing import CliRunner

from manifest import audit
from tests.manifest.play import HOUSE, run

PACKAGES = ("bot", "handlers", "storage", "manifest")


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A release made by its one command, in a checkout of what is here."""
    checkout = tmp_path_factory.mktemp("checkout")
    files = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=HOUSE,
        capture_output=True,
        check=True,
    )
    for name in files.stdout.decode().split("\0"):
        if name and (HOUSE / name).is_file():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            (checkout / name).write_bytes((HOUSE / name).read_bytes())
    git = [
        "git",
        "-C",
        str(checkout),
        "-c",
        "user.name=Prøve",
        "-c",
        "user.email=proeve@krisebot.example",
        "-c",
        "init.defaultBranch=main",
    ]
    run([*git, "init", "--quiet"])
    run([*git, "config", "user.name", "Prøve"])
    run([*git, "config", "user.email", "proeve@krisebot.example"])
    run([*git, "add", "--all"])
    run([*git, "commit", "--quiet", "--message", "Alt"])
    made = subprocess.run(
        [sys.executable, "-m", "manifest.release", "9.8.7"], cwd=checkout, capture_output=True, text=True
    )
    assert made.returncode == 0, made.stderr
    return checkout


@pytest.mark.long
def test_a_release_is_one_command(released: Path) -> None:
    """Version, changelog, commit, tag, wheel, constraints, bill of materials, checksums."""
    names = {file.name for file in (released / "dist").iterdir()}
    assert names == {
        "krisebot-9.8.7-py3-none-any.whl", "krisebot-9.8.7-constraints.txt", "krisebot-9.8.7.cdx.json", "SHA256SUMS",
    }  # fmt: skip
    for line in (released / "dist" / "SHA256SUMS").read_text("utf-8").splitlines():
        said, _, name = line.partition("  ")
        assert hashlib.sha256((released / "dist" / name).read_bytes()).hexdigest() == said
    changelog = (released / "CHANGELOG.md").read_text("utf-8")
    assert re.search(r"## \[Unreleased\]\n\n## \[9\.8\.7\] – \d{4}-\d\d-\d\d\n", changelog)
    for name in (
        "pyproject.toml",
        "publiccode.yml",
        "manifest/Containerfile",
        "manifest/compose.yaml",
        "manifest/GOLIVE.md",
    ):
        text = (released / name).read_text("utf-8")
        assert "9.8.7" in text, name
    assert "0.1.0-py3" not in (released / "manifest" / "GOLIVE.md").read_text("utf-8")
    tagged = run(["git", "-C", str(released), "show", "--no-patch", "--format=%s", "v9.8.7^{commit}"])
    assert tagged.strip() == "Release 9.8.7"
    assert run(["git", "-C", str(released), "status", "--porcelain", "--untracked-files=no"]) == ""


@pytest.mark.long
@pytest.mark.parametrize("wanted", ["9.8.7", "9.8", "next"])
def test_a_release_that_is_there_already_or_is_none_is_refused(released: Path, wanted: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "manifest.release", wanted], cwd=released, capture_output=True, text=True
    )
    assert done.returncode == 2
    assert wanted in done.stderr


@pytest.mark.long
def test_the_wheel_has_every_file_that_the_program_is_made_of(released: Path) -> None:
    with zipfile.ZipFile(released / "dist" / "krisebot-9.8.7-py3-none-any.whl") as wheel:
        there = set(wheel.namelist())
    ours = run(["git", "-C", str(released), "ls-files", *PACKAGES]).splitlines()
    # What TypeScript's checker alone reads stays in the checkout.
    assert [name for name in ours if name not in there and not name.endswith(".d.ts")] == []
    assert not [name for name in there if name.startswith("tests/")]


@pytest.mark.long
def test_the_bill_of_materials_has_all_that_is_locked_and_says_whose_it_is(released: Path) -> None:
    """CycloneDX: validated by the library that makes it, held here against the lock."""
    bill = json.loads((released / "dist" / "krisebot-9.8.7.cdx.json").read_text("utf-8"))
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert (bill["metadata"]["component"]["name"], bill["metadata"]["component"]["version"]) == ("krisebot", "9.8.7")
    locked = {(each.name, each.version) for each in audit.locked(released / "requirements.lock")}
    assert {(each["name"], each["version"]) for each in bill["components"]} == locked
    assert len(locked) > 50
    assert all(each["externalReferences"][0]["hashes"] for each in bill["components"])


@pytest.mark.long
def test_the_constraints_are_the_versions_that_are_locked(released: Path) -> None:
    pinned = (released / "dist" / "krisebot-9.8.7-constraints.txt").read_text("utf-8").splitlines()
    locked = {f"{each.name}=={each.version}" for each in audit.locked(released / "requirements.lock")}
    assert {line.partition(" ;")[0].strip() for line in pinned} == locked


# --- is any of it known to be unsafe? -------------------------------------------------------------------------------


async def asked(knows: dict[str, list[str]], status: int = 200) -> tuple[Any, list[Any]]:
    """`make audit`'s command against a database that knows of some things."""
    import asyncio

    seen: list[Any] = []

    async def answer(request: web.Request) -> web.Response:
        told = await request.json()
        seen.extend(told["queries"])
        vulns = [knows.get(each["package"]["name"]) for each in told["queries"]]
        return web.json_response(
            {"results": [{"vulns": [{"id": each} for each in found]} if found else {} for found in vulns]},
            status=status,
        )

    app = web.Application(client_max_size=2**24)
    app.add_routes([web.post("/v1/querybatch", answer)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    locks = [str(HOUSE / each) for each in audit.LOCKS]
    command = [
        sys.executable,
        "-m",
        "manifest.audit",
        "--database",
        f"http://127.0.0.1:{runner.addresses[0][1]}",
        *locks,
    ]
    process = await asyncio.create_subprocess_exec(*command, cwd=HOUSE, stdout=-1, stderr=-1)
    out, err = await process.communicate()
    await runner.cleanup()
    return (process.returncode, out.decode(), err.decode()), seen


async def test_every_lock_is_held_against_the_database_and_what_is_unsafe_is_a_1() -> None:
    (status, out, _), seen = await asked({"aiohttp": ["GHSA-aaaa"], "adaptivecards": ["GHSA-bbbb"]})
    assert status == 1
    assert "aiohttp" in out
    assert "GHSA-aaaa" in out
    assert {each["package"]["ecosystem"] for each in seen} == {"PyPI", "npm"}
    assert len(seen) > 100


async def test_nothing_known_is_a_0_with_how_much_was_asked_about() -> None:
    (status, out, _), seen = await asked({})
    assert status == 0
    assert f"{len(seen)} locked things" in out


async def test_a_database_that_does_not_answer_is_no_all_clear() -> None:
    (status, out, err), _ = await asked({}, status=503)
    assert (status, out) == (2, "")
    assert "nothing has been checked" in err
    nobody = CliRunner().invoke(_app(), ["--database", "http://127.0.0.1:1"])
    assert nobody.exit_code == 2


def _app() -> Any:
    import typer

    app = typer.Typer()
    app.command()(audit.main)
    return app
