"""Loading: reads a plan file, or the packaged example, and reports all its faults at once."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from pydantic import (
    ValidationError,
)
from pydantic_core import PydanticCustomError

from storage.plan import logo
from storage.plan.faults import LONGEST_PLAN, Fault, PlanFaults, Source, explain, too_long
from storage.plan.model import Plan
from storage.plan.persons import Roles
from storage.plan.words import Known

EXAMPLE = "eksempelplan.yaml"


def parse(text: str, name: str, folder: Path | None = None) -> Plan:
    """Read a plan's text.

    Args:
        text: the whole file.
        name: what its faults call it.
        folder: where the file lies, and the logo beside it; None where it is no file.

    Raises:
        PlanFaults: it can't be used; all that is wrong with it is told at once.
    """
    source = Source.read(text, name)
    try:
        plan = Plan.model_validate(source.data, context=Known.of(source.data, Roles))
    except ValidationError as error:
        raise PlanFaults([*source.faults, *explain(error.errors(), source, Plan)]) from error
    faults = list(source.faults)
    if plan.logo and folder is not None:
        try:
            plan._logo = logo.read(folder / plan.logo)
        except PydanticCustomError as error:
            told = error.context or {}
            faults.append(source.fault(("logo",), told["what"], told["mend"]))
    if faults:
        raise PlanFaults(faults)
    plan._source = source
    return plan


def load(path: Path) -> Plan:
    """Read a plan file.

    Raises:
        PlanFaults: it isn't there, it isn't text, or it can't be used.
    """
    name = str(path)
    try:
        with path.open("rb") as file:
            raw = file.read(LONGEST_PLAN + 1)
    except FileNotFoundError as error:
        raise PlanFaults([Fault(0, name, "Filen findes ikke", "Ret stien i KRISEBOT_PLAN")]) from error
    except OSError as error:
        raise PlanFaults([Fault(0, name, "Filen kan ikke læses", "Giv krisebot lov til at læse den")]) from error
    if len(raw) > LONGEST_PLAN:
        raise PlanFaults([too_long(name)])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        raise PlanFaults([Fault(line, name, "Filen er ikke UTF-8", "Gem den som UTF-8")]) from error
    return parse(text, name, path.parent)


def changed(plan: Plan, changes: Mapping[str, Any], name: str) -> Plan:
    """Return a plan with some of its keys otherwise, for what is rehearsed with it.

    Args:
        plan: as it was loaded.
        changes: the file's own keys, in Danish, each in whole.
        name: what faults call the place that the changes stand in.

    Raises:
        PlanFaults: it can't be used so.
    """
    data = {**plan._source.data, **changes}
    try:
        return Plan.model_validate(data, context=Known.of(data, Roles))
    except ValidationError as error:
        # Their lines are not the plan file's own.
        told = explain(error.errors(), plan._source, Plan)
        raise PlanFaults([Fault(0, name, each.what, each.mend) for each in told]) from error


@cache
def example() -> Plan:
    """Load the packaged example plan, with fictional persons."""
    return parse(example_text(), EXAMPLE)


def example_text() -> str:
    """Return the packaged example plan, as it is written."""
    return (resources.files("storage.plan") / EXAMPLE).read_text("utf-8")
