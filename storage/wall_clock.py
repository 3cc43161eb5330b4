"""The clock on the wall, where it is put back: an hour that comes twice says which of the two it is. And how long a time is."""

from __future__ import annotations

from datetime import datetime, timedelta


def season(local: datetime) -> str:
    """Return "sommertid" or "normaltid" for a time that the clock shows twice; empty for any other.

    Args:
        local: in the zone where the clock hangs.
    """
    if local.replace(fold=1).utcoffset() == local.replace(fold=0).utcoffset():
        return ""
    return "sommertid" if local.dst() else "normaltid"


def out_of_season(local: datetime, named: str) -> bool:
    """Whether a time was named with the season that it has not: "14:00 normaltid" in July.

    Args:
        local: in the zone where the clock hangs.
        named: "sommertid" or another word for the winter's.
    """
    return not season(local) and (named == "sommertid") != bool(local.dst())


def offset(local: datetime) -> str:
    """Return the same for a paper that is read elsewhere, with the distance from UTC: "sommertid, UTC+02"; empty for any
    other time. The argument is `season`'s."""
    named = season(local)
    return f"{named}, UTC{f'{local:%z}'.removesuffix('00')}" if named else ""


def span(how_long: timedelta) -> str:
    """Write a length of time: "3 døgn", "1 t 58 min", "5 min", "30 sek"; the two largest units, rounded down, without a
    sign."""
    seconds = int(abs(how_long).total_seconds())
    if seconds < 60:
        return f"{seconds} sek"
    days, hours, minutes = seconds // 86_400, seconds // 3_600 % 24, seconds // 60 % 60
    parts = [(days, "døgn"), (hours, "t")] if days else [(hours, "t"), (minutes, "min")]
    return " ".join(f"{count} {unit}" for count, unit in parts if count)
