"""Time, as the plan's modules know it: given, never fetched."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Whoever tells the time: the machine's clock, a wound one, or a test's."""

    def now(self) -> datetime:
        """The time, UTC."""
        ...
