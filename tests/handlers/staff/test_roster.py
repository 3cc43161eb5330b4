"""What nobody has of a role's time, whatever shifts are planned."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from handlers.staff import shift_changes
from handlers.staff.roster import gaps
from tests.tables import examples

START = datetime(2026, 7, 2, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ZONE = ZoneInfo("Europe/Copenhagen")


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


@examples(
    ("decided", "looked"),
    [
        ("14:00", "18:00"), ("17:59", "21:59"), ("18:30", "21:30"), ("20:29", "21:30"), ("20:45", "06:30"),
        ("23:00", "06:30"), ("01:00", "06:30"), ("02:30", "06:30"), ("05:00", "09:00"),
    ],
)  # fmt: skip
def test_gaps_are_first_told_of_within_ten_hours_and_when_people_are_up(decided: str, looked: str) -> None:
    """R072: whenever the staff was set down; nobody is sharp for more than twelve."""
    at = datetime.strptime(f"2026-07-02 {decided}", "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)
    first = shift_changes.first_look(at.astimezone(UTC), ZONE)
    assert f"{first.astimezone(ZONE):%H:%M}" == looked
    assert HOUR <= first - at <= 10 * HOUR
