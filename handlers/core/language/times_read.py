"""Reading a time as people write it: "kl 14", "om 30 min", "fre 12"."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from handlers.core.language import times_shown
from handlers.core.language.durations import DURATION, NUMBERS, duration
from handlers.core.language.understood import MOST
from storage import wall_clock
from storage.letters import fold, fold_letter

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
WEEK = timedelta(weeks=1)
# What is further ahead is a slip of the finger: no crisis, and nothing that is done after one, is planned for 2099.
FARTHEST = timedelta(days=366)

# "13:50" just after midnight was yesterday; "15:00" at two in the afternoon is a slip of the finger.
HALF_A_DAY = 12 * HOUR


@dataclass(frozen=True)
class Parsed:
    """A time that was read out of words.

    Args:
        at: UTC.
        text: what said it, verbatim.
        passed: it has been, as "08:00" at two o'clock, or is more than a year ahead; one asks what is meant.
        tomorrow: UTC, what to propose instead, when it was today's time that has passed; for one that should have been, the
            day before.
        ambiguous: the wall clock shows it twice that night; `at` is the first of them that hasn't been.
        idle: "normaltid", where that was said of a time that comes only once, and in summer; or the other way round.
    """

    at: datetime
    text: str
    passed: bool = False
    tomorrow: datetime | None = None
    ambiguous: bool = False
    idle: str = ""


# --- What is written --------------------------------------------------------------------------------------------------

# Everything here is compared with folded text, where æ, ø and å are ae, oe and aa.
WEEKDAYS = ("ma", "ti", "on", "to", "fr", "lo", "so")
MONTHS = ("jan", "feb", "mar", "apr", "maj", "jun", "jul", "aug", "sep", "okt", "nov", "dec")
DAYS_AHEAD = {"dag": 0, "formiddag": 0, "eftermiddag": 0, "aften": 0, "nat": 0, "morgen": 1, "overmorgen": 2}
DAYS_BACK = {"dag": 0, "morges": 0, "formiddag": 0, "eftermiddag": 0, "nat": 0, "aftes": 1, "gaar": 1, "forgaars": 2}

# Where the hours are counted from one to twelve again, and what is meant where no hour is said.
AFTERNOON = {"eftermiddag", "aften", "aftes"}
ENDS_AT_MIDNIGHT = {"aften", "aftes", "nat"}
UNTOLD = {"aften": 20 * HOUR, "middag": 12 * HOUR, "midnat": 24 * HOUR}

_number = "|".join(sorted(NUMBERS, key=len, reverse=True))
_offset = rf"(?:(?:et )?kvart(?:er)?|\d{{1,2}}|{_number})(?: min(?:ut(?:ter)?)?\.?)?"

# What a time is put together from, in whatever order people do it; each at most once.
PARTS = {
    "relative": rf"(?:i ?(?P<nearby>{'|'.join([*DAYS_AHEAD, *DAYS_BACK])})|(?P<next_but_one>overmorgen|forgaars))\b",
    "weekday": r"(?:paa? )?(?P<name>man|tirs?|ons|tors?|fre|loe?r|soe?n)(?:dag)?\b\.?",
    "date": (
        r"(?:den )?(?P<day>\d{1,2})"
        rf"(?: ?/ ?(?P<month>\d{{1,2}})(?!\d)|\.? ?(?P<month_name>{'|'.join(MONTHS)})[a-z]*\.?)"
        r"(?: ?[-/ ] ?(?P<year>20\d\d)(?!\d))?+"
    ),
    "in_days": rf"om (?P<count>\d{{1,3}}|{_number}) (?P<unit>dage?|doegn|uger?)\b",
    "clock": (
        r"(?P<kl>kl(?:okken)?\b\.? ?|kl(?=\d))?"
        rf"(?:(?=halv |(?:{_number})\b|{_offset} (?:over|i) (?:halv |\d|{_number}))"
        rf"(?:(?P<offset>{_offset}) (?P<side>over|i) )?(?P<half>halv )?(?P<spoken>\d{{1,2}}|{_number})\b"
        r"|(?P<hour>\d{1,2}?)(?:[.:](?P<minute>\d\d)|(?P<joined>\d\d))?(?![\d/]))"
        r"(?: \(?(?P<season>sommertid|normaltid|vintertid)\b\)?)?"
    ),
    "part": r"(?P<part_name>formiddag|eftermiddag|aften|middag|midnat)\b",
}
PART = re.compile(r"[ ,]*(?:" + "|".join(rf"(?P<{kind}>{pattern})" for kind, pattern in PARTS.items()) + ")")

NOW = r"(?:lige )?nu|straks|med det samme"
IN = re.compile(rf"om (?:ca\.? )?(?P<how_long>{DURATION})(?!\w)")
WITHIN = re.compile(rf"(?:om )?(?:ca\.? )?(?P<how_long>{DURATION})(?!\w)")
AGO = re.compile(rf"(?:for )?(?:ca\.? )?(?P<how_long>{DURATION}) siden")
CUE = re.compile(
    r"(?:(?:med )?(?:svar)?frist(?:en)?(?: er)?|deadline|inden(?: for)?|senest|svar|meld(?:er|es)?(?: mig| os)? tilbage|"
    r"tilbagemelding|giv(?:er)? besked)\b(?: (?:kl(?=\b)|senest|inden))?:? ?"
)

WORD = re.compile(r"(?<![\w.:/])\w")

# A bare number is only an hour where no noun follows that it could be counting.
ENDS = re.compile(r" ?(?:$|[^\w ]|(?:i|paa|hos|ved|til|med|og|teams|https?)\b)")


# "i formiddags", "i mandags"; and "i går aftes".
LAST_ONE = re.compile(r"\b(?:i )?((?:(?:for|efter)mid|man|tirs|ons|tors|fre|loer|soen)dag)s\b")
EVENING_BEFORE = re.compile(r"(?<=i gaar )aftes\b")

# What nobody says but of a time, also where nothing else says that it is one: "5 i to biler" is none.
SPOKEN = re.compile(
    rf"(?:(?:(?:et )?kvart(?:er)?|{_offset}) (?:over|i) halv |(?:et )?kvart(?:er)? (?:over|i) |halv )(?:\d{{1,2}}|{_number})(?![\w/-])"
)


@dataclass(frozen=True)
class _Said:
    """The parts of a time, as words: what kinds there are, in their order, and what each pattern caught."""

    kinds: tuple[str, ...]
    caught: dict[str, str]

    def has(self, *kinds: str) -> bool:
        return any(kind in self.kinds for kind in kinds)

    @property
    def names_a_day(self) -> bool:
        return self.has("relative", "weekday", "date", "in_days")

    @property
    def nearby(self) -> str:
        """The "morgen" of "i morgen"."""
        return self.caught.get("nearby") or self.caught.get("next_but_one") or ""

    @property
    def part_of_day(self) -> str:
        return self.caught.get("part_name") or self.nearby


def _read(folded: str, at: int = 0) -> tuple[_Said, int]:
    """Read the parts of a time that stand at a place in a text, and where they end."""
    kinds: list[str] = []
    caught: dict[str, str] = {}
    end = at
    while found := PART.match(folded, end):
        kind = next(each for each in PARTS if found[each])
        if kind in kinds:
            break
        kinds.append(kind)
        caught.update({name: text for name, text in found.groupdict().items() if text})
        end = found.end()
    return _Said(tuple(kinds), caught), end


def _time_of_day(said: _Said) -> timedelta | None:
    """Return the time since midnight that is meant; None when none is told, or there is no such hour."""
    caught = said.caught
    if "spoken" in caught:
        return _spoken(said)
    if "hour" not in caught:
        return UNTOLD.get(said.part_of_day)
    hour, minute = int(caught["hour"]), int(caught.get("minute") or caught.get("joined") or 0)
    return _in_its_part_of_day(hour * HOUR + minute * MINUTE, said) if minute < 60 else None


def _spoken(said: _Said) -> timedelta | None:
    """Return the time of day said as "halv ni", "kvart over 8", "5 i halv 9" or "klokken otte"."""
    caught = said.caught
    if not caught.keys() & {"kl", "half", "offset"}:
        return None
    time = _count(caught["spoken"]) * HOUR
    if "half" in caught:
        time -= 30 * MINUTE
    if "offset" in caught:
        minutes = 15 if "kvart" in caught["offset"] else _count(caught["offset"].split()[0])
        time += (minutes if caught["side"] == "over" else -minutes) * MINUTE
    return _in_its_part_of_day(time, said)


def _in_its_part_of_day(time: timedelta, said: _Said) -> timedelta | None:
    if said.part_of_day in AFTERNOON and time < 12 * HOUR:
        time += 12 * HOUR
    elif said.part_of_day in ENDS_AT_MIDNIGHT and time == 12 * HOUR:
        time = 24 * HOUR
    return time if timedelta(0) <= time <= 24 * HOUR else None


def _count(number: str) -> int:
    return NUMBERS[number] if number in NUMBERS else int(number)


# --- From the wall to UTC ---------------------------------------------------------------------------------------------


def _instants(day: date, time: timedelta, zone: ZoneInfo, season: str | None = None) -> list[datetime]:
    """Return when, UTC, the clock on the wall shows a time: twice where it is put back, and once else.

    A time that it is put forward over is as far into the hour after.
    """
    wall = datetime(day.year, day.month, day.day) + time
    first, second = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    if second <= first:
        return [first]
    if season:
        return [first if season == "sommertid" else second]
    return [first, second]


def _dates(said: _Said, today: date, *, back: bool) -> list[date]:
    """Return the days that can be meant, the likeliest first; none when there is no such day, or it lies the other
    way."""
    if said.has("date"):
        return [day for day in _calendar_dates(said, today, back=back) if _is_that_weekday(said, day)]
    if said.has("weekday"):
        days = (WEEKDAYS.index(_weekday(said)) - today.weekday()) % 7
        nearest = today + days * times_shown.DAY - (WEEK if back and days else timedelta(0))
        return [nearest, nearest - WEEK if back else nearest + WEEK]
    if said.has("in_days"):
        unit = WEEK if said.caught["unit"].startswith("uge") else times_shown.DAY
        return [] if back else [today + _count(said.caught["count"]) * unit]
    if said.has("relative"):
        days_away = (DAYS_BACK if back else DAYS_AHEAD).get(said.nearby)
        if days_away is None:
            return []
        day = today - days_away * times_shown.DAY if back else today + days_away * times_shown.DAY
        return [day, day - times_shown.DAY if back else day + times_shown.DAY] if said.nearby == "nat" else [day]
    return [today]


def _calendar_dates(said: _Said, today: date, *, back: bool) -> list[date]:
    caught = said.caught
    month = int(caught["month"]) if "month" in caught else MONTHS.index(caught["month_name"]) + 1
    if "year" in caught:
        years = [int(caught["year"])]
    else:
        years = [today.year, today.year - 1] if back else [today.year, today.year + 1]
    days = []
    for year in years:
        try:
            day = date(year, month, int(caught["day"]))
        except ValueError:
            continue
        if "year" in caught or day > today - times_shown.A_SEASON:
            days.append(day)
    return days if back else days[:1]


def _weekday(said: _Said) -> str:
    return said.caught["name"][:2]


def _is_that_weekday(said: _Said, day: date) -> bool:
    return not said.has("weekday") or WEEKDAYS[day.weekday()] == _weekday(said)


def _occasions(said: _Said, days: list[date], time: timedelta, *, back: bool = False) -> list[tuple[date, timedelta]]:
    """Return when a time of day can be meant, the likeliest first. "Halv fire" is said of the afternoon too: the nearest is meant,
    where neither the day nor its part was told."""
    twice = bool(said.caught.keys() & {"half", "offset"}) and not said.names_a_day and not said.part_of_day
    times = [time, time + 12 * HOUR] if twice and time < 12 * HOUR else [time]
    return [(day, each) for day in days for each in (reversed(times) if back else times)]


def _ahead(said: _Said, text: str, now: datetime, zone: ZoneInfo) -> Parsed | None:
    """Return the time that is meant by somebody who looks forward."""
    local = now.astimezone(zone)
    this_minute = now.replace(second=0, microsecond=0)
    time = _time_of_day(said)
    if time is None and said.has("in_days") and not said.has("clock"):
        time = local.hour * HOUR + local.minute * MINUTE
    days = _dates(said, local.date(), back=False)
    if time is None or not days:
        return None
    season = said.caught.get("season")
    for day, meant in _occasions(said, days, time):
        instants = _instants(day, meant, zone, season)
        for at in instants:
            if at >= this_minute:
                idle = season if season and wall_clock.out_of_season(at.astimezone(zone), season) else ""
                return Parsed(at, text, ambiguous=len(instants) > 1, idle=idle)
    instants = _instants(days[0], time, zone, season)
    tomorrow = _instants(days[0] + times_shown.DAY, time, zone)[0] if days == [local.date()] else None
    return Parsed(instants[0], text, passed=True, tomorrow=tomorrow, ambiguous=len(instants) > 1)


# --- Reading ----------------------------------------------------------------------------------------------------------


def parse(text: str, now: datetime, zone: ZoneInfo) -> Parsed | None:
    """Read a time that is still to come, from words that say nothing else.

    Args:
        text: "14", "kl 14.30", "om en halv time", "i morgen 8", "fre 12", "3/7 kl 9", "halv ni", "i aften", "nu" …
        now: UTC.
        zone: where the clock on the wall hangs.

    Returns:
        None when it can't be read as one time. A bare clock time that has been is `passed`, and so is what is too far ahead.
    """
    found = _parse(text, now, zone)
    too_far = found is not None and not found.passed and found.at > now + FARTHEST
    return replace(found, passed=True, tomorrow=None) if found is not None and too_far else found


def _parse(text: str, now: datetime, zone: ZoneInfo) -> Parsed | None:
    folded = fold(text).strip(" .,!")
    cue = CUE.match(folded)
    folded = folded[cue.end() :] if cue else folded
    if re.fullmatch(NOW, folded):
        return Parsed(now, text.strip())
    if waiting := (WITHIN if cue else IN).fullmatch(folded):
        return _in(waiting, text.strip(), now)
    said, end = _read(folded)
    return _ahead(said, text.strip(), now, zone) if said.kinds and end == len(folded) else None


def parse_day(text: str, now: datetime, zone: ZoneInfo) -> date | None:
    """Read a day that is today or still to come, from words that say nothing else: "mandag", "i morgen", "den 3/12".

    Args:
        text: as typed.
        now: UTC.
        zone: where the clock on the wall hangs.

    Returns:
        None when it isn't one day, or it has been.
    """
    folded = fold(text).strip(" .,!")
    said, end = _read(folded)
    if not said.names_a_day or said.has("clock", "part") or end != len(folded) or said.nearby in UNTOLD:
        return None
    today = now.astimezone(zone).date()
    return next((day for day in _dates(said, today, back=False) if day >= today), None)


def names_weekday(text: str) -> bool:
    """Whether a text names a day by its weekday alone."""
    said, _ = _read(fold(text))
    return said.has("weekday") and not said.has("date")


def parse_past(text: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Read a time that has been, UTC, as when a decision is set back to when it was made (plan §5).

    Args:
        text: "13:50", "i går 23.40", "for 10 min siden", "fredag 12", "2/7 kl 9", "nu" …
        now: UTC.
        zone: where the clock on the wall hangs.

    Returns:
        None when it can't be read, or lies ahead. A bare clock time is at most twelve hours back.
    """
    folded = EVENING_BEFORE.sub("aften", LAST_ONE.sub(r"\1", fold(text).strip(" .,!")))
    if re.fullmatch(NOW, folded):
        return now
    if ago := AGO.fullmatch(folded):
        how_long = duration(ago["how_long"])
        return now - how_long if how_long is not None else None
    said, end = _read(folded)
    time = _time_of_day(said)
    if time is None or end != len(folded):
        return None
    today = now.astimezone(zone).date()
    days = _dates(said, today, back=True) if said.names_a_day else [today, today - times_shown.DAY]
    for day, meant in _occasions(said, days, time, back=True):
        for at in reversed(_instants(day, meant, zone, said.caught.get("season"))):
            if at <= now:
                return at if said.names_a_day or now - at <= HALF_A_DAY else None
    return None


def parse_been(text: str, now: datetime, zone: ZoneInfo) -> Parsed | None:
    """Read a time that has been, as `parse_past` does; one that has not come yet is `passed`, and what is proposed
    instead is the day before.

    Returns:
        None when it can't be read as one time.
    """
    been = parse_past(text, now, zone)
    if been is not None:
        return Parsed(been, text.strip())
    ahead = parse(text, now, zone)
    if ahead is None:
        return None
    local = ahead.at.astimezone(zone)
    clock = timedelta(hours=local.hour, minutes=local.minute)
    before = _instants(local.date() - times_shown.DAY, clock, zone)[0]
    meant = before if before <= now and not names_day(text) else None
    return Parsed(ahead.at, text.strip(), passed=True, tomorrow=meant)


def names_day(text: str) -> bool:
    """Whether a text says which day it is about."""
    said, _ = _read(fold(text))
    return said.names_a_day


def find(text: str, now: datetime, zone: ZoneInfo, *, bare: bool = False) -> tuple[Parsed, str] | None:
    """Find a deadline inside free text, and return it with the text without it.

    It must be said that it is a time: "kl 15", "frist fredag", "inden 15.30", "om 20 min", "i morgen 12". A number
    that counts something ("12 beboere") is none. Of several, the one said to be a deadline, else the first.

    Args:
        text: as typed.
        now: UTC.
        zone: where the clock on the wall hangs.
        bare: whether a time that ends the text is one though nothing says so: "pumpe til Birkehøj 14.30", "… i aften".
    """
    text = unicodedata.normalize("NFC", text)
    folded, places = _fold_with_places(text)
    found: list[tuple[bool, Parsed, int, int]] = []
    for word in WORD.finditer(folded, 0, MOST):
        cue = CUE.match(folded, word.start())
        start = cue.end() if cue else word.start()
        end = _end_of_time(folded, start, cued=bool(cue))
        if end is None:
            continue
        first, last = places[word.start()], places[end - 1] + 1
        parsed = parse(text[first:last], now, zone)
        if parsed is not None:
            found.append((bool(cue), parsed, first, last))
    if not found:
        return _at_the_end(text, now, zone) if bare else None
    _, parsed, first, last = max(found, key=lambda each: each[0])
    return parsed, _without(text, first, last)


SEASON = re.compile(r"\b(?:sommertid|normaltid|vintertid)\b", re.IGNORECASE)


def idle_season(text: str, now: datetime, zone: ZoneInfo) -> Parsed | None:
    """Find the time in a text that was said with a season which it has not; None where there is none."""
    if SEASON.search(text[:MOST]) is None:
        return None
    found = find(text, now, zone)
    return found[0] if found is not None and found[0].idle else None


LAST = re.compile(
    r"(?:^|\s)(?P<time>(?:i (?:aften|eftermiddag|middag|morgen(?: \d{1,2}(?:[.:]?\d\d)?)?)|(?:[01]?\d|2[0-3])(?:[.:]?[0-5]\d)?))[ .!]*$",
    re.IGNORECASE,
)
# A number after one of these is a house's, a room's or an amount's.
NUMBERED = re.compile(
    r"(?:\b(?:hal|nr\.?|nummer|rum|lokale|sal|etage|opgang|blok|gruppe|hold|rute|linje|stue|plan|bus|nej|ca\.?|tiltag|punkt|log|møde|"
    r"mødet|version|niveau|omkring|og|til|på|af|de|alle|mindst|højst|med)|(?:vej|gade|allé|alle|plads|stræde|centret|skole)(?:en|n|et|s)?|\d)\s*$",
    re.IGNORECASE,
)


def _at_the_end(text: str, now: datetime, zone: ZoneInfo) -> tuple[Parsed, str] | None:
    """Read the time that ends a text, where it can't be counting or naming anything."""
    last = LAST.search(text[:MOST])
    if last is None or (last["time"][:1].isdigit() and NUMBERED.search(text[: last.start("time")].rstrip())):
        return None
    parsed = parse(last["time"], now, zone)
    return (parsed, text[: last.start("time")].strip(" ,;\n")) if parsed is not None else None


def _end_of_time(folded: str, start: int, *, cued: bool) -> int | None:
    """Return where the time ends that begins at a place in free text; None when it isn't clear that it is one."""
    if waiting := (WITHIN if cued else IN).match(folded, start):
        return waiting.end()
    said, end = _read(folded, start)
    if not said.has("clock"):
        return end if said.has("in_days") or (cued and said.kinds) else None
    if "kl" in said.caught:
        return end
    if not (cued or said.names_a_day or SPOKEN.match(folded[start:end])):
        return None
    if said.caught.keys() & {"half", "offset"}:
        return end
    if "minute" in said.caught or (cued and said.kinds[-1] != "clock"):
        return end
    return end if said.kinds[-1] == "clock" and ENDS.match(folded, end) else None


def _without(text: str, first: int, last: int) -> str:
    before, after = text[:first].rstrip(), text[last:].lstrip()
    rest = before + after if after[:1] in set(".,;:!?)") else f"{before} {after}"
    return rest.strip(" ,;\n")


def _in(waiting: re.Match[str], text: str, now: datetime) -> Parsed | None:
    how_long = duration(waiting["how_long"])
    return Parsed(now + how_long, text) if how_long is not None else None


def _fold_with_places(text: str) -> tuple[str, list[int]]:
    """Fold a text, with one space between words, and return for each of its characters the place it came from."""
    folded, places = "", []
    for place, letter in enumerate(text):
        plain = " " if letter.isspace() else fold_letter(letter)
        if plain == " " and folded.endswith(" "):
            continue
        folded += plain
        places += [place] * len(plain)
    return folded, places
