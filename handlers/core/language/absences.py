"""Reading how long somebody is away as people write it: "til mandag", "fra onsdag til fredag", "uge 49"."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.core.language import times_read
from handlers.core.language.durations import NUMBERS
from handlers.core.language.times_shown import DAY
from storage.letters import fold

# Nobody in the plan is away for longer; a year that is written wrong is.
LONGEST = timedelta(days=370)

# Why is nobody's business, and is not kept.
REASON = re.compile(
    r"^(?:jeg (?:er|har|holder) )?(?:(?:er )?(?:syg|ferie|paa ferie|fri|kursus|paa kursus|paa tjenesterejse|bortrejst|vaek|"
    r"fravaerende|fravaer|barsel|paa barsel|orlov|paa orlov)\b[ ,:]*)+"
)
BACK = re.compile(
    r"(?:(?:er )?slut(?:ter|tet)?|ophoert?|forbi|stop|tilbage|er tilbage|jeg er tilbage|er her(?: igen)?|her igen|ingen)"
    r"(?: nu)?"
)
UNTIL_FURTHER = re.compile(r"(?:ind)?til videre|paa ubestemt tid")
FROM_TO = re.compile(r"fra (?:og med )?(?P<first>.{1,40}?) (?:til og med|til|tom\.?|t\.o\.m\.?|[-–]) (?P<last>.{1,40})")
BARE_FROM_TO = re.compile(r"(?P<first>[^ ].*?) ?(?:til og med|til|[-–]) ?(?P<last>.{1,40})")
FROM = re.compile(r"fra (?:og med )?(?P<first>.+)")
THROUGH = re.compile(r"(?:indtil|til) og med (?P<last>.{1,40})|tom\.? (?P<short>.+)")
UNTIL = re.compile(r"(?:frem til|indtil|til) (?P<last>.{1,40})")
WEEK_NO = re.compile(r"(?:i )?uge (?P<week>\d{1,2})(?:(?: ?[-–] ?| og | til )(?:uge )?(?P<last>\d{1,2}))?")
COUNT = re.compile(rf"(?:i )?(?P<count>\d{{1,3}}|{'|'.join(NUMBERS)}) (?P<unit>dage?|doegn|uger?)")
REST = {"resten af dagen": 1, "hele dagen": 1}
# "3. december", "den 3/12": a day of the month alone is none, since nobody can tell which month.
_DAY_FIRST = re.compile(r"(?:den )?(?P<day>\d{1,2})\.?")
_ENDS_IN_MONTH = re.compile(r"(?:den )?\d{1,2}(?:(?: ?/ ?\d{1,2})|\.? ?(?P<name>[a-z]{3,}))")


@dataclass(frozen=True)
class Away:
    """A time in which somebody is away.

    Args:
        since: UTC; not before now.
        until: UTC; None until they say that they are back.
    """

    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Said:
    """What somebody said of an absence.

    Args:
        words: as they were typed.
        away: how long it is; None where it is over.
    """

    words: str
    away: Away | None


def said(text: str, now: datetime, zone: ZoneInfo) -> Said | None:
    """Read what is said of an absence: how long it is, or that it is over; None for all else.

    Args:
        text, now, zone: as for `read`.
    """
    if is_back(text):
        return Said(text, None)
    away = read(text, now, zone)
    return Said(text, away) if away is not None else None


def is_back(text: str) -> bool:
    """Whether a text says that an absence is over: "slut", "er tilbage"."""
    return BACK.fullmatch(fold(text)) is not None


def read(text: str, now: datetime, zone: ZoneInfo) -> Away | None:
    """Read how long somebody is away; None when it can't be read, is over already or is longer than a year.

    "til mandag" ends as Monday begins, since that is the day they are back; "til og med fredag" and "fra onsdag til
    fredag" end with Friday.

    Args:
        text: what was written after `fravær`.
        now: UTC.
        zone: where the clock on the wall hangs.
    """
    folded = " ".join(REASON.sub("", fold(text).strip(" .,!")).split())
    found = _read(folded, now, zone)
    if found is None:
        return None
    since = max(found.since, now)
    if found.until is None:
        return Away(since, None) if since - now <= LONGEST else None
    return Away(since, found.until) if since < found.until <= now + LONGEST else None


def passed_end(text: str, now: datetime, zone: ZoneInfo) -> times_read.Parsed | None:
    """Read until when somebody is away where that has passed already, "til kl. 8" at noon; None for all else.

    Args:
        text, now, zone: as for `read`.
    """
    folded = " ".join(REASON.sub("", fold(text).strip(" .,!")).split())
    until = UNTIL.fullmatch(folded)
    found = times_read.parse(until["last"], now, zone) if until else None
    return found if found is not None and found.passed else None


def _read(folded: str, now: datetime, zone: ZoneInfo) -> Away | None:
    if UNTIL_FURTHER.fullmatch(folded):
        return Away(now, None)
    if folded in REST:
        return Away(now, _midnight(_today(now, zone) + DAY, zone))
    if folded in ("resten af ugen", "denne uge", "ugen ud", "hele ugen"):
        return Away(now, _midnight(_monday(_today(now, zone)) + 7 * DAY, zone))
    if folded in ("naeste uge", "i naeste uge", "hele naeste uge"):
        monday = _monday(_today(now, zone)) + 7 * DAY
        return Away(_midnight(monday, zone), _midnight(monday + 7 * DAY, zone))
    if match := WEEK_NO.fullmatch(folded):
        return _weeks(match, now, zone)
    if match := COUNT.fullmatch(folded):
        count = match["count"]
        days = (NUMBERS.get(count) or int(count)) * (7 if match["unit"].startswith("uge") else 1)
        return Away(now, _midnight(_today(now, zone) + days * DAY, zone))
    if match := THROUGH.fullmatch(folded):
        return _until(match["last"] or match["short"], now, now, zone, whole_day=True)
    if match := UNTIL.fullmatch(folded):
        return _until(match["last"], now, now, zone, whole_day=False)
    if match := FROM_TO.fullmatch(folded):
        return _between(match["first"], match["last"], now, zone)
    if match := FROM.fullmatch(folded):
        first = _moment(match["first"], now, zone)
        return Away(first[0], None) if first else None
    if one := _moment(folded, now, zone):
        return Away(*one) if one[0] != one[1] else None
    if match := BARE_FROM_TO.fullmatch(folded):
        return _between(match["first"], match["last"], now, zone)
    return None


def _between(first: str, last: str, now: datetime, zone: ZoneInfo) -> Away | None:
    """Read "onsdag" and "fredag"; "3." takes its month from "10. december"."""
    if _DAY_FIRST.fullmatch(first) and (month := _ENDS_IN_MONTH.fullmatch(last)):
        day = _DAY_FIRST.fullmatch(first)
        rest = f". {month['name']}" if month["name"] else last[last.index("/") :].strip()
        first = f"{day['day'] if day else ''}{rest}"
    begins = _moment(first, now, zone)
    return _until(last, begins[0], now, zone, whole_day=True) if begins else None


def _until(words: str, since: datetime, now: datetime, zone: ZoneInfo, *, whole_day: bool) -> Away | None:
    """Read when an absence ends, seen from when it begins."""
    ends = _moment(words, max(since, now), zone, after=not whole_day)
    return Away(since, ends[1] if whole_day else ends[0]) if ends else None


def _moment(words: str, now: datetime, zone: ZoneInfo, *, after: bool = False) -> tuple[datetime, datetime] | None:
    """Read a day, as when it begins and ends, or a time, as that twice, UTC.

    Args:
        after: a weekday that is today's means the next one.
    """
    words = (
        words.removesuffix(" morgen") if re.match(r"(?:man|tirs|ons|tors|fre|loer|soen)dag morgen$", words) else words
    )
    if words in ("weekenden", "i weekenden"):
        saturday = _monday(_today(now, zone)) + 5 * DAY
        return _midnight(saturday, zone), _midnight(saturday + 2 * DAY, zone)
    if (day := times_read.parse_day(words, now, zone)) is not None:
        if after and day <= _today(now, zone):
            day += 7 * DAY if times_read.names_weekday(words) else timedelta(0)
        return _midnight(day, zone), _midnight(day + DAY, zone)
    parsed = times_read.parse(words, now, zone)
    return (parsed.at, parsed.at) if parsed and not parsed.passed else None


def _weeks(match: re.Match[str], now: datetime, zone: ZoneInfo) -> Away | None:
    today = _today(now, zone)
    this = _monday(today)
    for year in (today.isocalendar().year, today.isocalendar().year + 1):
        try:
            first = date.fromisocalendar(year, int(match["week"]), 1)
            last = date.fromisocalendar(year, int(match["last"] or match["week"]), 1)
        except ValueError:
            return None
        if first >= this:
            if last < first:
                last = date.fromisocalendar(year + 1, int(match["last"]), 1)
            return Away(_midnight(first, zone), _midnight(last + 7 * DAY, zone))
    return None


def _today(now: datetime, zone: ZoneInfo) -> date:
    return now.astimezone(zone).date()


def _monday(day: date) -> date:
    return day - day.weekday() * DAY


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)
