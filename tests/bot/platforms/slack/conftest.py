"""What the tests of Slack may ask for by name."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from storage.database import Database
from tests.bot.platforms.slack.house import House, a_house


@pytest.fixture
def patience() -> float:
    """Seconds a call may take: as in earnest, so that a busy machine is no lost answer."""
    return 10.0


@pytest.fixture
async def house(database: Database, patience: float) -> AsyncIterator[House]:
    async with a_house(database, timeout=patience) as house:
        yield house
