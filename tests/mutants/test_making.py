"""A mutant is another program, made once, and called the same wherever its line moves to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.mutants.making import mutants_of, sample

SOURCE = '''"""A module. 1 and 2 or 3."""
from __future__ import annotations

MOST: int | None = 3


async def tell(chief: str | None, others: list[str]) -> bool:
    """Tell the chief and 5 others, or not."""
    if chief is None and not others:
        return False
    await say(chief)
    return True
'''


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("told.py").write_text(SOURCE, encoding="utf-8")
    return Path("told.py")


def test_what_is_done_may_be_left_out_and_what_is_asked_turned_round(module: Path) -> None:
    made = {each.name: each for each in mutants_of(module)}
    assert {
        "told.py:tell: await say(chief) → pass",
        "told.py:tell: if chief is None and not others: → if chief is None or not others:",
        "told.py:tell: return True → return False",
    } <= made.keys()
    assert made["told.py:tell: await say(chief) → pass"].line == 11
    assert made["told.py:tell: await say(chief) → pass"].code == SOURCE.replace("await say(chief)", "pass")


@pytest.mark.parametrize(
    ("said", "changed"),
    {
        "grade == mine": {"grade != mine"},
        "grade is mine": {"grade is not mine"},
        "now + half": {"now - half"},
        "now < then": {"now <= then", "now > then", "now >= then"},
    }.items(),
)
def test_a_sign_is_changed_into_one_that_could_stand_there(module: Path, said: str, changed: set[str]) -> None:
    module.write_text(f"def of() -> object:\n    return {said}\n", encoding="utf-8")
    assert {each.name for each in mutants_of(module)} == {
        f"told.py:of: return {said} → return {now}" for now in changed
    }


def test_neither_types_nor_docstrings_are_changed_and_no_change_is_made_twice(module: Path) -> None:
    made = mutants_of(module)
    assert {each.line for each in made} == {4, 9, 10, 11, 12}
    assert len({each.code for each in made}) == len(made)


def test_a_change_has_the_same_name_when_its_line_has_moved_and_a_seed_draws_the_same(module: Path) -> None:
    before = [each.name for each in sample([module], 4, seed=7)]
    module.write_text(SOURCE.replace("MOST", "# More.\n\nMOST"), encoding="utf-8")
    assert [each.name for each in sample([module], 4, seed=7)] == before
