"""Intake: writes every input to disk before it is acknowledged, and once only however often it comes.

Inputs that arrive while a commit is under way share the next one: forty at once cost two commits, not forty. What a
platform's door can't read in time is kept as it came, put aside, and told of.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from typing import Any

from bot.engine import own_trouble
from bot.engine.stalls import PATIENCE, TookTooLong
from bot.engine.telemetry import Telemetry
from handlers.core import haste
from handlers.core.incoming import Incoming
from storage.case import chain
from storage.database import Database
from storage.rows.traffic import Inbox

log = logging.getLogger(__name__)

# What is kept of something that nobody could read: the beginning of it.
UNREAD = 100_000
# So long may what somebody wrote or pressed wait before they are told that it has come in.
TOLD_AFTER = timedelta(seconds=10)
Waiting = tuple[Incoming, dict[str, Any], "asyncio.Future[bool]"]


class Intake:
    """The inbox's writer: keeps inputs from every platform.

    Args:
        database: where the inbox is.
        counted: called with the numbers of what is on disk now, which is counted as begun by this process.
        wake: called when something new is on disk.
        telemetry: told of each input.
    """

    def __init__(
        self,
        database: Database,
        counted: Callable[[Iterable[int]], None],
        wake: Callable[[], None],
        telemetry: Telemetry | None = None,
    ) -> None:
        self._database = database
        self._counted = counted
        self._wake = wake
        self._telemetry = telemetry or Telemetry()
        self._waiting: list[Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def accept(self, incoming: Incoming) -> bool:
        """Write an input to the inbox; returns when it is on disk.

        Returns:
            False when it was there already.

        Raises:
            SQLAlchemyError, OSError: it could not be kept, and must not be acknowledged.
        """
        kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        # Made here, so that what is hard to read holds up its own door and nobody who shares a commit with it.
        self._waiting.append((incoming, _row(incoming), kept))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return await kept

    @asynccontextmanager
    async def reading(
        self, platform: str, raw: bytes, received_at: datetime, *unreadable: type[Exception]
    ) -> AsyncIterator[None]:
        """Break off the reading of what was sent, when it takes too long.

        Where it held up everything, what was sent is kept as it came and put aside, and the block ends well: sent again it
        would do the same. Where it only waited, it was not kept, and is to be sent again.

        Args:
            platform: whose door it came to.
            raw: as it came.
            received_at: UTC.
            unreadable: what else means that it can't be read, however often it is sent.

        Raises:
            TimeoutError: it waited too long.
        """
        put_aside: tuple[type[Exception], ...] = (TookTooLong, *unreadable)
        try:
            async with asyncio.timeout(PATIENCE):
                yield
        except put_aside as error:
            log.error("put aside: what came from %s could not be read: %s", platform, error)
            await self._keep_unread(platform, raw, received_at, error)

    async def _keep_unread(self, platform: str, raw: bytes, received_at: datetime, error: Exception) -> None:
        incoming = Incoming(
            key=f"unread/{platform}/{hashlib.sha256(raw).hexdigest()}",
            kind="unread",
            platform=platform,
            sender=f"{platform}:",
            place="dm",
            conversation="",
            received_at=received_at,
            text=raw[:UNREAD].decode("utf-8", "replace"),
        )
        row = {
            "key": incoming.key,
            "body": chain.clean(incoming.to_json()),
            "sender": incoming.sender,
            "received_at": received_at,
            "due_at": received_at,
            "state": "failed",
            "error": f"{type(error).__name__}: {error}",
        }
        async with self._database.transaction() as db:
            await db.execute(self._database.insert(Inbox).on_conflict_do_nothing(index_elements=["key"]), row)
            await own_trouble.write_down(
                db,
                "unread",
                f"Noget fra {platform.capitalize()} kunne ikke læses. Det er gemt, men intet er sket.",
                received_at,
            )
        self._wake()

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                new = await self._keep([(incoming, row) for incoming, row, _ in batch])
            except Exception as error:
                for _, _, kept in batch:
                    if not kept.done():
                        kept.set_exception(error)
                continue
            for incoming, _, kept in batch:
                if not kept.done():
                    kept.set_result(incoming.key in new)
                # The second of two alike in one batch is the repetition.
                new.discard(incoming.key)
            self._wake()

    async def _keep(self, batch: list[tuple[Incoming, dict[str, Any]]]) -> set[str]:
        firsts = {incoming.key: (incoming, row) for incoming, row in reversed(batch)}
        async with self._database.transaction() as db:
            statement = self._database.insert(Inbox).on_conflict_do_nothing(index_elements=["key"])
            kept = await db.execute(
                statement.returning(Inbox.id, Inbox.key), [row for _, row in reversed(firsts.values())]
            )
            new = {key: number for number, key in kept}
        self._counted(new.values())
        for key, number in new.items():
            incoming, _ = firsts[key]
            self._telemetry.received(f"input-{number}", incoming.platform, incoming.kind)
        return set(new)


def _row(incoming: Incoming) -> dict[str, Any]:
    return {
        "key": incoming.key,
        "body": chain.clean(incoming.to_json()),
        "sender": incoming.sender,
        "urgent": haste.is_urgent(incoming),
        "message": incoming.message or None,
        "received_at": incoming.received_at,
        "begun": 1,
        "due_at": incoming.received_at,
        "tell_at": incoming.received_at + TOLD_AFTER if _is_answered(incoming) else None,
    }


def _is_answered(incoming: Incoming) -> bool:
    """Whether its sender waits for an answer."""
    return incoming.kind in ("command", "press", "save") or (incoming.kind == "text" and incoming.place == "dm")
