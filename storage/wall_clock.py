"""The clock on the wall, where it is put back: an hour that comes twice says which of the two it is."""

from __future__ import annotations

from datetime import datetime


def season(local: datetime) -> str:
    """Return "sommertid" or "normaltid" for a time that the clock shows twice; empty for any other.

    Args:
        local: in the zone where the clock hangs.
    """
    if local.replace(fold=1).utcoffset() == local.replace(fold=0).utcoffset():
        return ""
    return "sommertid" if local.dst() else "normaltid"


def offset(local: datetime) -> str:
    """Return the same for a paper that is read elsewhere, with the distance from UTC: "sommertid, UTC+02"; empty for any
    other time. The argument is `season`'s."""
    named = season(local)
    return f"{named}, UTC{f'{local:%z}'.removesuffix('00')}" if named else ""
