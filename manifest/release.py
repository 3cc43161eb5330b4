"""A release in one command, from a clean checkout: `python -m manifest.release 0.2.0` (`make release VERSION=0.2.0`).

The version and the changelog are written, committed and tagged; `dist/` gets the wheel, the versions that it was tested
with, a bill of materials in CycloneDX's form, and a checksum of each. Nothing is sent anywhere.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, NoReturn

import typer

VERSION = re.compile(r"\d+\.\d+\.\d+((a|b|rc)\d+)?")
# Where the version stands, besides the changelog; the group is what goes.
PLACES = {
    "pyproject.toml": r'(?m)^version = "([^"]+)"$',
    "publiccode.yml": r'(?m)^softwareVersion: "([^"]+)"$',
    "manifest/Containerfile": r"-t krisebot:(\S+) ",
    "manifest/compose.yaml": r"image: krisebot:(\S+)",
    "manifest/GOLIVE.md": r"krisebot-(\d\S*?)-(?:py3-none-any\.whl|constraints\.txt)",
}
UNRELEASED = "## [Unreleased]\n"


def main(
    version: Annotated[str, typer.Argument(help="as 0.2.0")],
    output: Annotated[Path, typer.Option("-o", "--output", help="the folder")] = Path("dist"),
) -> None:
    """Make a release."""
    if not VERSION.fullmatch(version):
        _stop(f"{version}: no version. Write it as 0.2.0")
    if _git("status", "--porcelain"):
        _stop("There are changes that are not committed. Commit them, or put them aside")
    if _git("tag", "--list", f"v{version}"):
        _stop(f"v{version}: there is such a release already. Choose the next number")
    today = datetime.now(UTC).date()
    changelog = Path("CHANGELOG.md")
    changelog.write_text(_released(changelog.read_text("utf-8"), version, today), "utf-8")
    for name, pattern in PLACES.items():
        file = Path(name)
        file.write_text(_with_version(file.read_text("utf-8"), pattern, version), "utf-8")
    _git("add", "--all")
    _git("commit", "--quiet", "--message", f"Release {version}")
    _git("tag", "--annotate", "--message", f"krisebot {version}", f"v{version}")
    made = build(version, output)
    sums = "".join(f"{hashlib.sha256(file.read_bytes()).hexdigest()}  {file.name}\n" for file in made)
    (output / "SHA256SUMS").write_text(sums, "utf-8")
    for file in (*made, output / "SHA256SUMS"):
        typer.echo(str(file))


def build(version: str, output: Path) -> list[Path]:
    """The files of a release, made from what has been committed; the same commit gives the same wheel."""
    output.mkdir(parents=True, exist_ok=True)
    at = _git("log", "-1", "--format=%ct")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    _run(
        [*pip, "wheel", ".", "--no-deps", "--no-index", "--no-build-isolation", "-w", str(output)], SOURCE_DATE_EPOCH=at
    )
    constraints = output / f"krisebot-{version}-constraints.txt"
    lock = Path("requirements.lock").read_text("utf-8")
    constraints.write_text("".join(f"{line}\n" for line in pinned(lock)), "utf-8")
    bill = output / f"krisebot-{version}.cdx.json"
    bill.write_text(json.dumps(materials(version), ensure_ascii=False, indent=1) + "\n", "utf-8")
    return [output / f"krisebot-{version}-py3-none-any.whl", constraints, bill]


def pinned(lock: str) -> list[str]:
    """What a lock pins, without the hashes, which pip wants for all or for none."""
    return [line.removesuffix("\\").strip() for line in lock.splitlines() if re.match(r"[A-Za-z0-9]", line)]


def materials(version: str) -> dict[str, object]:
    """The bill of materials: everything in the lock, with its hashes, and krisebot as what it is the bill of."""
    said = _run(
        [str(Path(sys.executable).with_name("cyclonedx-py")), "requirements", "requirements.lock",
         "--pyproject", "pyproject.toml", "--output-format", "JSON", "--output-reproducible", "--spec-version", "1.6"]
    )  # fmt: skip
    told: dict[str, object] = json.loads(said)
    return told


def _released(changelog: str, version: str, today: date) -> str:
    before, head, rest = changelog.partition(UNRELEASED)
    body, _, _ = rest.partition("\n## [")
    if not head or not body.strip():
        _stop("CHANGELOG.md: nothing stands under [Unreleased]. Write what users will notice")
    return f"{before}{UNRELEASED}\n## [{version}] – {today.isoformat()}\n{rest}"


def _with_version(text: str, pattern: str, version: str) -> str:
    found = list(re.finditer(pattern, text))
    if not found:
        _stop(f"{pattern}: not found where the version should stand")
    for match in reversed(found):
        text = text[: match.start(1)] + version + text[match.end(1) :]
    return text


def _git(*words: str) -> str:
    return _run(["git", *words]).strip()


def _run(words: list[str], **environment: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, env={**os.environ, **environment})  # noqa: S603 - our own words
    if done.returncode:
        _stop(f"{' '.join(words[:3])}: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def _stop(why: str) -> NoReturn:
    typer.echo(why, err=True)
    raise typer.Exit(2)


if __name__ == "__main__":
    typer.run(main)
