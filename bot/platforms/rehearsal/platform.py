"""The rehearsal chat as a platform: a place in the browser to live through a crisis, by the same way as on any
platform.

What is said here goes through the same inbox, router, handlers and outbox; only the last step is a row instead of a
call to somebody's server.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.engine.clock import SystemClock
from bot.engine.engine import Engine
from bot.engine.platform import Outgoing, Ref, Unavailable, Undeliverable
from bot.engine.rates import NO_LIMITS
from bot.platforms.rehearsal.door import Door
from bot.platforms.rehearsal.posts import NAME, News, next_seq
from storage.plan.reach import Way
from storage.rows.log import content_of
from storage.rows.traffic import RehearsalPost, StaffChannel

DOWN = "øvelseschatten er nede"


class Rehearsal:
    """The rehearsal chat as a platform, with its JSON API.

    Args:
        engine: what it puts inputs into.
        clock: the clock that can be wound.
        port: the port it is reached on.
        join_code: asked for before anything is shown; None on loopback.
    """

    name = NAME
    has_rooms = True
    way = Way(NAME, "øvelseschatten", everybody=True)
    limits = NO_LIMITS

    def __init__(self, engine: Engine, clock: SystemClock, host: str, port: int, join_code: str | None = None) -> None:
        self._engine = engine
        self._clock = clock
        self._news = News()
        # A scenario may take the chat away, and give it back.
        self.down = False
        self._door = Door(engine, clock, self._news, host, port, join_code, lambda: self.down)

    def routes(self) -> list[web.RouteDef]:
        """List the HTTP paths of the page and its JSON API."""
        return self._door.routes()

    @property
    def refused(self) -> int:
        """The number of requests that have been refused since the start."""
        return self._door.refused

    async def start(self) -> None:
        """Do nothing: there is no connection to open."""

    async def stop(self) -> None:
        """End the connections of those who listen."""
        await self._news.tell()

    def trouble(self) -> str | None:
        """Return that it is down, where a scenario has taken it away; else None, as it is part of this process."""
        return DOWN if self.down else None

    def lane_of(self, person: str) -> str | None:
        """Return a person's own conversation; None for strangers of another platform, who can't be reached here."""
        platform, _, name = person.rpartition(":")
        return f"dm:{name}" if platform in ("", NAME) else None

    async def send(self, lane: str, post: Outgoing) -> Ref:
        """Put a message in its place in the chat."""
        self._be_there()
        async with self._engine.database.turn() as db:
            row = await self._standing(db, post)
            if row is None:
                row = RehearsalPost(
                    seq=await next_seq(db), place=lane, sender="krisebot", text="", at=self._clock.now()
                )
                db.add(row)
            _draw(row, post)
            await db.flush()
            number = row.id
        await self._news.tell()
        return {"post": number}

    async def edit(self, lane: str, ref: Ref, post: Outgoing) -> Ref:
        """Change a message where it stands."""
        self._be_there()
        async with self._engine.database.turn() as db:
            row = await db.get_one(RehearsalPost, ref["post"])
            _draw(row, post)
            row.seq = await next_seq(db)
        await self._news.tell()
        return ref

    async def find(self, lane: str, post: Outgoing) -> Ref | None:
        """Return the message's row if there is one: nothing is in doubt where sending is a row."""
        async with self._engine.database.reading() as db:
            row = await self._standing(db, post)
        return {"post": row.id} if row else None

    async def open_room(self, name: str, title: str, known: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
        """Make a channel, whose address is its name; a second of the same name gets a number."""
        self._be_there()
        async with self._engine.database.reading() as db:
            taken = set(await db.scalars(select(StaffChannel.address).where(StaffChannel.platform == NAME)))
        address, number = name, 2
        while address in taken:
            address, number = f"{name}-{number}", number + 1
        return address, {}

    async def admit(self, address: str, detail: Mapping[str, Any], persons: Collection[str]) -> Collection[str]:
        """Change nothing but tell the page: whoever is a member of the staff sees its channel."""
        self._be_there()
        await self._news.tell()
        return [person for person in persons if self.lane_of(person)]

    async def dismiss(self, address: str, detail: Mapping[str, Any], persons: Collection[str]) -> None:
        """Change nothing but tell the page: whoever is no longer a member of the staff does not see its channel."""
        self._be_there()
        await self._news.tell()

    async def fetch(self, reference: Mapping[str, Any], largest: int) -> bytes:
        """Read what was attached, which is here already: the page sent it along."""
        async with self._engine.database.reading() as db:
            content = await content_of(db, str(reference["sha256"]))
        if content is None:
            raise Undeliverable("Filen er der ikke længere.")
        return content

    def _be_there(self) -> None:
        if self.down:
            raise Unavailable(DOWN)

    async def _standing(self, db: AsyncSession, post: Outgoing) -> RehearsalPost | None:
        found: RehearsalPost | None = await db.scalar(
            select(RehearsalPost).where(RehearsalPost.message_id == post.message)
        )
        return found


def _draw(row: RehearsalPost, post: Outgoing) -> None:
    text = post.card.text
    row.text = f"(gentaget) {text}" if post.repeated else text
    row.card = json.loads(json.dumps(post.card.to_json()))
    row.message_id, row.version = post.message, post.version
