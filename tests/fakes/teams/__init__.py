"""The fake Teams: the services that krisebot calls, the people who use it, and the ways it fails."""

from tests.fakes.teams.faults import (
    DisconnectAfter,
    DisconnectBefore,
    Fault,
    Precondition,
    RateLimited,
    Refusal,
    ServerError,
    Timeout,
    TimeoutBefore,
    WrongPage,
)
from tests.fakes.teams.person import Dialog, TeamsPerson
from tests.fakes.teams.server import Call, FakeTeams
from tests.fakes.teams.wire import NOT_JSON, Answer, Forgery, Wire
from tests.fakes.teams.world import Conversation, FakeMessage

__all__ = [
    "NOT_JSON",
    "Answer",
    "Call",
    "Conversation",
    "Dialog",
    "DisconnectAfter",
    "DisconnectBefore",
    "FakeMessage",
    "FakeTeams",
    "Fault",
    "Forgery",
    "Precondition",
    "RateLimited",
    "Refusal",
    "ServerError",
    "TeamsPerson",
    "Timeout",
    "TimeoutBefore",
    "Wire",
    "WrongPage",
]
