"""Addressing: chooses whom a message goes to and by which platforms, by the plan's order, the person's wish and where
they were last heard.

Plan §5, Varsle/indkalde.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.engine.platform import Platform
from handlers.core.clock import Clock
from handlers.core.context import URGENT
from storage.database import Database
from storage.plan.model import Plan
from storage.plan.reach import OPTED_OUT
from storage.rows.crisis import Crisis
from storage.rows.staff import Member
from storage.rows.traffic import (
    ON_ITS_WAY,
    TO_ADDRESS,
    Address,
    Conversation,
    Delivery,
    Message,
    PlaceRecipient,
    StaffChannel,
    StaffRecipient,
    Timer,
)

# After so many failed tries the person is written to another way as well.
OTHER_WAY_AFTER = 3
# Messages addressed in one transaction: what is urgent and comes meanwhile waits for no more than these.
BATCH = 50
# So many are looked for at once: what is asked for in the index's order, and not whole, PostgreSQL reads by the index.
AT_ONCE = 10 * BATCH
SAID = select(Message.id, Message.recipient).where(TO_ADDRESS).order_by(Message.urgency, Message.id).limit(AT_ONCE)

# Where persons have been heard from: by person, then by platform.
_Known = Mapping[str, Mapping[str, Address]]
# The ways to one who is written to, best first: it goes by one of them.
_Ways = list[tuple[str, str]]
# To whom what is said to a staff goes, None where it waits for a channel: by the row of its crisis and the urgency.
_Staffs = dict[tuple[int, int], list[_Ways] | None]


def _place(platform: str, order: Sequence[str]) -> int:
    """Return the place of a platform in an order; one that isn't in it comes after all that are."""
    return order.index(platform) if platform in order else len(order)


class Addresser:
    """The part that queues messages on the platforms they go by, and on the next one when one does not lead to the
    person.

    Args:
        database: the outbox.
        clock: the time.
        plan: today's plan.
        platforms: the ways out, by name.
        fell_due: called when a failure has been written down as a timer.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        plan: Callable[[], Plan],
        platforms: Mapping[str, Platform],
        fell_due: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._plan = plan
        self._platforms = platforms
        self._fell_due = fell_due

    async def address_some(self) -> bool:
        """Queue some messages for sending, the most urgent first; True when there may be more."""
        async with self._database.reading() as db:
            # However much is said to a staff while its channel is being made, it costs nobody else a look.
            waits: list[StaffRecipient] = []
            while True:
                said = (await db.execute(SAID.where(Message.recipient.not_in(waits)))).all()
                staffs = {recipient for _, recipient in said if isinstance(recipient, StaffRecipient)}
                more = [staff for staff in staffs if await self._waits_for_room(db, staff.crisis)]
                if not more:
                    break
                waits += more
        numbers = [number for number, _ in said]
        for start in range(0, len(numbers), BATCH):
            if await self._address_batch(numbers[start : start + BATCH]):
                return True
        return False

    async def _address_batch(self, numbers: list[int]) -> bool:
        """Queue messages for sending; False when others are at all of them."""
        async with self._database.transaction() as db:
            now = self._clock.now()
            locked = (
                select(Message)
                .where(Message.id.in_(numbers), TO_ADDRESS)
                .order_by(Message.urgency, Message.id)
                .with_for_update(skip_locked=True)
            )
            waiting = list(await db.scalars(locked))
            standing: dict[int, list[Delivery]] = {message.id: [] for message in waiting}
            for delivery in await db.scalars(select(Delivery).where(Delivery.message_id.in_(standing))):
                standing[delivery.message_id].append(delivery)
            known = await _addresses(db, {message.recipient for message in waiting if not standing[message.id]})
            new: list[tuple[Message, str, str]] = []
            staffs: _Staffs = {}
            for message in waiting:
                _queue_changed(message, standing[message.id], now)
                there = {(delivery.platform, delivery.lane) for delivery in standing[message.id]}
                targets = await self._targets(db, message, there, known, staffs)
                if targets is not None:
                    message.dispatched_version = message.version
                    new += [(message, *target) for target in targets if target not in there]
            await self._queue(db, new, now)
            addressed = {message.id for message, _, _ in new}
            for message in waiting:
                asked, message.another_way = message.another_way, False
                if asked and standing[message.id]:
                    await self.try_another_way(db, message, now, waited=True)
                elif not (
                    standing[message.id] or message.id in addressed or isinstance(message.recipient, StaffRecipient)
                ):
                    await self.give_up(db, message, "ingen kendt adresse", now)
            return any(message.dispatched_version == message.version for message in waiting)

    async def _targets(
        self, db: AsyncSession, message: Message, there: set[tuple[str, str]], known: _Known, staffs: _Staffs
    ) -> list[tuple[str, str]] | None:
        """Return where a message goes besides; None where it waits for a channel after all.

        Args:
            there: where it stands, or is on its way to.
        """
        if isinstance(message.recipient, PlaceRecipient):
            known_here = message.recipient.platform in self._platforms
            return [(message.recipient.platform, message.recipient.lane)] if known_here else []
        if isinstance(message.recipient, StaffRecipient):
            staff = (message.recipient.crisis, message.urgency)
            if staff not in staffs:
                staffs[staff] = await self._staffs_targets(db, *staff)
            reached = staffs[staff]
            # Whoever has it one way doesn't get it another as well, since they were heard there meanwhile.
            return None if reached is None else [ways[0] for ways in reached if there.isdisjoint(ways)]
        if there:
            return []
        ways = self._ways(message, known)
        # Nobody is rung up while they may be reading it.
        quiet = [way for way in ways if not self._platforms[way[0]].way.aloud]
        return (quiet or ways) if message.everywhere else ways[:1]

    async def _staffs_targets(self, db: AsyncSession, crisis: int, urgency: int) -> list[_Ways] | None:
        """Return whom what is said to a staff goes to now; None where it waits for a channel. When its channels are others,
        it is addressed anew."""
        rooms = await self._rooms(db, crisis)
        if into := _open(rooms):
            opened = [[(room.platform, f"{room.platform}/{room.address}")] for room in into]
            return opened + await self._shut_out(db, into, self._with_rooms(), urgency)
        if await self._will_have_room(db, crisis, rooms):
            return None
        if not rooms and not (await db.get_one(Crisis, crisis)).has_staff:
            return []
        # No channel could be made anywhere: everybody in it is written to directly.
        members = select(Member.person).where(Member.crisis_id == crisis, Member.until.is_(None))
        persons = dict.fromkeys(await db.scalars(members))
        known = await _addresses(db, persons)
        return [ways for person in persons if (ways := self._ways_to(person, None, urgency, known))]

    async def _waits_for_room(self, db: AsyncSession, crisis: int) -> bool:
        """Whether a staff has no channel yet and will have one."""
        rooms = await self._rooms(db, crisis)
        return not _open(rooms) and await self._will_have_room(db, crisis, rooms)

    async def _will_have_room(self, db: AsyncSession, crisis: int, rooms: Sequence[StaffChannel]) -> bool:
        """Whether a staff without an open channel will have one.

        Args:
            rooms: its channels, as they stand.
        """
        if not rooms:
            return bool(self._with_rooms()) and (await db.get_one(Crisis, crisis)).has_staff
        return any(room.state != "failed" for room in rooms)

    async def _rooms(self, db: AsyncSession, crisis: int) -> list[StaffChannel]:
        theirs = select(StaffChannel).where(
            StaffChannel.crisis_id == crisis, StaffChannel.platform.in_(self._with_rooms())
        )
        return list(await db.scalars(theirs))

    def _with_rooms(self) -> list[str]:
        return [name for name, platform in self._platforms.items() if platform.has_rooms]

    async def _shut_out(
        self, db: AsyncSession, rooms: Sequence[StaffChannel], chats: Collection[str], urgency: int
    ) -> list[_Ways]:
        """Find the chats of those in the staff that none of its channels let in: they are written to one by one."""
        persons = outside_of(rooms)
        known = await _addresses(db, persons) if persons else {}
        every = [[way for way in self._ways_to(person, None, urgency, known) if way[0] in chats] for person in persons]
        return [ways for ways in every if ways]

    async def shut(self, db: AsyncSession, crisis: int, lane: str, why: str, now: datetime) -> None:
        """Close a staff's channel that takes nothing any more: what was said there is said another way, and it is told of.

        Args:
            crisis: its row's number.
            lane: "platform/address".
            why: Danish.
        """
        platform, _, address = lane.partition("/")
        room = await db.scalar(
            select(StaffChannel).where(
                StaffChannel.crisis_id == crisis, StaffChannel.platform == platform, StaffChannel.address == address
            )
        )
        if room is not None and room.state == "open":
            room.state, room.error = "failed", why
            await address_anew(db, crisis)
            await tell_of(db, room, now)
            self._fell_due()

    def _ways(self, message: Message, known: _Known) -> list[tuple[str, str]]:
        return self._ways_to(message.recipient, message.platform, message.urgency, known)

    def _ways_to(self, person: str, first: str | None, urgency: int, addresses: _Known) -> list[tuple[str, str]]:
        """Return the platforms to reach a person by, best first: how they asked, what the plan has decided for such
        haste, what they prefer, where they were last heard, and else the plan's order."""
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
            lane = self._platforms[name].lane_of(person)
            if name in known and lane == known[name].reference.get(OPTED_OUT):
                continue
            if lane is not None and (urgency == URGENT or not self._platforms[name].way.aloud):
                ways.append((name, f"{name}/{lane}"))
        return ways

    async def _queue(self, db: AsyncSession, new: Sequence[tuple[Message, str, str]], now: datetime) -> None:
        """Queue messages: a delivery for each, with its platform and conversation."""
        if not new:
            return
        lanes = [{"name": lane, "recent": []} for lane in sorted({lane for _, _, lane in new})]
        await db.execute(self._database.insert(Conversation).on_conflict_do_nothing(), lanes)
        # Where a platform asked for a long wait, what isn't urgent waits, and what comes after it waits behind it.
        behind = (
            select(Delivery.lane, func.max(Delivery.due_at))
            .where(
                Delivery.lane.in_([lane["name"] for lane in lanes]),
                ON_ITS_WAY,
                Delivery.urgency > URGENT,
                Delivery.due_at > now,
            )
            .group_by(Delivery.lane)
        )
        waits: dict[str, datetime] = {lane: until for lane, until in await db.execute(behind)}  # noqa: C416
        db.add_all(
            Delivery(
                message_id=message.id,
                platform=platform,
                lane=lane,
                urgency=message.urgency,
                queued_at=now,
                due_at=waits.get(lane, now) if message.urgency > URGENT else now,
            )
            for message, platform, lane in new
        )
        await db.flush()

    async def try_another_way(self, db: AsyncSession, message: Message, now: datetime, *, waited: bool = False) -> bool:
        """Queue a message on the person's next platform; True when one is tried now, or was tried and has not failed.

        Args:
            waited: it has stood unanswered long enough to be said aloud; else only what gets through no other way is.
        """
        await db.flush()
        if isinstance(message.recipient, (StaffRecipient, PlaceRecipient)):
            return False
        standing = list(await db.scalars(select(Delivery).where(Delivery.message_id == message.id)))
        there = {delivery.lane for delivery in standing}
        aloud = waited or all(each.state == "failed" or each.attempts >= OTHER_WAY_AFTER for each in standing)
        for platform, lane in self._ways(message, await _addresses(db, [message.recipient])):
            if lane not in there and (aloud or not self._platforms[platform].way.aloud):
                await self._queue(db, [(message, platform, lane)], now)
                return True
        return any(delivery.state != "failed" for delivery in standing)

    async def hasten(self, since: datetime) -> bool:
        """Queue what is urgent on the next way, where it has not come through by those it was queued on before a time.

        Args:
            since: UTC.

        Returns:
            whether anything was queued.
        """
        newest = func.max(Delivery.queued_at)
        late = (
            select(Delivery.message_id)
            .where(
                Delivery.message_id.in_(
                    select(Delivery.message_id).where(
                        ON_ITS_WAY,
                        Delivery.due_at <= since,
                        Delivery.urgency == URGENT,
                        Delivery.ref.is_(None),
                    )
                )
            )
            .group_by(Delivery.message_id)
            .having(newest <= since, func.max(case((Delivery.state.in_(["sent", "delivered"]), 1), else_=0)) == 0)
            .limit(BATCH)
        )
        async with self._database.reading() as db:
            numbers = list(await db.scalars(late))
        if not numbers:
            return False
        async with self._database.transaction() as db:
            before = await db.scalar(select(func.count()).where(Delivery.message_id.in_(numbers)))
            locked = select(Message).where(Message.id.in_(numbers)).with_for_update(skip_locked=True)
            for message in await db.scalars(locked):
                await self.try_another_way(db, message, self._clock.now(), waited=True)
            await db.flush()
            return await db.scalar(select(func.count()).where(Delivery.message_id.in_(numbers))) != before

    async def give_up(self, db: AsyncSession, message: Message, why: str, now: datetime) -> None:
        """Write an undeliverable message down as a timer that is due now: what follows is decided by the plan, not
        here.

        Args:
            why: Danish.
            now: UTC.
        """
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


def _queue_changed(message: Message, standing: Sequence[Delivery], now: datetime) -> None:
    """Queue a message anew wherever it stands as it was before."""
    for delivery in standing:
        if delivery.state in ("sent", "delivered") and delivery.version_sent < message.version:
            delivery.state, delivery.due_at = "queued", now


async def _addresses(db: AsyncSession, persons: Iterable[str]) -> dict[str, dict[str, Address]]:
    found: dict[str, dict[str, Address]] = {}
    for address in await db.scalars(select(Address).where(Address.person.in_(persons))):
        found.setdefault(address.person, {})[address.platform] = address
    return found


def _open(rooms: Iterable[StaffChannel]) -> list[StaffChannel]:
    return [room for room in rooms if room.address and room.state == "open"]


def outside_of(rooms: Iterable[StaffChannel]) -> list[str]:
    """Find who was let into none of a staff's channels."""
    rooms = list(rooms)
    inside = {person for room in rooms for person in room.inside}
    return sorted({person for room in rooms for person in room.detail.get("outside", [])} - inside)


async def address_anew(db: AsyncSession, crisis: int) -> None:
    """Queue again what was said to the staff before its channels were as they are now, so that it is said there too."""
    # All of it, also what seems to wait: whoever is just addressing it has seen the channels as they were, and is waited for.
    before = case((Message.dispatched_version < Message.version, Message.dispatched_version), else_=Message.version - 1)
    said = update(Message).where(Message.recipient == StaffRecipient.of(crisis))
    await db.execute(said.values(dispatched_version=before))


async def tell_of(db: AsyncSession, room: StaffChannel, now: datetime) -> None:
    """Write down as something that fell due that a channel is not as it shall be; once for each way that it isn't."""
    args = {"room": room.id, "error": room.error, "state": room.state}
    args |= {"outside": room.detail.get("outside", []), "staying": room.detail.get("staying", [])}
    args |= {name: room.detail[name] for name in ("left", "strangers") if room.detail.get(name)}
    await fall_due(db, room, "channel.trouble", f"channel/{room.id}/trouble", args, now)


async def fall_due(
    db: AsyncSession, room: StaffChannel, kind: str, key: str, args: dict[str, Any], now: datetime, anew: bool = False
) -> None:
    """Write down something about a staff's channel as what fell due.

    Args:
        kind: which timer tells of it.
        key: names it.
        args: what is so; where it was told of already as it is, it is not told of again.
        anew: it happened again, and is told of whatever was told.
    """
    timer = await db.scalar(select(Timer).where(Timer.key == key))
    if timer is None:
        timer = Timer(key=key, kind=kind, args={}, crisis_id=room.crisis_id, due_at=now)
        db.add(timer)
    if anew or timer.args != args:
        timer.args, timer.due_at, timer.state, timer.attempts, timer.begun = args, now, "waiting", 0, 0
