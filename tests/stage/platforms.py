"""The stages that a scene is played on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
# chat has its own in every file below, and both whole scenarios (tests/bot/playing/test_rehearse.py). What hangs on the
# database is tested on both, in tests/storage, tests/faults and tests/handlers.
PAIRS = {"slack": ("slack", "sqlite"), "teams": ("teams", "postgresql")}

# Where a scene is played: every second one in each, and those on a file, since the suite has to be over in four minutes on
# two cores and a server's part of a scene is half of its time. With `--both`, as CI does it, each is played on both pairs.
in_slack = pytest.mark.scene("slack")
in_teams = pytest.mark.scene("teams")

# For what a platform's own client sends, and no other's can.
only_in_teams = pytest.mark.scene("teams", only=True)

# For what only reaches us there: Teams gives a bot what is said in a channel without its name where the tenant allows it.
only_in_slack = pytest.mark.scene("slack", only=True)


def played_on(scene: pytest.Mark, both: bool) -> Sequence[tuple[str, str]]:
    """The platform and the database that a scene is played on.

    Args:
        scene: its `in_slack`, `in_teams` or `only_in_…`.
        both: whether it is played on the other as well, and Teams' on a server.
    """
    if not both:
        return [(scene.args[0], "sqlite")]
    return [PAIRS[scene.args[0]]] if scene.kwargs.get("only") else list(PAIRS.values())


# For a scene that is about the plan's words and not about where they are said: its neighbours play on the platforms.
in_one_chat = pytest.mark.parametrize("pair", [("rehearsal", "sqlite")], indirect=True, ids="-".join)

# For the main thing: from the warning to the stand-down.
everywhere = pytest.mark.parametrize("pair", [("rehearsal", "sqlite"), *PAIRS.values()], indirect=True, ids="-".join)
