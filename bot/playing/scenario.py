"""A scenario file: who writes and presses what, when, and what shall then be so. YAML with Danish keys, like the plan.

Faults are told all at once, with line and remedy, as the plan's are (`storage.plan.faults`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, ValidationError, field_validator, model_validator

from storage import wall_clock
from storage.plan.base import PlanModel
from storage.plan.faults import LONGEST_PLAN, Fault, PlanFaults, Source, explain, fault
from storage.plan.loading import changed, example, load
from storage.plan.model import Plan
from storage.plan.words import Text

# Where an SMS is written, and answered.
SMS = "sms"
SHIPPED = resources.files("bot.playing") / "scenarios"
# The hour that comes twice, when the clock is put back, says which of the two is meant.
HOW = re.compile(r"(?:(\d{4})-(\d\d)-(\d\d) )?(\d?\d):(\d\d)(?::(\d\d))?(?: (sommertid|normaltid))?")


def _moment(value: Any) -> Any:
    found = HOW.fullmatch(str(value))
    try:
        if found:
            *parts, season = found.groups()
            year, month, day, hour, minute, second = (int(part or 0) for part in parts)
            second_time = int(season == "normaltid")
            return datetime(year or 1, month or 1, day or 1, hour, minute, second, fold=second_time)
    except ValueError:
        pass
    raise fault(
        f"»{value}« er ikke et tidspunkt", 'Skriv fx "14:00", "14:00:10", "2026-07-02 14:00" eller "02:30 normaltid"'
    )


def _texts(value: Any) -> Any:
    return (value,) if isinstance(value, str) else value


# A time of day on the day of the step before (year 1), or a day and a time; in the plan's zone.
Moment = Annotated[datetime, BeforeValidator(_moment)]
Texts = Annotated[tuple[str, ...], BeforeValidator(_texts)]


class Expected(PlanModel):
    """What is expected at a time in a scenario, all of it read from outside, as a person or an archive would."""

    sees: dict[str, Texts] = Field(default={}, alias="ser")
    sees_not: dict[str, Texts] = Field(default={}, alias="ser_ikke")
    has: dict[str, Texts] = Field(default={}, alias="har")
    has_not: dict[str, Texts] = Field(default={}, alias="har_ikke")
    sms: dict[str, Texts] = Field(default={}, alias="sms")
    crises: int | None = Field(default=None, ge=0, alias="kriser")
    crisis: int | None = Field(default=None, ge=1, alias="krise")
    export: dict[str, str | tuple[str, ...] | None] = Field(default={}, alias="eksport")


class Step(PlanModel):
    """A step of a scenario: what happens, or is checked, at a time."""

    at: Moment = Field(alias="kl")
    who: Text | None = Field(default=None, alias="hvem")
    where: Text = Field(default="dm", alias="hvor")
    writes: Text | None = Field(default=None, alias="skriver")
    presses: Text | None = Field(default=None, alias="trykker")
    fields: dict[str, str] = Field(default={}, alias="felter")
    saves: Text | None = Field(default=None, alias="gemmer")
    chat: Literal["nede", "oppe"] | None = Field(default=None, alias="chat")
    note: Text | None = Field(default=None, alias="note")
    not_yet: Text | None = Field(default=None, alias="kan_ikke_spilles")
    expected: Expected | None = Field(default=None, alias="forvent")

    @model_validator(mode="after")
    def _one_thing(self) -> Step:
        acts = [each for each in (self.writes, self.presses, self.saves) if each is not None]
        if len(acts) > 1 or bool(acts) != (self.who is not None):
            raise fault("Et trin skal have én, der gør én ting", "Skriv hvem, og én af skriver, trykker og gemmer")
        if not acts and not (self.expected or self.note or self.not_yet or self.chat):
            raise fault("Trinnet gør ingenting", "Skriv hvem og skriver, eller forvent")
        return self


class Scenario(PlanModel):
    """A scenario, from its first step to its last."""

    title: Text = Field(alias="titel")
    start: Moment = Field(alias="start")
    plan: Text | None = Field(default=None, alias="plan")
    otherwise: dict[str, Any] = Field(default={}, alias="i_planen")
    steps: tuple[Step, ...] = Field(alias="trin")

    @property
    def on_telephones(self) -> bool:
        """Whether it is played with telephones beside the chat: where it takes that away, or says what an SMS is."""
        return any(step.chat or step.where == SMS or (step.expected and step.expected.sms) for step in self.steps)

    @field_validator("steps")
    @classmethod
    def _something_happens(cls, steps: tuple[Step, ...]) -> tuple[Step, ...]:
        if not steps:
            raise fault("Der er ingen trin", "Skriv mindst ét under »trin«")
        return steps

    def plan_for(self, path: Path) -> Plan:
        """Return the plan that it is played with: its own file beside it, or the example, with what it wants otherwise.

        Args:
            path: where the scenario was read from.

        Raises:
            PlanFaults: the plan can't be used.
        """
        found = load(path.parent / self.plan) if self.plan else example()
        return changed(found, self.otherwise, f"{path} (i_planen)") if self.otherwise else found

    def timed(self, zone: ZoneInfo) -> Iterator[tuple[datetime, Step]]:
        """Yield each step and its time, in the plan's zone."""
        day = self.start
        for step in self.steps:
            day = _on(day, step.at)
            yield day.replace(tzinfo=zone), step


def _on(before: datetime, at: datetime) -> datetime:
    return at if at.year > 1 else datetime.combine(before.date(), at.time())


def shipped() -> list[str]:
    """Return the names of the scenarios that come with krisebot."""
    return sorted(file.name.removesuffix(".yaml") for file in SHIPPED.iterdir() if file.name.endswith(".yaml"))


def read(path: Path) -> Scenario:
    """Read a scenario: a file, or one that comes with krisebot, by its name.

    Raises:
        PlanFaults: it isn't there, or it can't be played; all that is wrong with it is told at once.
    """
    name = str(path)
    if not path.is_file() and name.removesuffix(".yaml") in shipped():
        return parse((SHIPPED / f"{name.removesuffix('.yaml')}.yaml").read_text("utf-8"), name)
    try:
        text = path.read_bytes()[: LONGEST_PLAN + 1].decode("utf-8-sig")
    except FileNotFoundError as error:
        mend = f"Skriv stien til et scenarie, eller et af de medfølgende: {', '.join(shipped())}"
        raise PlanFaults([Fault(0, name, "Filen findes ikke", mend)]) from error
    except OSError as error:
        raise PlanFaults([Fault(0, name, f"Filen kan ikke læses ({error.strerror})", "Ret stien")]) from error
    except UnicodeDecodeError as error:
        raise PlanFaults([Fault(0, name, "Filen er ikke UTF-8", "Gem den som UTF-8")]) from error
    found = parse(text, name)
    # The plan's own faults are told as its own file's.
    zone = found.plan_for(path).timezone
    if faults := list(_out_of_season(found, Source.read(text, name), zone)):
        raise PlanFaults(faults)
    return found


def parse(text: str, name: str) -> Scenario:
    """Read a scenario's text; `name` is what its faults call it. Raises as `read` does."""
    if not text.strip():
        raise PlanFaults([Fault(0, name, "Filen er tom", "Begynd med en kopi af et medfølgende scenarie")])
    source = Source.read(text, name)
    try:
        found = Scenario.model_validate(source.data)
    except ValidationError as error:
        raise PlanFaults([*source.faults, *explain(error.errors(), source, Scenario)]) from error
    faults = [*source.faults, *_backwards(found, source)]
    if faults:
        raise PlanFaults(faults)
    return found


def _out_of_season(found: Scenario, source: Source, zone: ZoneInfo) -> Iterator[Fault]:
    """Yield a fault for each step that says a season that its time has not."""
    for number, (at, _) in enumerate(found.timed(zone)):
        said = HOW.fullmatch(str(source.data["trin"][number]["kl"]))
        season = said[7] if said else None
        if season and wall_clock.out_of_season(at, season):
            yield source.fault(
                ("trin", number, "kl"),
                f"Kl. {at:%H:%M} den dag kommer kun én gang, og ikke i {season}",
                f'Skriv "{at:%H:%M}"',
            )


def _backwards(found: Scenario, source: Source) -> Iterator[Fault]:
    """Yield a fault for each step that goes back in time."""
    before = found.start
    if before.year == 1:
        yield source.fault(("start",), "»start« mangler dagen", 'Skriv fx "2026-07-02 14:00"')
        return
    for number, step in enumerate(found.steps):
        now = _on(before, step.at)
        # The same hour again is later, though the clock shows less.
        again = now.fold > before.fold and now.date() == before.date() and now.hour == before.hour
        back_again = now.fold < before.fold and now.date() == before.date() and now.hour == before.hour
        if (now < before and not again) or back_again:
            mend = f'Skriv tidspunktet med dag, fx "{before + timedelta(days=1):%Y-%m-%d} {now:%H:%M}", eller flyt trinnet op'
            yield source.fault(("trin", number, "kl"), f"Trinnet kl. {now:%H:%M:%S} ligger før det forrige", mend)
            return
        before = now
