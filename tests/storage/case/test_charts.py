"""Charts: every point and hour is in them, with what the clock on the wall said."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from storage.case.pages import charts
from storage.case.pages.charts import Size

DENMARK = ZoneInfo("Europe/Copenhagen")
BEGINS = datetime(2026, 7, 2, 12, tzinfo=UTC)
SIZES = pytest.mark.parametrize("size", [charts.ON_THE_WALL, charts.ON_PAPER], ids=["wall", "paper"])


def labels(svg: str) -> list[str]:
    return [each for each in re.findall(r">([^<>]+)</text>", svg) if each.strip()]


@SIZES
@pytest.mark.parametrize("apart", [timedelta(minutes=5), timedelta(hours=7), timedelta(days=40)], ids=str)
def test_the_way_of_a_figure_is_a_line_through_its_counts_with_their_times_below(apart: timedelta, size: Size) -> None:
    """R149: over minutes or weeks; also where it falls, stands still or is below nothing."""
    svg = charts.trend(
        [(BEGINS + apart * number, value) for number, value in enumerate((41, 21, 21, -3.5))], DENMARK, size
    )
    (drawn,) = re.findall(r'd="(M[^"]*)"', svg)
    assert len(re.findall(r"[ML]", drawn)) == 4
    assert "02/07 14:00" in labels(svg)
    last = (BEGINS + 3 * apart).astimezone(DENMARK)
    assert f"{last:%d/%m %H:%M}" in labels(svg)
    assert "0" in labels(svg)


@SIZES
def test_two_counts_at_one_time_are_drawn(size: Size) -> None:
    """R149: two people who count at once cost nobody the page."""
    assert "<path" in charts.trend([(BEGINS, 41.0), (BEGINS, 51.0)], DENMARK, size)


@SIZES
def test_each_hour_is_a_column_also_the_one_that_comes_twice(size: Size) -> None:
    """R187 R204: two columns, and the label says which of the two it is."""
    night = datetime(2026, 10, 24, 23, tzinfo=UTC)
    svg = charts.timeline([(night + timedelta(hours=number), number + 1.0) for number in range(3)], DENMARK, size)
    columns = re.findall(r'<rect [^>]*height="([\d.]+)"[^>]*/>', svg)[1:]
    assert len(columns) == 3
    said = labels(svg)
    assert [each for each in said if "02 sommertid" in each]
    assert [each for each in said if "02 normaltid" in each]


@SIZES
def test_a_line_upwards_stands_where_a_time_is_said_and_no_time_is_cut_at_the_left(size: Size) -> None:
    """R204 R246: the lines of three days' hours were a grating before the columns."""
    hours = charts.timeline([(BEGINS + timedelta(hours=each), each % 5) for each in range(75)], DENMARK, size)
    upwards = re.findall(r'<line x1="([\d.]+)" y1="0" x2="\1"', hours)
    said = [each for each in labels(hours) if re.search(r"\d/\d", each)]
    assert 1 < len(said) <= size[2]
    assert len(upwards) == len(said)
    way = charts.trend([(BEGINS, 41.0), (BEGINS + timedelta(hours=9), 51.0)], DENMARK, size)
    (leftmost,) = re.findall(r'<text x="0" y[^>]*text-anchor="(\w+)"[^>]*>02/07 14:00<', way)
    assert leftmost == "start"


def test_only_on_paper_a_chart_has_colours_and_letters_of_its_own() -> None:
    """R056: on the board they are the page's, in light, in dark and in print."""
    hours = [(BEGINS, 1.0), (BEGINS + timedelta(hours=1), 2.0)]
    assert "Noto Sans" in charts.timeline(hours, DENMARK, charts.ON_PAPER)
    wall = charts.timeline(hours, DENMARK, charts.ON_THE_WALL)
    assert not re.findall(r"#[0-9a-f]{3,6}", wall)
