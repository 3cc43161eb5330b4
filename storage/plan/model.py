"""The municipality's plan as data: the model below is its table of contents, in the file's own order.

The file is YAML with Danish keys; here they are the aliases of English names. What a crisis began with is kept by
`Plan.frozen`, and read back by `Plan.thawed` with today's telephone numbers and ids.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import (
    Field,
    PrivateAttr,
    ValidationInfo,
    field_validator,
)

from storage.grades import GRADES, Grade
from storage.plan.base import PlanModel
from storage.plan.documents import Instruction, RunningOn
from storage.plan.faults import Fault, Source, fault
from storage.plan.persons import DECIDING_ROLES, SECRETARIAT_ROLES, Person, Role, Roles
from storage.plan.rota import Rota
from storage.plan.sections import (
    MEDIA,
    ActionCard,
    Centre,
    ChannelOrder,
    Conference,
    ContactTest,
    CriticalFunction,
    Deadlines,
    Economy,
    Edition,
    EmergencyPackMail,
    Escalation,
    Fallback,
    Link,
    Meetings,
    Retention,
    Rooms,
    SupportFunction,
    Watch,
)
from storage.plan.today import Today
from storage.plan.words import (
    CHANNELS,
    CentreName,
    Id,
    LogoFile,
    PersonId,
    Phone,
    RoleId,
    Text,
    Web,
    WebPage,
    Zone,
    fold,
)

# No person, role, centre or function is called anything longer, in characters.
LONGEST_NAME = 300
# What a running crisis takes from today's plan, not from the one it began with.
TODAYS = (
    "timezone",
    "server",
    "rota",
    "phones",
    "conference",
    "logo",
    "channel_order",
    "contact_test",
    "rooms",
    "fallback",
    "economy",
    "instructions",
    "alarm_list",
    "running_on",
    "emergency_pack",
    "retention",
)


_WORD = re.compile(r"[^\s:,;()/–-]+")


class Plan(PlanModel):
    """A municipality's preparedness plan."""

    municipality: Text = Field(alias="kommune")
    timezone: Zone = Field(default=ZoneInfo("Europe/Copenhagen"), alias="tidszone")
    server: Web | None = Field(default=None, alias="adresse")
    edition: Edition = Field(default=Edition(), alias="plan")
    logo: LogoFile | None = Field(default=None, alias="logo")

    persons: dict[Id, Person] = Field(alias="personer")
    roles: Roles = Field(alias="roller")
    escalation: Escalation = Field(default=Escalation(), alias="eskalering")
    rota: dict[RoleId, Rota] = Field(default={}, alias="vagtplan")
    secretariat: tuple[PersonId, ...] = Field(default=(), alias="sekretariat")
    centres: tuple[Centre, ...] = Field(default=(), alias="centre")
    health: CentreName | None = Field(default=None, alias="sundhedscenter")
    support_functions: tuple[SupportFunction, ...] = Field(default=(), alias="støttefunktioner")

    critical_functions: tuple[CriticalFunction, ...] = Field(default=(), alias="kritiske_funktioner")

    logistics_over: int = Field(default=5, alias="logistikstab_over", ge=0)
    # More than this and somebody should ask who is needed: "Krisestaben skal ikke være for stor" (Bilag 1).
    largest_staff: int = Field(default=12, alias="krisestab_højst", ge=1)

    deadlines: Deadlines = Field(default=Deadlines(), alias="frister")
    meetings: Meetings = Field(default=Meetings(), alias="møder")
    monitoring: tuple[Watch, ...] = Field(default=(), alias="overvågning")
    media: tuple[Text, ...] = Field(default=MEDIA, alias="medier")
    grades: tuple[Text, Text, Text, Text] = Field(default=("Åben", "Intern", "Stab", "Fortrolig"), alias="grader")
    municipalities: tuple[Text, ...] = Field(default=(), alias="kommuner")
    places: tuple[Text, ...] = Field(default=(), alias="steder")

    action_cards: tuple[ActionCard, ...] = Field(default=(), alias="handlekort")
    instructions: tuple[Instruction, ...] = Field(default=(), alias="instrukser")
    links: tuple[Link, ...] = Field(default=(), alias="links")
    alarm_list: WebPage | None = Field(default=None, alias="alarmeringsliste")
    running_on: RunningOn = Field(default=RunningOn(), alias="fortsat_drift")

    conference: Conference | None = Field(default=None, alias="telefonkonference")
    phones: dict[str, Phone] = Field(default={}, alias="telefoner")
    channel_order: ChannelOrder = Field(default=ChannelOrder(), alias="rækkefølge")
    contact_test: ContactTest = Field(default=ContactTest(), alias="kontakttest")
    rooms: Rooms = Field(default=Rooms(), alias="rum")
    fallback: Fallback = Field(default=Fallback(), alias="reserve")
    economy: Economy = Field(default=Economy(), alias="økonomi")
    emergency_pack: EmergencyPackMail = Field(default=EmergencyPackMail(), alias="nødpakke")
    retention: Retention = Field(default=Retention(), alias="opbevaring")

    @field_validator("fallback")
    @classmethod
    def _a_call_can_be_answered(cls, fallback: Fallback, info: ValidationInfo) -> Fallback:
        if fallback.calls and "server" in info.data and not info.data["server"]:
            what = "Den, der ringes op, kan ikke svare: planen siger ikke, hvor krisebot nås udefra"
            raise fault(what, "Skriv »adresse: https://…« øverst i planen, eller slet opkald")
        return fallback

    @field_validator("critical_functions")
    @classmethod
    def _a_critical_function_has_its_own_names(
        cls, functions: tuple[CriticalFunction, ...]
    ) -> tuple[CriticalFunction, ...]:
        whose: dict[str, str] = {}
        for function in functions:
            for name in function.names:
                if not fold(name):
                    raise fault(f"»{name}« er ikke et navn", "Skriv det, folk kalder funktionen, med bogstaver")
                if fold(name) in whose:
                    what = f"»{name}« er både {whose[fold(name)]} og {function.name} under kritiske_funktioner"
                    raise fault(what, "Giv hver funktion sine egne navne")
                whose[fold(name)] = function.name
        return functions

    @field_validator("rota")
    @classmethod
    def _a_rota_gives_no_right(cls, rota: dict[str, Rota], info: ValidationInfo) -> dict[str, Rota]:
        roles: Roles | None = info.data.get("roles")
        for role, its in rota.items() if roles else ():
            held = roles.filled.get(role) if roles else None
            own = (*held.holders, *held.deputies) if held else ()
            for week, person in its.weeks.items():
                if person not in own:
                    what = f"{person} har vagten som {role} i uge {week}, men er hverken rollens person eller stedfortræder"
                    raise fault(
                        what, f"Skriv en af {', '.join(own)}, eller skriv {person} som stedfortræder under roller"
                    )
        return rota

    _source: Source = PrivateAttr(default_factory=lambda: Source("planen"))
    _logo: bytes = PrivateAttr(default=b"")
    _today: Today = PrivateAttr(default_factory=Today)
    _written: Plan | None = PrivateAttr(default=None)

    # --- who ---

    def person(self, person: str) -> Person | None:
        """Return the person with that id, or None for somebody the plan doesn't know."""
        return self.persons.get(person)

    def find(self, platform: str, address: str) -> str | None:
        """Find the person who has an id on a platform; None where nobody has.

        Args:
            platform: one of `CHANNELS`.
            address: as the platform writes it.
        """
        return self._addresses.get((platform, address.casefold()))

    def named(self, text: str) -> list[str]:
        """Find those whom one name means: a person's own name, a title, a role, a centre or a support function.

        A role means its holders, a centre its contact (or its chief, where there is none). More than one person
        means that the name is shared; an empty list that nobody has it.
        """
        # Folding is dear, and whoever looks for a name among many words asks for each beginning of them.
        return list(self._names.get(fold(text), ())) if len(text) <= LONGEST_NAME else []

    # --- what they are ---

    def holders(self, role: str) -> list[str]:
        """Return those who hold a role: one, the directorate's members, or nobody."""
        held = self.roles.filled.get(role)
        return list(held.holders) if held else []

    def holder(self, role: str) -> str | None:
        """Return the one who holds a role; None for one that nobody holds alone."""
        held = self.roles.filled.get(role)
        return held.person if isinstance(held, Role) else None

    def deputies(self, role: str) -> list[str]:
        """Return a role's deputies, in the order they are asked."""
        held = self.roles.filled.get(role)
        return list(held.deputies) if held else []

    def board(self) -> list[str]:
        """Return the directorate's members, in the plan's order."""
        return self.holders("direktion")

    def roles_of(self, person: str) -> set[str]:
        """Return every role that a person may act in, as holder or as deputy."""
        held = {role for role in self.roles.filled if person in self.holders(role)}
        return held | self.deputised_by(person)

    def deputised_by(self, person: str) -> set[str]:
        """Return the roles that a person acts in on somebody else's behalf."""
        return {
            role for role in self.roles.filled if person in self.deputies(role) and person not in self.holders(role)
        }

    def deciders(self) -> list[str]:
        """Return those who may decide on activation, in the order of plan §4."""
        return list(dict.fromkeys(each for role in DECIDING_ROLES for each in self.holders(role) + self.deputies(role)))

    def leads_4k(self, person: str | None) -> bool:
        """Whether a person is "Beredskabschef ved 4K" (plan §4), and of the other organisation alone."""
        is_chief = person is not None and person == self.holder("beredskabschef")
        return is_chief and person not in (self.holder("borgmester"), *self.board())

    def interim_secretariat(self) -> list[str]:
        """Return those who are the secretariat until the staff has named one."""
        return list(dict.fromkeys(self.secretariat or self.secretariat_roles()))

    def secretariat_roles(self) -> list[str]:
        """Return those who hold the secretariat's roles, each once."""
        return list(dict.fromkeys(person for role in SECRETARIAT_ROLES for person in self.holders(role)))

    def centres_of(self, person: str) -> list[Centre]:
        """Return the centres that a person is chief, deputy or contact of."""
        return [each for each in self.centres if person in (each.chief, each.deputy, each.contact)]

    def health_centre(self) -> Centre | None:
        """Return the centre that answers for health: the named one, else the one that has it in its name."""
        if self.health:
            return next(each for each in self.centres if each.name == self.health)
        return next((each for each in self.centres if "sundhed" in fold(each.name)), None)

    def grade_name(self, grade: Grade) -> str:
        """Return the municipality's name for one of `GRADES`."""
        return self.grades[GRADES.index(grade)]

    # --- today ---

    def with_accounts(self, found: Mapping[tuple[str, str], str]) -> Plan:
        """Return the plan with ids that were found by mail addresses.

        Args:
            found: by person and platform. One that the file has for somebody, or that was found for several, is nobody's.
        """
        taken = Counter(
            [(platform, id.casefold()) for (_, platform), id in found.items()]
            + [
                (platform, id.casefold())
                for known in self.persons.values()
                for platform in {platform for _, platform in found}
                if (id := known.in_file(platform))
            ]
        )
        of: dict[str, dict[str, str]] = {}
        for (person, platform), id in found.items():
            if person in self.persons and taken[platform, id.casefold()] == 1:
                of.setdefault(person, {})[platform] = id
        persons = {person: known.with_found(of.get(person, {})) for person, known in self.persons.items()}
        plan = self.as_written.model_copy(update={"persons": persons})
        # What was looked up in the file's own persons is found anew in these.
        plan.__dict__.pop("_addresses", None)
        return plan

    @property
    def as_written(self) -> Plan:
        """The plan as its file has it, without what is so today alone."""
        return self._written or self

    def as_of(self, today: Today) -> Plan:
        """Return the plan as it is today: deputies who were named in chat come first, and who is absent is known.

        Args:
            today: a deputy counts only while the one who named them holds the role, and is in the plan themselves.
        """
        written = self.as_written
        # Names and addresses hang on neither: found once, they hold for every day's copy of the plan.
        _ = written._names, written._addresses
        return written._with(today)

    def _with(self, today: Today, others: Mapping[str, str] | None = None) -> Plan:
        """Return the plan as it is on a day, with the roles that others have than it says: who stands in for whoever has
        a role goes with them, and not with whoever has it by the plan."""
        written = self
        roles = written.roles.held_by(others) if others else written.roles
        named = {
            role: deputy
            for (role, holder), deputy in today.deputies.items()
            if deputy in written.persons
            and deputy != holder
            and isinstance(held := roles.filled.get(role), Role)
            and held.person == holder
        }
        chosen = {
            centre: deputy
            for (centre, chief), deputy in today.centre_deputies.items()
            if deputy in written.persons and any((each.name, each.chief) == (centre, chief) for each in written.centres)
        }
        centres = tuple(
            each.model_copy(update={"deputy": chosen[each.name]}) if each.name in chosen else each
            for each in written.centres
        )
        changed = {"roles": roles.deputised_by(named) if named else roles, "centres": centres}
        plan = written.model_copy(update=changed)
        plan._today, plan._written = today, written
        return plan

    @property
    def absent(self) -> Mapping[str, datetime | None]:
        """Who is absent now, and until when, UTC; None until they say that they are back."""
        return self._today.absent

    def present_first(self, persons: Sequence[str]) -> list[str]:
        """Return persons in their order, those who are absent last."""
        return sorted(persons, key=lambda person: person in self.absent)

    def on_duty(self, role: str) -> str | None:
        """Return who has the duty in a role now: its own holder, a member or a deputy; None where no rota says.

        Somebody else whom the rota names has no right by it, and is passed over.
        """
        rota = self.rota.get(role)
        if rota is None or self._today.at is None:
            return None
        own = [*self.holders(role), *self.deputies(role)]
        if rota.weeks:
            person = rota.in_week_of(self._today.at.astimezone(self.timezone).date())
            return person if person in own else None
        return self.named_in_rota(role, self._today.calendars.get(role, ""))

    def named_in_rota(self, role: str, called: str) -> str | None:
        """Find which of a role's own people a calendar's words mean; None where it is none of them, or several.

        Args:
            role: whose rota it is.
            called: "Pia Krogh", "Vagt: Pia"; on a line of its own, the addresses of those who are invited.
        """
        own = dict.fromkeys([*self.holders(role), *self.deputies(role)])
        # A duty's heading says who it is; where it names nobody, those who are invited to it do.
        for part in called.split("\n"):
            words = f" {' '.join(_WORD.findall(fold(part)))} "
            for names in (self._full_names, self._first_names):
                meant = [person for person in own if any(f" {fold(name)} " in words for name in names(person) if name)]
                if meant:
                    return meant[0] if len(meant) == 1 else None
        return None

    def _full_names(self, person: str) -> tuple[str, ...]:
        known = self.persons[person]
        return (known.name, known.mail or "")

    def _first_names(self, person: str) -> tuple[str, ...]:
        return (person, self.persons[person].name.split()[0])

    # --- what to know about it ---

    def fault(self, path: tuple[str | int, ...], what: str, mend: str) -> Fault:
        """Return a fault of the plan's, with the line in the file that it stands in."""
        return self._source.fault(path, what, mend)

    @property
    def logo_drawn(self) -> bytes:
        """The logo as PNG; empty where the plan has none."""
        return self._logo

    def lines_of_persons(self) -> dict[str, int]:
        """Return the line that each person stands on in the plan file."""
        return {person: self._source.lines.get(("personer", person), 0) for person in self.persons}

    # --- frozen into a crisis ---

    def frozen(self) -> dict[str, Any]:
        """Return the plan as JSON data for a crisis to begin with: all but what is always today's."""
        return self.as_written.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=set(TODAYS))

    @classmethod
    def thawed(cls, frozen: Mapping[str, Any], today: Plan, holders: Mapping[str, str] | None = None) -> Plan:
        """Make the plan that a crisis began with, as it can be used today.

        Args:
            frozen: what `frozen` gave when the crisis began; a key that we no longer know is passed over. Empty for a
                crisis that has been deleted: then today's plan is all there is.
            today: where persons' names, numbers and ids come from; a person no longer in it is as they were.
            holders: roles that others have in this crisis than in the plan, by shift or by naming.

        Raises:
            pydantic.ValidationError: `frozen` is no plan.
        """
        if not frozen:
            return today
        old = _as_it_was(json.dumps(frozen))
        others = holders or {}
        # Whom a holder has named as deputy counts in a crisis that began before it, too.
        old = old.model_copy(update={"persons": {**old.persons, **today.persons}})._with(today._today, others)
        removed = {person: as_was for person, as_was in old.persons.items() if person not in today.persons}
        current = {name: getattr(today, name) for name in TODAYS}
        functions = tuple(
            each.model_copy(update={"contact": others[each.name]}) if each.name in others else each
            for each in old.support_functions
        )
        thawed = old.model_copy(
            update={
                "persons": {**today.persons, **removed},
                "support_functions": functions,
                "centres": tuple(each.held_by(others) for each in old.centres),
                **current,
            }
        )
        thawed._logo = today._logo
        return thawed

    # --- looked up often ---

    @cached_property
    def _addresses(self) -> dict[tuple[str, str], str]:
        found: dict[tuple[str, str], str] = {}
        for person, known in self.persons.items():
            for channel in CHANNELS:
                if address := known.address(channel):
                    found.setdefault((channel, address.casefold()), person)
        return found

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        """The names that mean a person, and whom. A title is nobody's, where a role or a person has the same name."""
        return _gather(self._titles()) | _gather(self._own_names())

    def _own_names(self) -> Iterator[tuple[str, str]]:
        for person, known in self.persons.items():
            first, *_, last = known.name.split() * 2
            yield from ((name, person) for name in (person, known.name, first, last))
        for role in self.roles.filled:
            yield from ((name, person) for name in _definite(role) for person in self.holders(role))
        yield from ((name, self.roles.emergency_chief.person) for name in ("4K", "Beredskab 4K"))
        for name in (*_definite("sekretariat"), *_definite("krisesekretariat")):
            yield from ((name, person) for person in self.interim_secretariat())
        for centre in self.centres:
            yield centre.name, centre.contact or centre.chief
        for function in self.support_functions:
            yield function.name, function.contact

    def _titles(self) -> Iterator[tuple[str, str]]:
        for person, known in self.persons.items():
            if known.title:
                yield from ((name, person) for name in _definite(known.title))


@lru_cache(maxsize=16)
def _as_it_was(frozen: str) -> Plan:
    """Read a crisis' plan, which every turn asks for and nobody changes."""
    return Plan.model_validate_json(frozen, extra="ignore")


def _definite(noun: str) -> tuple[str, ...]:
    """Return a Danish noun with and without its article: borgmester, borgmesteren; sekretariat, sekretariatet."""
    return noun, f"{noun}en", f"{noun}et", f"{noun}n"


def _gather(names: Iterator[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, person in names:
        having = found.setdefault(fold(name), [])
        if person not in having:
            having.append(person)
    return found
