"""Intake: writes every input to disk before it is acknowledged, and once only however often it comes.

Inputs that arrive while a commit is under way share the next one: forty at once cost two commits, not forty.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from bot.engine.telemetry import Telemetry
from handlers.core import haste
from handlers.core.incoming import Incoming
from storage.case import chain
from storage.database import Database
from storage.rows.traffic import Inbox

Waiting = tuple[Incoming, "asyncio.Future[bool]"]


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
        self._waiting.append((incoming, kept))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return await kept

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                new = await self._keep([incoming for incoming, _ in batch])
            except Exception as error:
                for _, kept in batch:
                    if not kept.done():
                        kept.set_exception(error)
                continue
            for incoming, kept in batch:
                if not kept.done():
                    kept.set_result(incoming.key in new)
                # The second of two alike in one batch is the repetition.
                new.discard(incoming.key)
            self._wake()

    async def _keep(self, batch: list[Incoming]) -> set[str]:
        rows: dict[str, dict[str, Any]] = {}
        for incoming in batch:
            rows.setdefault(
                incoming.key,
                {
                    "key": incoming.key,
                    "body": chain.clean(incoming.to_json()),
                    "sender": incoming.sender,
                    "urgent": haste.is_urgent(incoming),
                    "message": incoming.message or None,
                    "received_at": incoming.received_at,
                    "begun": 1,
                    "due_at": incoming.received_at,
                },
            )
        async with self._database.transaction() as db:
            statement = self._database.insert(Inbox).on_conflict_do_nothing(index_elements=["key"])
            kept = await db.execute(statement.returning(Inbox.id, Inbox.key), list(rows.values()))
            new = {key: number for number, key in kept}
        self._counted(new.values())
        for incoming in {each.key: each for each in reversed(batch) if each.key in new}.values():
            self._telemetry.received(f"input-{new[incoming.key]}", incoming.platform, incoming.kind)
        return set(new)
