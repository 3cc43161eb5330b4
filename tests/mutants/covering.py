"""Which tests run which lines: measured once, by coverage.py, with each test as a context of its own."""

from __future__ import annotations

import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from coverage import CoverageData

from tests.mutants.making import Mutant

# What is run to find out. Where each scene is played and how long it takes is no matter here. What is decided is decided the
# same on both databases: a PostgreSQL for each mutant is time that nobody has.
PARTS = ("tests/handlers", "tests/rights", "tests/bot", "tests/stage")
LEFT_OUT = ("browser", "bench", "install", "upgrade", "faults", "endurance", "rights", "long")
SETTINGS = "[run]\nconcurrency = thread,greenlet\n"


class Covering:
    """The tests that ran each line.

    Args:
        data: what coverage.py wrote down.
        root: the folder that was measured.
    """

    def __init__(self, data: CoverageData, root: Path) -> None:
        self._lines: dict[Path, dict[int, list[str]]] = {}
        self._breadth: dict[str, int] = defaultdict(int)
        for measured in data.measured_files():
            by_line = data.contexts_by_lineno(measured)
            path = Path(measured).resolve().relative_to(root.resolve())
            self._lines[path] = {line: [_test(each) for each in tests if each] for line, tests in by_line.items()}
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
    """Run the tests once, and write down which lines each of them runs.

    Args:
        modules: what is looked at.
        root: the repository.
        folder: for what is written down.

    Raises:
        subprocess.CalledProcessError: a test fails on the code as it is.
    """
    settings = folder / "coveragerc"
    included = ",".join(str(root / path) for path in modules)
    settings.write_text(f"{SETTINGS}data_file = {folder}/coverage\ninclude = {included}\n", encoding="utf-8")
    chosen = ("-m", " and ".join(f"not {each}" for each in LEFT_OUT), "-k", "not postgresql")
    workers = ("-n", "2", "--dist", "worksteal")
    counted = ("-p", "pytest_cov", "--cov", f"--cov-config={settings}", "--cov-context=test", "--cov-report=")
    pytest = (sys.executable, "-m", "pytest", "--verbosity=0", "-p", "no:cacheprovider")
    subprocess.run([*pytest, *PARTS, *chosen, *workers, *counted], cwd=root, check=True)
    data = CoverageData(str(folder / "coverage"))
    data.read()
    return Covering(data, root)


def _test(context: str) -> str:
    return context.rpartition("|")[0] or context
