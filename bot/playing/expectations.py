"""What a scenario expects of the export, and what was: paths with dots, compared as people write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

COUNT, HOLDS, LACKS = "antal", "indeholder", "indeholder_ikke"
NOTHING = "ingen"
CHOSEN = re.compile(r"(\w*)\[(\w+)=([^\]]*)\]")
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
# A time may be written as a clock shows it, or in full.
SHOWN = ("%H:%M", "%H:%M:%S", "%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")

Wanted = str | Sequence[str] | None


class NoSuchPath(LookupError):
    """The export has nothing there."""


def find(document: Any, path: str) -> Any:
    """What stands at a path: "crisis.level", "escalation.0.person", "log[kind=decision].antal", "members.person".

    A key of a list is that key of each in it.

    Raises:
        NoSuchPath: there is nothing.
    """
    here = document
    for step in _steps(path):
        chosen = CHOSEN.fullmatch(step)
        if chosen:
            here = _key(here, chosen[1]) if chosen[1] else here
            here = [each for each in _listed(here, step) if written(each.get(chosen[2])) == chosen[3]]
        else:
            here = _key(here, step)
    return here


def met(value: Any, path: str, wanted: Wanted, zone: ZoneInfo) -> bool:
    """Whether what stands there is what was wanted; the path's last word may say how it is compared."""
    how = path.split()[-1] if " " in path else ""
    if how in (HOLDS, LACKS):
        each = [wanted] if isinstance(wanted, str) else list(wanted or ())
        there = value if isinstance(value, list) else None
        found = [
            any(_same(one, want, zone) for one in there) if there is not None else want in written(value)
            for want in each
        ]
        return all(found) if how == HOLDS else not any(found)
    if isinstance(wanted, str) or wanted is None:
        return _same(value, wanted if wanted is not None else NOTHING, zone)
    have = list(value) if isinstance(value, list) else [value]
    left = list(wanted)
    for one in have:
        match = next((want for want in left if _same(one, want, zone)), None)
        if match is None:
            return False
        left.remove(match)
    return not left


def written(value: Any) -> str:
    """A value as a scenario writes it."""
    if isinstance(value, list):
        return "[" + ", ".join(written(each) for each in value) + "]"
    words = {None: NOTHING, True: "ja", False: "nej"}
    return words[value] if value is None or isinstance(value, bool) else str(value)


def _same(value: Any, wanted: str, zone: ZoneInfo) -> bool:
    text = written(value)
    if text == wanted:
        return True
    if not INSTANT.fullmatch(text):
        return False
    local = datetime.fromisoformat(text).astimezone(zone)
    return any(local.strftime(pattern) == wanted for pattern in SHOWN)


def _steps(path: str) -> list[str]:
    where = path.split()[0] if path.split() and path.split()[-1] in (HOLDS, LACKS) else path
    return re.findall(r"(?:[^.\[]|\[[^\[\]]*+\])++", where)


def _key(here: Any, key: str) -> Any:
    if isinstance(here, dict):
        if key in here:
            return here[key]
    elif isinstance(here, list):
        if key == COUNT:
            return len(here)
        if re.fullmatch(r"-?\d+", key):
            if -len(here) <= int(key) < len(here):
                return here[int(key)]
        else:
            return [_key(each, key) for each in here]
    raise NoSuchPath(key)


def _listed(here: Any, step: str) -> list[Any]:
    if not isinstance(here, list):
        raise NoSuchPath(step)
    return here
