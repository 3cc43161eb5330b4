"""The wall board's pictures: the crisis' timeline and how its figures have gone, for a page that says in words beside them
what they show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from markupsafe import Markup

from storage.case.pages import charts


def trend(points: Sequence[tuple[datetime, float]], zone: ZoneInfo) -> Markup:
    """Draw how a figure has gone. The arguments are those of `storage.case.pages.charts`."""
    return _beside_words(charts.trend(points, zone, charts.ON_THE_WALL))


def timeline(hours: Sequence[tuple[datetime, int]], zone: ZoneInfo) -> Markup:
    """Draw how much happened, hour by hour. The arguments are those of `storage.case.pages.charts`."""
    return _beside_words(charts.timeline(hours, zone, charts.ON_THE_WALL))


def _beside_words(svg: str) -> Markup:
    return Markup(svg.replace("<svg ", '<svg aria-hidden="true" ', 1))  # noqa: S704 - numbers and times alone
