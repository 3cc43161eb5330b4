"""The clocks: the machine's own, and one that stands still until it is wound, for what is played."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

# A machine's clock that is farther off than this, in seconds, has been set.
SET = 2.0
# How fast we go after it then: a wait of five minutes is off by fifteen seconds, and ten minutes are made up in three hours.
AFTER_IT = 0.05


def steadily() -> float:
    """Seconds that go on whatever the machine's clock is set to, also while the machine sleeps."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class SystemClock:
    """The machine's clock, which the rehearsal chat may run ahead of.

    When the machine's clock is set while we run, we come after it slowly: set back, nothing waits longer for it; set
    forward, a chain doesn't ring all it has at once. Who starts takes the time as it is then.

    Args:
        offset: how far ahead.
        of_day: the machine's clock, in seconds since 1970.
        steady: seconds that nobody sets.
    """

    def __init__(
        self,
        offset: timedelta = timedelta(0),
        of_day: Callable[[], float] = time.time,
        steady: Callable[[], float] = steadily,
    ) -> None:
        self.offset = offset
        self._of_day, self._steady = of_day, steady
        self._time, self._at = of_day(), steady()
        self._ahead = 0.0

    def now(self) -> datetime:
        """Return the time, UTC."""
        of_day, at = self._of_day(), self._steady()
        passed = max(0.0, at - self._at)
        ahead = self._time + passed - of_day
        if self._ahead or abs(ahead) > SET:
            made_up = min(abs(ahead), AFTER_IT * passed)
            self._ahead = ahead - made_up if ahead > 0 else ahead + made_up
        self._time, self._at = of_day + self._ahead, at
        return datetime.fromtimestamp(self._time, UTC) + self.offset

    def trouble(self) -> str | None:
        """Tell what is wrong with the machine's clock, in Danish; None when we go by it."""
        self.now()
        if not self._ahead:
            return None
        how = "tilbage" if self._ahead > 0 else "frem"
        return f"maskinens ur er stillet {abs(self._ahead):.0f} sekunder {how}; Krisebot følger langsomt med"

    def set(self, to: datetime) -> None:
        """Wind it to a time, UTC; it goes on from there."""
        self.offset += to - self.now()


class WoundClock(SystemClock):
    """A clock that stands still until it is wound: for what is played, not lived.

    Args:
        now: where it stands.
    """

    def __init__(self, now: datetime) -> None:
        super().__init__()
        self._now = now.astimezone(UTC)

    def now(self) -> datetime:
        """Return the time it was wound to, UTC."""
        return self._now

    def trouble(self) -> str | None:
        """Tell of no fault: the time is as we say."""
        return None

    def set(self, to: datetime) -> None:
        """Set the clock to a time, UTC, where it stands still."""
        self._now = to.astimezone(UTC)
