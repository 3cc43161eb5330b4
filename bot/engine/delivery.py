"""Delivery: sends queued messages through the platforms, in order within a conversation, urgent first, and loses none
silently.

A send is marked before it is made. Whoever finds such a mark without its holder knows that it is in doubt, looks for
the message where the platform lets us, and otherwise sends it again and says so. Plan §5, Varsle/indkalde.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import ScalarSelect, select

from bot.engine.addressing import OTHER_WAY_AFTER, Addresser
from bot.engine.next_sends import Sending, SendQueue
from bot.engine.platform import (
    CannotLook,
    Closed,
    InDoubt,
    Platform,
    Ref,
    Throttled,
    Unavailable,
    Undeliverable,
)
from bot.engine.telemetry import Telemetry
from bot.engine.worker import Worker
from handlers.core.clock import Clock
from handlers.core.context import URGENT
from storage.database import Database
from storage.plan.model import Plan
from storage.rows.traffic import TO_ADDRESS, Conversation, Delivery, Message, PlaceRecipient, StaffRecipient

log = logging.getLogger(__name__)

# How long a platform may take over one call, in seconds of the machine's clock.
ANSWER_TIMEOUT = 10.0
# So long before its hold ends at the latest is a call given up, and no new one begun, in seconds.
MARGIN = 1.0
# How long after a failed try, growing to the last.
RETRIES = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 5, 10, 20, 30, 60))
# After so many tries that met a fault of our own, it is given up: what waits behind it shall not wait for us.
OUR_FAULT = 5
# After so long, an undelivered message is given up as a fact.
GIVE_UP = timedelta(hours=24)
THROTTLED = "drosset"
# A platform that asks us to wait is asked again after that, however long it says, since what is urgent may come; what
# isn't waits as long as it says. One that says "now" and means it not is not hammered.
LONGEST_WAIT, SHORTEST_WAIT = timedelta(seconds=60), timedelta(seconds=1)
# What is urgent and has not come through for so long goes the next way as well.
URGENT_PATIENCE = timedelta(seconds=30)


class Deliverer(Worker):
    """The worker that sends queued messages through the platforms.

    Args:
        database: the outbox.
        clock: the time.
        plan: today's plan.
        platforms: the ways out, by name.
        fell_due: called when a failure has been written down as a timer.
        look_again: called when there may be more to send: a conversation is free, or a limit's time has come.
        telemetry: told of each message that is sent, or not.
    """

    minds = frozenset({Message, Delivery})

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
        self._platforms = platforms
        self._look_again = look_again
        self._telemetry = telemetry or Telemetry()
        self._addresser = Addresser(database, clock, plan, platforms, fell_due)
        self._claims = SendQueue(database, clock, platforms)
        self._alarm: asyncio.TimerHandle | None = None
        self._under_way: dict[str, asyncio.Task[None]] = {}
        self._look = True
        self._claiming = asyncio.Lock()
        self._writing = asyncio.Lock()
        self._answered: list[tuple[Sending, Ref]] = []

    async def drain(self, *, wait: bool = True) -> None:
        """Send everything that can be sent now.

        Args:
            wait: until all of it has been answered; otherwise only until it is on its way.
        """
        dispatched, self._look = True, False
        while True:
            async with self._claiming:
                dispatched = dispatched and await self._addresser.address_some()
                dispatched = await self._addresser.hasten(self._clock.now() - URGENT_PATIENCE) or dispatched
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
        """Return queries for when the next message is to be addressed, and when the next delivery may be sent."""
        # The first of them by their own index; since when is all one, and PostgreSQL would go through all for the oldest.
        first = select(Message.created_at).where(TO_ADDRESS).order_by(Message.urgency, Message.id).limit(1)
        return [first.scalar_subquery(), *self._claims.due()]

    @property
    def at_work(self) -> bool:
        """Whether something is on its way right now, or a turn may have said something since it last looked."""
        return super().at_work or bool(self._under_way)

    def _set_alarm(self) -> None:
        """Wake the sender as soon as a limit allows the next message: the clock looks once a second, and a platform may
        take fifty messages in that time."""
        if self._claims.room_at is not None:
            if self._alarm is not None:
                self._alarm.cancel()
            wait = self._claims.room_at - self._clock.now()
            self._alarm = asyncio.get_running_loop().call_later(max(0.0, wait.total_seconds()), self._look_again)

    async def stop(self) -> None:
        """Wait for the sends that are under way, as far as they get: what is cut off is in doubt, and looked for
        later."""
        if self._alarm is not None:
            self._alarm.cancel()
        for task in list(self._under_way.values()):
            task.cancel()
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    # --- on its way ---

    async def _carry(self, job: Sending) -> None:
        try:
            platform = self._platforms[job.platform]
            # Frozen or held up since it was given out, we may no longer be the only one who sends here.
            patience = min(ANSWER_TIMEOUT, job.held_for - MARGIN)
            if patience < MARGIN:
                await self._put_back(job)
                return
            try:
                ref = await asyncio.wait_for(self._hand_over(platform, job), patience)
            except Throttled as wait:
                await self._again(job, timedelta(seconds=wait.seconds), THROTTLED, counts=False)
            except Undeliverable as refused:
                await self._failed(job, str(refused), closed=isinstance(refused, Closed))
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

    async def _hand_over(self, platform: Platform, job: Sending) -> Ref:
        lane = job.lane.partition("/")[2]
        # The person may have got another number or account since it was queued, or since it was said there.
        to_person = not isinstance(job.recipient, (StaffRecipient, PlaceRecipient))
        if to_person and platform.lane_of(job.recipient) != lane:
            raise Undeliverable("adressen er ikke længere personens")
        if job.ref is not None:
            return await platform.edit(lane, job.ref, job.post)
        post = job.post
        if job.doubt:
            try:
                found = await platform.find(lane, post)
            except CannotLook:
                post = replace(post, repeated=True)
            else:
                if found is not None:
                    return found
        return await platform.send(lane, post)

    # --- what became of it ---

    async def _put_back(self, job: Sending) -> None:
        """Write down that a send was not made after all."""
        async with self._database.transaction() as db:
            if await self._claims.release(db, [job]):
                delivery = await db.get_one(Delivery, job.delivery)
                delivery.state = "sending" if job.doubt else "queued"

    async def _sent(self, job: Sending, ref: Ref) -> None:
        """Write a delivery down as sent, together with all others answered meanwhile: they wait for one place to write,
        and one transaction is over sooner than thirty. What is cut off here is in doubt, and looked for later."""
        self._answered.append((job, ref))
        async with self._writing:
            answered, self._answered = self._answered, []
            if answered:
                await self._write_down(answered)

    async def _write_down(self, answered: Sequence[tuple[Sending, Ref]]) -> None:
        async with self._database.transaction() as db:
            ours = await self._claims.release(db, [job for job, _ in answered])
            now = self._clock.now()
            sent = {job.delivery: (job, ref) for job, ref in answered if job.lane in ours}
            messages = select(Delivery.message_id).where(Delivery.id.in_(sent))
            rows = await db.execute(
                select(Delivery, Message)
                .join(Message, Message.id == Delivery.message_id)
                .where(Message.id.in_(messages))
                .order_by(Delivery.id)
            )
            for delivery, message in rows:
                if delivery.id not in sent:
                    by_one_way = not message.everywhere and not isinstance(message.recipient, StaffRecipient)
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
        self, job: Sending, after: timedelta | None, why: str, *, doubt: bool = False, counts: bool = True
    ) -> None:
        async with self._database.transaction() as db:
            if not await self._claims.release(db, [job]):
                return
            now = self._clock.now()
            delivery = await db.get_one(Delivery, job.delivery)
            message = await db.get_one(Message, delivery.message_id)
            again, urgent = delivery.error == THROTTLED == why, message.urgency == URGENT
            delivery.attempts += counts
            self._telemetry.not_delivered(message.trace, job.platform, for_good=False, attempts=delivery.attempts)
            delivery.error = why
            # A doubt stays one until it is settled: what was perhaps sent is still perhaps sent.
            delivery.state = "sending" if doubt or (job.doubt and job.ref is None) else "queued"
            lane = await db.get_one(Conversation, job.lane)
            if after is None:
                after = RETRIES[min(delivery.attempts, len(RETRIES)) - 1]
            elif again:
                after = max(after, SHORTEST_WAIT)
            lane.not_before = now + min(after, LONGEST_WAIT)
            if after > LONGEST_WAIT:
                await self._claims.postpone(db, job, now + after)
            # Neither Slack nor Teams tells whether a wait is for one conversation or for all: when a second one is told
            # to wait, it is for all.
            if why == THROTTLED and await self._claims.others_wait(db, job, why):
                await self._claims.hold_back(db, job, lane.not_before)
            too_late = urgent and job.ref is None and lane.not_before - delivery.queued_at > URGENT_PATIENCE
            if delivery.attempts >= OTHER_WAY_AFTER or too_late:
                await self._addresser.try_another_way(db, message, now)
            # A change of what stands there already has no end: the message itself did arrive.
            if job.ref is None and now - delivery.queued_at > GIVE_UP:
                delivery.state = "failed"
                await self._addresser.give_up(db, message, why, now)

    async def _failed(self, job: Sending, why: str, *, closed: bool = False) -> None:
        async with self._database.transaction() as db:
            if not await self._claims.release(db, [job]):
                return
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
            if closed and isinstance(message.recipient, StaffRecipient):
                await self._addresser.shut(db, message.recipient.crisis, job.lane, why, now)
            elif not await self._addresser.try_another_way(db, message, now):
                await self._addresser.give_up(db, message, why, now)

    async def came_back(self, message: int, lane: str, why: str) -> None:
        """Record that a message which the platform had accepted never arrived, and try the person's next platform; if
        there is none, it is reported.

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
            if not await self._addresser.try_another_way(db, gone, now):
                await self._addresser.give_up(db, gone, why, now)

    async def arrived(self, message: int, lane: str) -> None:
        """Record that a message which the platform had accepted has reached the person's device; the arguments are
        `came_back`'s. Delivered does not mean that the person was contacted."""
        async with self._database.transaction() as db:
            delivery = await db.scalar(select(Delivery).where(Delivery.message_id == message, Delivery.lane == lane))
            if delivery is not None and delivery.state == "sent":
                delivery.state = "delivered"
