"""Reading when something began out of the words that tell of it: "siden kl 13.30", "fra kl. 13", "for en time siden". Plan §4.

Whoever tells of what is to come, of two times or of an end, has not said it; and what isn't said to the hour stays in its own
words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from zoneinfo import ZoneInfo

from handlers.core.language import times_read
from handlers.core.language.durations import DURATION, duration
from storage.letters import fold

READ = 1_000  # characters: the first words say it
MOST_CUES = 10
LONGEST = 6  # words that a time is written in

AGO = re.compile(rf"(?<!\w)(?:for )?(?:(?:ca|cirka|omkring|omtrent)\b\.? )?(?P<how_long>{DURATION}) siden\b(?! af\b)")
SINCE = re.compile(r"(?<!\w)(?P<cue>siden|fra)(?: (?:ca|cirka|omkring|omtrent)\b\.?)? (?=[\w(])")
# What nobody takes for an amount, a year or a house's number.
AN_HOUR = re.compile(r"(?<!\w)kl(?:okken)?(?:\b|(?=\d))|\d[.:]\d\d(?!\d)|(?<!\w)(?:halv|kvart|middag|midnat)\b")
WITH_COLON = re.compile(r"(?<!\w)kl(?:okken)?(?:\b|(?=\d))|\d:\d\d(?!\d)")
# A time of day, of which it isn't said that it is an end or a beginning.
CLOCK = re.compile(
    r"(?<!til )(?<!fra )(?<!siden )(?<!inden )(?<!senest )(?<!foer )(?<!efter )(?<!\w)kl(?:okken)?\.? ?\d{1,2}(?:[.:]\d\d)?(?!\w)"
)
# Days that may stand beside it, and have been where they are said so; any other is as well the next.
BESIDE = re.compile(r"(?<!\w)i (?:dag|gaar|forgaars|aftes|morges|formiddags|eftermiddags)(?: aftes| morges)?\b")
# What is told of is to come, or may as well be.
AHEAD = re.compile(
    r"(?<!\w)(?:varsl\w*|vent(?:e|er|es)|forvent\w*|kommer|bliver|blive|vil|skal|lukker|lukkes|aabner|aabnes|rammer|begynder|starter|"
    r"holdes|moedes|risiko\w*|fare for|planl\w+|senere|frist\w*|i (?:morgen|overmorgen|aften)|(?:man|tirs|ons|tors|fre|loer|soen)dag|\d{1,2}/\d{1,2})\b"
)
_weekday = "(?:man|tirs|ons|tors|fre|lør|loer|søn|soen)dag"
_earlier = f"(?:går|gaar|forgårs|forgaars|aftes|morges|formiddags|eftermiddags|{_weekday}s)"
VAGUE = re.compile(
    rf"(?<!\w)(?:(?:siden|fra) )?i {_earlier}(?: (?:aftes|morges|formiddags?|eftermiddags?|nat))?(?!\w)"
    rf"|(?<!\w)siden (?:i (?:dag|formiddag|eftermiddag|nat)|{_weekday}|weekenden|sidste \w{{1,12}})(?!\w)"
    r"|(?<!\w)for (?:et par|nogle få|nogle|flere|få|\d{1,3}|en|to|tre) (?:minutter|timer|dag|dage|døgn|uger|uge) siden(?!\w)",
    re.IGNORECASE,
)


def read(text: str, now: datetime, zone: ZoneInfo) -> datetime | None:
    """Read when it began, UTC: the one time of which that is said, else the one that is told and has been.

    Args:
        text: as typed.
        now: UTC, when it was written.
        zone: where the clock on the wall hangs.

    Returns:
        None where it isn't said, isn't said to the hour, or two times are.
    """
    folded = " ".join(fold(text[:READ]).split())
    told = set(_said_to_be(folded, now, zone))
    if told:
        return told.pop() if len(told) == 1 else None
    clocks = list(islice(CLOCK.finditer(folded), 2))
    if len(clocks) != 1 or AHEAD.search(folded):
        return None
    (clock,) = clocks
    days = [
        day
        for day in islice(BESIDE.finditer(folded), MOST_CUES)
        if 0 <= clock.start() - day.end() < 3 or 0 <= day.start() - clock.end() < 3
    ]
    return times_read.parse_past(" ".join([*(day[0] for day in days[:1]), clock[0]]), now, zone)


def words(text: str) -> str:
    """Return the words that say when it began, where they don't say it to the hour: "siden i formiddags"; empty for none."""
    found = VAGUE.search(text[:READ])
    return found[0] if found else ""


def _said_to_be(folded: str, now: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    for ago in islice(AGO.finditer(folded), MOST_CUES):
        how_long = duration(ago["how_long"])
        if how_long is not None:
            yield now - how_long
    comes = AHEAD.search(folded) is not None
    for cue in islice(SINCE.finditer(AGO.sub(";", folded)), MOST_CUES):
        after = cue.string[cue.end() :].split(maxsplit=LONGEST)[:LONGEST]
        is_since = cue["cue"] == "siden"
        if not is_since and comes:
            continue
        for count in range(len(after), 0, -1):
            said = " ".join(after[:count]).strip(" ,;:!?()")
            at = times_read.parse_past(said, now, zone)
            if at is not None:
                if (AN_HOUR if is_since else WITH_COLON).search(said) or times_read.names_day(said):
                    yield at
                break
