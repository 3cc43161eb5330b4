"""A pace never goes beyond what a platform publishes, never stops, and can be read from a setting."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bot.engine.rates import Rate, Rates, allowed, answered, free_at, rates, with_calls
from bot.settings import Settings
from tests.tables import examples

NOON = 1_800_000_000.0
EVERYBODY = 1000


def sent(limits: Rates, *, look_every: float) -> list[float]:
    """When each of a thousand messages went, where somebody looks as often as that, in seconds."""
    now, recent, went = NOON, list[float](), list[float]()
    while len(went) < EVERYBODY:
        some = allowed(recent, limits, now, EVERYBODY - len(went))
        recent = with_calls(recent, limits, now, some)
        went += [now] * some
        now = max(now + look_every, free_at(recent, limits))
    return went


@pytest.mark.parametrize(
    "text", ["25/1", "300/60/80", "300/60/60", "50/60/25", "10/10", "7/1, 8/2, 60/30, 1800/3600", "3/10/1"]
)
@pytest.mark.parametrize("look_every", [0.001, 0.7])
def test_no_span_holds_more_than_its_platform_publishes_and_all_goes_nearly_as_fast(
    text: str, look_every: float
) -> None:
    limits = rates(text)
    went = sent(limits, look_every=look_every)
    for rate in limits:
        assert all(later - first >= rate.seconds for first, later in zip(went, went[rate.count :], strict=False))
    slowest = max(rate.seconds / rate.count for rate in limits)
    # The first span's worth may go at once, and whoever looks seldom sees a chance late.
    assert went[-1] - went[0] <= EVERYBODY * (slowest + (look_every if slowest < look_every else 0))


def test_the_first_go_at_once_and_the_rest_evenly() -> None:
    went = sent((Rate(300, 60, 60),), look_every=0.001)
    assert went[59] == NOON
    assert all(later - first <= 0.25 for first, later in pairwise(went[59:299]))


@examples("text", ["300/60/80", "300/60/60", "50/60/25", "3/10/1"])
def test_nothing_ever_stands_still_for_longer_than_two_that_come_evenly(text: str) -> None:
    """What is urgent gets in soon, also when a span's worth has been sent: no span is used up before it is over."""
    (rate,) = rates(text)
    went = sent((rate,), look_every=0.001)
    longest = max(later - first for first, later in pairwise(went))
    assert longest <= 2 * rate.seconds / (rate.count - rate.at_once + 1) + 0.01


def test_a_call_counts_from_its_answer_however_long_it_was_on_its_way() -> None:
    limits = rates("2/1")
    recent = with_calls([], limits, NOON, 2)
    recent = answered(recent, NOON, NOON + 0.4)
    assert (recent, free_at(recent, limits)) == ([NOON, NOON + 0.4], NOON + 1)
    recent = answered(recent, NOON, NOON + 0.3)
    assert free_at(recent, limits) == NOON + 1.3
    assert answered(recent, NOON, NOON + 9) == recent, "it is remembered no longer"


def test_what_is_remembered_is_no_more_than_what_is_asked_about() -> None:
    limits = rates("7/1, 60/30")
    recent = with_calls([NOON - 100, NOON - 2], limits, NOON, 3)
    assert recent == [NOON - 2, NOON, NOON, NOON]
    assert len(with_calls([NOON] * 60, limits, NOON, 7)) == 60
    assert with_calls([NOON], (), NOON, 3) == []


@examples("text", ["", "7", "7/0", "0/1", "7/1/8", "7/1/1/1", "syv/1", "7/1,"])
def test_a_pace_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        rates(text)


def test_a_pace_is_a_setting_and_can_be_lifted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KRISEBOT_TEAMS_POSTS", "50/1/10")
    monkeypatch.setenv("KRISEBOT_SLACK_EDITS", "fra")
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    assert settings.teams_limits.posts == (Rate(50, 1, 10),)
    assert settings.slack_limits.edits == ()
    assert settings.slack_limits.posts
