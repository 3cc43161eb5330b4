"""A scene's first act: played once on a platform, and taken up where it ended by every scene that begins with it.

Krisebot is closed after the act, and its database and the platform around it are kept. Each scene opens krisebot on a
copy: if anything lived only in its memory, the scene would miss it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from tests.stage.platforms import Pair
from tests.stage.stage import SUMMER_AFTERNOON, Stage

Act = Callable[[Stage], Awaitable[None]]


@dataclass(frozen=True)
class _Played:
    url: str
    ended: datetime
    around: Any


class Prologues:
    """The first acts that this run has played."""

    def __init__(self) -> None:
        self._played: dict[tuple[type[Stage], type, Act, datetime], _Played] = {}

    @asynccontextmanager
    async def stage(self, pair: Pair, act: Act, start: datetime) -> AsyncIterator[Stage]:
        """A stage on which the act has just been played."""
        stage = await self._taken_up(await self._of(pair, act, start), pair)
        await stage.open()
        try:
            yield stage
        finally:
            await stage.close()
            await stage.tear_down()
            pair.databases.drop(stage.url)

    async def _of(self, pair: Pair, act: Act, start: datetime) -> _Played:
        key = (pair.stage, type(pair.databases), act, start)
        if key not in self._played:
            self._played[key] = await self._play(pair, act, start)
        return self._played[key]

    async def _play(self, pair: Pair, act: Act, start: datetime) -> _Played:
        if act in _EARLIER:
            stage = await self._taken_up(await self._of(pair, _EARLIER[act], start), pair)
        else:
            stage = pair.stage(pair.databases.migrated(), start)
            await stage.set_up()
        await stage.open()
        await act(stage)
        await stage.close()
        around = stage.remember()
        await stage.tear_down()
        return _Played(stage.url, stage.clock.now(), around)

    async def _taken_up(self, played: _Played, pair: Pair) -> Stage:
        """A stage as it was left, on a copy of the database; not open yet."""
        stage = pair.stage(pair.databases.copy(played.url), played.ended)
        await stage.set_up()
        await stage.recall(played.around)
        return stage


# The act that each goes on from, where it isn't the first.
_EARLIER: dict[Act, Act] = {}


def follows(earlier: Act) -> Callable[[Act], Act]:
    """Say that an act goes on where another ended, which is played once for all that follow it.

    `@follows(cloudburst)`
    """

    def known(act: Act) -> Act:
        _EARLIER[act] = earlier
        return act

    return known


def after(act: Act, start: datetime = SUMMER_AFTERNOON) -> Any:
    """The fixture of scenes that begin with an act: `stage = after(cloudburst)`.

    Args:
        act: `async (stage)`, with nothing in it that a test's own arguments decide.
        start: when it begins.
    """

    @pytest.fixture
    async def stage(pair: Pair, prologues: Prologues) -> AsyncIterator[Stage]:
        async with prologues.stage(pair, act, start) as opened:
            yield opened

    return stage


async def cloudburst(stage: Stage) -> None:
    """Jens decides at once: level 2, 14:00:10 on the day of scenario S1."""
    await stage["jens"].commands("aktiver 2 skybrud, kloak står op i Hedehusene")


async def outbreak(stage: Stage) -> None:
    """The same, for what scenario S3 tells of."""
    await stage["jens"].commands("aktiver 2 udbrud på tre plejecentre")
