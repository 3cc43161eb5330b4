"""From the outbox to the platforms: in order per conversation, urgent first, never silently lost.

A send is marked before it is made. Whoever finds such a mark without its holder knows that it is in doubt, looks for
the message where the platform lets us, and otherwise sends it again and says so. Plan §5, Varsle/indkalde.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.claims import Claims, Job
from bot.operations.telemetry import Telemetry
from bot.part import Part
from bot.platforms.platform import CannotLook, InDoubt, Platform, Post, Ref, Throttled, Unavailable, Undeliverable
from handlers.clock import Clock
from handlers.turn import URGENT
from storage.database import Database
from storage.plan import Plan
from storage.tables import Address, Crisis, Delivery, Lane, Member, Message, Room, Timer

log = logging.getLogger(__name__)

# How long a platform may take over one call, in seconds of the machine's clock.
PATIENCE = 10.0
# How long after a failed try, growing to the last.
RETRIES = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 5, 10, 20, 30, 60))
# After so many failed tries the person is written to another way as well.
OTHER_WAY_AFTER = 3
# After so many tries that met a fault of our own, it is given up: what waits behind it shall not wait for us.
OUR_FAULT = 5
# After so long, an undelivered message is given up as a fact.
GIVE_UP = timedelta(hours=24)
# Messages addressed in one transaction: what is urgent and comes meanwhile waits for no more than these.
BATCH = 50
THROTTLED = "drosset"
# What is said, or said anew, and not yet on its ways.
WAITS = (Message.dispatched_version < Message.version, Message.held.is_(False))
SAID = select(Message.id).where(*WAITS).order_by(Message.urgency, Message.id)

# Where persons have been heard from: by person, then by platform.
_Known = Mapping[str, Mapping[str, Address]]


def _place(platform: str, order: Sequence[str]) -> int:
    """Where it stands in an order; what isn't in it comes after all that is."""
    return order.index(platform) if platform in order else len(order)


class Deliverer(Part):
    """Whoever carries messages out.

    Args:
        database: the outbox.
        clock: the time.
        plan: today's plan.
        platforms: the ways out, by name.
        fell_due: called when a failure has been written down as a timer.
        look_again: called when there may be more to send: a conversation is free, or a limit's time has come.
        telemetry: told of each message that is sent, or not.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        plan: Callable[[], Plan],
        platforms: Mapping[str, Platform],
        fell_due: Callable[[], None],
        look_again: Callable[[], None],
        telemetry: Telemetry | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._plan = plan
        self._platforms = platforms
        self._fell_due = fell_due
        self._look_again = look_again
        self._telemetry = telemetry or Telemetry()
        self._claims = Claims(database, clock, platforms)
        self._alarm: asyncio.TimerHandle | None = None
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._look = True
        self._claiming = asyncio.Lock()
        self._writing = asyncio.Lock()
        self._answered: list[tuple[Job, Ref]] = []

    async def drain(self, *, wait: bool = True) -> None:
        """Send everything that can be sent now.

        Args:
            wait: until all of it has been answered; otherwise only until it is on its way.
        """
        dispatched, self._look = True, False
        while True:
            async with self._claiming:
                dispatched = dispatched and await self._dispatch()
                jobs = await self._claims.take(set(self._under_way))
                for job in jobs:
                    self._under_way[job.lane] = asyncio.create_task(self._carry(job))
            if dispatched:
                self.done += 1
                continue
            if not wait or not self._under_way:
                self._set_alarm()
                return
            await asyncio.wait(self._under_way.values(), return_when=asyncio.FIRST_COMPLETED)

    def due(self) -> list[ScalarSelect[Any]]:
        """When something is said that is not on its ways yet, and when something can be sent."""
        return [select(func.min(Message.created_at)).where(*WAITS).scalar_subquery(), *self._claims.due()]

    @property
    def at_work(self) -> bool:
        """Whether something is on its way right now, or a turn may have said something since it last looked."""
        return super().at_work or bool(self._under_way)

    def _set_alarm(self) -> None:
        """The clock looks once a second, and a platform may take fifty messages in that time."""
        if self._claims.room_at is not None:
            if self._alarm is not None:
                self._alarm.cancel()
            wait = self._claims.room_at - self._clock.now()
            self._alarm = asyncio.get_running_loop().call_later(max(0.0, wait.total_seconds()), self._look_again)

    async def stop(self) -> None:
        """Let what is under way end as it may: what is cut off is in doubt, and found again."""
        if self._alarm is not None:
            self._alarm.cancel()
        for task in list(self._under_way.values()):
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    # --- whom it goes to ---

    async def _dispatch(self) -> bool:
        """Put some messages on their ways, the most urgent first; True when there may be more."""
        async with self._database.reading() as db:
            numbers = list(await db.scalars(SAID))
        for start in range(0, len(numbers), BATCH):
            if await self._address_some(numbers[start : start + BATCH]):
                return True
        return False

    async def _address_some(self, numbers: list[int]) -> bool:
        """Queue messages on their ways; False when all of them must wait for a room that isn't made yet."""
        async with self._database.transaction() as db:
            now = self._clock.now()
            locked = (
                select(Message)
                .where(Message.id.in_(numbers), *WAITS)
                .order_by(Message.urgency, Message.id)
                .with_for_update(skip_locked=True)
            )
            waiting = list(await db.scalars(locked))
            standing: dict[int, list[Delivery]] = {message.id: [] for message in waiting}
            for delivery in await db.scalars(select(Delivery).where(Delivery.message_id.in_(standing))):
                standing[delivery.message_id].append(delivery)
            known = await _addresses(db, {message.recipient for message in waiting if not standing[message.id]})
            progress = False
            new: list[tuple[Message, str, str]] = []
            for message in waiting:
                added, complete = await self._address(db, message, standing[message.id], known, now)
                new += added
                progress = progress or complete or bool(added)
            await self._queue(db, new, now)
            addressed = {message.id for message, _, _ in new}
            for message in waiting:
                asked, message.another_way = message.another_way, False
                if asked and standing[message.id]:
                    await self._try_another_way(db, message, now, waited=True)
                elif not (standing[message.id] or message.id in addressed or message.recipient.startswith("staff:")):
                    await self._give_up(db, message, "ingen kendt adresse", now)
            return progress

    async def _address(
        self, db: AsyncSession, message: Message, standing: Sequence[Delivery], known: _Known, now: datetime
    ) -> tuple[list[tuple[Message, str, str]], bool]:
        """A message's new ways, and whether these are all: False when it must wait for a room that isn't made yet."""
        for delivery in standing:
            if delivery.state in ("sent", "delivered") and delivery.version_sent < message.version:
                delivery.state, delivery.due_at = "queued", now
        there = {(delivery.platform, delivery.lane) for delivery in standing}
        targets, complete = await self._targets(db, message, bool(there), known)
        if complete:
            message.dispatched_version = message.version
        return [(message, *target) for target in targets if target not in there], complete

    async def _targets(
        self, db: AsyncSession, message: Message, standing: bool, known: _Known
    ) -> tuple[list[tuple[str, str]], bool]:
        """Where a message goes, and whether that is all: False when it must wait for a room that isn't made yet."""
        if not message.recipient.startswith("staff:"):
            if standing:
                return [], True
            ways = self._ways(message, known)
            # Nobody is rung up while they may be reading it.
            quiet = [way for way in ways if not self._platforms[way[0]].way.aloud]
            return ((quiet or ways) if message.everywhere else ways[:1]), True
        crisis_id = int(message.recipient.partition(":")[2])
        with_rooms = {name for name, platform in self._platforms.items() if platform.has_rooms}
        rooms = list(await db.scalars(select(Room).where(Room.crisis_id == crisis_id, Room.platform.in_(with_rooms))))
        opened = [(room.platform, f"{room.platform}/{room.address}") for room in rooms if room.address]
        if not rooms:
            crisis = await db.get_one(Crisis, crisis_id)
            return [], not (crisis.level == 2 and crisis.state == "active")
        if opened or any(room.state != "failed" for room in rooms):
            undecided = [room for room in rooms if not room.address and room.state != "failed"]
            return opened, not undecided
        # No channel could be made anywhere: everybody in it is written to directly.
        members = select(Member.person).where(Member.crisis_id == crisis_id, Member.until.is_(None))
        persons = dict.fromkeys(await db.scalars(members))
        known = await _addresses(db, persons)
        return [way for person in persons for way in self._ways_to(person, None, message.urgency, known)[:1]], True

    def _ways(self, message: Message, known: _Known) -> list[tuple[str, str]]:
        return self._ways_to(message.recipient, message.platform, message.urgency, known)

    def _ways_to(self, person: str, first: str | None, urgency: int, addresses: _Known) -> list[tuple[str, str]]:
        """A person's ways, best first: how they asked, what the plan has decided for such haste, what they prefer, where
        they were last heard, and else the plan's order."""
        known = addresses.get(person, {})
        plan = self._plan()
        in_plan = plan.persons.get(person)
        decided = plan.channel_order.decided(urgent=urgency == URGENT)

        def rank(platform: str) -> tuple[bool, int, bool, bool, float, int]:
            heard = known[platform].heard_at if platform in known else None
            return (
                platform != first,
                _place(platform, decided),
                in_plan is None or platform != in_plan.prefers,
                # A way without rooms, SMS or mail, is a reserve.
                not self._platforms[platform].has_rooms,
                -(heard.timestamp() if heard else 0),
                _place(platform, plan.channel_order.otherwise),
            )

        ways = []
        for name in sorted(self._platforms, key=rank):
            lane = self._platforms[name].lane_of(person, known.get(name))
            if lane is not None and (urgency == URGENT or not self._platforms[name].way.aloud):
                ways.append((name, f"{name}/{lane}"))
        return ways

    async def _queue(self, db: AsyncSession, new: Sequence[tuple[Message, str, str]], now: datetime) -> None:
        """Put messages on ways: each with the platform and the lane."""
        if not new:
            return
        lanes = [{"name": lane, "recent": []} for lane in sorted({lane for _, _, lane in new})]
        await db.execute(self._database.insert(Lane).on_conflict_do_nothing(), lanes)
        db.add_all(
            Delivery(
                message_id=message.id,
                platform=platform,
                lane=lane,
                urgency=message.urgency,
                queued_at=now,
                due_at=now,
            )
            for message, platform, lane in new
        )
        await db.flush()

    # --- on its way ---

    async def _carry(self, job: Job) -> None:
        try:
            platform = self._platforms[job.platform]
            try:
                ref = await asyncio.wait_for(self._hand_over(platform, job), PATIENCE)
            except Throttled as wait:
                await self._again(job, timedelta(seconds=wait.seconds), THROTTLED, counts=False)
            except Undeliverable as refused:
                await self._failed(job, str(refused))
            except (InDoubt, TimeoutError) as lost:
                await self._again(job, None, str(lost) or "intet svar", doubt=True)
            except Unavailable as down:
                await self._again(job, None, str(down))
            except asyncio.CancelledError:
                raise
            except Exception as error:
                log.exception("%s failed", job.platform)
                why = f"{type(error).__name__}: {error}"
                if job.attempts < OUR_FAULT:
                    await self._again(job, None, why, doubt=True)
                else:
                    await self._failed(job, why)
            else:
                await self._sent(job, ref)
        finally:
            # What another drain sent may have failed and fallen due as something to do: it counts when it is over.
            self.done += 1
            self._under_way.pop(job.lane, None)
            self._look_again()

    async def _hand_over(self, platform: Platform, job: Job) -> Ref:
        lane = job.lane.partition("/")[2]
        if job.ref is not None:
            return await platform.edit(lane, job.ref, job.post)
        post = job.post
        if job.doubt:
            try:
                found = await platform.find(lane, post)
            except CannotLook:
                post = Post(post.message, post.key, post.version, post.card, repeated=True)
            else:
                if found is not None:
                    return found
        return await platform.send(lane, post)

    # --- what became of it ---

    async def _sent(self, job: Job, ref: Ref) -> None:
        """Write it down, together with all that has been answered meanwhile: they wait for one place to write, and one
        transaction is over sooner than thirty. What is cut off here is in doubt, and found again.
        """
        self._answered.append((job, ref))
        async with self._writing:
            answered, self._answered = self._answered, []
            if answered:
                await self._write_down(answered)

    async def _write_down(self, answered: Sequence[tuple[Job, Ref]]) -> None:
        async with self._database.transaction() as db:
            await self._claims.release(db, [job for job, _ in answered])
            now = self._clock.now()
            sent = {job.delivery: (job, ref) for job, ref in answered}
            messages = select(Delivery.message_id).where(Delivery.id.in_(sent))
            rows = await db.execute(
                select(Delivery, Message)
                .join(Message, Message.id == Delivery.message_id)
                .where(Message.id.in_(messages))
                .order_by(Delivery.id)
            )
            for delivery, message in rows:
                if delivery.id not in sent:
                    by_one_way = not message.everywhere and not message.recipient.startswith("staff:")
                    if by_one_way and delivery.state == "queued" and delivery.ref is None:
                        delivery.state = "replaced"
                    continue
                job, ref = sent[delivery.id]
                said_at = message.created_at if job.ref is None else message.edited_at or message.created_at
                self._telemetry.delivered(
                    message.trace, job.platform, message.urgency, said_at, now, job.attempts, job.ref is not None
                )
                delivery.ref, delivery.version_sent = ref, job.post.version
                delivery.sent_at = delivery.sent_at or now
                delivery.error, delivery.attempts = None, 0
                delivery.state = "sent" if message.version == job.post.version else "queued"

    async def _again(
        self, job: Job, after: timedelta | None, why: str, *, doubt: bool = False, counts: bool = True
    ) -> None:
        async with self._database.transaction() as db:
            await self._claims.release(db, [job])
            now = self._clock.now()
            delivery = await db.get_one(Delivery, job.delivery)
            message = await db.get_one(Message, delivery.message_id)
            delivery.attempts += counts
            self._telemetry.not_delivered(message.trace, job.platform, for_good=False, attempts=delivery.attempts)
            delivery.error = why
            # A doubt stays one until it is settled: what was perhaps sent is still perhaps sent.
            delivery.state = "sending" if doubt or (job.doubt and job.ref is None) else "queued"
            lane = await db.get_one(Lane, job.lane)
            lane.not_before = now + (RETRIES[min(delivery.attempts, len(RETRIES)) - 1] if after is None else after)
            # Neither Slack nor Teams tells whether a wait is for one conversation or for all: when a second one is told
            # to wait, it is for all.
            if why == THROTTLED and await self._claims.others_wait(db, job, why):
                await self._claims.hold_back(db, job, lane.not_before)
            if delivery.attempts >= OTHER_WAY_AFTER:
                await self._try_another_way(db, message, now)
            # A change of what stands there already has no end: the message itself did arrive.
            if job.ref is None and now - delivery.queued_at > GIVE_UP:
                delivery.state = "failed"
                await self._give_up(db, message, why, now)

    async def _failed(self, job: Job, why: str) -> None:
        async with self._database.transaction() as db:
            await self._claims.release(db, [job])
            now = self._clock.now()
            delivery = await db.get_one(Delivery, job.delivery)
            message = await db.get_one(Message, delivery.message_id)
            delivery.error = why
            if job.ref is not None:
                # The message arrived; it is only this change of it that can't be shown.
                delivery.state, delivery.version_sent = "sent", message.version
                return
            delivery.state = "failed"
            self._telemetry.not_delivered(message.trace, job.platform, for_good=True, attempts=delivery.attempts)
            if not await self._try_another_way(db, message, now):
                await self._give_up(db, message, why, now)

    async def _try_another_way(
        self, db: AsyncSession, message: Message, now: datetime, *, waited: bool = False
    ) -> bool:
        """Queue it on the person's next way; True when one is tried, or has been, that has not failed.

        Args:
            waited: it has stood unanswered long enough to be said aloud; else only what gets through no other way is.
        """
        await db.flush()
        if message.recipient.startswith("staff:"):
            return False
        standing = list(await db.scalars(select(Delivery).where(Delivery.message_id == message.id)))
        there = {delivery.lane for delivery in standing}
        aloud = waited or all(each.state == "failed" or each.attempts >= OTHER_WAY_AFTER for each in standing)
        for platform, lane in self._ways(message, await _addresses(db, [message.recipient])):
            if lane not in there and (aloud or not self._platforms[platform].way.aloud):
                await self._queue(db, [(message, platform, lane)], now)
                return True
        return any(delivery.state != "failed" for delivery in standing)

    async def _give_up(self, db: AsyncSession, message: Message, why: str, now: datetime) -> None:
        """Write it down as something that fell due: what follows is the plan's, not ours."""
        await db.flush()
        standing = await db.scalars(select(Delivery.state).where(Delivery.message_id == message.id))
        if any(state != "failed" for state in standing):
            return
        key = f"undeliverable/{message.id}"
        if await db.scalar(select(Timer.id).where(Timer.key == key)) is None:
            db.add(
                Timer(
                    key=key,
                    kind="undeliverable",
                    args={"message": message.id, "reason": why},
                    crisis_id=message.crisis_id,
                    due_at=now,
                )
            )
        self._fell_due()

    async def came_back(self, message: int, lane: str, why: str) -> None:
        """What a platform had taken never arrived: the next way is tried, or it is told of.

        Args:
            message: our number for it.
            lane: "platform/address", where it was sent.
            why: Danish.
        """
        async with self._database.transaction() as db:
            delivery = await db.scalar(select(Delivery).where(Delivery.message_id == message, Delivery.lane == lane))
            if delivery is None or delivery.state not in ("sent", "delivered"):
                return
            delivery.state, delivery.error = "failed", why
            now, gone = self._clock.now(), await db.get_one(Message, message)
            if not await self._try_another_way(db, gone, now):
                await self._give_up(db, gone, why, now)

    async def arrived(self, message: int, lane: str) -> None:
        """What a platform had taken is with the person; the arguments are `came_back`'s. Delivered is not contact (R005)."""
        async with self._database.transaction() as db:
            delivery = await db.scalar(select(Delivery).where(Delivery.message_id == message, Delivery.lane == lane))
            if delivery is not None and delivery.state == "sent":
                delivery.state = "delivered"


async def _addresses(db: AsyncSession, persons: Iterable[str]) -> dict[str, dict[str, Address]]:
    found: dict[str, dict[str, Address]] = {}
    for address in await db.scalars(select(Address).where(Address.person.in_(persons))):
        found.setdefault(address.person, {})[address.platform] = address
    return found
