"""The clock, as the plan's modules know it: the time is given to them, never fetched."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """A source of the time: the machine's clock, a wound one, or a test's."""

    def now(self) -> datetime:
        """Return the time, UTC."""
        ...
