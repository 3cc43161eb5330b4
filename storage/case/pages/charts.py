"""Charts as SVG, by leather: how a figure has gone, and how much happened hour by hour. The wall board shows them, and the
papers; the words beside a chart say what it shows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import leather
from babel.dates import format_datetime

from storage import wall_clock

# Colours and letters are those of what a chart stands on.
for _name, _value in {
    "background_color": "none",
    "tick_color": "currentColor",
    "label_color": "currentColor",
    "zero_color": "currentColor",
    "tick_font_family": "inherit",
    "tick_font_size": 36,
    "tick_font_char_height": 36,
    "tick_font_char_width": 19,
    "tick_width": 0.5,
    "default_line_width": 5,
    "default_series_colors": ["currentColor"],
}.items():
    setattr(leather.theme, _name, _value)

# A line upwards that no time stands below, and the time below the leftmost one, half of which is outside the chart.
NOT_NAMED = re.compile(r'<g class="tick"><line x1="([\d.]++)" y1="0" x2="\1" [^>/]*+/><text [^>/]*+/></g>')
LEFTMOST = re.compile(r'(<text x="0" y="[\d.]++" dy="1em" fill="\w++" )text-anchor="middle"')

# Width and height, and so many times below: a letter is 36 high. On the wall it is read from afar, on paper at a table.
Size = tuple[int, int, int]
ON_THE_WALL: Size = (1000, 250, 3)
ON_PAPER: Size = (2600, 520, 5)
PAPERS_OWN = 'color="#0b5676" font-family="Noto Sans"'


def trend(points: Sequence[tuple[datetime, float]], zone: ZoneInfo, size: Size) -> str:
    """Draw how a figure has gone.

    Args:
        points: when (UTC) and how much, oldest first; two at least.
        zone: where the clock on the wall hangs.
        size: `ON_THE_WALL` or `ON_PAPER`.
    """
    # As seconds since the first: leather takes no time that knows its zone.
    begins = points[0][0]
    times = [(at - begins).total_seconds() for at, _ in points]
    last = max(times[-1], 1.0)
    values = [value for _, value in points]
    chart = leather.Chart()
    chart.add_line(list(zip(times, values, strict=True)))
    chart.add_x_scale(0, last)
    chart.add_y_scale(min(0.0, *values), max(1.0, *values))
    step = last / (size[2] - 1)
    ticks = [step * number for number in range(size[2])]
    labels = [_minute((begins + timedelta(seconds=at)).astimezone(zone)) for at in ticks]
    # Within a minute or two the same time is not written twice.
    chart.add_x_axis(
        ticks=ticks,
        tick_formatter=lambda _, place, __: "" if labels[place] in labels[:place] else labels[place],
    )
    return _svg(chart, size)


def timeline(hours: Sequence[tuple[datetime, float]], zone: ZoneInfo, size: Size) -> str:
    """Draw how much happened, hour by hour.

    Args:
        hours: the beginning of each (UTC) and how much, oldest first.
        zone, size: as for `trend`.
    """
    every = -(-len(hours) // size[2])
    labels = [_hour(at.astimezone(zone), size) for at, _ in hours]
    chart = leather.Chart()
    chart.add_columns([(label, count) for label, (_, count) in zip(labels, hours, strict=True)])
    chart.add_x_axis(tick_formatter=lambda label, place, _: str(label) if place % every == 0 else "")
    return _svg(chart, size)


def _minute(local: datetime) -> str:
    return _in_season(f"{local:%d/%m %H:%M}", local)


def _hour(local: datetime, size: Size) -> str:
    if size == ON_PAPER:
        return _in_season(format_datetime(local, "EEE d/M 'kl.' HH", locale="da"), local)
    return _in_season(f"{local:%d/%m %H}", local)


def _in_season(written: str, local: datetime) -> str:
    """Say which of the two it is, where the clock on the wall shows a time twice: on a chart they are two."""
    return f"{written} {wall_clock.season(local)}".rstrip()


def _svg(chart: leather.Chart, size: Size) -> str:
    # On the wall a chart is lower than five numbers above each other are.
    ends_only = size == ON_THE_WALL
    chart.add_y_axis(
        tick_formatter=lambda value, place, count: (
            "" if ends_only and value and 0 < place < count - 1 else f"{float(value):g}".replace(".", ",")
        )
    )
    width, height, _ = size
    drawn: str = chart.to_svg(width=width, height=height)
    drawn = LEFTMOST.sub(r'\1text-anchor="start"', NOT_NAMED.sub("", drawn))
    own = f" {PAPERS_OWN}" if size == ON_PAPER else ""
    return drawn.replace(f'width="{width}" height="{height}"', f'viewBox="0 0 {width} {height}"{own}', 1)
