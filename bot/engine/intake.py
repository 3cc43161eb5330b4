"""Intake: writes every input to disk before it is acknowledged, and once only however often it comes.

Inputs that arrive while a commit is under way share the next one: forty at once cost two commits, not forty. When that
fails, each is kept by itself, so that none is lost for what stands in another. What a platform's door can't read in
time is kept as it came, put aside, and told of.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import math
import traceback
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from bot.engine import own_trouble
from bot.engine.stalls import PATIENCE, TookTooLong, within
from bot.engine.telemetry import Telemetry
from handlers.core import haste
from handlers.core.incoming import Incoming
from storage.case import chain
from storage.database import UNREACHABLE, Database
from storage.rows.traffic import Inbox

log = logging.getLogger(__name__)

# What is kept of something that nobody could read: the beginning of it.
UNREAD = 100_000
# So long may what somebody wrote or pressed wait before they are told that it has come in.
TOLD_AFTER = timedelta(seconds=10)
# So long does a turn wait for what is being taken in, in seconds of the machine's clock.
MOMENT = 0.02
# PostgreSQL finds a key again that is no longer than this; a longer one is known by its fingerprint.
LONGEST_KEY = 500
# What an input is, but for what it carries: each of these is text.
TEXTS = (
    "key",
    "kind",
    "platform",
    "sender",
    "place",
    "conversation",
    "text",
    "action",
    "message",
    "author",
    "comment",
    "answers_to",
    "thread",
    "in_place",
)
Waiting = tuple[Incoming, dict[str, Any], "asyncio.Future[bool]"]


class SetAside(Exception):
    """What came is kept as it came and put aside, and nothing is done about it.

    Args:
        what: the trouble's own name.
        told: what whoever can act reads of it, Danish.
    """

    def __init__(self, what: str, told: str) -> None:
        super().__init__(what)
        self.what = what
        self.told = told


class Intake:
    """The inbox's writer: keeps inputs from every platform.

    Args:
        database: where the inbox is.
        counted: called with the numbers of what is on disk now, which is counted as begun by this process.
        wake: called when something new is on disk.
        telemetry: told of each input.
        ask: called with each new input that is on disk and names somebody whose name isn't known.
    """

    def __init__(
        self,
        database: Database,
        counted: Callable[[Iterable[int]], None],
        wake: Callable[[], None],
        telemetry: Telemetry | None = None,
        ask: Callable[[Incoming], object] | None = None,
    ) -> None:
        self._database = database
        self._counted = counted
        self._wake = wake
        self._telemetry = telemetry or Telemetry()
        self._ask = ask
        self._waiting: list[Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def accept(self, incoming: Incoming) -> bool:
        """Write an input to the inbox; returns when it is on disk.

        Returns:
            False when it was there already.

        Raises:
            SQLAlchemyError, OSError: it could not be kept, and must not be acknowledged.
            NotUnderstood: it isn't made of what an input is made of.
        """
        incoming = understood(incoming)
        kept: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        # Made here, so that what is hard to read holds up its own door and nobody who shares a commit with it.
        self._waiting.append((incoming, _row(incoming), kept))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return await kept

    async def let_in(self, at_most: float = MOMENT) -> None:
        """Wait until what has come in is on disk, so that it is acknowledged before the next turn begins.

        Args:
            at_most: seconds, however much comes.
        """
        # Whoever reads what was sent goes on before it is asked whether anything waits.
        await asyncio.sleep(0)
        if self._writing is not None and not self._writing.done():
            await asyncio.wait({self._writing}, timeout=at_most)

    def not_understood(self, platform: str, why: Exception | str) -> None:
        """Count and log what a door was rightly sent and can't use: it is not ours, or not made as we know it.

        Args:
            platform: whose door it came to.
            why: what it stumbled over; of what was written nothing is repeated.
        """
        self._telemetry.not_understood(platform, why if isinstance(why, str) else _stumbled(why))

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
        put_aside: tuple[type[Exception], ...] = (TookTooLong, SetAside, *unreadable)
        try:
            async with within(PATIENCE):
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
        what = "unread"
        told = f"Noget fra {platform.capitalize()} kunne ikke læses. Det er gemt, men intet er sket."
        if isinstance(error, SetAside):
            what, told = error.what, error.told
        async with self._database.transaction() as db:
            await db.execute(self._database.insert(Inbox).on_conflict_do_nothing(index_elements=["key"]), row)
            await own_trouble.write_down(db, what, told, received_at)
        self._wake()

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                new = await self._keep([(incoming, row) for incoming, row, _ in batch])
            except Exception as error:
                await self._write_one_by_one(batch, error)
                continue
            for incoming, _, kept in batch:
                if not kept.done():
                    kept.set_result(incoming.key in new)
                # The second of two alike in one batch is the repetition.
                new.discard(incoming.key)
            self._wake()

    async def _write_one_by_one(self, batch: list[Waiting], error: Exception) -> None:
        """Keep each of those whose commit failed by itself. What can't be kept as it is is kept unread and put aside;
        where that fails too, it is the database, and the rest are to be sent again."""
        log.warning("%s inputs could not be kept together: %s", len(batch), type(error).__name__)
        down: Exception | None = None
        for incoming, row, kept in batch:
            try:
                if down is not None:
                    raise down
                new = await self._keep([(incoming, row)])
                done = incoming.key in new
            except Exception as alone:
                if down is None:
                    down = await self._kept_unread(incoming, alone)
                if down is not None:
                    if not kept.done():
                        kept.set_exception(down)
                    continue
                done = True
            if not kept.done():
                kept.set_result(done)
        self._wake()

    async def _kept_unread(self, incoming: Incoming, error: Exception) -> Exception | None:
        """Keep what could not be kept as it is; return why not, where that is so."""
        raw = json.dumps(incoming.to_json(), default=repr).encode()
        try:
            await self._keep_unread(incoming.platform, raw, incoming.received_at, error)
        except Exception:
            return error
        return None

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
            if incoming.unnamed and self._ask is not None:
                self._ask(incoming)
        return set(new)


class NotUnderstood(ValueError):
    """What was sent isn't made as an input is."""


# What reading something strange ends in, where nothing of ours is at fault: the wrong kind of thing in a place.
STRANGE = (NotUnderstood, ValueError, TypeError, AttributeError, LookupError, RecursionError, ArithmeticError)


def unreachable(error: BaseException) -> bool:
    """Whether an input could not be kept because of us, and is to be sent again."""
    return isinstance(error, (*UNREACHABLE, TimeoutError))


def understood(incoming: Incoming) -> Incoming:
    """Return an input as it can be kept: signs that no database holds are U+FFFD, wherever they stood.

    Raises:
        NotUnderstood: a part of it is of the wrong kind.
    """
    try:
        cleaned = Incoming.from_json(chain.clean(_finite(incoming.to_json())))
    except STRANGE as error:
        raise NotUnderstood(_stumbled(error)) from error
    wrong = [name for name in TEXTS if not isinstance(getattr(cleaned, name), str)]
    if wrong or not all(
        isinstance(each, dict) for each in (cleaned.args, cleaned.values, cleaned.reach, cleaned.unnamed)
    ):
        raise NotUnderstood(f"{wrong or 'what it carries'} of the wrong kind")
    if not all(isinstance(part, str) for each in cleaned.values.items() for part in each):
        raise NotUnderstood("what was filled in is no text")
    if len(cleaned.key) > LONGEST_KEY:
        fingerprint = hashlib.sha256(cleaned.key.encode()).hexdigest()
        cleaned = replace(cleaned, key=f"{cleaned.key[:LONGEST_KEY]}/{fingerprint}")
    return cleaned


def _finite(value: Any) -> Any:
    """Return a value as JSON has it: what is no number there is text."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {key: _finite(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(each) for each in value]
    return value


def _stumbled(error: Exception) -> str:
    """Tell what was stumbled over and where, without a word of what was written."""
    places = traceback.extract_tb(error.__traceback__)
    where = f" at {places[-1].name}:{places[-1].lineno}" if places else ""
    return f"{type(error).__name__}{where}"


def _row(incoming: Incoming) -> dict[str, Any]:
    return {
        "key": incoming.key,
        "body": incoming.to_json(),
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
