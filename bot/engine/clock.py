"""The clocks: the machine's own, and one that stands still until it is wound, for what is played."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class SystemClock:
    """The machine's clock, which the rehearsal chat may run ahead of.

    Args:
        offset: how far ahead.
    """

    def __init__(self, offset: timedelta = timedelta(0)) -> None:
        self.offset = offset

    def now(self) -> datetime:
        """Return the time, UTC."""
        return datetime.now(UTC) + self.offset

    def set(self, to: datetime) -> None:
        """Set the clock to a time, UTC; it goes on from there."""
        self.offset = to - datetime.now(UTC)


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

    def set(self, to: datetime) -> None:
        """Set the clock to a time, UTC, where it stands still."""
        self._now = to.astimezone(UTC)
