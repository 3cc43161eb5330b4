"""Which tests run a line is measured once, whatever one of them thinks of being measured."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants.covering import PARTS, measure
from tests.mutants.making import mutants_of

TOLD = '"""A module."""\n\n\ndef tells(chief: bool) -> str:\n    return "Jens" if chief and True else "Lars"\n'
TESTS = """import told

def test_it_is_told():
    assert told.tells(True) == "Jens"

def test_that_is_too_slow_to_be_looked_at():
    assert told.tells(True) == "Kim"
"""


@pytest.mark.long
def test_who_runs_a_line_is_found_and_who_fails_on_the_code_as_it_is_tells_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A quarter of an hour's work was thrown away for one test that timed out."""
    repository, notes = tmp_path / "repository", tmp_path / "notes"
    notes.mkdir()
    for number, part in enumerate(PARTS):
        (repository / part).mkdir(parents=True)
        (repository / part / f"test_told_{number}.py").write_text(TESTS if number == 0 else "def test_nothing(): ...\n")
    (repository / "told.py").write_text(TOLD)
    (repository / "pyproject.toml").write_text('[tool.pytest.ini_options]\npythonpath = ["."]\n')
    monkeypatch.chdir(repository)
    covering = measure([Path("told.py")], repository, notes)
    (mutant, *_) = [each for each in mutants_of(Path("told.py")) if each.line == 5]
    assert covering.of(mutant) == [f"{PARTS[0]}/test_told_0.py::test_it_is_told"]
