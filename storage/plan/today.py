"""What is so today, whatever the plan file says and whatever it said when a crisis began: who is absent, who was named as
deputy, who has the duty. Plan §2."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Today:
    """Who is away, who stands in and who has the duty, at one moment.

    Args:
        absent: persons, and until when, UTC; None until they say that they are back.
        deputies: (role, holder) pairs and whom that holder has named.
        centre_deputies: (centre's name, chief) pairs and whom that chief has named.
        calendars: roles, and whom the copy of their calendar names now, in its words.
        at: the moment, UTC; None where nothing is known.
    """

    absent: Mapping[str, datetime | None] = field(default_factory=dict)
    deputies: Mapping[tuple[str, str], str] = field(default_factory=dict)
    centre_deputies: Mapping[tuple[str, str], str] = field(default_factory=dict)
    calendars: Mapping[str, str] = field(default_factory=dict)
    at: datetime | None = None
