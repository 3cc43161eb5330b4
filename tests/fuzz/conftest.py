"""The seeds of the attacks, and how many there are: few in `make test`, all in `make fuzz`."""

from __future__ import annotations

import secrets
from random import Random

import pytest


@pytest.fixture
def attacked_by(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--attacks"))


@pytest.fixture
def lot(request: pytest.FixtureRequest) -> Random:
    """Draws by a seed that stands in the report of a test that fails."""
    seed = request.config.getoption("--seed")
    seed = secrets.randbits(32) if seed is None else seed
    print(f"--seed={seed}")
    return Random(seed)
