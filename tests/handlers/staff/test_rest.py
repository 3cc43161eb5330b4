"""Nobody is sharp after twelve hours: a roster that breaks the rest rules is warned of, and never refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from handlers.staff import rest
from handlers.staff.rest import Breach
from tests.stage.platforms import in_one_chat, in_slack
from tests.stage.prologue import after, cloudburst
from tests.stage.stage import Stage
from tests.tables import examples

stage = after(cloudburst)
MIDNIGHT = datetime(2026, 7, 2, tzinfo=UTC)


def span(since: float, until: float) -> tuple[datetime, datetime]:
    return MIDNIGHT + timedelta(hours=since), MIDNIGHT + timedelta(hours=until)


@examples(
    ("spans", "broken"),
    [
        ([(0, 12)], []),
        ([(0, 12.5)], [(False, 0, 12.5)]),
        ([(0, 8), (19, 27)], []),
        ([(0, 8), (18.5, 27)], [(True, 8, 18.5)]),
        # In two roles at once, and one after the other: one time on duty.
        ([(0, 8), (4, 11)], []),
        ([(6, 13), (0, 6)], [(False, 0, 13)]),
        ([(0, 8), (8, 16), (20, 24)], [(False, 0, 16), (True, 16, 20)]),
        ([], []),
    ],
)
def test_twelve_hours_on_duty_and_eleven_off(
    spans: list[tuple[float, float]], broken: list[tuple[bool, float, float]]
) -> None:
    """R072: whatever roles the shifts are in."""
    found = rest.breaches(span(*each) for each in spans)
    assert found == [Breach(off, *span(since, until)) for off, since, until in broken]


@in_slack
async def test_a_shift_too_soon_after_the_last_is_planned_and_warned_of(stage: Stage) -> None:
    """R072: the night from 22 to 06:30, and again at noon; the roster says so to whoever looks at it."""
    await stage["kim"].commands("vagt logfører Mads 22 - 6.30")
    assert not await stage["kim"].sees("har kun")
    await stage["kim"].commands("vagt referent Mads i morgen 12 - 20")
    assert await stage["kim"].sees("⚠️ Mads Rosen har kun 5 t 30 min fri")
    assert len(await stage.part("roster")) == 2
    await stage["tina"].commands("vagt")
    assert await stage["tina"].sees("Mads Rosen har kun 5 t 30 min fri")


@in_one_chat
async def test_what_is_taken_off_the_roster_is_rest_again(stage: Stage) -> None:
    """R072: the warning goes with the shift that broke it."""
    await stage["kim"].commands("vagt logfører Mads 22 - i morgen 11")
    assert await stage["kim"].sees("⚠️ Mads Rosen har vagt i 13 t")
    await stage["kim"].presses("Fjern vagten")
    await stage["kim"].commands("vagt")
    assert "Mads Rosen har vagt" not in (await stage["kim"].reads())[-1]


@in_one_chat
async def test_a_shift_in_another_crisis_is_no_rest(stage: Stage) -> None:
    """R072: nobody sleeps in one of two crises."""
    await stage["kim"].commands("vagt logfører Mads 22 - 6")
    await stage["jens"].commands("aktiver 2 brand på skolen i Fløng")
    await stage["jens"].presses("Det er en anden hændelse")
    assert await stage.crises() == 2
    await stage["kim"].commands("vagt referent Mads i morgen 10 - 18")
    await stage["kim"].presses("2: brand på skolen i Fløng")
    assert await stage["kim"].sees("⚠️ Mads Rosen har kun 4 t fri")


@pytest.mark.long
@in_one_chat
async def test_whoever_has_been_on_since_the_activation_without_a_shift_is_told_of(stage: Stage) -> None:
    """R072: no roster is written the first night; a shift that has begun, or a day off the staff, says otherwise."""
    await stage.forward(hours=11)
    await stage["kim"].commands("vagt")
    assert "har vagt i" not in (await stage["kim"].reads())[-1]
    await stage.forward(hours=2)
    await stage["kim"].commands("vagt")
    assert "⚠️ Bo Kjær har vagt i 13 t" in (await stage["kim"].reads())[-1]
    assert "Hanne Toft har vagt" not in (await stage["kim"].reads())[-1], "who is no member is not on"
    await stage["kim"].commands("vagt kommunikation Mads nu - 11")
    await stage["kim"].commands("vagt")
    assert "Bo Kjær har vagt" not in (await stage["kim"].reads())[-1]


@pytest.mark.long
@in_one_chat
async def test_the_planners_are_told_of_too_little_rest_by_day(stage: Stage) -> None:
    """R072: nobody has to ask for the roster to hear of it."""
    await stage.forward(days=1)
    assert await stage["kim"].sees("⚠️ Bo Kjær har vagt i ")
