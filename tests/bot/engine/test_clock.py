"""The machine's clock is set while we run, by hand or by the net: what waits goes on waiting as long as it should."""

from __future__ import annotations

import pytest

from bot.engine.clock import SystemClock

NOON = 1_780_000_000.0


class Machine:
    """A clock that is set, and seconds that aren't."""

    def __init__(self) -> None:
        self.of_day, self.seconds = NOON, 5.0

    def clock(self) -> SystemClock:
        return SystemClock(of_day=lambda: self.of_day, steady=lambda: self.seconds)

    def goes_on(self, seconds: float) -> None:
        self.of_day += seconds
        self.seconds += seconds


@pytest.mark.parametrize("by", [600.0, -600.0, 86_400.0, -86_400.0])
def test_a_clock_that_is_set_changes_no_wait_by_more_than_a_little(by: float) -> None:
    """R005: set back, the chain goes on; set forward, it doesn't ring everybody at once."""
    machine = Machine()
    clock = machine.clock()
    before = clock.now()
    machine.of_day += by
    assert abs((clock.now() - before).total_seconds()) < 0.001
    for _ in range(300):
        machine.goes_on(1)
        clock.now()
    assert (clock.now() - before).total_seconds() == pytest.approx(300, rel=0.051)


def test_a_clock_that_is_set_is_told_of_until_we_have_come_after_it() -> None:
    machine = Machine()
    clock = machine.clock()
    assert clock.trouble() is None
    machine.of_day -= 600
    assert "tilbage" in (clock.trouble() or "")
    last = clock.now()
    for _ in range(4 * 3600):
        machine.goes_on(1)
        assert clock.now() > last
        last = clock.now()
    assert clock.trouble() is None
    assert last.timestamp() == machine.of_day


def test_a_clock_that_goes_a_little_wrong_is_followed_at_once() -> None:
    machine = Machine()
    clock = machine.clock()
    machine.goes_on(60)
    machine.of_day += 1
    assert clock.now().timestamp() == machine.of_day
    assert clock.trouble() is None
