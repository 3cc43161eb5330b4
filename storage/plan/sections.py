"""The plan file's other sections, in its own order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time, timedelta
from email.utils import parseaddr
from typing import Any, Literal
from urllib.parse import parse_qs, unquote, urlsplit

from pydantic import (
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from storage.plan.base import PlanModel
from storage.plan.faults import fault
from storage.plan.persons import DECIDING_ROLES
from storage.plan.words import (
    CHANNELS,
    AnyChannel,
    Calls,
    CentreName,
    Clock,
    Day,
    Duration,
    Known,
    PersonId,
    Phone,
    RoleId,
    Text,
    YesNo,
    read_duration,
    write_duration,
)

# Plan §7: "udvalgte medier"; what was Twitter has another name since.
MEDIA = ("tv", "radio/netradio", "hjemmesider", "Facebook", "X (Twitter)")


class Period(PlanModel):
    """The years the plan is meant for; both days are in it."""

    start: Day = Field(alias="fra")
    end: Day = Field(alias="til")

    @field_validator("end")
    @classmethod
    def _ends_after_it_starts(cls, end: date, info: ValidationInfo) -> date:
        if end < info.data.get("start", end):
            raise fault("Planens periode slutter, før den begynder", "Byt om på fra og til")
        return end


class Edition(PlanModel):
    """The edition of the plan: its title and its period."""

    title: Text = Field(default="Beredskabsplan", alias="titel")
    period: Period | None = Field(default=None, alias="periode")


class Escalation(PlanModel):
    """The chain that a warning is taken to, and how long each is waited for. Plan §4."""

    steps: tuple[RoleId, ...] = Field(default=DECIDING_ROLES, alias="trin", min_length=1)
    decide_within: Duration = Field(default=read_duration("10m"), alias="beslut_inden")
    wait: Duration = Field(default=read_duration("5m"), alias="vent", validate_default=True)
    deputy_wait: Duration = Field(default=read_duration("3m"), alias="vent_stedfortræder", validate_default=True)
    repeat: Duration = Field(default=read_duration("5m"), alias="gentag")
    question_waits: Duration = Field(default=read_duration("2m"), alias="spørgsmål_venter", validate_default=True)

    @field_validator("question_waits")
    @classmethod
    def _a_silent_warning_waits_neither_too_shortly_nor_too_long(cls, wait: timedelta) -> timedelta:
        if not read_duration("30s") <= wait <= read_duration("10m"):
            raise fault(
                f"»spørgsmål_venter« er {write_duration(wait)}", "Skriv mellem 30s og 10m; 2m er det sædvanlige"
            )
        return wait

    @field_validator("wait", "deputy_wait")
    @classmethod
    def _nobody_is_waited_for_longer_than_a_decision(cls, wait: timedelta, info: ValidationInfo) -> timedelta:
        limit = info.data.get("decide_within", wait)
        if wait > limit:
            key = cls.model_fields[str(info.field_name)].alias
            what = f"»{key}« på {write_duration(wait)} er længere end »beslut_inden« på {write_duration(limit)}"
            raise fault(what, f"Skriv højst {write_duration(limit)}")
        return wait


class Link(PlanModel):
    """A document that is kept elsewhere, and is looked up from here. Plan §2 and §9."""

    title: Text = Field(alias="titel")
    address: Text = Field(alias="adresse")


class ActionCard(Link):
    """A centre's own instructions for one kind of event: a link, never a copy. Plan §2."""

    centre: CentreName = Field(alias="center")
    owner: PersonId | None = Field(default=None, alias="ejer")
    reviewed: date | None = Field(default=None, alias="gennemgået")


class Centre(PlanModel):
    """A centre: its chief is told, its contact is asked."""

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

    def held_by(self, holders: Mapping[str, str]) -> Centre:
        """Return the centre with the contact that it has in a crisis.

        Args:
            holders: a role and whoever has it now; see `contact_role`.
        """
        contact = holders.get(contact_role(self.name))
        return self.model_copy(update={"contact": contact}) if contact else self


def contact_role(centre: str) -> str:
    """Name the role of a centre's contact, among those that others have in a crisis than by the plan."""
    return f"kontaktperson for {centre}"


class SupportFunction(PlanModel):
    """A function that supports the staff, practical ones too. Plan §5."""

    name: Text = Field(alias="navn")
    contact: PersonId = Field(alias="kontakt")
    deputy: PersonId | None = Field(default=None, alias="stedfortræder")


class CriticalFunction(PlanModel):
    """A function that the municipality can't do without for long, and for how long it can. Plan §2, continued running."""

    name: Text = Field(alias="navn", max_length=60)
    also: tuple[Text, ...] = Field(default=(), alias="også")
    longest_stop: Duration = Field(alias="længste_stop")
    responsible: PersonId | None = Field(default=None, alias="ansvarlig")

    @property
    def names(self) -> tuple[str, ...]:
        """What people call it."""
        return (self.name, *self.also)


class Deadlines(PlanModel):
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
    media_analysis: Clock = Field(default=time(15), alias="medieanalyse", validate_default=True)
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


class Meetings(PlanModel):
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


class Conference(PlanModel):
    """A telephone conference, where the staff meets when the chat is down; its code is for those who are summoned."""

    number: Phone = Field(alias="nummer")
    code: Text | None = Field(default=None, alias="kode", max_length=20, repr=False)

    @field_validator("code")
    @classmethod
    def _can_be_keyed_in(cls, code: str | None) -> str | None:
        if code is not None and not all(each in "0123456789#* " for each in code):
            raise fault("Koden til telefonkonferencen kan ikke tastes på en telefon", "Skriv tal, # og *")
        return code


class Watch(PlanModel):
    """A telephone, a mailbox or a system that is watched more closely in a crisis. Plan §7."""

    kind: Literal["telefon", "postkasse", "system"] = Field(alias="slags")
    address: Text = Field(alias="adresse")


class SlackRoom(PlanModel):
    """The settings of the staff's channel in Slack."""

    private: YesNo = Field(default=True, alias="privat")


class TeamsRoom(PlanModel):
    """The settings of the staff's channel in Teams: Graph knows the group; without Graph the channel is used."""

    group: Text | None = Field(default=None, alias="gruppe")
    channel: Text | None = Field(default=None, alias="kanal")


class Rooms(PlanModel):
    """The staff's channels, where it meets in writing."""

    slack: SlackRoom = Field(default=SlackRoom(), alias="slack")
    teams: TeamsRoom = Field(default=TeamsRoom(), alias="teams")


# A number of so few digits is a short code, which has no country.
SHORT_CODE = 6


class Fallback(PlanModel):
    """Gateways for when the chat doesn't answer; they may hold a password, and are never shown."""

    sms: Text | None = Field(default=None, alias="sms", repr=False)
    mail: Text | None = Field(default=None, alias="mail", repr=False)
    calls: Calls | None = Field(default=None, alias="opkald", repr=False)
    without_sms: YesNo = Field(default=False, alias="sms_fravalgt")

    @property
    def mail_sender(self) -> str:
        """The address that mails are from, as the gateway's address says; empty where it doesn't."""
        parts = urlsplit(self.mail or "")
        told = parse_qs(parts.query).get("from", [""])[0]
        address = parseaddr(told)[1] or (f"{unquote(parts.username)}@{parts.hostname}" if parts.username else "")
        return address if "@" in address.strip("@") else ""

    @property
    def sms_sender(self) -> str:
        """The sender of an SMS, where answers come back by the gateway; empty where they never do."""
        parts = urlsplit(self.sms or "")
        return unquote(parts.netloc.rpartition("@")[2]).lstrip("+") if parts.scheme == "gatewayapi" else ""

    @property
    def own_numbers(self) -> tuple[str, ...]:
        """The numbers that krisebot writes SMS and rings from, as they are dialled; a sender that is a name is none."""
        caller = urlsplit(self.calls or "").netloc.rpartition("@")[2]
        short = len(self.sms_sender) <= SHORT_CODE
        sender = f"{'' if short else '+'}{self.sms_sender}" if self.sms_sender.isdecimal() else ""
        return tuple(dict.fromkeys(each for each in (sender, caller) if each))


class ChannelOrder(PlanModel):
    """The order in which a person's ways are tried, and how long before the next. A list alone is for when nothing else
    is known of the person.

    What is written for an urgency holds for everybody, before what they prefer and where they were last heard from. A
    wait is how long a message stands unanswered, or undelivered, on one way before the next is tried as well; without
    one, the next is tried when the first has failed.
    """

    otherwise: tuple[AnyChannel, ...] = Field(default=CHANNELS, alias="rækkefølge", min_length=1)
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
        """Return the order that the plan has decided on for that urgency; empty where it leaves it to what is known."""
        return self.urgent if urgent else self.ordinary

    def wait(self, *, urgent: bool) -> timedelta | None:
        """Return how long before the next way is tried as well; None where the plan doesn't say."""
        return self.urgent_wait if urgent else self.ordinary_wait


class ContactTest(PlanModel):
    """The setting for asking people, outside a crisis, if they can be reached and are in the plan as they should be."""

    monthly: YesNo = Field(default=True, alias="månedligt")
    quarterly: YesNo = Field(default=True, alias="kvartal")


class EmergencyPackMail(PlanModel):
    """Whether the emergency pack is mailed to the chief and the secretariat. Bilag 5."""

    mail: YesNo = Field(default=False, alias="mail")


class Economy(PlanModel):
    """The account that a crisis is paid from, and who gets the sum when it is over. Bilag 2, 8 c."""

    account: Text | None = Field(default=None, alias="konto")
    person: PersonId | None = Field(default=None, alias="modtager")


class Retention(PlanModel):
    """How long everything is kept; a case no shorter than until it is filed. GDPR article 5, and the archive law."""

    cases: Duration = Field(default=read_duration("1825d"), alias="sager")
    exercises: Duration = Field(default=read_duration("365d"), alias="øvelser")
    traffic: Duration = Field(default=read_duration("90d"), alias="beskeder")
    contact_tests: Duration = Field(default=read_duration("365d"), alias="kontakttest")
    backups: Duration = Field(default=read_duration("30d"), alias="sikkerhedskopier")
