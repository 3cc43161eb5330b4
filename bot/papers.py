"""A picture, an agenda or minutes as a file, behind a link that was given to one person and ends."""

from __future__ import annotations

import asyncio
from datetime import datetime

from aiohttp import web
from sqlalchemy import select

from bot.engine import Engine
from storage import export
from storage.pages import Block, Names, papers, pdf, word
from storage.pages.blocks import Margins, Told
from storage.parts.papers import Paper
from storage.plan import Plan
from storage.tables import Crisis

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
# Larger than the case file's: these are read at a table.
SIZE = 10.5


class Papers:
    """The files.

    Args:
        engine: what knows the crisis.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def routes(self) -> list[web.RouteDef]:
        """Where they are fetched."""
        return [web.get(r"/papir/{secret:[\w-]+}.{form:pdf|docx}", self._fetch)]

    async def _fetch(self, request: web.Request) -> web.Response:
        """The paper as it stands; 404 for any other link and for one that has ended, as if there were no such page."""
        form = request.match_info["form"]
        async with self._engine.database.reading() as db:
            row = await db.scalar(select(Paper).where(Paper.secret == request.match_info["secret"]))
            if row is None or row.until <= self._engine.clock.now():
                raise web.HTTPNotFound
            crisis = await db.get_one(Crisis, row.crisis_id)
            told = await export.excerpt(db, crisis, "staff", "pictures", "meetings")
            today = self._engine.plan()
            names = Names.of(Plan.thawed(crisis.plan, today, crisis.holders))
        blocks, written = _blocks(row, told, names)
        # Drawing a page takes longer than a turn; nobody waits for it.
        content = await asyncio.to_thread(_draw, form, blocks, told, names, written)
        headers = {
            "Cache-Control": "no-store",
            "Content-Disposition": f'attachment; filename="{_filename(row)}.{form}"',
            "Referrer-Policy": "no-referrer",
            "X-Content-Type-Options": "nosniff",
        }
        return web.Response(body=content, content_type=TYPES[form], headers=headers)


def _blocks(row: Paper, told: Told, names: Names) -> tuple[list[Block], datetime]:
    """What stands on it, and when that was written, UTC."""
    if row.kind == "picture":
        found = next(each for each in told["pictures"] if each["version"] == row.version)
        blocks, written = papers.picture(found, names), found["published_at"] or found["written_at"]
    else:
        meeting = next(each for each in told["meetings"] if each["number"] == row.meeting)
        found = next(each for each in meeting[row.kind] if each["version"] == row.version)
        draw = papers.agenda if row.kind == "agenda" else papers.minutes
        blocks, written = draw(meeting, found, told, names), found["approved_at"] or meeting["at"]
    return papers.paper(list(blocks), told), datetime.fromisoformat(written)


def _draw(form: str, blocks: list[Block], told: Told, names: Names, written: datetime) -> bytes:
    crisis = told["crisis"]
    margins: Margins = {
        "header": f"{names.municipality} · Krise nr. {crisis['number']}",
        "footer": f"ESDH {crisis['case_ref'] or 'mangler'} · C3 {crisis['c3_ref'] or 'mangler'}",
    }
    if form == "docx":
        return word.render(blocks, **margins, size=SIZE)
    return pdf.render(blocks, **margins, written=written.astimezone(names.zone).date(), size=SIZE)


def _filename(row: Paper) -> str:
    name = {"picture": "situationsbillede", "agenda": "dagsorden", "minutes": "referat"}[row.kind]
    return f"{name}{f'-moede-{row.meeting}' if row.meeting else ''}-udgave-{row.version}"
