"""What is measured is measured on a disk."""

from __future__ import annotations

import pytest

from tests.databases import SQLite


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> SQLite:
    return SQLite(tmp_path_factory.mktemp("sqlite"))
