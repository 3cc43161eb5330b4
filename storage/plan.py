"""The municipality's plan as data: the model below is its table of contents, in the file's own order.

The file is YAML with Danish keys; here they are the aliases of English names. What a crisis began with is kept by
`Plan.frozen`, and read back by `Plan.thawed` with today's telephone numbers and ids.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from functools import cache, cached_property, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from babel.dates import format_date
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from storage.grades import GRADES
from storage.plan_faults import LONGEST_PLAN, Fault, PlanFaults, Source, explain, fault, too_long
from storage.plan_words import (
    AnyChannel,
    Calls,
    CentreName,
    Channel,
    Clock,
    Day,
    Duration,
    Id,
    Known,
    Mail,
    PersonId,
    Phone,
    RoleId,
    Text,
    Web,
    YesNo,
    Zone,
    fold,
    read_duration,
    write_duration,
)

__all__ = ["Fault", "Plan", "PlanFaults", "example", "load", "parse"]


EXAMPLE = "eksempelplan.yaml"

# Plan §4: these decide on activation, in this order.
DECIDING_ROLES = ("beredskabschef", "borgmester", "direktion")

# Until the staff has named its secretariat (R130), those who hold these roles are it.
SECRETARIAT_ROLES = ("sekretær", "logfører", "referent", "tovholder")

# Plan §7: "udvalgte medier"; what was Twitter has another name since (T28).
MEDIA = ("tv", "radio/netradio", "hjemmesider", "Facebook", "X (Twitter)")

# What a running crisis takes from today's plan, not from the one it began with.
TODAYS = ("timezone", "server", "phones", "channel_order", "contact_test", "rooms", "fallback", "retention")


class Part(BaseModel):
    """A part of the plan. A key without a value counts as one that isn't written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _empty_is_absent(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        known = {each.alias for each in cls.model_fields.values()}
        return {key: value for key, value in data.items() if value is not None or key not in known}


class Period(Part):
    """The years the plan is meant for; both days are in it."""

    start: Day = Field(alias="fra")
    end: Day = Field(alias="til")

    @field_validator("end")
    @classmethod
    def _ends_after_it_starts(cls, end: date, info: ValidationInfo) -> date:
        if end < info.data.get("start", end):
            raise fault("Planens periode slutter, før den begynder", "Byt om på fra og til")
        return end


class Edition(Part):
    """Which plan it is."""

    title: Text = Field(default="Beredskabsplan", alias="titel")
    period: Period | None = Field(default=None, alias="periode")


class Person(Part):
    """Somebody the plan names. At least one way to reach them is known."""

    name: Text = Field(alias="navn")
    title: Text | None = Field(default=None, alias="titel")
    unit: Text | None = Field(default=None, alias="enhed")
    slack: Text | None = Field(default=None, alias="slack")
    teams: Text | None = Field(default=None, alias="teams")
    mobile: Phone | None = Field(default=None, alias="mobil")
    mail: Mail | None = Field(default=None, alias="mail", validate_default=True)
    prefers: Channel | None = Field(default=None, alias="foretrækker")

    def address(self, channel: str) -> str | None:
        """The person's id, number or address in one of the plan's channels; None where there is none."""
        ways = {
            "slack": self.slack,
            "teams": self.teams,
            "sms": self.mobile,
            "mail": self.mail,
            "opkald": self.mobile,
        }
        return ways.get(channel)

    @field_validator("slack", "teams")
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
        if not mail and not any(info.data.get(way) for way in ("slack", "teams", "mobile")):
            name = info.data.get("name", "Personen")
            raise fault(f"{name} kan ikke nås", "Skriv mindst én af slack, teams, mobil og mail")
        return mail

    @field_validator("prefers")
    @classmethod
    def _prefers_what_there_is(cls, prefers: Channel | None, info: ValidationInfo) -> Channel | None:
        way = "mobile" if prefers == "sms" else prefers
        if way in info.data and not info.data[way]:
            key = "mobil" if prefers == "sms" else prefers
            raise fault(f"Personen foretrækker {prefers}, men har ingen {key}", f"Skriv »{key}:«, eller vælg en anden")
        return prefers


class Role(Part):
    """A role that one person holds, with deputies in the order they are asked."""

    person: PersonId = Field(alias="person")
    deputies: tuple[PersonId, ...] = Field(default=(), alias="stedfortrædere")

    @property
    def holders(self) -> tuple[str, ...]:
        """Those who hold it."""
        return (self.person,)


class Board(Part):
    """The directorate: its members hold the role together, each with its full right, so it needs no deputies."""

    members: tuple[PersonId, ...] = Field(alias="medlemmer", min_length=1)

    @property
    def holders(self) -> tuple[str, ...]:
        """Those who hold it."""
        return self.members

    @property
    def deputies(self) -> tuple[str, ...]:
        """None: one member is as good as another (T07)."""
        return ()


class Roles(Part):
    """Who does what. The first three decide, and can't be done without."""

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
        """A role that is written down without anybody in it is a fault, not an absence."""
        return {key: {} if value is None else value for key, value in data.items()} if isinstance(data, dict) else data

    @cached_property
    def filled(self) -> dict[str, Role | Board]:
        """The roles that the plan fills, by their Danish ids and in the order above."""
        every = {str(each.alias): getattr(self, name) for name, each in type(self).model_fields.items()}
        return {role: held for role, held in every.items() if held is not None}

    def held_by(self, holders: Mapping[str, str]) -> Roles:
        """The roles with other persons in some of them; their deputies stay.

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


class Escalation(Part):
    """Whom a warning is taken to, and how long each is waited for. Plan §4."""

    steps: tuple[RoleId, ...] = Field(default=DECIDING_ROLES, alias="trin", min_length=1)
    decide_within: Duration = Field(default=read_duration("10m"), alias="beslut_inden")
    wait: Duration = Field(default=read_duration("5m"), alias="vent", validate_default=True)
    deputy_wait: Duration = Field(default=read_duration("3m"), alias="vent_stedfortræder", validate_default=True)
    repeat: Duration = Field(default=read_duration("5m"), alias="gentag")

    @field_validator("wait", "deputy_wait")
    @classmethod
    def _nobody_is_waited_for_longer_than_a_decision(cls, wait: timedelta, info: ValidationInfo) -> timedelta:
        limit = info.data.get("decide_within", wait)
        if wait > limit:
            key = cls.model_fields[str(info.field_name)].alias
            what = f"»{key}« på {write_duration(wait)} er længere end »beslut_inden« på {write_duration(limit)}"
            raise fault(what, f"Skriv højst {write_duration(limit)}")
        return wait


class Link(Part):
    """A document that is kept elsewhere, and is looked up from here. Plan §2 and §9."""

    title: Text = Field(alias="titel")
    address: Text = Field(alias="adresse")


class ActionCard(Link):
    """A centre's own instructions for one kind of event: a link, never a copy. Plan §2."""

    centre: CentreName = Field(alias="center")
    owner: PersonId | None = Field(default=None, alias="ejer")
    reviewed: date | None = Field(default=None, alias="gennemgået")


class Centre(Part):
    """A centre: its chief is told, its contact is asked (T33)."""

    name: Text = Field(alias="navn")
    chief: PersonId = Field(alias="chef")
    deputy: PersonId | None = Field(default=None, alias="stedfortræder")
    contact: PersonId | None = Field(default=None, alias="kontakt")

    @field_validator("name")
    @classmethod
    def _is_the_only_one_of_its_name(cls, name: str, info: ValidationInfo) -> str:
        known: Known | None = info.context
        if known and known.centres and known.centres.count(name) > 1:
            raise fault(f"To centre hedder »{name}«", "Giv hvert center sit eget navn")
        return name


class SupportFunction(Part):
    """A function that supports the staff, practical ones too. Plan §5."""

    name: Text = Field(alias="navn")
    contact: PersonId = Field(alias="kontakt")
    deputy: PersonId | None = Field(default=None, alias="stedfortræder")


class Deadlines(Part):
    """The plan's time limits, counted from the decision unless something else is said. Plan §5."""

    fully_established: Duration = Field(default=read_duration("2h"), alias="fuldt_etableret")
    sustain: Duration = Field(default=read_duration("3d"), alias="minimumsdrift")
    warnings: tuple[Duration, ...] = Field(
        default=(read_duration("60m"), read_duration("30m"), read_duration("10m")),
        alias="advarsler",
        validate_default=True,
    )
    centre_informed: Duration = Field(default=read_duration("30m"), alias="center_underrettet")
    situation_picture: Duration = Field(default=read_duration("60m"), alias="situationsbillede")
    status_reply: Duration = Field(default=read_duration("30m"), alias="statussvar")
    order_receipt: Duration = Field(default=read_duration("15m"), alias="ordre_kvittering")
    council: Clock = Field(default=time(9, 30), alias="byrådet_orienteres", validate_default=True)
    monitoring: Duration = Field(default=read_duration("30m"), alias="overvågning")
    minutes: tuple[Duration, Duration] = Field(default=(read_duration("30m"), read_duration("60m")), alias="referat")
    relief: Duration = Field(default=read_duration("12h"), alias="afløs_repræsentant")
    unlogged: Duration = Field(default=read_duration("30d"), alias="bilag_slettes")

    @field_validator("warnings")
    @classmethod
    def _warnings_come_before_what_they_warn_of(
        cls, warnings: tuple[timedelta, ...], info: ValidationInfo
    ) -> tuple[timedelta, ...]:
        limit = info.data.get("fully_established")
        late = [write_duration(each) for each in warnings if limit and each > limit]
        if limit and late:
            what = f"Advarslen {' og '.join(late)} er længere end fristen »fuldt_etableret« på {write_duration(limit)}"
            raise fault(what, f"Skriv advarsler på højst {write_duration(limit)}")
        return warnings

    @field_validator("minutes")
    @classmethod
    def _the_minute_taker_is_reminded_before_the_chief(
        cls, reminders: tuple[timedelta, timedelta]
    ) -> tuple[timedelta, timedelta]:
        if reminders[0] > reminders[1]:
            raise fault("Referenten mindes om referatet senere end krisestabschefen", "Skriv den korteste først")
        return reminders


class Meetings(Part):
    """The staff's ordinary meetings; the times are on the day before. Plan §5, steps 1 and 3."""

    agenda_by: Clock = Field(default=time(16), alias="dagsorden_senest")
    agenda_reminder: Clock = Field(default=time(12), alias="dagsorden_påmind", validate_default=True)
    fewest_items: int = Field(default=2, alias="færrest_punkter", ge=0)
    read_mail: Clock = Field(default=time(12), alias="mails_læses")
    place: Text | None = Field(default=None, alias="sted")
    link: Text | None = Field(default=None, alias="link")
    length: Duration = Field(default=read_duration("1h"), alias="varighed")

    @field_validator("agenda_reminder")
    @classmethod
    def _reminder_comes_first(cls, reminder: time, info: ValidationInfo) -> time:
        if reminder > info.data.get("agenda_by", reminder):
            raise fault("»dagsorden_påmind« er senere end »dagsorden_senest«", "Skriv et tidligere klokkeslæt")
        return reminder


class Watch(Part):
    """A telephone, a mailbox or a system that is watched more closely in a crisis. Plan §7."""

    kind: Literal["telefon", "postkasse", "system"] = Field(alias="slags")
    address: Text = Field(alias="adresse")


class SlackRoom(Part):
    """How the staff's channel is made in Slack."""

    private: YesNo = Field(default=True, alias="privat")


class TeamsRoom(Part):
    """Where the staff's channel is made in Teams: Graph knows the group; without Graph the channel is used."""

    group: Text | None = Field(default=None, alias="gruppe")
    channel: Text | None = Field(default=None, alias="kanal")


class Rooms(Part):
    """Where the staff meets in writing."""

    slack: SlackRoom = Field(default=SlackRoom(), alias="slack")
    teams: TeamsRoom = Field(default=TeamsRoom(), alias="teams")


class Fallback(Part):
    """Gateways for when the chat doesn't answer; they may hold a password, and are never shown."""

    sms: Text | None = Field(default=None, alias="sms", repr=False)
    mail: Text | None = Field(default=None, alias="mail", repr=False)
    calls: Calls | None = Field(default=None, alias="opkald", repr=False)
    without_sms: YesNo = Field(default=False, alias="sms_fravalgt")


class ChannelOrder(Part):
    """In which order a person's ways are tried, and how long before the next. A list alone is for when nothing else is
    known of the person.

    What is written for an urgency holds for everybody, before what they prefer and where they were last heard from. A wait
    is how long a message stands unanswered, or undelivered, on one way before the next is tried as well; without one, the
    next is tried when the first has failed.
    """

    otherwise: tuple[AnyChannel, ...] = Field(
        default=("slack", "teams", "sms", "mail"), alias="rækkefølge", min_length=1
    )
    urgent: tuple[AnyChannel, ...] = Field(default=(), alias="haster")
    ordinary: tuple[AnyChannel, ...] = Field(default=(), alias="almindelig")
    urgent_wait: Duration | None = Field(default=None, alias="vent_haster")
    ordinary_wait: Duration | None = Field(default=None, alias="vent_almindelig")

    @field_validator("ordinary")
    @classmethod
    def _nobody_is_rung_up_about_what_can_wait(cls, order: tuple[str, ...]) -> tuple[str, ...]:
        if "opkald" in order:
            raise fault("Der ringes kun op, når det haster", "Slet opkald under almindelig")
        return order

    @field_validator("ordinary_wait")
    @classmethod
    def _haste_waits_no_longer(cls, wait: timedelta | None, info: ValidationInfo) -> timedelta | None:
        urgent = info.data.get("urgent_wait")
        if wait and urgent and urgent > wait:
            what = (
                f"»vent_haster« på {write_duration(urgent)} er længere end »vent_almindelig« på {write_duration(wait)}"
            )
            raise fault(what, f"Skriv mindst {write_duration(urgent)}, eller vent kortere, når det haster")
        return wait

    @model_validator(mode="before")
    @classmethod
    def _may_be_a_list(cls, data: Any) -> Any:
        return {"rækkefølge": data} if isinstance(data, (list, tuple)) else data

    def decided(self, *, urgent: bool) -> tuple[str, ...]:
        """The order that the plan has decided on for that urgency; empty where it leaves it to what is known."""
        return self.urgent if urgent else self.ordinary

    def wait(self, *, urgent: bool) -> timedelta | None:
        """How long before the next way is tried as well; None where the plan doesn't say."""
        return self.urgent_wait if urgent else self.ordinary_wait


class ContactTest(Part):
    """Whether people are asked, outside a crisis, if they can be reached and are in here as they should be."""

    monthly: YesNo = Field(default=True, alias="månedligt")
    quarterly: YesNo = Field(default=True, alias="kvartal")


class Retention(Part):
    """How long what is remembered is kept; a case no shorter than until it is filed. GDPR article 5, and the archive law."""

    cases: Duration = Field(default=read_duration("1825d"), alias="sager")
    exercises: Duration = Field(default=read_duration("365d"), alias="øvelser")
    traffic: Duration = Field(default=read_duration("90d"), alias="beskeder")
    contact_tests: Duration = Field(default=read_duration("365d"), alias="kontakttest")
    backups: Duration = Field(default=read_duration("30d"), alias="sikkerhedskopier")


class Plan(Part):
    """A municipality's preparedness plan."""

    municipality: Text = Field(alias="kommune")
    timezone: Zone = Field(default=ZoneInfo("Europe/Copenhagen"), alias="tidszone")
    server: Web | None = Field(default=None, alias="adresse")
    edition: Edition = Field(default=Edition(), alias="plan")

    persons: dict[Id, Person] = Field(alias="personer")
    roles: Roles = Field(alias="roller")
    escalation: Escalation = Field(default=Escalation(), alias="eskalering")
    secretariat: tuple[PersonId, ...] = Field(default=(), alias="sekretariat")
    centres: tuple[Centre, ...] = Field(default=(), alias="centre")
    health: CentreName | None = Field(default=None, alias="sundhedscenter")
    support_functions: tuple[SupportFunction, ...] = Field(default=(), alias="støttefunktioner")

    logistics_over: int = Field(default=5, alias="logistikstab_over", ge=0)

    deadlines: Deadlines = Field(default=Deadlines(), alias="frister")
    meetings: Meetings = Field(default=Meetings(), alias="møder")
    monitoring: tuple[Watch, ...] = Field(default=(), alias="overvågning")
    media: tuple[Text, ...] = Field(default=MEDIA, alias="medier")
    grades: tuple[Text, Text, Text, Text] = Field(default=("Åben", "Intern", "Stab", "Fortrolig"), alias="grader")
    municipalities: tuple[Text, ...] = Field(default=(), alias="kommuner")
    places: tuple[Text, ...] = Field(default=(), alias="steder")

    action_cards: tuple[ActionCard, ...] = Field(default=(), alias="handlekort")
    links: tuple[Link, ...] = Field(default=(), alias="links")

    phones: dict[str, Phone] = Field(default={}, alias="telefoner")
    channel_order: ChannelOrder = Field(default=ChannelOrder(), alias="rækkefølge")
    contact_test: ContactTest = Field(default=ContactTest(), alias="kontakttest")
    rooms: Rooms = Field(default=Rooms(), alias="rum")
    fallback: Fallback = Field(default=Fallback(), alias="reserve")
    retention: Retention = Field(default=Retention(), alias="opbevaring")

    @field_validator("fallback")
    @classmethod
    def _a_call_can_be_answered(cls, fallback: Fallback, info: ValidationInfo) -> Fallback:
        if fallback.calls and "server" in info.data and not info.data["server"]:
            what = "Den, der ringes op, kan ikke svare: planen siger ikke, hvor krisebot nås udefra"
            raise fault(what, "Skriv »adresse: https://…« øverst i planen, eller slet opkald")
        return fallback

    _source: Source = PrivateAttr(default_factory=lambda: Source("planen"))

    # --- who ---

    def person(self, person: str) -> Person | None:
        """The person with that id, or None for somebody the plan doesn't know."""
        return self.persons.get(person)

    def find(self, platform: str, address: str) -> str | None:
        """Whose id on a platform that is.

        Args:
            platform: "slack", "teams", "sms", "mail"; in the rehearsal chat people go by their ids in the plan.
            address: as the platform writes it.
        """
        if platform == "rehearsal":
            return address if address in self.persons else None
        return self._addresses.get((platform, address.casefold()))

    def named(self, text: str) -> list[str]:
        """Those whom one name means: a person's own name, a title, a role, a centre or a support function.

        A role means its holders, a centre its contact (or its chief, where there is none). More than one person
        means that the name is shared; an empty list that nobody has it.
        """
        return list(self._names.get(fold(text), ()))

    # --- what they are ---

    def holders(self, role: str) -> list[str]:
        """Those who hold a role: one, the directorate's members, or nobody."""
        held = self.roles.filled.get(role)
        return list(held.holders) if held else []

    def holder(self, role: str) -> str | None:
        """The one who holds a role; None for one that nobody holds alone."""
        held = self.roles.filled.get(role)
        return held.person if isinstance(held, Role) else None

    def deputies(self, role: str) -> list[str]:
        """A role's deputies, in the order they are asked. (R007)"""
        held = self.roles.filled.get(role)
        return list(held.deputies) if held else []

    def board(self) -> list[str]:
        """The directorate's members, in the plan's order."""
        return self.holders("direktion")

    def roles_of(self, person: str) -> set[str]:
        """Every role that a person may act in, as holder or as deputy. (R007)"""
        held = {role for role in self.roles.filled if person in self.holders(role)}
        return held | self.deputised_by(person)

    def deputised_by(self, person: str) -> set[str]:
        """The roles that a person acts in on somebody else's behalf."""
        return {
            role for role in self.roles.filled if person in self.deputies(role) and person not in self.holders(role)
        }

    def deciders(self) -> list[str]:
        """Those who may decide on activation, in the order of plan §4. (R008)"""
        return list(dict.fromkeys(each for role in DECIDING_ROLES for each in self.holders(role) + self.deputies(role)))

    def interim_secretariat(self) -> list[str]:
        """Those who are the secretariat until the staff has named one. (R130, T22)"""
        by_role = (person for role in SECRETARIAT_ROLES for person in self.holders(role))
        return list(dict.fromkeys(self.secretariat or by_role))

    def centres_of(self, person: str) -> list[Centre]:
        """The centres that a person is chief, deputy or contact of."""
        return [each for each in self.centres if person in (each.chief, each.deputy, each.contact)]

    def health_centre(self) -> Centre | None:
        """The centre that answers for health (R115): the named one, else the one that has it in its name."""
        if self.health:
            return next(each for each in self.centres if each.name == self.health)
        return next((each for each in self.centres if "sundhed" in fold(each.name)), None)

    def grade_name(self, grade: str) -> str:
        """The municipality's name for one of `GRADES`."""
        return self.grades[GRADES.index(grade)]

    # --- what to know about it ---

    @property
    def warnings(self) -> list[Fault]:
        """What should be mended, though the plan can be used as it is."""
        return sorted(self._warnings())

    def warnings_on(self, today: date) -> list[Fault]:
        """`warnings`, and on a day outside the plan's period that too. (T29)"""
        period = self.edition.period
        found = list(self._warnings())
        if period and not period.start <= today <= period.end:
            key, when, word = ("til", period.end, "udløb") if today > period.end else ("fra", period.start, "begynder")
            day = format_date(when, "d. MMMM y", locale="da")
            mend = "Gennemgå planen, og skriv den nye periode"
            found.append(self._source.fault(("plan", "periode", key), f"Planens periode {word} {day}", mend))
        return sorted(found)

    def _warnings(self) -> Iterator[Fault]:
        for role, held in self.roles.filled.items():
            if isinstance(held, Role) and not held.deputies:
                what = f"Rollen »{role}« har ingen stedfortræder"
                yield self._source.fault(("roller", role), what, "Skriv »stedfortrædere: [id]«")
        for place, role in enumerate(self.escalation.steps):
            if role not in DECIDING_ROLES:
                what = f"»{role}« i »trin« kan ikke beslutte aktivering"
                yield self._source.fault(("eskalering", "trin", place), what, f"Brug {', '.join(DECIDING_ROLES)}")
        if self.fallback.calls and self.channel_order.urgent_wait is None:
            what = "Uden »vent_haster« ringes der først op, når alle andre veje er opgivet"
            yield self._source.fault(("reserve", "opkald"), what, "Skriv »vent_haster: 2m« under rækkefølge")
        for place, watch in enumerate(self.monitoring):
            if watch.kind == "postkasse" and watch.address.startswith("dl_"):
                what = f"»{watch.address}« ligner en distributionsliste, som ingen kan holde øje med"
                yield self._source.fault(("overvågning", place), what, "Se efter, at det er en postkasse")

    def lines_of_persons(self) -> dict[str, int]:
        """The line that each person stands on in the plan file."""
        return {person: self._source.lines.get(("personer", person), 0) for person in self.persons}

    # --- frozen into a crisis ---

    def frozen(self) -> dict[str, Any]:
        """The plan as JSON data for a crisis to begin with: all but what is always today's."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True, exclude=set(TODAYS))

    @classmethod
    def thawed(cls, frozen: Mapping[str, Any], today: Plan, holders: Mapping[str, str] | None = None) -> Plan:
        """The plan that a crisis began with, as it can be used today.

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
        removed = {person: as_was for person, as_was in old.persons.items() if person not in today.persons}
        current = {name: getattr(today, name) for name in TODAYS}
        others = holders or {}
        roles = old.roles.held_by(others) if others else old.roles
        functions = tuple(
            each.model_copy(update={"contact": others[each.name]}) if each.name in others else each
            for each in old.support_functions
        )
        return old.model_copy(
            update={
                "persons": {**today.persons, **removed},
                "roles": roles,
                "support_functions": functions,
                **current,
            }
        )

    # --- looked up often ---

    @cached_property
    def _addresses(self) -> dict[tuple[str, str], str]:
        found: dict[tuple[str, str], str] = {}
        for person, known in self.persons.items():
            for channel in ("slack", "teams", "sms", "mail"):
                if address := known.address(channel):
                    found.setdefault((channel, address.casefold()), person)
        return found

    @cached_property
    def _names(self) -> dict[str, list[str]]:
        """A title is nobody's, where a role or a person has the same name."""
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
    """A crisis' plan, which every turn asks for and nobody changes."""
    return Plan.model_validate_json(frozen, extra="ignore")


def _definite(noun: str) -> tuple[str, ...]:
    """A Danish noun with and without its article: borgmester, borgmesteren; sekretariat, sekretariatet."""
    return noun, f"{noun}en", f"{noun}et", f"{noun}n"


def _gather(names: Iterator[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, person in names:
        having = found.setdefault(fold(name), [])
        if person not in having:
            having.append(person)
    return found


def parse(text: str, name: str) -> Plan:
    """Read a plan.

    Args:
        text: the whole file.
        name: what its faults call it.

    Raises:
        PlanFaults: it can't be used; all that is wrong with it is told at once.
    """
    source = Source.read(text, name)
    try:
        plan = Plan.model_validate(source.data, context=Known.of(source.data, Roles))
    except ValidationError as error:
        raise PlanFaults([*source.faults, *explain(error.errors(), source, Plan)]) from error
    if source.faults:
        raise PlanFaults(source.faults)
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
    return parse(text, name)


@cache
def example() -> Plan:
    """The packaged example plan, with fictional persons."""
    return parse(example_text(), EXAMPLE)


def example_text() -> str:
    """The packaged example plan, as it is written."""
    return (resources.files("storage") / EXAMPLE).read_text("utf-8")
