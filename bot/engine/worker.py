"""The base of the engine's workers: each says when it has something to do, and does it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from datetime import datetime
from typing import Any

from sqlalchemy import ScalarSelect

from storage.rows.base import Base


class Worker(ABC):
    """A background worker, which does what rows say is due."""

    done = 0
    """How often it has done something."""

    minds: frozenset[type[Base]] = frozenset()
    """The rows whose change may leave it something to do."""

    again: datetime | None = None
    """When it tries again, of which no row tells, UTC."""

    # Set where a turn may leave something to do that no row tells of; whoever drains lowers it.
    _look = False

    def look_again(self) -> None:
        """Note that a turn has run and may have left something to do, so that the worker looks without being asked."""
        self._look = True

    @property
    def at_work(self) -> bool:
        """Whether there is, or may be, something to do that no row tells of."""
        return self._look

    @abstractmethod
    def due(self) -> list[ScalarSelect[Any]]:
        """Return queries for the first time at which it has something to do, UTC; each is NULL when there is
        nothing."""

    @abstractmethod
    async def drain(self) -> None:
        """Do all that can be done now."""
