"""Which tests run which lines: measured once, by coverage.py, with each test as a context of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Collection, Iterable
from pathlib import Path

import pytest
from coverage import CoverageData

from tests.mutants.making import Mutant

# What is run to find out, what is long too. Where each scene is played is no matter here. What is decided is decided the
# same on both databases: a PostgreSQL for each mutant is time that nobody has.
PARTS = ("tests/handlers", "tests/rights", "tests/bot", "tests/stage")
LEFT_OUT = ("browser", "bench", "install", "upgrade", "faults", "endurance", "rights")
SETTINGS = "[run]\nconcurrency = thread,greenlet\n"


class Covering:
    """The tests that ran each line.

    Args:
        data: what coverage.py wrote down.
        root: the folder that was measured.
        failed: the tests that failed on the code as it is, and can tell nothing of a change.
    """

    def __init__(self, data: CoverageData, root: Path, failed: Collection[str] = ()) -> None:
        self._lines: dict[Path, dict[int, list[str]]] = {}
        self._breadth: dict[str, int] = defaultdict(int)
        for measured in data.measured_files():
            by_line = data.contexts_by_lineno(measured)
            path = Path(measured).resolve().relative_to(root.resolve())
            self._lines[path] = {
                line: [test for each in tests if each and (test := _test(each)) not in failed]
                for line, tests in by_line.items()
            }
            for tests in self._lines[path].values():
                for test in tests:
                    self._breadth[test] += 1

    def of(self, mutant: Mutant) -> list[str]:
        """Return the tests that run a mutant's line, those that run the least else first. A line that is only read when the
        module is loaded is answered for by all that run any of it."""
        lines = self._lines.get(mutant.path, {})
        found = lines.get(mutant.line) or [test for tests in lines.values() for test in tests]
        return sorted(dict.fromkeys(found), key=lambda test: (self._breadth[test], test))


def measure(modules: Iterable[Path], root: Path, folder: Path) -> Covering:
    """Run the tests once, and write down which lines each of them runs. One that fails meanwhile, since it is slow to be
    looked at, is named and left out: a quarter of an hour's work isn't thrown away for it.

    Args:
        modules: what is looked at.
        root: the repository.
        folder: for what is written down.

    Raises:
        subprocess.CalledProcessError: they couldn't be run.
    """
    settings = folder / "coveragerc"
    included = ",".join(str(root / path) for path in modules)
    settings.write_text(f"{SETTINGS}data_file = {folder}/coverage\ninclude = {included}\n", encoding="utf-8")
    chosen = ("-m", " and ".join(f"not {each}" for each in LEFT_OUT), "-k", "not postgresql")
    workers = ("-n", "2", "--dist", "worksteal")
    counted = ("-p", "pytest_cov", "--cov", f"--cov-config={settings}", "--cov-context=test", "--cov-report=")
    command = (sys.executable, "-m", "pytest", "--verbosity=0", "-o", f"cache_dir={folder}/cache")
    ran = subprocess.run([*command, *PARTS, *chosen, *workers, *counted], cwd=root, check=False)
    if ran.returncode not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
        ran.check_returncode()
    last_failed = folder / "cache/v/cache/lastfailed"
    failed = json.loads(last_failed.read_text("utf-8")) if last_failed.exists() else {}
    print("".join(f"left out: {test}\n" for test in failed), end="", flush=True)
    data = CoverageData(str(folder / "coverage"))
    data.read()
    return Covering(data, root, failed)


def _test(context: str) -> str:
    return context.rpartition("|")[0] or context
