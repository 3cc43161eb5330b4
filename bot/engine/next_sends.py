"""The send queue: picks what is sent next, with one sender per conversation, urgent first over all of them, within each
platform's limits.

All of it is in the rows, so that it holds over a restart and over all replicas on one database. What goes round the
outbox (a dialog, the home page, the making of a channel) is not counted.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    ScalarSelect,
    Select,
    SQLColumnExpression,
    and_,
    bindparam,
    case,
    func,
    literal,
    or_,
    select,
    true,
    update,
)
from sqlalchemy.ext.asyncio import AsyncSession

from bot.engine.platform import Outgoing, Platform, Ref
from bot.engine.rates import Rates, allowed, answered, free_at, with_calls
from handlers.core.card import Card
from handlers.core.clock import Clock
from handlers.core.context import URGENT
from storage.database import Database
from storage.rows.base import NOW
from storage.rows.log import content_of
from storage.rows.traffic import ON_ITS_WAY, Conversation, Delivery, Message, RateUse

# How long a conversation is held by whoever sends there; a dead holder's conversation is free after that.
HOLD = timedelta(seconds=12)
# Conversations served at once on one platform.
ABREAST = 50
# Farther apart than any two deliveries' numbers.
FAR = literal(10**15, BigInteger)
_FREE = (
    or_(Conversation.held_until.is_(None), Conversation.held_until <= NOW),
    or_(Conversation.not_before.is_(None), Conversation.not_before <= NOW),
)


@dataclass(frozen=True)
class Sending:
    """A delivery that a sender has been given."""

    delivery: int
    lane: str
    platform: str
    recipient: str
    post: Outgoing
    ref: Ref | None
    doubt: bool
    attempts: int
    at: float
    """When it was given out, in seconds since 1970."""
    asked_at: float
    """When it was asked for, in seconds of the machine's own clock, which goes on while a process is frozen: its conversation
    is held for `HOLD` from no earlier than this."""

    @property
    def held_for(self) -> float:
        """For how many seconds more its conversation is surely held."""
        return self.asked_at + HOLD.total_seconds() - time.monotonic()


@dataclass(frozen=True)
class _Limit:
    """Deliveries that share a limit: a platform's new messages, its changes, or both."""

    name: str
    platform: str
    rates: Rates
    in_lane: Rates
    which: ColumnElement[bool]


class SendQueue:
    """The queue that picks the next message of each free conversation, within the platforms' limits.

    Args:
        database: the outbox.
        clock: the time.
        platforms: the ways out, by name.
    """

    def __init__(self, database: Database, clock: Clock, platforms: Mapping[str, Platform]) -> None:
        self._database = database
        self._clock = clock
        self._platforms = platforms
        self._me = secrets.token_hex(8)
        self.room_at: datetime | None = None
        """When a limit that stopped the last `take` has room again, UTC; None when none did."""

    async def take(self, busy: set[str]) -> list[Sending]:
        """Return the next message of each conversation that nobody holds, as far as the platforms' limits go.

        Args:
            busy: conversations that we are at already.
        """
        now = self._clock.now()
        self.room_at = None
        lines = await self._could_send(now, busy)
        if not lines:
            return []
        jobs: list[Sending] = []
        async with self._database.transaction() as db:
            for line in lines:
                jobs += await self._take_from(db, line, now, busy | {job.lane for job in jobs})
        return jobs

    def due(self) -> list[ScalarSelect[Any]]:
        """Return queries for when something can be sent, one for each kind of message that has a limit of its own."""
        return [
            select(
                func.min(
                    _later(
                        _later(_later(Delivery.due_at, Conversation.not_before), Conversation.held_until),
                        RateUse.not_before,
                    )
                )
            )
            .join_from(Delivery, Conversation, Conversation.name == Delivery.lane)
            .outerjoin(RateUse, RateUse.name == line.name)
            .where(Delivery.platform == line.platform, ON_ITS_WAY, line.which)
            .scalar_subquery()
            for line in self._lines
        ]

    async def hold_back(self, db: AsyncSession, job: Sending, until: datetime) -> None:
        """Send nothing more to this platform until a given time: it has said that it takes no more for now, to anybody.

        Args:
            job: the send that it said so to.
            until: UTC.
        """
        pace = await self._pace(db, self._line_of(job))
        pace.not_before = max(until, pace.not_before or until)

    async def postpone(self, db: AsyncSession, job: Sending, until: datetime) -> None:
        """Make what isn't urgent and waits in the conversation wait until then."""
        await db.execute(
            update(Delivery)
            .where(Delivery.lane == job.lane, ON_ITS_WAY, Delivery.urgency > URGENT)
            .values(due_at=until)
        )

    async def others_wait(self, db: AsyncSession, job: Sending, why: str) -> bool:
        """Whether the platform makes another conversation wait as well.

        Args:
            job: a send that was told to wait.
            why: what the outbox writes of such a wait.
        """
        other = (
            select(Delivery.id)
            .join_from(Delivery, Conversation, Conversation.name == Delivery.lane)
            .where(
                Delivery.platform == job.platform,
                ON_ITS_WAY,
                Delivery.error == why,
                Conversation.name != job.lane,
                Conversation.not_before > self._clock.now(),
            )
        )
        return await db.scalar(other.limit(1)) is not None

    async def release(self, db: AsyncSession, jobs: Sequence[Sending]) -> set[str]:
        """Free the conversations of these sends, now that the platform has answered.

        Call it first in a transaction: whoever takes sends holds the limits' rows too, and then asks for others.

        Returns:
            the conversations that were still ours. Of any other, somebody else has seen that its send was in doubt, and
            what became of it is theirs to say.
        """
        at = self._clock.now().timestamp()
        for line in self._lines:
            of_line = [job for job in jobs if self._line_of(job) is line]
            if line.rates and of_line:
                pace = await self._pace(db, line)
                for job in of_line:
                    pace.recent = answered(pace.recent, job.at, at)
                full = free_at(pace.recent, line.rates)
                if full > at:
                    pace.not_before = max(_instant(full), pace.not_before or _instant(full))
        called = {job.lane: job for job in jobs}
        ours = set()
        for lane in await db.scalars(select(Conversation).where(Conversation.name.in_(called)).with_for_update()):
            job = called[lane.name]
            if self._line_of(job).in_lane:
                lane.recent = answered(lane.recent, job.at, at)
            if lane.held_by == self._me:
                lane.held_by, lane.held_until = None, None
                ours.add(lane.name)
        return ours

    @cached_property
    def _lines(self) -> tuple[_Limit, ...]:
        return tuple(self._all_lines())

    def _all_lines(self) -> Iterator[_Limit]:
        for name, platform in self._platforms.items():
            limits = platform.limits
            if limits.edits is None:
                yield _Limit(name, name, limits.posts, limits.conversation, true())
            else:
                posts, edits = _names(name, False)[0], _names(name, True)[0]
                yield _Limit(posts, name, limits.posts, limits.conversation, Delivery.ref.is_(None))
                yield _Limit(edits, name, limits.edits, (), Delivery.ref.is_not(None))

    def _line_of(self, job: Sending) -> _Limit:
        names = _names(job.platform, job.ref is not None)
        return next(line for line in self._lines if line.platform == job.platform and line.name in names)

    async def _could_send(self, now: datetime, busy: set[str]) -> list[_Limit]:
        """Return the limits under which something waits that may be sent; asked before anything is locked."""
        async with self._database.reading() as db:
            there = (await db.execute(self._anything, {"now": now, "busy": list(busy)})).one()
            lines = [line for line, waits in zip(self._lines, there, strict=True) if waits]
            paces = {pace.name: pace for pace in await db.scalars(select(RateUse))} if lines else {}
        return [line for line in lines if self._is_open(paces.get(line.name), now)]

    @cached_property
    def _anything(self) -> Select[Any]:
        questions: list[ColumnElement[Any]] = [
            self._waiting(line).with_only_columns(Delivery.id).exists() for line in self._lines
        ]
        return select(*questions)

    def _is_open(self, pace: RateUse | None, now: datetime) -> bool:
        if pace is None or pace.not_before is None or pace.not_before <= now:
            return True
        self._full_until(pace.not_before)
        return False

    def _full_until(self, then: datetime) -> datetime:
        self.room_at = then if self.room_at is None else min(self.room_at, then)
        return then

    def _waiting(self, line: _Limit) -> Select[Any]:
        """Return the query for what may be sent at `now` in conversations that aren't `busy`."""
        return (
            select(Delivery)
            .join_from(Delivery, Conversation, Conversation.name == Delivery.lane)
            .where(
                Delivery.platform == line.platform,
                line.which,
                ON_ITS_WAY,
                Delivery.due_at <= NOW,
                Conversation.name.not_in(bindparam("busy", expanding=True)),
                *_FREE,
            )
        )

    async def _take_from(self, db: AsyncSession, line: _Limit, now: datetime, busy: set[str]) -> list[Sending]:
        pace = await self._pace(db, line) if line.rates else await db.get(RateUse, line.name)
        if not self._is_open(pace, now):
            return []
        # It may have taken a while to be the one that takes: what is given out now is held from now on.
        asked_at, now = time.monotonic(), self._clock.now()
        at = now.timestamp()
        # Nobody knows when a call that is not answered yet will be counted.
        left = min([ABREAST, *(rate.count for rate in line.rates)])
        left -= sum(lane.partition("/")[0] == line.platform for lane in busy)
        if pace is not None and line.rates:
            left = allowed(pace.recent, line.rates, at, left)
        jobs: list[Sending] = []
        while (wanted := left - len(jobs)) > 0:
            lanes = await self._next_lanes(db, line, now, busy | {job.lane for job in jobs}, wanted)
            free = self._close_full(line, lanes, now)
            jobs += await self._hold_firsts(db, line, free, now, asked_at)
            if len(lanes) < wanted:
                break
        if pace is not None and line.rates:
            pace.recent = with_calls(pace.recent, line.rates, at, len(jobs))
            full = free_at(pace.recent, line.rates)
            pace.not_before = self._full_until(_instant(full)) if full > at else None
        return jobs

    async def _next_lanes(
        self, db: AsyncSession, line: _Limit, now: datetime, busy: set[str], most: int
    ) -> list[Conversation]:
        """Return free conversations, the one with the most urgent and oldest message first."""
        names = list(
            await db.scalars(
                self._waiting(line)
                .with_only_columns(Delivery.lane)
                .group_by(Delivery.lane)
                .order_by(func.min(_RANK))
                .limit(most),
                {"now": now, "busy": list(busy)},
            )
        )
        if not names:
            return []
        # Free is asked of the row that is locked, as it is then: another replica may just have taken it.
        locked = select(Conversation).where(Conversation.name.in_(names), *_FREE).with_for_update(skip_locked=True)
        lanes = {lane.name: lane for lane in await db.scalars(locked, {"now": now})}
        return [lanes[name] for name in names if name in lanes]

    def _close_full(self, line: _Limit, lanes: Sequence[Conversation], now: datetime) -> dict[str, Conversation]:
        """Set until when each conversation must wait for its own limit; give back those that need not, by name."""
        free = {}
        for lane in lanes:
            full = free_at(lane.recent, line.in_lane)
            if full > now.timestamp():
                lane.not_before = self._full_until(_instant(full))
            else:
                free[lane.name] = lane
        return free

    async def _hold_firsts(
        self, db: AsyncSession, line: _Limit, open_lanes: Mapping[str, Conversation], now: datetime, asked_at: float
    ) -> list[Sending]:
        """Hold some conversations, each for its next message; give these back."""
        at = now.timestamp()
        if not open_lanes:
            return []
        place = func.row_number().over(partition_by=Delivery.lane, order_by=(_RANK, Delivery.id))
        ranked = (
            self._waiting(line)
            .where(Delivery.lane.in_(open_lanes))
            .with_only_columns(Delivery.id, place.label("place"))
            .subquery()
        )
        firsts = await db.execute(
            select(Delivery, Message)
            .join(ranked, ranked.c.id == Delivery.id)
            .join(Message, Message.id == Delivery.message_id)
            .where(ranked.c.place == 1),
            {"now": now, "busy": []},
        )
        jobs = {}
        for delivery, message in firsts:
            lane = open_lanes[delivery.lane]
            lane.held_by, lane.held_until = self._me, now + HOLD
            if line.in_lane:
                lane.recent = with_calls(lane.recent, line.in_lane, at, 1)
            doubt = delivery.state == "sending" and delivery.ref is None
            delivery.state = "sending"
            jobs[lane.name] = Sending(
                delivery.id,
                lane.name,
                delivery.platform,
                message.recipient,
                await _outgoing(db, message, delivery.platform),
                delivery.ref,
                doubt,
                delivery.attempts,
                at,
                asked_at,
            )
        return [jobs[name] for name in open_lanes if name in jobs]

    async def _pace(self, db: AsyncSession, line: _Limit) -> RateUse:
        """Lock and return a limit's row until the transaction ends, so that one replica takes sends at a time."""
        locked = select(RateUse).where(RateUse.name == line.name).with_for_update()
        pace = await db.scalar(locked)
        if pace is None:
            await db.execute(
                self._database.insert(RateUse).on_conflict_do_nothing(), [{"name": line.name, "recent": []}]
            )
            pace = (await db.scalars(locked)).one()
        return pace


# What may be half sent comes first, since nothing overtakes a doubt; then what is urgent; then what was said first.
_RANK = case((Delivery.state == "sending", Delivery.id - FAR), else_=Delivery.urgency * FAR + Delivery.id)


def _names(platform: str, change: bool) -> tuple[str, str]:
    """Return the names of the limits that a message counts against: that of its own kind, and that of all kinds."""
    return f"{platform}/{'edits' if change else 'posts'}", platform


def _later(
    one: SQLColumnExpression[datetime], other: SQLColumnExpression[datetime | None]
) -> SQLColumnExpression[datetime]:
    return case((and_(other.is_not(None), other > one), other), else_=one)


def _instant(seconds: float) -> datetime:
    """Return the time of a number of seconds since 1970, rounded up so that it isn't a moment too early."""
    return datetime.fromtimestamp(seconds, UTC) + timedelta(milliseconds=1)


async def _outgoing(db: AsyncSession, message: Message, platform: str) -> Outgoing:
    card = Card.from_json(message.card)
    file = await content_of(db, card.file) if card.file else None
    # A thread is one platform's; the staff's channel on another has no such thread.
    thread = message.thread if message.platform == platform else None
    return Outgoing(message.id, message.key, message.version, card, file=file, thread=thread)
