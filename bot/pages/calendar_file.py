"""A meeting's calendar file, served behind a link that can't be guessed: whoever was given the link has the meeting."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy import select

from bot.engine.engine import Engine
from bot.pages.file_response import file_response
from handlers.core.turn import Turn
from handlers.staff import calendars
from storage.rows.crisis import Crisis
from storage.rows.meetings import Meeting


class CalendarFile:
    """The page that serves a meeting's calendar file.

    Args:
        engine: what knows the meetings.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def routes(self) -> list[web.RouteDef]:
        """List the HTTP path of the calendar files."""
        return [web.get("/kalender/{secret}.ics", self._fetch)]

    async def _fetch(self, request: web.Request) -> web.Response:
        """Answer with the meeting as it stands now; 404 for any other link, as if there were no such page."""
        async with self._engine.database.reading() as db:
            row = await db.scalar(select(Meeting).where(Meeting.secret == request.match_info["secret"]))
            if row is None:
                raise web.HTTPNotFound
            crisis = await db.get_one(Crisis, row.crisis_id)
            turn = Turn(db, self._engine.clock.now(), self._engine.plan(), crisis=crisis)
            said, number = await calendars.file(turn, row), row.number
        return file_response(said.encode(), f"moede-{number}.ics", "text/calendar", "utf-8")
