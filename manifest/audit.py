"""Is anything that we have locked known to be unsafe? `make audit` asks an advisory database; no test does.

One question for both kinds of lock, in the form of the OSV database (https://osv.dev): 0 nothing is known, 1 something is,
2 nobody could be asked, and then that is said: it is no all-clear.
"""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

DATABASE = "https://api.osv.dev"
LOCKS = ("requirements.lock", "requirements-dev.lock", "tests/cards/package-lock.json")
PATIENCE = 60.0
# The most that the database takes in one question.
AT_A_TIME = 1_000
FOUND, COULD_NOT = 1, 2


@dataclass(frozen=True, order=True)
class Locked:
    """One thing that is locked: in which lock, from where, its name and its version."""

    lock: str
    ecosystem: str
    name: str
    version: str


def locked(lock: Path) -> Iterator[Locked]:
    """Everything in a lock.

    Raises:
        OSError, ValueError: it can't be read.
    """
    text = lock.read_text("utf-8")
    if lock.suffix == ".json":
        for place, each in json.loads(text)["packages"].items():
            if place and "version" in each:
                yield Locked(str(lock), "npm", place.rpartition("node_modules/")[2], each["version"])
        return
    for match in re.finditer(r"(?m)^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?==([^\s;\\]+)", text):
        yield Locked(str(lock), "PyPI", match[1], match[2])


def known(database: str, things: list[Locked]) -> list[tuple[Locked, list[str]]]:
    """What the database knows of them: each with the numbers of its advisories.

    Raises:
        OSError, ValueError: it can't be asked, or doesn't answer as it should.
    """
    found = []
    for start in range(0, len(things), AT_A_TIME):
        some = things[start : start + AT_A_TIME]
        asked = {
            "queries": [
                {"package": {"ecosystem": each.ecosystem, "name": each.name}, "version": each.version} for each in some
            ]
        }
        request = urllib.request.Request(  # noqa: S310 - an operator's own address
            f"{database.rstrip('/')}/v1/querybatch",
            json.dumps(asked).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - the same
            results = json.load(answer)["results"]
        if len(results) != len(some):
            raise ValueError("it answered another number than was asked")
        found += [
            (each, [str(advisory["id"]) for advisory in result["vulns"]])
            for each, result in zip(some, results, strict=True)
            if result.get("vulns")
        ]
    return found


def main(
    database: Annotated[str, typer.Option(envvar="KRISEBOT_ADVISORIES", help="the advisory database")] = DATABASE,
    locks: Annotated[list[Path] | None, typer.Argument(help="the locks; else all of krisebot's")] = None,
) -> None:
    """Hold the locks against an advisory database."""
    every = locks or [Path(each) for each in LOCKS if Path(each).exists()]
    things = sorted({each for lock in every for each in locked(lock)})
    try:
        found = known(database, things)
    except (OSError, ValueError, KeyError, TypeError) as error:
        typer.echo(f"No advisory database was reached at {database} ({error}): nothing has been checked.", err=True)
        raise typer.Exit(COULD_NOT) from error
    for each, advisories in found:
        typer.echo(f"{each.lock}: {each.name} {each.version}: {', '.join(advisories)}")
    typer.echo(f"{len(things)} locked things were held against {database}: {len(found)} are known to be unsafe.")
    if found:
        raise typer.Exit(FOUND)


if __name__ == "__main__":
    typer.run(main)
