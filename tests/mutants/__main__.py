"""`python -m tests.mutants`: change the code, see who notices, and print what nobody did."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from asyncio.subprocess import PIPE, Process
from collections import Counter
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Literal

from ruamel.yaml import YAML

from tests.mutants.covering import Covering, measure
from tests.mutants.making import Mutant, sample

ROOT = Path(__file__).parents[2]
EXPLAINED = Path(__file__).with_name("explained.yaml")
# What decides: by name, its modules.
MODULES = {
    "rights": ("handlers/core/rights.py",),
    "clearance": ("handlers/core/clearance.py",),
    "escalation": ("handlers/alert/escalation*.py",),
    "activation": ("handlers/crisis/activation.py",),
    "minutes": ("handlers/meetings/minutes*.py",),
    "measures": ("handlers/measures/measure*.py",),
    "orders": ("handlers/measures/orders*.py",),
}
# So many tests are run first, those that run little else; the rest, up to so many, only where none of them noticed.
FIRST, MOST = 20, 200
AIM = 0.95
Verdict = Literal["killed", "survived", "explained", "no test"]


@dataclass(frozen=True)
class Tried:
    """How a mutant fared."""

    group: str
    mutant: Mutant
    verdict: Verdict


async def notices(runs: Process, tests: list[str]) -> bool:
    """Whether one of some tests fails in a copy of the repository, or doesn't end."""
    assert runs.stdin is not None
    assert runs.stdout is not None
    runs.stdin.write(json.dumps(tests).encode() + b"\n")
    await runs.stdin.drain()
    found: bool = json.loads(await runs.stdout.readline())
    return found


async def tried(
    group: str, mutant: Mutant, covering: Covering, root: Path, runs: Process, explained: set[str]
) -> Tried:
    """Run the tests that a mutant should fail, in a copy of the repository that nobody else uses."""
    tests = covering.of(mutant)
    if not tests:
        return Tried(group, mutant, "explained" if mutant.name in explained else "no test")
    file = root / mutant.path
    as_it_is = file.read_text(encoding="utf-8")
    file.write_text(mutant.code, encoding="utf-8")
    try:
        for some in filter(None, (tests[:FIRST], tests[FIRST:MOST])):
            if await notices(runs, some):
                return Tried(group, mutant, "killed")
    finally:
        file.write_text(as_it_is, encoding="utf-8")
    return Tried(group, mutant, "explained" if mutant.name in explained else "survived")


async def all_tried(
    drawn: list[tuple[str, Mutant]], covering: Covering, copies: list[Path], until: float
) -> list[Tried]:
    """Try mutants, one at a time in each copy, until they or the time is over."""
    waiting, done = list(reversed(drawn)), list[Tried]()
    explained = set(YAML(typ="safe").load(EXPLAINED) or {})

    async def work(root: Path) -> None:
        runs = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.mutants.noticing"),
            cwd=root,
            stdin=PIPE,
            stdout=PIPE,
            env={**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"},
        )
        while waiting and time.monotonic() < until:
            done.append(await tried(*waiting.pop(), covering, root, runs, explained))
            last = done[-1]
            print(f"{len(done)}/{len(drawn)} {last.verdict}: {last.mutant.name}", flush=True)
        runs.terminate()
        await runs.wait()

    await asyncio.gather(*(work(root) for root in copies))
    return done


def report(done: list[Tried], drawn: int) -> bool:
    """Print how many of each group were noticed, and what wasn't; return whether the aim is reached."""
    print(f"\n{len(done)} of {drawn} drawn were tried.\n\n| what | made | killed | explained | survived | no test |")
    print("| --- | --- | --- | --- | --- | --- |")
    for group in (*MODULES, "all"):
        of = Counter(each.verdict for each in done if group in (each.group, "all"))
        if of:
            kinds: tuple[Verdict, ...] = ("killed", "explained", "survived", "no test")
            print(f"| {group} | {of.total()} | {' | '.join(str(of[kind]) for kind in kinds)} |")
    unnoticed = [each for each in done if each.verdict in ("survived", "no test")]
    for each in sorted(unnoticed, key=lambda each: (str(each.mutant.path), each.mutant.line)):
        print(f"\n{each.verdict}: {each.mutant.path}:{each.mutant.line} ({each.mutant.operator})\n  {each.mutant.name}")
    return len(unnoticed) <= (1 - AIM) * len(done)


def copied(folder: Path) -> Path:
    """Copy what git knows of, or would take in, to a new folder; what npm brought is linked to."""
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    for name in filter(None, names.split("\0")):
        if (ROOT / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes((ROOT / name).read_bytes())
    modules = ROOT / "tests/cards/node_modules"
    if modules.exists():
        (folder / "tests/cards/node_modules").symlink_to(modules)
    return folder


def main() -> None:
    """Make mutants of what decides, and see whether a test fails on each."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="draws the same mutants again")
    parser.add_argument("--each", type=int, default=150, help="so many of each of: " + ", ".join(MODULES))
    parser.add_argument("--minutes", type=float, default=90, help="at most so long")
    parser.add_argument("--only", choices=MODULES, nargs="*", default=list(MODULES))
    given = parser.parse_args()
    until = time.monotonic() + given.minutes * 60
    print(f"--seed={given.seed}", flush=True)
    modules = {group: sorted(path for glob in MODULES[group] for path in ROOT.glob(glob)) for group in given.only}
    by_group = [
        [(group, mutant) for mutant in sample([path.relative_to(ROOT) for path in paths], given.each, given.seed)]
        for group, paths in modules.items()
    ]
    # One after the other of each group, so that a short run looks at all of them.
    drawn = [each for round_ in zip_longest(*by_group) for each in round_ if each is not None]
    with tempfile.TemporaryDirectory(prefix="krisebot-mutants-") as made:
        folder = Path(made)
        copies = [copied(folder / str(number)) for number in range(2)]
        measured = [path.relative_to(ROOT) for paths in modules.values() for path in paths]
        (folder / "measured").mkdir()
        covering = measure(measured, copies[0], folder / "measured")
        done = asyncio.run(all_tried(drawn, covering, copies, until))
    sys.exit(0 if report(done, len(drawn)) else 1)


if __name__ == "__main__":
    main()
