"""The wall board: a page for the screen in the staff's room that keeps itself up to date, behind a link that ends. Plan §7,
overblik.

However many look on, the board, and which links are open, are read once for all who may see the same, at most once a
second: a line in the log costs no more with two hundred screens than with one, but for what is sent to each.
"""

from __future__ import annotations

import asyncio
import json
import time
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import resources

from aiohttp import web
from aiohttp_sse import sse_response
from sqlalchemy import select

from bot.engine.engine import Engine
from bot.pages import board_data
from bot.pages.board_data import Board
from bot.pages.templates import draw
from handlers.core.context import Context
from storage.grades import Grade
from storage.rows.crisis import Crisis
from storage.rows.overview import BoardLink

# Seconds between two looks at the rows, while somebody looks on; between two signs of life; of a machine's clock.
LOOK, ALIVE = 1.0, 10.0
HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'self' 'unsafe-inline'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'",
}
FILES = {"page.css": "text/css", "page.js": "text/javascript"}


@dataclass
class _Read:
    """A board that was read, and when; the links that are open to it. Kept for whoever asks in the next second."""

    at: float = 0.0
    shown_at: str = ""
    pages: str = ""
    links: frozenset[str] = frozenset()
    reading: asyncio.Lock = field(default_factory=asyncio.Lock)


class WallBoard:
    """The pages of the wall board.

    Args:
        engine: what knows the crisis.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._read: dict[tuple[int, Grade], _Read] = {}

    def routes(self) -> list[web.RouteDef]:
        """List the HTTP paths of the wall board."""
        return [
            web.get("/tavle/-/{file}", self._file),
            web.get("/tavle/{secret}", self._show),
            web.get("/tavle/{secret}/live", self._live),
        ]

    async def _file(self, request: web.Request) -> web.Response:
        """Answer with the page's style or script."""
        name = request.match_info["file"]
        if name not in FILES:
            raise web.HTTPNotFound
        content = (resources.files("bot.pages") / "board" / name).read_text("utf-8")
        return web.Response(text=content, content_type=FILES[name], headers={"Cache-Control": "no-cache"})

    async def _show(self, request: web.Request) -> web.Response:
        """Answer with the board of the link's crisis; for a link that has ended with what to do; 404 for any other, as if
        there were no such page."""
        link = await self._link(request)
        if not self._is_open(link):
            return web.Response(text=draw("over.html"), status=410, content_type="text/html", headers=HEADERS)
        board = await self._board(link)
        page = draw("page.html", board=board, live=f"/tavle/{link.secret}/live", now=self._now())
        return web.Response(text=page, content_type="text/html", headers=HEADERS)

    async def _live(self, request: web.Request) -> web.StreamResponse:
        """Send the board each time it says something else, and a sign of life between; end with the link."""
        link = await self._link(request)
        async with sse_response(request, headers={"Cache-Control": "no-store"}) as stream:
            sent, alive = "", 0.0
            with suppress(ConnectionError):
                while stream.is_connected():
                    read = await self._pages(link)
                    # A link may be newer than what was last read.
                    if link.secret not in read.links and not self._is_open(await self._link(request)):
                        await stream.send("{}", event="over")
                        break
                    if read.pages != sent:
                        told = {"now": self._now(), "at": read.shown_at, "pages": read.pages}
                        await stream.send(json.dumps(told), event="board")
                        sent, alive = read.pages, time.monotonic()
                    elif time.monotonic() - alive > ALIVE:
                        await stream.send(json.dumps({"now": self._now()}), event="board")
                        alive = time.monotonic()
                    await asyncio.sleep(LOOK)
        return stream

    async def _link(self, request: web.Request) -> BoardLink:
        async with self._engine.database.reading() as db:
            link = await db.scalar(select(BoardLink).where(BoardLink.secret == request.match_info["secret"]))
        if link is None:
            raise web.HTTPNotFound
        return link

    def _is_open(self, link: BoardLink) -> bool:
        return link.withdrawn_at is None and self._engine.clock.now() < link.until

    def _now(self) -> float:
        """Return krisebot's own time, by which the screens' clocks run, in seconds since 1970: in the rehearsal chat it is
        another than the screen's."""
        return self._engine.clock.now().timestamp()

    async def _pages(self, link: BoardLink) -> _Read:
        """Return the pages as they are drawn now, read at most once in `LOOK` for all that look on."""
        read = self._read.setdefault((link.crisis_id, link.grade), _Read())
        async with read.reading:
            if time.monotonic() - read.at >= LOOK:
                board = await self._board(link)
                read.links = await self._open_beside(link)
                read.pages, read.shown_at, read.at = draw("pages.html", board=board), board.shown_at, time.monotonic()
        return read

    async def _open_beside(self, link: BoardLink) -> frozenset[str]:
        """Return the secrets of the open links to the same board."""
        same = select(BoardLink).where(BoardLink.crisis_id == link.crisis_id, BoardLink.grade == link.grade)
        async with self._engine.database.reading() as db:
            return frozenset(each.secret for each in await db.scalars(same) if self._is_open(each))

    async def _board(self, link: BoardLink) -> Board:
        async with self._engine.database.reading() as db:
            crisis = await db.get_one(Crisis, link.crisis_id)
            turn = Context(db, self._engine.clock.now(), self._engine.plan(), crisis=crisis)
            return await board_data.of(turn, link.grade)
