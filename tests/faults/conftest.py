"""What the tests of what fails may ask for by name."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.faults.fake_platform import FakePlatform
from tests.faults.house import House


@pytest.fixture
async def house(database_url: str) -> AsyncIterator[House]:
    house = House(database_url, FakePlatform())
    yield house
    await house.database.close()
