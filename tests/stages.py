"""The stages that a scene is played on."""

from __future__ import annotations

from tests.stage import RehearsalStage, Stage
from tests.stage_slack import SlackStage
from tests.stage_teams import TeamsStage

STAGES: dict[str, type[Stage]] = {"rehearsal": RehearsalStage, "slack": SlackStage, "teams": TeamsStage}
