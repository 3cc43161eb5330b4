"""What was picked in a form's own pickers, as the words that its field would have been typed with: a handler reads both
the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, time

from babel.dates import format_date

from handlers.core.card import Field

# A picker's key is its field's with one of these behind it.
DATE, TIME, WHO = "@date", "@time", "@who"
TIMES, PERSONS = frozenset(["time", "been"]), "persons"

MISSING = "Skriv det, eller vælg det"


def is_picked(field: Field) -> bool:
    """Whether a field has pickers beside it."""
    return field.kind in TIMES or field.kind == PERSONS


def merged(values: Mapping[str, str], name_of: Callable[[str], str], initial: Mapping[str, str]) -> dict[str, str]:
    """Return what a form was filled in with, a field each. Pickers are empty from the start, so what is picked is meant.

    Args:
        values: by field and by picker; a date as 2026-07-03, a time as 15:00, persons' ids with commas between.
        name_of: what a platform's id is called in the plan.
        initial: what each field was filled with from the start: words that nobody changed give way to what is picked.
    """
    said = {name: value for name, value in values.items() if "@" not in name}
    for name in dict.fromkeys(each.partition("@")[0] for each in values if "@" in each):
        day, clock = values.get(name + DATE, ""), values.get(name + TIME, "")
        if clock:
            said[name] = f"{_day(day, 'd. MMMM y')} kl. {_clock(clock)}".strip()
        elif day:
            said[name] = _day(day, "d.M.y")
        persons = [name_of(each.strip()) for each in values.get(name + WHO, "").split(",") if each.strip()]
        typed = said.get(name, "").strip()
        if persons:
            kept = [] if not typed or typed == initial.get(name, "").strip() else [typed]
            said[name] = ", ".join(dict.fromkeys([*kept, *persons]))
    return said


def missing(form: Iterable[Field], values: Mapping[str, str]) -> list[Field]:
    """Return the fields that must be filled in, and were neither written nor picked in."""
    return [each for each in form if each.required and is_picked(each) and not values.get(each.id, "").strip()]


def _day(picked: str, form: str) -> str:
    try:
        return format_date(date.fromisoformat(picked), form, locale="da")
    except ValueError:
        return picked


def _clock(picked: str) -> str:
    try:
        at = time.fromisoformat(picked)
    except ValueError:
        return picked
    return f"{at:%H:%M}"
