"""The persons that the plan names, and the roles they hold. Plan §4; §5."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from pydantic import (
    Field,
    PrivateAttr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from storage.plan.base import PlanModel
from storage.plan.faults import fault
from storage.plan.words import CHATS, Channel, Known, Mail, PersonId, Phone, Text

# Plan §4: these decide on activation, in this order.
DECIDING_ROLES = ("beredskabschef", "borgmester", "direktion")

# Until the staff has named its secretariat, those who hold these roles are it.
SECRETARIAT_ROLES = ("sekretær", "logfører", "referent", "tovholder")

# Those who decide, and those who do the staff's work without sitting in it.
SERVING_ROLES = (
    *DECIDING_ROLES,
    "kommunikation",
    "pressetalsperson",
    "presseansvarlig",
    "hjælper",
    "dagsordensproducent",
    "forbindelsesofficer",
)


class Person(PlanModel):
    """A person that the plan names. At least one way to reach them is known."""

    name: Text = Field(alias="navn")
    title: Text | None = Field(default=None, alias="titel")
    unit: Text | None = Field(default=None, alias="enhed")
    slack: Text | None = Field(default=None, alias="slack")
    teams: Text | None = Field(default=None, alias="teams")
    mobile: Phone | None = Field(default=None, alias="mobil")
    # A telephone that takes no SMS: it is called, and read out to whoever rings.
    landline: Phone | None = Field(default=None, alias="fastnet")
    mail: Mail | None = Field(default=None, alias="mail", validate_default=True)
    prefers: Channel | None = Field(default=None, alias="foretrækker")

    _found: Mapping[str, str] = PrivateAttr(default_factory=dict)

    @property
    def number(self) -> str | None:
        """The number to ring, in pairs of digits as it is read out; None where there is none."""
        number = self.telephone
        return re.sub(r"(?<=\d)(?=(?:\d\d){1,9}$)", " ", number) if number else None

    @property
    def telephone(self) -> str | None:
        """The number that is called: the mobile where there is one, since it is carried along; None where there is none."""
        return self.mobile or self.landline

    def address(self, channel: str) -> str | None:
        """Return the person's id, number or address in one of the plan's channels, as the plan file has it or else as it
        was found by their mail address; None where there is none."""
        return self.in_file(channel) or self._found.get(channel)

    def with_found(self, found: Mapping[str, str]) -> Person:
        """Return the person with ids that were found by their mail address, by channel; those of the file still win."""
        person = self.model_copy()
        person._found = dict(found)
        return person

    def in_file(self, channel: str) -> str | None:
        """Return what the plan file itself has for one of its channels."""
        ways = {
            "slack": self.slack,
            "teams": self.teams,
            "sms": self.mobile,
            "mail": self.mail,
            "opkald": self.telephone,
        }
        return ways.get(channel)

    @field_validator(*CHATS)
    @classmethod
    def _ids_are_nobody_elses(cls, value: str | None, info: ValidationInfo) -> str | None:
        known: Known | None = info.context
        if known and value:
            address = (str(info.field_name), value.casefold())
            if address in known.addresses:
                owner = known.addresses[address]
                raise fault(f"{owner} har også {info.field_name}-id'et »{value}«", "Giv hver person sit eget")
            known.addresses[address] = info.data.get("name", "En anden person")
        return value

    @field_validator("mail")
    @classmethod
    def _can_be_reached(cls, mail: str | None, info: ValidationInfo) -> str | None:
        if not mail and not any(info.data.get(way) for way in (*CHATS, "mobile", "landline")):
            name = info.data.get("name", "Personen")
            raise fault(f"{name} kan ikke nås", f"Skriv mindst én af {', '.join(CHATS)}, mobil og mail")
        return mail

    @field_validator("prefers")
    @classmethod
    def _prefers_what_there_is(cls, prefers: Channel | None, info: ValidationInfo) -> Channel | None:
        way = "mobile" if prefers == "sms" else prefers
        # An id in a chat is found by the mail address.
        by_mail = way in CHATS and info.data.get("mail")
        if way in info.data and not info.data[way] and not by_mail:
            key = "mobil" if prefers == "sms" else prefers
            raise fault(f"Personen foretrækker {prefers}, men har ingen {key}", f"Skriv »{key}:«, eller vælg en anden")
        return prefers


class Role(PlanModel):
    """A role that one person holds, with deputies in the order they are asked."""

    person: PersonId = Field(alias="person")
    deputies: tuple[PersonId, ...] = Field(default=(), alias="stedfortrædere")

    @property
    def holders(self) -> tuple[str, ...]:
        """The person who holds it."""
        return (self.person,)


class Board(PlanModel):
    """The directorate: its members hold the role together, each with its full right, so it needs no deputies."""

    members: tuple[PersonId, ...] = Field(alias="medlemmer", min_length=1)

    @property
    def holders(self) -> tuple[str, ...]:
        """The members, who hold it together."""
        return self.members

    @property
    def deputies(self) -> tuple[str, ...]:
        """None: one member is as good as another."""
        return ()


class Roles(PlanModel):
    """The roles and who holds them. The first three decide, and can't be done without."""

    emergency_chief: Role = Field(alias="beredskabschef")
    mayor: Role = Field(alias="borgmester")
    board: Board = Field(alias="direktion")
    secretary: Role | None = Field(default=None, alias="sekretær")
    log_keeper: Role | None = Field(default=None, alias="logfører")
    minute_taker: Role | None = Field(default=None, alias="referent")
    coordinator: Role | None = Field(default=None, alias="tovholder")
    coordinator_assistant: Role | None = Field(default=None, alias="hjælper")
    agenda_editor: Role | None = Field(default=None, alias="dagsordensproducent")
    communications: Role | None = Field(default=None, alias="kommunikation")
    press_spokesperson: Role | None = Field(default=None, alias="pressetalsperson")
    press_officer: Role | None = Field(default=None, alias="presseansvarlig")
    liaison_officer: Role | None = Field(default=None, alias="forbindelsesofficer")

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, data: Any) -> Any:
        """Remove roles that are written down as empty; one without anybody in it is a fault, not an absence."""
        return {key: {} if value is None else value for key, value in data.items()} if isinstance(data, dict) else data

    @cached_property
    def filled(self) -> dict[str, Role | Board]:
        """The roles that the plan fills, by their Danish ids and in the order above."""
        every = {str(each.alias): getattr(self, name) for name, each in type(self).model_fields.items()}
        return {role: held for role, held in every.items() if held is not None}

    def held_by(self, holders: Mapping[str, str]) -> Roles:
        """Return the roles with other persons in some of them; their deputies stay.

        Args:
            holders: a role and whoever has it now; one that the plan does not fill is then filled.
        """
        fields = {str(each.alias): name for name, each in type(self).model_fields.items()}
        changed = {
            fields[role]: Role.model_construct(
                person=person, deputies=tuple(self.filled[role].deputies) if role in self.filled else ()
            )
            for role, person in holders.items()
            if role in fields and role != "direktion"
        }
        every = {name: getattr(self, name) for name in fields.values()}
        return type(self).model_construct(**{**every, **changed})

    def deputised_by(self, named: Mapping[str, str]) -> Roles:
        """Return the roles with deputies who were named beside the plan: they are asked before the plan's own.

        Args:
            named: a role that one person holds, and the deputy.
        """
        fields = {str(each.alias): name for name, each in type(self).model_fields.items()}
        every: dict[str, Any] = {name: getattr(self, name) for name in fields.values()}
        for role, deputy in named.items():
            held = self.filled[role]
            if isinstance(held, Role):
                deputies = tuple(dict.fromkeys([deputy, *held.deputies]))
                every[fields[role]] = Role.model_construct(person=held.person, deputies=deputies)
        return type(self).model_construct(**every)
