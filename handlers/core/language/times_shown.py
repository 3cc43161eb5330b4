"""Writing a time as people read it: "kl. 14:02", with weekday and date where it is not today."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from storage import wall_clock

DAY = timedelta(days=1)

# A date without a year is never further back than this, and `short` leaves no year out beyond it.
A_SEASON = 90 * DAY


# --- Printing ---------------------------------------------------------------------------------------------------------


def clock(at: datetime, zone: ZoneInfo) -> str:
    """Write the time of day: "14:02", and "02:30 sommertid" in the hour that the clock shows twice.

    Args:
        at: UTC.
        zone: where the clock on the wall hangs.
    """
    return _print(at, zone, "HH:mm")


def weekday(at: datetime, zone: ZoneInfo) -> str:
    """Write a time in full: "torsdag den 2. juli 2026 kl. 14:02". The arguments are `clock`'s."""
    return _print(at, zone, "EEEE 'den' d. MMMM y 'kl.' HH:mm")


def short(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Write a time short: "14:02" the same day, else "tors. 2/7 kl. 14:02"; with the year where it could be in doubt.

    Args:
        at: UTC.
        zone: where the clock on the wall hangs.
        now: UTC.
    """
    day, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    if day == today:
        return clock(at, zone)
    in_doubt = day.year != today.year or abs(day - today) >= A_SEASON
    return _print(at, zone, "EEE d/M y 'kl.' HH:mm" if in_doubt else "EEE d/M 'kl.' HH:mm")


def dated(at: datetime, zone: ZoneInfo, now: datetime) -> str:
    """Write a time that was read out of somebody's words as `short` does, with weekday and date today too: they see which
    day it was taken for. The arguments are `short`'s."""
    local, today = at.astimezone(zone).date(), now.astimezone(zone).date()
    return _print(at, zone, "EEE d/M 'kl.' HH:mm") if local == today else short(at, zone, now)


def _print(at: datetime, zone: ZoneInfo, pattern: str) -> str:
    local = at.astimezone(zone)
    printed = format_datetime(local, pattern, tzinfo=zone, locale="da")
    return f"{printed} {wall_clock.season(local)}".rstrip()


span = wall_clock.span
