"""Events: what has happened that other rooms follow up, where the room that did it may not know of them.

Rooms depend on each other in one direction (`handlers/__init__.py`). Where something in a lower room has consequences
in a higher one, the lower room tells that it has happened, and the higher one listens with `@on`. Four events are
enough; a fifth needs a reason.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from handlers.core.incoming import Incoming
from handlers.core.turn import Turn
from storage.grades import Grade
from storage.rows.log import LogEntry


@dataclass(frozen=True)
class Regraded:
    """The event that lines of the log have another grade than they had. Plan §8, Fortrolighed.

    Args:
        entries: the lines.
        grade: which they all have now.
    """

    entries: tuple[LogEntry, ...]
    grade: Grade


@dataclass(frozen=True)
class AskedForHelp:
    """The event that somebody marked a message as a call for help. Plan §9.

    Args:
        said: the message, as it came in, without personal numbers.
    """

    said: Incoming


@dataclass(frozen=True)
class Appointed:
    """The event that somebody was given a role in the crisis. Plan §5.

    Args:
        role: its Danish name.
        person: who has it now.
    """

    role: str
    person: str


@dataclass(frozen=True)
class Told:
    """The event that somebody told something, which stands in the log now. Plan §7.

    Args:
        text: what was told, without what krisebot wrote beside it.
        no: its log line.
        at: when it happened, UTC.
    """

    text: str
    no: int
    at: datetime


Event = TypeVar("Event", Regraded, AskedForHelp, Appointed, Told)

_listeners: dict[type[Any], list[Callable[[Turn, Any], Awaitable[None]]]] = defaultdict(list)


def on(
    event: type[Event],
) -> Callable[[Callable[[Turn, Event], Awaitable[None]]], Callable[[Turn, Event], Awaitable[None]]]:
    """Register what follows from an event: `async (turn, event)`, in the turn that it happened in.

    Args:
        event: one of the four above.
    """

    def register(run: Callable[[Turn, Event], Awaitable[None]]) -> Callable[[Turn, Event], Awaitable[None]]:
        _listeners[event].append(run)
        return run

    return register


async def tell(turn: Turn, event: Event) -> None:
    """Have everybody who listens do what follows from an event.

    Args:
        event: what has happened.
    """
    for run in _listeners[type(event)]:
        await run(turn, event)
