"""What the municipality has written elsewhere for a crisis, and is found from the plan: the units' own instructions, and its
own plan for running on. Plan §5, Ansvarsfordeling; §6."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from storage.plan.base import PlanModel
from storage.plan.faults import fault
from storage.plan.words import CentreName, PersonId, Text, WebPage


class Instruction(PlanModel):
    """A unit's own instructions, as a link: a centre's, or those of a unit or a support function. Plan §5."""

    centre: CentreName | None = Field(default=None, alias="center")
    unit: Text | None = Field(default=None, alias="enhed")
    title: Text = Field(default="Instruks", alias="titel")
    address: WebPage = Field(alias="adresse")

    @model_validator(mode="after")
    def _is_somebodys(self) -> Instruction:
        if self.centre is None and self.unit is None:
            raise fault(f"Instruksen »{self.title}« er ingens", "Skriv »center:« eller »enhed:«")
        return self

    @property
    def units(self) -> tuple[str, ...]:
        """Whose they are: the unit, and the centre that it is part of."""
        return tuple(each for each in (self.unit, self.centre) if each)


class RunningTask(PlanModel):
    """A task of the municipality's own plan for running on, and who has it. Plan §6."""

    text: Text = Field(alias="opgave")
    owner: PersonId | None = Field(default=None, alias="ansvarlig")

    @model_validator(mode="before")
    @classmethod
    def _may_be_words_alone(cls, data: Any) -> Any:
        return {"opgave": data} if isinstance(data, str) else data


class RunningOn(PlanModel):
    """The municipality's own "opgavesæt, som beskriver kommunens plan for fortsat drift": where it is, and its tasks. Plan §6."""

    address: WebPage | None = Field(default=None, alias="adresse")
    tasks: tuple[RunningTask, ...] = Field(default=(), alias="opgaver", max_length=30)

    def __bool__(self) -> bool:
        """Whether there is anything in it."""
        return self.address is not None or bool(self.tasks)
