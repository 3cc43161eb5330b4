"""The fake Slack: the server that krisebot calls, the people who use it, and the ways it fails."""

from tests.fakes.slack.faults import (
    DisconnectAfter,
    DisconnectBefore,
    Fault,
    OkFalse,
    RateLimited,
    ServerError,
    Timeout,
    TimeoutBefore,
    WrongPage,
)
from tests.fakes.slack.person import Answer, Forgery, SlackPerson
from tests.fakes.slack.server import Call, FakeSlack
from tests.fakes.slack.world import Channel, FakeMessage

__all__ = [
    "Answer",
    "Call",
    "Channel",
    "DisconnectAfter",
    "DisconnectBefore",
    "FakeMessage",
    "FakeSlack",
    "Fault",
    "Forgery",
    "OkFalse",
    "RateLimited",
    "ServerError",
    "SlackPerson",
    "Timeout",
    "TimeoutBefore",
    "WrongPage",
]
