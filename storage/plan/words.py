"""The plan's notation: how it writes durations, dates, times of day, telephone numbers and references to its own
persons and roles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Literal, get_args
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, PlainSerializer, ValidationInfo

from storage.plan.faults import fault, nearest

SECONDS = {"d": 86_400, "h": 3_600, "m": 60, "s": 1}

DANISH_LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})

# What a person may prefer; and what they may be reached by: a call is for what hastes, and nobody's preference.
Channel = Literal["slack", "teams", "sms", "mail"]
AnyChannel = Literal[Channel, "opkald"]
CHANNELS: tuple[Channel, ...] = get_args(Channel)
# Those where a person goes by an id, which nobody else has and which can be found by their mail address.
CHATS: tuple[Channel, ...] = ("slack", "teams")


@dataclass
class Known:
    """What the rest of a plan file says, while one part of it is read.

    Args:
        persons: ids and names; None when the plan's own list can't be read.
        roles: the roles that the plan fills; None when they can't be read.
        centres: their names.
        addresses: (platform, id) pairs read so far, and whose they are.
    """

    persons: Mapping[str, str] | None
    roles: list[str] | None
    centres: list[str] | None
    addresses: dict[tuple[str, str], str] = field(default_factory=dict)

    @classmethod
    def of(cls, data: Any, roles: type[BaseModel]) -> Known:
        """Collect what can be known of a file's data before it is checked; `roles` says which roles can't be done
        without."""
        parts = data if isinstance(data, dict) else {}
        persons, filled, centres = parts.get("personer"), parts.get("roller"), parts.get("centre")
        needed = [str(each.alias) for each in roles.model_fields.values() if each.is_required()]
        return cls(
            persons={person: _name(each) for person, each in persons.items()} if isinstance(persons, dict) else None,
            roles=list(dict.fromkeys([*needed, *filled])) if isinstance(filled, dict) else None,
            centres=[_name(each) for each in centres] if isinstance(centres, list) else None,
        )


def _name(part: Any) -> str:
    return str(part.get("navn", "")) if isinstance(part, dict) else ""


def fold(text: str) -> str:
    """Fold a name for comparison: without case, accents and surrounding marks; æ, ø and å are ae, oe and aa."""
    danish = unicodedata.normalize("NFC", text).casefold().translate(DANISH_LETTERS)
    bare = "".join(each for each in unicodedata.normalize("NFKD", danish) if not unicodedata.combining(each))
    return " ".join(bare.split()).strip(" .:,;@!?»«\"'")


def read_duration(text: str) -> timedelta:
    """Read a duration as the plan writes it: a whole number and s, m, h or d.

    Raises:
        ValueError: it is not written so, or it is zero.
    """
    match = re.fullmatch(r"([0-9]{1,6})([smhd])", text)
    if not match or not int(match[1]):
        raise ValueError(text)
    return timedelta(seconds=int(match[1]) * SECONDS[match[2]])


def write_duration(duration: timedelta) -> str:
    """Write a duration of whole seconds as the plan does, in the largest unit that fits it."""
    seconds = int(duration.total_seconds())
    unit = next(unit for unit, size in SECONDS.items() if seconds % size == 0)
    return f"{seconds // SECONDS[unit]}{unit}"


def _duration(value: Any) -> timedelta:
    if isinstance(value, timedelta):
        return value
    try:
        return read_duration(str(value or ""))
    except ValueError:
        if re.fullmatch(r"-.*|0+[smhd]?", str(value)):
            raise fault(f"Varigheden »{value}« skal være længere end nul", "Skriv fx 5m") from None
        raise fault(
            f"»{value}« er ikke en varighed", "Skriv et tal og s, m, h eller d, fx 30s, 5m, 2h eller 3d"
        ) from None


def _day(value: Any) -> date:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise fault(f"»{value}« er ikke en dato", "Skriv år-måned-dag, fx 2025-12-31") from None


def _clock(value: Any) -> time:
    if isinstance(value, time):
        return value
    try:
        return datetime.strptime(str(value), "%H:%M").time()
    except ValueError:
        raise fault(f"»{value}« er ikke et klokkeslæt", 'Skriv fx "16:00"') from None


def _yes_or_no(value: Any) -> bool:
    answers = {"true": True, "ja": True, "false": False, "nej": False}
    try:
        return answers[str(value).casefold()]
    except KeyError:
        raise fault(f"»{value}« er hverken ja eller nej", "Skriv ja eller nej") from None


def _zone(value: Any) -> ZoneInfo:
    try:
        return ZoneInfo(str(value))
    except (KeyError, ValueError, OSError):
        guess = nearest(str(value), sorted(available_timezones())) or "Europe/Copenhagen"
        raise fault(f"Tidszonen »{value}« findes ikke", f"Skriv {guess}") from None


def _phone(value: str) -> str:
    """Return the number as it is dialled; eight digits alone are Danish."""
    digits = re.sub(r"[ .\-()]", "", value)
    digits = re.sub(r"^00", "+", digits)
    if not re.fullmatch(r"\+?[0-9]{3,15}", digits):
        raise fault(f"»{value}« er ikke et telefonnummer", 'Skriv fx "+4512345678"')
    return f"+45{digits}" if re.fullmatch(r"[0-9]{8}", digits) else digits


def _mail(value: str) -> str:
    if not re.fullmatch(r"[^@\s]+@[^@\s]+", value):
        raise fault(f"»{value}« er ikke en mailadresse", "Skriv fx navn@kommune.example")
    return value


def _logo_file(value: str) -> str:
    if not re.fullmatch(r"[\w-][\w .-]{0,99}\.(?:png|svg)", value):
        raise fault(
            f"»{value}« er ikke en PNG- eller SVG-fil",
            "Skriv filens navn alene, fx byvaaben.svg, og læg den ved siden af",
        )
    return value


def _web(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s/]\S*", value):
        raise fault(f"»{value}« er ikke en netadresse", "Skriv fx https://krise.kommune.example")
    return value.rstrip("/")


def _web_page(value: str) -> str:
    """Check an address that people tap, to the letter: where it leads is its owner's."""
    if not re.fullmatch(r"https?://[^\s/<>\"»«*∗|{}\\^`][^\s<>\"»«*∗|{}\\^`]{0,1990}", value):
        raise fault(
            f"»{value[:100]}« er ikke et link, der kan trykkes på",
            "Skriv hele adressen, fx https://intranet.kommune.example/instruks",
        )
    return value


def _calls(value: str) -> str:
    """Check the address of a gateway for calls; what is wrong with it is said without its password."""
    if not re.fullmatch(r"twilio://[^:@/\s]+:[^:@/\s]+@\+[0-9]{8,15}", value):
        raise fault(
            "Gatewayen for opkald mangler konto, nøgle eller nummer, eller er en anden end Twilio",
            "Skriv twilio://KONTO:NØGLE@+45NUMMER",
        )
    return value


def _id(value: str) -> str:
    if not re.fullmatch(r"\w[\w.\-]*", value):
        raise fault(f"»{value}« kan ikke være et id", "Brug bogstaver, tal, punktum og bindestreg, fx jens")
    return value


def _person(value: str, info: ValidationInfo) -> str:
    known: Known | None = info.context
    if not known or known.persons is None or value in known.persons:
        return value
    guess = nearest(value, list(known.persons)) or nearest(value, known.persons)
    raise fault(
        f"»{value}« er ikke blandt personerne", f"Skriv »{guess}«" if guess else f"Skriv {value} på under personer"
    )


def _role(value: str, info: ValidationInfo) -> str:
    known: Known | None = info.context
    if not known or known.roles is None or value in known.roles:
        return value
    mend = f"Skriv »{nearest(value, known.roles) or ', '.join(known.roles)}«"
    raise fault(f"»{value}« er ikke en rolle i planen", mend)


def _centre(value: str, info: ValidationInfo) -> str:
    known: Known | None = info.context
    if not known or known.centres is None or value in known.centres:
        return value
    mend = f"Skriv »{nearest(value, known.centres) or ', '.join(known.centres)}«"
    raise fault(f"»{value}« er ikke et af centrene", mend)


Text = Annotated[str, Field(min_length=1)]
LogoFile = Annotated[str, AfterValidator(_logo_file)]
Duration = Annotated[timedelta, BeforeValidator(_duration), PlainSerializer(write_duration)]
Day = Annotated[date, BeforeValidator(_day)]
Clock = Annotated[time, BeforeValidator(_clock), PlainSerializer(lambda at: f"{at:%H:%M}")]
YesNo = Annotated[bool, BeforeValidator(_yes_or_no)]
Zone = Annotated[ZoneInfo, BeforeValidator(_zone), PlainSerializer(str)]
Phone = Annotated[str, AfterValidator(_phone)]
Mail = Annotated[str, AfterValidator(_mail)]
Web = Annotated[str, AfterValidator(_web)]
WebPage = Annotated[str, AfterValidator(_web_page)]
Calls = Annotated[str, Field(min_length=1), AfterValidator(_calls)]
Id = Annotated[str, AfterValidator(_id)]
PersonId = Annotated[str, AfterValidator(_person)]
RoleId = Annotated[str, AfterValidator(_role)]
CentreName = Annotated[str, AfterValidator(_centre)]
