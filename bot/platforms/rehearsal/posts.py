"""The rehearsal chat's posts: its places, what stands in them, and the signal that something is new."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.core.incoming import Enclosed
from storage.case.chain import clean
from storage.rows.traffic import RehearsalPost

NAME = "rehearsal"
GENERAL = "generelt"
# How often an open page is told that it still is, in seconds.
HEARTBEAT = 15.0


class News:
    """The signal that wakes those who look at the chat when something has changed in it."""

    def __init__(self) -> None:
        self.number = 0
        self._changed = asyncio.Condition()

    async def tell(self) -> None:
        """Wake everybody who waits."""
        async with self._changed:
            self.number += 1
            self._changed.notify_all()

    async def after(self, number: int) -> None:
        """Wait for news, but not so long that a line that is gone isn't noticed.

        Args:
            number: the newest that is known.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARTBEAT), self._changed:
                await self._changed.wait_for(lambda: self.number != number)


async def next_seq(db: AsyncSession) -> int:
    """Return the number of the next change in the chat."""
    return (await db.scalar(select(func.max(RehearsalPost.seq))) or 0) + 1


def enclosed(post: RehearsalPost) -> tuple[Enclosed, ...]:
    """Return what is attached to a post, as an input carries it."""
    return tuple(
        Enclosed({"sha256": each["sha256"]}, each["name"], each["content_type"], each["size"]) for each in post.files
    )


def short(person: str) -> str:
    """Return a person's name in the chat: the plan's id, or what a stranger called themselves."""
    return person.removeprefix(f"{NAME}:")


def storable(text: str) -> str:
    """Return the text without what no database keeps."""
    return str(clean(text))
