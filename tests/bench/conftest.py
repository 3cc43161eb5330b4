"""What is measured is measured on a disk, and ends in a page of results."""

from __future__ import annotations

import pytest

from tests.bench.page import RESULTS, written
from tests.databases import SQLite


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> SQLite:
    return SQLite(tmp_path_factory.mktemp("sqlite"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the page."""
    if RESULTS:
        terminalreporter.write_line(f"\n{written()}")
