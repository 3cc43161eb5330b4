"""Case files and emergency packs that were asked for in chat, served behind a link. Plan §5, step 7."""

from __future__ import annotations

from aiohttp import web
from sqlalchemy import select

from bot.pages.file_response import file_response
from handlers.core.clock import Clock
from handlers.preparedness import emergency_pack
from storage.database import Database
from storage.rows.crisis import Crisis
from storage.rows.log import CaseExport, content_of
from storage.rows.preparedness import EmergencyPack


class CaseDownload:
    """The page that serves case files.

    Args:
        database: the rows.
        clock: the time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def routes(self) -> list[web.RouteDef]:
        """List the HTTP paths of the case files and the emergency packs."""
        return [web.get("/eksport/{secret}", self._give), web.get("/eksport/noedpakke/{secret}", self._give_pack)]

    async def _give(self, request: web.Request) -> web.Response:
        """Answer with the case file, while the link works; 404 for any other link, as if there were no such page."""
        async with self._database.reading() as db:
            row = await db.scalar(select(CaseExport).where(CaseExport.secret == request.match_info["secret"]))
            if row is None or row.sha256 is None or row.until is None or self._clock.now() >= row.until:
                raise web.HTTPNotFound
            crisis = await db.get_one(Crisis, row.crisis_id)
            content = await content_of(db, row.sha256)
        return file_response(content or b"", f"krise-{crisis.number}.zip", "application/zip")

    async def _give_pack(self, request: web.Request) -> web.Response:
        """Answer with the emergency pack, as `_give` does."""
        async with self._database.reading() as db:
            row = await db.scalar(select(EmergencyPack).where(EmergencyPack.secret == request.match_info["secret"]))
            if row is None or row.sha256 is None or row.until is None or self._clock.now() >= row.until:
                raise web.HTTPNotFound
            content = await content_of(db, row.sha256)
        return file_response(content or b"", emergency_pack.FILE_NAME, "application/pdf")
