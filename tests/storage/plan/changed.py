"""The example plan, with some words in it put instead of others, and what is wrong with it then."""

from __future__ import annotations

from importlib import resources

import pytest

from storage.plan import loading
from storage.plan.faults import Fault, PlanFaults

EXAMPLE = (resources.files("storage.plan") / "eksempelplan.yaml").read_text("utf-8")

REACHED = ', slack: U0NILS, teams: aad-nils, mobil: "+4520000023", mail: nils@htk.example'


def changed(*changes: tuple[str, str]) -> str:
    """The example plan with some words put instead of others, each of which stands there exactly once."""
    text = EXAMPLE
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def faults(text: str) -> list[Fault]:
    with pytest.raises(PlanFaults) as raised:
        loading.parse(text, "plan.yaml")
    return raised.value.faults


def the_fault(old: str, new: str, at: str | None = None) -> str:
    """The one fault of a plan with one change in it, found on the line where `at` (or the change) stands."""
    text = changed((old, new))
    (found,) = faults(text)
    place = text.index(at or new)
    assert (found.file, found.line) == ("plan.yaml", text.count("\n", 0, place) + 1)
    return f"{found.what}. {found.mend}."
