"""The stages that a scene is played on."""

from __future__ import annotations

from tests.stage import RehearsalStage, Stage
from tests.stage_slack import SlackStage
from tests.stage_teams import TeamsStage

STAGES: dict[str, type[Stage]] = {"rehearsal": RehearsalStage, "slack": SlackStage, "teams": TeamsStage}

# Every platform and every database, each at least once: for scenes whose promise doesn't hang on how the two meet.
# The first scene of all, tests/scenarios/test_cloudburst.py, is played on all six.
PAIRS = (("rehearsal", "sqlite"), ("slack", "sqlite"), ("teams", "postgresql"))
