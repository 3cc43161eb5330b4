"""The stages that a scene is played on."""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import pytest

from tests.databases import Databases
from tests.stage.slack import SlackStage
from tests.stage.stage import RehearsalStage, Stage
from tests.stage.teams import TeamsStage

STAGES: dict[str, type[Stage]] = {"rehearsal": RehearsalStage, "slack": SlackStage, "teams": TeamsStage}


@dataclass(frozen=True)
class Pair:
    """A platform, and a kind of database to play on it with."""

    stage: type[Stage]
    databases: Databases


# The platforms that people work in, and both databases: a scene's promise doesn't hang on how the two meet. The rehearsal
# chat has its own in every file below, and both whole scenarios (tests/bot/playing/test_rehearse.py). What hangs on the database
# is tested on both, in tests/storage, tests/faults and tests/handlers.
PAIRS = (("slack", "sqlite"), ("teams", "postgresql"))


def in_turn(scene: str) -> tuple[tuple[str, str], ...]:
    """One of the two for each scene, always the same one: the suite has to be over in five minutes on two cores."""
    return (PAIRS[crc32(scene.encode()) % len(PAIRS)],)


# For a scene that is about the plan's words and not about where they are said: its neighbours play on the platforms.
in_one_chat = pytest.mark.parametrize("pair", [("rehearsal", "sqlite")], indirect=True, ids="-".join)

# For the main thing: from the warning to the stand-down.
everywhere = pytest.mark.parametrize("pair", [("rehearsal", "sqlite"), *PAIRS], indirect=True, ids="-".join)
