"""The stages that a scene is played on."""

from __future__ import annotations

from tests.stage import RehearsalStage, Stage

STAGES: dict[str, type[Stage]] = {"rehearsal": RehearsalStage}
