"""A phone rings seldom: nobody can work who is rung at every two minutes, and nobody can sleep."""

from __future__ import annotations

from datetime import datetime

import pytest

from tests.posts import MOST, answered, unanswered, warned
from tests.stage.platforms import in_slack, in_teams
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import DENMARK, Stage

stage = after(cloudburst)


@in_slack
async def test_nobodys_phone_rings_more_than_eight_times_in_the_first_half_hour(open_stage: Stage) -> None:
    """D14: also where nobody answers anything, the staff's channel and all platforms included."""
    rang = await unanswered(open_stage)
    assert set(open_stage.plan.board()) <= set(rang)
    assert {person: [each.text for each in every] for person, every in rang.items() if len(every) > MOST} == {}


@in_teams
async def test_a_warning_that_nobody_answers_rings_nobody_more_than_eight_times(open_stage: Stage) -> None:
    """D14 R007: the whole chain, twice over, and whoever warned."""
    rang = await warned(open_stage)
    assert {"jens", "lars", "mette"} <= set(rang)
    assert {person: [each.text for each in every] for person, every in rang.items() if len(every) > MOST} == {}


@pytest.mark.long
@in_teams
async def test_who_answers_is_rung_at_no_more_than_who_does_not(open_stage: Stage) -> None:
    """D14: what somebody gets because they pressed is the answer to it."""
    rang = await answered(open_stage)
    assert {person: [each.text for each in every] for person, every in rang.items() if len(every) > MOST} == {}


@in_slack
async def test_who_has_not_answered_is_one_list_that_grows_shorter(stage: Stage) -> None:
    """D14 R059: with a number to ring each of them at, and the deputy who was asked instead in the log."""
    await stage.forward(minutes=16)
    lists = [text for text in await stage["lars"].reads() if "Har ikke svaret på indkaldelsen" in text]
    assert len(lists) == 1
    assert "Anne Holm +45 20 00 00 05" in lists[0]
    await stage["anne"].presses("Kommer")
    lists = [text for text in await stage["lars"].reads() if "Har ikke svaret på indkaldelsen" in text]
    assert len(lists) == 1
    assert "Anne Holm" not in lists[0]


@in_slack
async def test_tasks_wait_for_the_answer_to_the_summons(stage: Stage) -> None:
    """D14: whoever has not said that they come is rung at for that alone; then they get what they are to do."""
    assert not await stage["bo"].sees("Opgave 1:")
    await stage["bo"].presses("Kommer")
    assert await stage["bo"].sees("Opgave 1:")


@in_teams
async def test_tasks_come_though_the_summons_stays_unanswered(stage: Stage) -> None:
    """D14: after half an hour, all in one message."""
    await stage.forward(minutes=40)
    assert await stage["bo"].sees("påmindelser")
    assert not await stage["bo"].sees("Kommunikationsplanens ni overskrifter (Bilag 4):*\n")


def _hours(every: list[datetime]) -> list[float]:
    return [each.astimezone(DENMARK).hour + each.astimezone(DENMARK).minute / 60 for each in every]


@pytest.mark.long
@in_teams
async def test_at_night_nobody_is_reminded_of_what_does_not_haste(stage: Stage) -> None:
    """D14: two days in which nobody says anything; what the night doesn't hold back is said by name."""
    from tests.posts import posts

    begun = stage.clock.now()
    await stage["kim"].presses("Kommer")
    await stage["kim"].commands("overvågning 1 Kim")
    await stage.forward(hours=48)
    rang = await posts(stage, begun, stage.clock.now())
    night = [
        each
        for each in rang["kim"]
        if not each.channel and not 6.5 <= _hours([each.at])[0] < 22 and "Har ingen" not in each.text
    ]
    assert [each.text for each in night] == []
    checks = [each for each in rang["kim"] if "kontrolleret?" in each.text]
    assert 1 < len(checks) < 9
