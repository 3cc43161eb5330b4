"""What the plan's tests may ask for by name."""

from __future__ import annotations

import pytest

from storage.plan import loading
from storage.plan.model import Plan


@pytest.fixture(scope="module")
def plan() -> Plan:
    return loading.example()
