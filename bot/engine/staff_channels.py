"""Staff channels: makes them on every platform and keeps their members in step with the staff's. Plan §5, Krisestaben.

What shall be is read from the crisis and its members; what is, is remembered in the room; the difference is done.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ScalarSelect, bindparam, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.engine.addressing import address_anew, fall_due, tell_of
from bot.engine.delivery import ANSWER_TIMEOUT, RETRIES
from bot.engine.platform import Closed, InDoubt, NamesStrangers, Platform, Throttled, Unavailable, Undeliverable
from bot.engine.worker import Worker
from handlers.core.card import EXERCISE
from handlers.core.clock import Clock
from handlers.core.names_in_words import seen
from storage.database import Database
from storage.rows.base import NOW
from storage.rows.crisis import Crisis
from storage.rows.staff import OUTSIDE, Member
from storage.rows.traffic import StaffChannel

log = logging.getLogger(__name__)

ABROAD = str.maketrans({"é": "e", "ü": "u", "ö": "oe", "ä": "ae"})
LETTERS = ABROAD | str.maketrans({"æ": "ae", "ø": "oe", "å": "aa"})

# How long a platform may take over a channel, in seconds of the machine's clock; one thing is asked for at a time.
PATIENCE = 2 * ANSWER_TIMEOUT
# How long a channel is whoever's who works on it: two who made it at once would make two of it. A dead one's is free then.
HOLD = timedelta(seconds=PATIENCE + 5)

# Who belongs in a staff's channel: whoever sits there and has an account. A party from outside is told by the staff itself.
SITS = (Member.until.is_(None), Member.person.not_like(f"{OUTSIDE}%"))


def name_of(title: str, decided: datetime, zone: ZoneInfo, exercise: bool = False, danish: bool = False) -> str:
    """Return a channel's name from the crisis' title: "krise-2026-07-02-skybrud-kloak-staar-op".

    Args:
        title: what the crisis is called.
        decided: when it was decided, UTC.
        zone: whose day is meant.
        exercise: it is one, and the name says so first.
        danish: whether æ, ø and å may stand in it.

    Returns:
        lower case, at most 45 characters, so that a platform may add to it.
    """
    said = f"{'øvelse' if exercise else 'krise'} {title}".casefold()
    spelt = said.translate(ABROAD) if danish else said.translate(LETTERS)
    first, words = re.sub(r"[^a-zæøå0-9]+", "-", spelt).strip("-").partition("-")[::2]
    name = f"{first}-{decided.astimezone(zone):%Y-%m-%d}-{words}"
    return (name if len(name) <= 45 else name[:45].rsplit("-", 1)[0]).strip("-")


HAS_DOORS = ("wanted", "open")
# Each crisis staff with the platforms that it has a room on.
STAFFS = (
    select(Crisis, StaffChannel.platform)
    .outerjoin(StaffChannel, StaffChannel.crisis_id == Crisis.id)
    .where(Crisis.level == 2, Crisis.state == "active")
)
DOORS = select(StaffChannel).where(
    StaffChannel.platform.in_(bindparam("platforms", expanding=True)),
    StaffChannel.state.in_(HAS_DOORS),
    or_(StaffChannel.due_at.is_(None), StaffChannel.due_at <= NOW),
)


def _is_old(room: StaffChannel, at: float | None) -> bool:
    """Whether the platform has told already of something later that was done to a channel: it tells in no order."""
    return at is not None and at < float(room.detail.get("done_at", 0))


def _note_when(room: StaffChannel, at: float | None) -> None:
    """Keep when what was told last of a channel was done, in the platform's seconds."""
    if at is not None:
        room.detail = room.detail | {"done_at": at}


class StaffChannels(Worker):
    """The worker that creates staff channels and keeps their members in step.

    Args:
        database: the rows.
        clock: the time.
        zone: whose day a name tells, today.
        platforms: the ways, by name.
        fell_due: called when a channel that is not as it shall be has been written down as a timer.
    """

    minds = frozenset({Crisis, Member, StaffChannel})

    def __init__(
        self,
        database: Database,
        clock: Clock,
        zone: Callable[[], ZoneInfo],
        platforms: Mapping[str, Platform],
        fell_due: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._zone = zone
        self._platforms = platforms
        self._fell_due = fell_due
        self._one_at_a_time = asyncio.Lock()
        # A turn may have begun a staff, or let somebody into one or out of it: no row says that a door is to be opened.
        self._look = True

    @property
    def at_work(self) -> bool:
        """Whether a turn has run since it last looked, or it is changing a channel."""
        return super().at_work or self._one_at_a_time.locked()

    def due(self) -> list[ScalarSelect[Any]]:
        """Return a query for when the next staff channel is to be tried again."""
        return [select(func.min(StaffChannel.due_at)).where(StaffChannel.state.in_(HAS_DOORS)).scalar_subquery()]

    async def drain(self) -> None:
        """Create the staff channels that are missing, and let in and take out whoever should be."""
        async with self._one_at_a_time:
            self._look = False
            for room in await self._wanted():
                if await self._work(room):
                    self.done += 1
                    # One that has just been made has nobody in it yet.
                    self._look = True

    async def came_in(self, platform: str, address: str, person: str) -> None:
        """Note that somebody came into a channel by hand: back again, or without being in the staff, which is told of once
        the platform was asked what they are called.

        Args:
            platform, address: which channel; any other than a staff's is let be.
            person: who, an id in the plan or the platform's own.
        """
        async with self._database.transaction() as db:
            room = await self._standing(db, platform, address)
            if room is None or person in room.inside:
                return
            if person in await _members(db, room.crisis_id):
                detail = {
                    key: [each for each in room.detail.get(key, []) if each != person] for key in ("outside", "left")
                }
                room.inside, room.detail = sorted({*room.inside, person}), room.detail | detail
                return
            # Those who have no name yet are the worker's to ask about: nobody waits for that before this is on disk.
            room.detail = room.detail | {"strangers": {person: None, **room.detail.get("strangers", {})}}
        self.look_again()

    async def went_out(self, platform: str, address: str, person: str) -> None:
        """Note that somebody left a channel by hand: who is still in the staff is written to alone, and it is told of.

        Args:
            platform, address: which channel; any other than a staff's is let be.
            person: who, an id in the plan or the platform's own.
        """
        async with self._database.transaction() as db:
            room = await self._standing(db, platform, address)
            if room is None:
                return
            strangers = {each: name for each, name in room.detail.get("strangers", {}).items() if each != person}
            room.inside = [each for each in room.inside if each != person]
            room.detail = room.detail | {"strangers": strangers}
            if person not in await _members(db, room.crisis_id):
                return
            amiss = {key: sorted({*room.detail.get(key, []), person}) for key in ("outside", "left")}
            room.detail = room.detail | amiss
            await address_anew(db, room.crisis_id)
            await self._tell(db, room)

    async def closed(self, platform: str, address: str, why: str, at: float | None = None) -> None:
        """Note that a channel takes nothing any more: what is said there goes to each, and it is told of at once.

        Args:
            platform, address: which channel; any other than a staff's is let be.
            why: Danish.
            at: when that was, in the platform's seconds, where it says so: what it tells afterwards, and was before, is let be.
        """
        async with self._database.transaction() as db:
            room = await self._standing(db, platform, address)
            if room is None or _is_old(room, at):
                return
            _note_when(room, at)
            room.state, room.error = "failed", why
            await address_anew(db, room.crisis_id)
            await self._tell(db, room)

    async def reopened(self, platform: str, address: str, at: float | None = None) -> None:
        """Note that a channel that was closed takes something again: what was said meanwhile is said there too, and it is
        told of.

        Args:
            platform, address: which channel; any other than a staff's is let be.
            at: as for `closed`. It may be told of before what closed it.
        """
        async with self._database.transaction() as db:
            room = await self._standing(db, platform, address, "open", "failed")
            if room is None or _is_old(room, at):
                return
            _note_when(room, at)
            if room.state == "open":
                return
            # Who came and went meanwhile was not told us: all are let in once more.
            room.state, room.error, room.inside, room.due_at = "open", None, [], None
            await address_anew(db, room.crisis_id)
            await self._tell_of_change(db, room, "reopened")
        self.look_again()

    async def renamed(self, platform: str, address: str, name: str) -> None:
        """Note that a channel is called something else: it is the staff's still, and it is told of.

        Args:
            platform, address: which channel; any other than a staff's is let be.
            name: what it is called now.
        """
        name = seen(name)
        async with self._database.transaction() as db:
            room = await self._standing(db, platform, address)
            if room is None:
                return
            was = str(room.detail.get("called") or room.detail.get("name") or room.name)
            if name and name != was:
                room.detail = room.detail | {"called": name}
                await self._tell_of_change(db, room, "renamed", was=was, name=name)

    async def moved(self, platform: str, address: str, to: str) -> None:
        """Note that a channel has another address: what is said to the staff is said there from now on, and it is told of.

        Args:
            platform, address: which channel; any other than a staff's is let be.
            to: its new address.
        """
        async with self._database.transaction() as db:
            room = await self._standing(db, platform, address)
            if room is not None:
                room.address = to
                await address_anew(db, room.crisis_id)
                await self._tell_of_change(db, room, "moved", to=to)

    async def _standing(self, db: AsyncSession, platform: str, address: str, *states: str) -> StaffChannel | None:
        found = select(StaffChannel).where(
            StaffChannel.platform == platform,
            StaffChannel.address == address,
            StaffChannel.state.in_(states or ("open",)),
        )
        room: StaffChannel | None = await db.scalar(found.with_for_update())
        return room

    async def _tell_of_change(self, db: AsyncSession, room: StaffChannel, what: str, **args: str) -> None:
        log.warning("%s: the channel %s was %s by hand", room.platform, room.name, what)
        told = {"room": room.id, "what": what, **args}
        await fall_due(db, room, "channel.changed", f"channel/{room.id}/{what}", told, self._clock.now(), anew=True)
        self._fell_due()

    async def _tell(self, db: AsyncSession, room: StaffChannel) -> None:
        log.error("%s: the channel %s was changed by hand: %s", room.platform, room.name, room.error or room.detail)
        await tell_of(db, room, self._clock.now())
        self._fell_due()

    async def _wanted(self) -> list[int]:
        """Add a row for each staff channel that is missing, and return the channels to make or whose members differ
        from the staff's."""
        async with self._database.reading() as db:
            missing = await self._missing(db)
            due = [] if missing else await self._due(db)
        if not missing:
            return due
        async with self._database.transaction() as db:
            if rows := [self._row(crisis, platform) for crisis, platform in await self._missing(db)]:
                # Another replica may see the same.
                await db.execute(self._database.insert(StaffChannel).on_conflict_do_nothing(), rows)
            return await self._due(db)

    def _row(self, crisis: Crisis, platform: str) -> dict[str, Any]:
        decided = crisis.decided_at or crisis.created_at
        return {
            "crisis_id": crisis.id,
            "platform": platform,
            "name": name_of(
                crisis.title, decided, self._zone(), crisis.exercise, danish=self._platforms[platform].way.danish
            ),
            "title": f"{EXERCISE}: {crisis.title}" if crisis.exercise else crisis.title,
            "due_at": self._clock.now(),
            "detail": {},
            "inside": [],
        }

    async def _missing(self, db: AsyncSession) -> list[tuple[Crisis, str]]:
        """Return each crisis with a staff and a platform where it has no staff channel yet: it has one on every
        platform."""
        with_rooms = [name for name, platform in self._platforms.items() if platform.has_rooms]
        found = await db.execute(STAFFS)
        there: dict[Crisis, set[str | None]] = {}
        for crisis, platform in found:
            there.setdefault(crisis, set()).add(platform)
        return [(crisis, name) for crisis, names in there.items() for name in with_rooms if name not in names]

    async def _due(self, db: AsyncSession) -> list[int]:
        rooms = list(await db.scalars(DOORS, {"now": self._clock.now(), "platforms": list(self._platforms)}))
        shall: dict[int, set[str]] = {room.crisis_id: set() for room in rooms}
        inside = select(Member.crisis_id, Member.person).where(Member.crisis_id.in_(shall), *SITS)
        for crisis_id, person in await db.execute(inside) if rooms else ():
            shall[crisis_id].add(person)
        return [room.id for room in rooms if room.state == "wanted" or _amiss(room, shall[room.crisis_id])]

    async def _work(self, number: int) -> bool:
        """Do what a channel lacks, one step of it; False when somebody else is at it."""
        async with self._database.transaction() as db:
            now = self._clock.now()
            free = or_(StaffChannel.due_at.is_(None), StaffChannel.due_at <= now)
            ours = select(StaffChannel).where(StaffChannel.id == number, free).with_for_update(skip_locked=True)
            if (room := await db.scalar(ours)) is None:
                return False
            room.due_at = until = now + HOLD
            shall = await _members(db, room.crisis_id)
        platform = self._platforms[room.platform]
        address, detail, inside = room.address, dict(room.detail), set(room.inside)
        known, before = (room.state, room.address), frozenset(room.inside)
        # Who is outside stays so until they are let in, whatever else can't be done now: they are written to alone.
        outside, staying = (set(detail.get(each, [])) for each in ("outside", "staying"))
        outside, staying = outside & shall - inside, staying - shall
        nameless = _nameless(room)
        made: dict[str, Any] = {}
        named: dict[str, str] = {}
        state, error, after = room.state, None, None
        try:
            if nameless:
                named = await asyncio.wait_for(_named(platform, nameless), PATIENCE)
            elif address is None:
                address, made = await asyncio.wait_for(platform.open_room(room.name, room.title, detail), PATIENCE)
                state = "open"
            elif inside - shall:
                await asyncio.wait_for(platform.dismiss(address, detail, inside - shall), PATIENCE)
                inside &= shall
            elif shall - inside:
                entered = await asyncio.wait_for(platform.admit(address, detail, shall - inside), PATIENCE)
                outside = (shall - inside) - set(entered)
                inside |= set(entered)
        except Throttled as wait:
            after = timedelta(seconds=wait.seconds)
        except Undeliverable as refused:
            gone = address is None or isinstance(refused, Closed)
            state, error = "failed" if gone else state, str(refused)
            if gone or not inside - shall:
                # Else nobody has been asked in yet.
                outside = shall - inside
            # Whom it won't take out it won't take out when asked again either.
            staying |= inside - shall
            inside &= shall
        except (Unavailable, InDoubt, TimeoutError) as down:
            error, after = str(down) or "intet svar", RETRIES[min(room.attempts, len(RETRIES) - 1)]
        except Exception as fault:
            # A fault of ours in one channel may not keep the others waiting.
            log.exception("%s: the channel %s", room.platform, room.name)
            error, after = f"{type(fault).__name__}: {fault}", RETRIES[min(room.attempts, len(RETRIES) - 1)]
        async with self._database.transaction() as db:
            room = await db.get_one(StaffChannel, number, with_for_update=True)
            if room.due_at != until:
                # Frozen for so long that somebody else has done it meanwhile.
                return True
            was = (room.state, room.address, room.detail.get("outside", []))
            # What was done by hand meanwhile stands.
            came, went = set(room.inside) - before, before - set(room.inside)
            inside, outside = (inside | came) - went, (outside - came) | went & shall
            if (room.state, room.address) != known:
                state, address, error = room.state, room.address, room.error
            room.state, room.address, room.error = state, address, error
            room.inside = sorted(inside)
            strangers = {each: named.get(each, name) for each, name in room.detail.get("strangers", {}).items()}
            told = {"outside": sorted(outside), "staying": sorted(staying)}
            room.detail = room.detail | made | told | ({"strangers": strangers} if strangers else {})
            room.attempts = room.attempts + 1 if after else 0
            room.due_at = self._clock.now() + after if after else None
            if state == "failed" or outside or staying or nameless:
                log.error(
                    "%s: the channel %s: %s; outside: %s; not taken out: %s",
                    *(room.platform, room.name, error, sorted(outside), sorted(staying)),
                )
                await tell_of(db, room, self._clock.now())
                self._fell_due()
            # Whoever is let in reads there what was said before.
            if state != "wanted" and was != (state, address, sorted(outside)):
                await address_anew(db, room.crisis_id)
        return True


def _amiss(room: StaffChannel, shall: set[str]) -> bool:
    """Whether a channel's members differ from the staff's: somebody is missing who could be let in, or is in who should
    not be, or came in by hand and has no name yet."""
    return bool(_nameless(room)) or shall != set(room.inside) | set(room.detail.get("outside", [])) & shall


def _nameless(room: StaffChannel) -> list[str]:
    """Return those who came in by hand and of whom nobody has asked yet what they are called."""
    return [person for person, name in room.detail.get("strangers", {}).items() if name is None]


async def _named(platform: Platform, persons: list[str]) -> dict[str, str]:
    """Ask what persons are called; empty for those of whom it isn't told."""
    if not isinstance(platform, NamesStrangers):
        return dict.fromkeys(persons, "")
    return {person: await platform.name_of(person) for person in persons}


async def _members(db: AsyncSession, crisis_id: int) -> set[str]:
    return set(await db.scalars(select(Member.person).where(Member.crisis_id == crisis_id, *SITS)))
