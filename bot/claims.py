"""Who sends what, and when: one sender per conversation, urgent first over all of them, and no more than a platform takes.

All of it is in the rows, so that it holds over a restart and over all replicas on one database. What goes round the
outbox (a dialog, the home page, the making of a channel) is not counted.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    SQLColumnExpression,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    true,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from bot.pace import Rates, allowed, answered, free_at, with_calls
from bot.platforms.platform import Platform, Post, Ref
from handlers.card import Card
from handlers.clock import Clock
from storage.database import Database
from storage.tables import Delivery, Lane, Message, Pace

# How long a conversation is held by whoever sends there; a dead holder's conversation is free after that.
HOLD = timedelta(seconds=12)
# Conversations served at once on one platform.
ABREAST = 50
# Farther apart than any two deliveries' numbers.
FAR = literal(10**15, BigInteger)


@dataclass(frozen=True)
class Job:
    """A delivery in somebody's hands."""

    delivery: int
    lane: str
    platform: str
    post: Post
    ref: Ref | None
    doubt: bool
    attempts: int
    at: float
    """When it was given out, in seconds since 1970."""


@dataclass(frozen=True)
class _Line:
    """Deliveries that share a limit: a platform's new messages, its changes, or both."""

    name: str
    platform: str
    rates: Rates
    in_lane: Rates
    which: ColumnElement[bool]


class Claims:
    """Whoever gives out what is to be sent.

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
        self._insert = sqlite.insert if database.is_sqlite else postgresql.insert

    async def take(self, busy: set[str]) -> list[Job]:
        """The next message of each conversation that nobody holds, as far as the platforms' limits go.

        Args:
            busy: conversations that we are at already.
        """
        now = self._clock.now()
        self.room_at = None
        async with self._database.reading() as db:
            lines = [line for line in self._lines() if await self._could_send(db, line, now, busy)]
        if not lines:
            return []
        jobs: list[Job] = []
        async with self._database.transaction() as db:
            for line in lines:
                jobs += await self._take_from(db, line, now, busy | {job.lane for job in jobs})
        return jobs

    async def next_due(self) -> datetime | None:
        """When something can be sent that can't be now, UTC; None when nothing waits."""
        times = []
        async with self._database.reading() as db:
            for line in self._lines():
                first = await db.scalar(
                    select(func.min(_later(_later(Delivery.due_at, Lane.not_before), Lane.held_until)))
                    .join_from(Delivery, Lane, Lane.name == Delivery.lane)
                    .where(Delivery.platform == line.platform, Delivery.state.in_(["queued", "sending"]), line.which)
                )
                if first is not None:
                    pace = await db.get(Pace, line.name)
                    times.append(max(first, pace.not_before) if pace and pace.not_before else first)
        return min(times, default=None)

    async def hold_back(self, db: AsyncSession, job: Job, until: datetime) -> None:
        """The platform has said that it takes no more of these for now, to anybody."""
        pace = await self._pace(db, self._line_of(job))
        pace.not_before = max(until, pace.not_before or until)

    async def others_wait(self, db: AsyncSession, job: Job, why: str) -> bool:
        """Whether the platform makes another conversation wait as well."""
        other = (
            select(Delivery.id)
            .join_from(Delivery, Lane, Lane.name == Delivery.lane)
            .where(
                Delivery.platform == job.platform,
                Delivery.state.in_(["queued", "sending"]),
                Delivery.error == why,
                Lane.name != job.lane,
                Lane.not_before > self._clock.now(),
            )
        )
        return await db.scalar(other.limit(1)) is not None

    async def release(self, db: AsyncSession, job: Job) -> None:
        """The call has come to its end, and somebody else may write there now.

        First in its transaction: whoever gives out holds the pace's row too, and then asks for others.
        """
        line, at = self._line_of(job), self._clock.now().timestamp()
        if line.rates:
            pace = await self._pace(db, line)
            pace.recent = answered(pace.recent, job.at, at)
            full = free_at(pace.recent, line.rates)
            if full > at:
                pace.not_before = max(_instant(full), pace.not_before or _instant(full))
        lane = await db.get_one(Lane, job.lane)
        if line.in_lane:
            lane.recent = answered(lane.recent, job.at, at)
        if lane.held_by == self._me:
            lane.held_by, lane.held_until = None, None

    def _lines(self) -> Iterator[_Line]:
        for name, platform in self._platforms.items():
            limits = platform.limits
            if limits.edits is None:
                yield _Line(name, name, limits.posts, limits.conversation, true())
            else:
                posts, edits = _names(name, False)[0], _names(name, True)[0]
                yield _Line(posts, name, limits.posts, limits.conversation, Delivery.ref.is_(None))
                yield _Line(edits, name, limits.edits, (), Delivery.ref.is_not(None))

    def _line_of(self, job: Job) -> _Line:
        names = _names(job.platform, job.ref is not None)
        return next(line for line in self._lines() if line.platform == job.platform and line.name in names)

    async def _could_send(self, db: AsyncSession, line: _Line, now: datetime, busy: set[str]) -> bool:
        waiting = self._waiting(line, now, busy).with_only_columns(Delivery.lane)
        return await db.scalar(waiting.limit(1)) is not None and self._is_open(await db.get(Pace, line.name), now)

    def _is_open(self, pace: Pace | None, now: datetime) -> bool:
        if pace is None or pace.not_before is None or pace.not_before <= now:
            return True
        self._full_until(pace.not_before)
        return False

    def _full_until(self, then: datetime) -> datetime:
        self.room_at = then if self.room_at is None else min(self.room_at, then)
        return then

    def _waiting(self, line: _Line, now: datetime, busy: set[str]) -> Select[Any]:
        return (
            select(Delivery)
            .join_from(Delivery, Lane, Lane.name == Delivery.lane)
            .where(
                Delivery.platform == line.platform,
                line.which,
                Delivery.state.in_(["queued", "sending"]),
                Delivery.due_at <= now,
                Lane.name.not_in(busy),
                *_free(now),
            )
        )

    async def _take_from(self, db: AsyncSession, line: _Line, now: datetime, busy: set[str]) -> list[Job]:
        pace = await self._pace(db, line) if line.rates else await db.get(Pace, line.name)
        if not self._is_open(pace, now):
            return []
        at = now.timestamp()
        # Nobody knows when a call that is not answered yet will be counted.
        left = min([ABREAST, *(rate.count for rate in line.rates)])
        left -= sum(lane.partition("/")[0] == line.platform for lane in busy)
        if pace is not None and line.rates:
            left = allowed(pace.recent, line.rates, at, left)
        jobs: list[Job] = []
        while (wanted := left - len(jobs)) > 0:
            lanes = await self._next_lanes(db, line, now, busy | {job.lane for job in jobs}, wanted)
            jobs += [job for lane in lanes if (job := await self._first_in(db, line, lane, now)) is not None]
            if len(lanes) < wanted:
                break
        if pace is not None and line.rates:
            pace.recent = with_calls(pace.recent, line.rates, at, len(jobs))
            full = free_at(pace.recent, line.rates)
            pace.not_before = self._full_until(_instant(full)) if full > at else None
        return jobs

    async def _next_lanes(self, db: AsyncSession, line: _Line, now: datetime, busy: set[str], most: int) -> list[Lane]:
        """Free conversations, the one with the most urgent and oldest message first."""
        rank = func.min(_RANK)
        names = list(
            await db.scalars(
                self._waiting(line, now, busy)
                .with_only_columns(Delivery.lane)
                .group_by(Delivery.lane)
                .order_by(rank)
                .limit(most)
            )
        )
        # Free is asked of the row that is locked, as it is then: another replica may just have taken it.
        locked = select(Lane).where(Lane.name.in_(names), *_free(now)).with_for_update(skip_locked=True)
        lanes = {lane.name: lane for lane in await db.scalars(locked)}
        return [lanes[name] for name in names if name in lanes]

    async def _first_in(self, db: AsyncSession, line: _Line, lane: Lane, now: datetime) -> Job | None:
        """A conversation's next message; None when it must wait for its own limit first."""
        at = now.timestamp()
        full = free_at(lane.recent, line.in_lane)
        if full > at:
            lane.not_before = self._full_until(_instant(full))
            return None
        delivery: Delivery = (
            await db.scalars(
                self._waiting(line, now, set()).where(Delivery.lane == lane.name).order_by(_RANK, Delivery.id).limit(1)
            )
        ).one()
        lane.held_by, lane.held_until = self._me, now + HOLD
        if line.in_lane:
            lane.recent = with_calls(lane.recent, line.in_lane, at, 1)
        message = await db.get_one(Message, delivery.message_id)
        doubt = delivery.state == "sending" and delivery.ref is None
        delivery.state = "sending"
        return Job(
            delivery.id,
            lane.name,
            delivery.platform,
            Post(message.id, message.key, message.version, Card.from_json(message.card)),
            delivery.ref,
            doubt,
            delivery.attempts,
            at,
        )

    async def _pace(self, db: AsyncSession, line: _Line) -> Pace:
        """A limit's row, ours until the transaction ends: one replica gives out at a time."""
        locked = select(Pace).where(Pace.name == line.name).with_for_update()
        pace = await db.scalar(locked)
        if pace is None:
            await db.execute(self._insert(Pace).on_conflict_do_nothing(), [{"name": line.name, "recent": []}])
            pace = (await db.scalars(locked)).one()
        return pace


# What may be half sent comes first, since nothing overtakes a doubt; then what is urgent; then what was said first.
_RANK = case((Delivery.state == "sending", Delivery.id - FAR), else_=Delivery.urgency * FAR + Delivery.id)


def _names(platform: str, change: bool) -> tuple[str, str]:
    """What the limit is called that a message counts against: of its own kind, or of all kinds."""
    return f"{platform}/{'edits' if change else 'posts'}", platform


def _free(now: datetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return (
        or_(Lane.held_until.is_(None), Lane.held_until <= now),
        or_(Lane.not_before.is_(None), Lane.not_before <= now),
    )


def _later(
    one: SQLColumnExpression[datetime], other: SQLColumnExpression[datetime | None]
) -> SQLColumnExpression[datetime]:
    return case((and_(other.is_not(None), other > one), other), else_=one)


def _instant(seconds: float) -> datetime:
    """Rounded up, so that it isn't a moment too early."""
    return datetime.fromtimestamp(seconds, UTC) + timedelta(milliseconds=1)
