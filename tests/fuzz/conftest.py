"""The seeds of the attacks, and how many there are: few in `make test`, all in `make fuzz`."""

from __future__ import annotations

import secrets
import subprocess
from functools import cache
from pathlib import Path
from random import Random

import pytest

FEW = 6


@pytest.fixture
def attacked_by(request: pytest.FixtureRequest) -> int:
    return int(request.config.getoption("--attacks"))


@pytest.fixture
def lot(request: pytest.FixtureRequest, attacked_by: int) -> Random:
    """Draws by a seed that stands in the report of a test that fails.

    A few attacks are drawn by the commit, so that it stands or falls alike wherever it is tested, and the next one is
    attacked in another way; many are drawn anew each time.
    """
    seed = request.config.getoption("--seed")
    if seed is None:
        seed = _of_the_commit() if attacked_by <= FEW else secrets.randbits(32)
    print(f"--seed={seed}")
    return Random(seed)


@cache
def _of_the_commit() -> int:
    """The first 32 bits of the commit's name; 0 where there is no git."""
    asked = ("git", "rev-parse", "HEAD")
    try:
        name = subprocess.run(asked, cwd=Path(__file__).parent, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return 0
    return int(name[:8], 16)
