"""The duty rota: in which order a role's own people are asked, week by week or by a calendar. Plan §4."""

from __future__ import annotations

import re
from datetime import date
from pathlib import PurePath
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from storage.plan.base import PlanModel
from storage.plan.faults import fault
from storage.plan.words import PersonId, Text

WEEK = re.compile(r"(20\d\d)-?[Uu]?[Ww]?(\d{1,2})")


class Rota(PlanModel):
    """Who has the duty in a role: a person for each week, or a calendar that is fetched ahead.

    It orders the role's own holder, members and deputies, and gives nobody a right.
    """

    weeks: dict[str, PersonId] = Field(default={}, alias="uger")
    calendar: Text | None = Field(default=None, alias="kalender", repr=False)  # the address may hold a secret

    @field_validator("weeks")
    @classmethod
    def _weeks_are_in_the_calendar(cls, weeks: dict[str, str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for written, person in weeks.items():
            match = WEEK.fullmatch(written)
            try:
                monday = date.fromisocalendar(int(match[1]), int(match[2]), 1) if match else None
            except ValueError:
                monday = None
            if monday is None:
                raise fault(f"»{written}« er ikke en uge", "Skriv år og uge, fx 2026-48")
            if (week := _week(monday)) in found:
                raise fault(f"Uge {week} står der to gange", "Skriv én person for hver uge")
            found[week] = person
        return found

    @field_validator("calendar")
    @classmethod
    def _calendar_can_be_fetched(cls, calendar: str | None) -> str | None:
        if calendar is None or PurePath(calendar).is_absolute():
            return calendar
        try:
            parts = urlsplit(calendar)
            whole = parts.scheme == "https" and bool(parts.hostname) and parts.port in (None, 443)
        except ValueError:
            whole = False
        if not whole:
            raise fault("Vagtplanens kalender kan ikke hentes sådan", "Skriv https://… eller den fulde sti til en fil")
        return calendar

    @model_validator(mode="after")
    def _is_one_or_the_other(self) -> Rota:
        if bool(self.weeks) == bool(self.calendar):
            raise fault(
                "En vagtplan har enten uger eller en kalender", "Skriv »uger: {2026-48: id}« eller »kalender: …«"
            )
        return self

    def in_week_of(self, day: date) -> str | None:
        """Return who has the duty in the week that a day lies in; None where the rota doesn't say."""
        return self.weeks.get(_week(day))

    @property
    def last_week(self) -> str | None:
        """The last week that the rota has somebody for, "2026-48"; None for a calendar."""
        return max(self.weeks, default=None)


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-{week:02}"
