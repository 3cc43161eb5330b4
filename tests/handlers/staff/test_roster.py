"""What nobody has of a role's time, whatever shifts are planned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from handlers.staff.roster import gaps

START = datetime(2026, 7, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


@given(st.lists(st.tuples(st.integers(-10, 80), st.integers(1, 20)), max_size=12), st.integers(1, 72))
def test_every_hour_is_either_manned_or_told_of(shifts: list[tuple[int, int]], hours: int) -> None:
    """R072: no gap is hidden by shifts that touch, overlap or lie outside, and no manned hour is called a gap."""
    manned = [(START + since * HOUR, START + (since + long) * HOUR) for since, long in shifts]
    missing = gaps(manned, START, START + hours * HOUR)
    for hour in range(hours):
        moment = START + hour * HOUR
        covered = any(since <= moment < until for since, until in manned)
        told = any(since <= moment < until for since, until in missing)
        assert covered != told
