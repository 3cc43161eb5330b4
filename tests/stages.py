"""The stages that a scene is played on."""

from __future__ import annotations

import pytest

from tests.stage import RehearsalStage, Stage
from tests.stage_slack import SlackStage
from tests.stage_teams import TeamsStage

STAGES: dict[str, type[Stage]] = {"rehearsal": RehearsalStage, "slack": SlackStage, "teams": TeamsStage}

# Every platform and every database, each at least once: a scene's promise doesn't hang on how the two meet.
# What hangs on the database is tested on both below, in tests/storage, tests/faults and tests/handlers.
PAIRS = (("rehearsal", "sqlite"), ("slack", "sqlite"), ("teams", "postgresql"))

# For a scene that is about the plan's words and not about where they are said: its neighbours play on all the platforms.
in_one_chat = pytest.mark.parametrize("pair", [("rehearsal", "sqlite")], indirect=True, ids="-".join)
