"""Slack's Web API methods, as far as krisebot needs them: all of them by their names."""

from __future__ import annotations

from tests.fakes.slack import channels, messages, people, views
from tests.fakes.slack.calls import METHODS

__all__ = ["METHODS"]

# Each of them puts its methods there when it is imported.
PARTS = (channels, messages, people, views)
