"""The version of krisebot that is running."""

from __future__ import annotations

from importlib.metadata import version

VERSION = version("krisebot")
"""As in pyproject.toml, which is where a release changes it."""
