"""The wall board's pictures: the crisis' timeline and how its figures have gone, by leather."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import leather
from markupsafe import Markup

# The page's own colours go through, in light, in dark and on paper; and its letters are read from afar.
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

WIDTH, HEIGHT = 1000, 250
# Times below a chart.
TICKS = 3


def trend(points: Sequence[tuple[datetime, float]], zone: ZoneInfo) -> Markup:
    """Draw how a figure has gone.

    Args:
        points: when (UTC) and how much, oldest first; two at least.
        zone: where the clock on the wall hangs.
    """
    first, last = points[0][0], points[-1][0]
    values = [value for _, value in points]
    chart = leather.Chart()
    chart.add_line(list(points))
    chart.add_x_scale(first, last)
    chart.add_y_scale(min(0.0, *values), max(1.0, *values))
    step = (last - first) / (TICKS - 1)
    chart.add_x_axis(
        ticks=[first + step * number for number in range(TICKS)],
        tick_formatter=lambda at, *_: f"{at.astimezone(zone):%d/%m %H:%M}",
    )
    chart.add_y_axis(tick_formatter=lambda value, *_: f"{float(value):g}")
    return _svg(chart)


def timeline(hours: Sequence[tuple[datetime, int]], zone: ZoneInfo) -> Markup:
    """Draw how much happened, hour by hour.

    Args:
        hours: the beginning of each (UTC) and how many lines, oldest first.
        zone: where the clock on the wall hangs.
    """
    every = -(-len(hours) // TICKS)
    names = [f"{at.astimezone(zone):%d/%m %H}" for at, _ in hours]
    # An hour that the clock on the wall shows twice is two.
    labels = [f"{name}{chr(0x200B) * names[:place].count(name)}" for place, name in enumerate(names)]
    chart = leather.Chart()
    chart.add_columns([(label, count) for label, (_, count) in zip(labels, hours, strict=True)])
    chart.add_x_axis(tick_formatter=lambda label, place, _: str(label) if place % every == 0 else "")
    chart.add_y_axis(tick_formatter=lambda value, *_: f"{float(value):g}")
    return _svg(chart)


def _svg(chart: leather.Chart) -> Markup:
    """Return a chart for a page that says in words beside it what it shows."""
    drawn: str = chart.to_svg(width=WIDTH, height=HEIGHT)
    size = f'width="{WIDTH}" height="{HEIGHT}"'
    box = f'viewBox="0 0 {WIDTH} {HEIGHT}" aria-hidden="true"'
    return Markup(drawn.replace(size, box, 1))  # noqa: S704 - numbers and times alone
