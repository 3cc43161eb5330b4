"""The parts of an activity: found where they stand, and nothing where they don't or are of another kind."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]


def fingerprint(activity: Json) -> str:
    """Return a name for what was pressed: sent again it is the same, and two presses are not."""
    return _name_of([activity.get("replyToId"), activity.get("value")])


def filled(values: Mapping[str, str]) -> str:
    """Return a name for what was filled in, the same for the same words."""
    return _name_of(dict(values))


def _name_of(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def read(body: bytes) -> Json | None:
    """Return what was posted, where it is an object of JSON."""
    try:
        posted = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return posted if isinstance(posted, dict) else None


def object_in(within: Json, name: str) -> Json:
    """Return the object of that name; empty when there is none."""
    value = within.get(name)
    return value if isinstance(value, dict) else {}


def text_at(within: Any, *path: str) -> str:
    """Return the text at the end of a path into JSON; empty when there is none."""
    for name in path:
        within = within.get(name) if isinstance(within, Mapping) else None
    return within if isinstance(within, str) else ""


def data(content: Any) -> Any:
    """Read an attachment, which Teams shows as an object or as the text of one; None for anything else."""
    if not isinstance(content, str):
        return content
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def moment(said: str) -> datetime | None:
    """Return a time as Teams writes it, UTC; None where it is none."""
    try:
        at = datetime.fromisoformat(said)
    except ValueError:
        return None
    return at.replace(tzinfo=at.tzinfo or UTC).astimezone(UTC)
