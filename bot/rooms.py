"""The staff's channels: made where they are wanted, with those in them who shall be. Plan §5, Krisestaben.

What shall be is read from the crisis and its members; what is, is remembered in the room; the difference is done.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.delivery import PATIENCE, RETRIES
from bot.platforms.platform import InDoubt, Platform, Throttled, Unavailable, Undeliverable
from handlers.card import EXERCISE
from handlers.clock import Clock
from storage.database import Database
from storage.tables import Crisis, Member, Message, Room

log = logging.getLogger(__name__)

LETTERS = str.maketrans({"æ": "ae", "ø": "oe", "å": "aa", "é": "e", "ü": "u", "ö": "oe", "ä": "ae"})


def name_of(title: str, decided: datetime, zone: ZoneInfo, exercise: bool = False) -> str:
    """A channel's name from the crisis' title: "krise-2026-07-02-skybrud-kloak-staar-op".

    Args:
        title: what the crisis is called.
        decided: when it was decided, UTC.
        zone: whose day is meant.
        exercise: it is one, and the name says so first.

    Returns:
        lower case, at most 45 characters, so that a platform may add to it.
    """
    words = re.sub(r"[^a-z0-9]+", "-", title.casefold().translate(LETTERS)).strip("-")
    name = f"{'oevelse' if exercise else 'krise'}-{decided.astimezone(zone):%Y-%m-%d}-{words}"
    return (name if len(name) <= 45 else name[:45].rsplit("-", 1)[0]).strip("-")


class Rooms:
    """Whoever makes channels and opens their doors.

    Args:
        database: the rows.
        clock: the time.
        zone: whose day a name tells.
        platforms: the ways, by name.
    """

    def __init__(self, database: Database, clock: Clock, zone: ZoneInfo, platforms: Mapping[str, Platform]) -> None:
        self._database = database
        self._clock = clock
        self._zone = zone
        self._platforms = {name: platform for name, platform in platforms.items() if platform.has_rooms}
        self._one_at_a_time = asyncio.Lock()
        self.done = 0
        """How often a room has been worked on."""

    async def drain(self) -> None:
        """Do what is to be done."""
        async with self._one_at_a_time:
            await self._want()
            for room in await self._due():
                await self._work(room)
                self.done += 1

    async def _want(self) -> None:
        """A crisis staff has a room on every platform."""
        wanted = select(Crisis).where(Crisis.level == 2, Crisis.state == "active")
        async with self._database.reading() as db:
            missing = await self._missing(db, list(await db.scalars(wanted)))
        if not missing:
            return
        async with self._database.transaction() as db:
            for crisis, platform in await self._missing(db, list(await db.scalars(wanted))):
                db.add(
                    Room(
                        crisis_id=crisis.id,
                        platform=platform,
                        name=name_of(crisis.title, crisis.decided_at or crisis.created_at, self._zone, crisis.exercise),
                        title=f"{EXERCISE}: {crisis.title}" if crisis.exercise else crisis.title,
                        due_at=self._clock.now(),
                        detail={},
                        inside=[],
                    )
                )

    async def _missing(self, db: AsyncSession, crises: list[Crisis]) -> list[tuple[Crisis, str]]:
        there = {(row.crisis_id, row.platform) for row in await db.execute(select(Room.crisis_id, Room.platform))}
        return [(crisis, name) for crisis in crises for name in self._platforms if (crisis.id, name) not in there]

    async def _due(self) -> list[int]:
        """Rooms that are to be made, or whose doors don't let in who shall be in."""
        now = self._clock.now()
        async with self._database.reading() as db:
            rooms = await db.scalars(
                select(Room).where(
                    Room.platform.in_(self._platforms),
                    Room.state.in_(["wanted", "open"]),
                    or_(Room.due_at.is_(None), Room.due_at <= now),
                )
            )
            found = []
            for room in rooms:
                if room.state == "wanted":
                    found.append(room.id)
                    continue
                shall = await _members(db, room.crisis_id)
                if shall != set(room.inside) | set(room.detail.get("outside", [])) & shall:
                    found.append(room.id)
            return found

    async def _work(self, number: int) -> None:
        async with self._database.reading() as db:
            room = await db.get_one(Room, number)
            shall = await _members(db, room.crisis_id)
        platform = self._platforms[room.platform]
        address, detail, inside, outside = room.address, dict(room.detail), set(room.inside), set[str]()
        state, error, after = room.state, None, None
        try:
            if address is None:
                address, detail = await asyncio.wait_for(
                    platform.open_room(room.name, room.title, detail), 2 * PATIENCE
                )
                state = "open"
            elif shall - inside:
                entered = await asyncio.wait_for(platform.admit(address, detail, shall - inside), 2 * PATIENCE)
                outside = (shall - inside) - set(entered)
                inside |= set(entered)
            if address is not None and inside - shall:
                await asyncio.wait_for(platform.dismiss(address, detail, inside - shall), 2 * PATIENCE)
                inside &= shall
        except Throttled as wait:
            after = timedelta(seconds=wait.seconds)
        except Undeliverable as refused:
            state, error = ("failed", str(refused)) if address is None else (state, str(refused))
            outside = shall - inside
        except (Unavailable, InDoubt, TimeoutError) as down:
            error, after = str(down) or "intet svar", RETRIES[min(room.attempts, len(RETRIES) - 1)]
        except Exception as fault:
            # A fault of ours in one channel may not keep the others waiting.
            log.exception("%s: the channel %s", room.platform, room.name)
            error, after = f"{type(fault).__name__}: {fault}", RETRIES[min(room.attempts, len(RETRIES) - 1)]
        async with self._database.transaction() as db:
            room = await db.get_one(Room, number)
            room.state, room.address, room.error = state, address, error
            room.inside = sorted(inside)
            room.detail = {**detail, "outside": sorted(outside)}
            room.attempts = room.attempts + 1 if after else 0
            room.due_at = self._clock.now() + after if after else None
            if state != "wanted":
                await _address_anew(db, room.crisis_id)


async def _members(db: AsyncSession, crisis_id: int) -> set[str]:
    return set(await db.scalars(select(Member.person).where(Member.crisis_id == crisis_id, Member.until.is_(None))))


async def _address_anew(db: AsyncSession, crisis_id: int) -> None:
    """What was said to the staff before it had this room is said there too."""
    for message in await db.scalars(select(Message).where(Message.recipient == f"staff:{crisis_id}")):
        message.dispatched_version = min(message.dispatched_version, message.version - 1)
