"""Papers: a picture, an agenda or minutes as a file, served behind a link that was given to one person and ends."""

from __future__ import annotations

import asyncio
from datetime import datetime

from aiohttp import web
from sqlalchemy import select

from bot.engine.engine import Engine
from bot.pages.file_response import file_response
from handlers.core import clearance
from handlers.core.turn import Turn
from handlers.preparedness import evaluation_report
from storage.case import export
from storage.case.pages import papers, pdf
from storage.case.pages.blocks import Block, Margins, Names, Told
from storage.rows.crisis import Crisis
from storage.rows.log import Paper
from storage.rows.staff import MINUTES, PICTURE

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
# Larger than the case file's: these are read at a table.
SIZE = 10.5


class Papers:
    """The page that serves papers.

    Args:
        engine: what knows the crisis.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def routes(self) -> list[web.RouteDef]:
        """List the HTTP path of the papers."""
        return [web.get(r"/papir/{secret:[\w-]+}.{form:pdf|docx}", self._fetch)]

    async def _fetch(self, request: web.Request) -> web.Response:
        """Answer with the paper as it stands; 404 for any other link and for one that has ended, as if there were no
        such page."""
        form = request.match_info["form"]
        async with self._engine.database.reading() as db:
            row = await db.scalar(select(Paper).where(Paper.secret == request.match_info["secret"]))
            if row is None or row.until <= self._engine.clock.now():
                raise web.HTTPNotFound
            crisis = await db.get_one(Crisis, row.crisis_id)
            turn = Turn(db, self._engine.clock.now(), self._engine.plan(), crisis=crisis)
            # Who may see what is asked anew: somebody may have left, or the minutes been graded, since the link was given.
            highest = await clearance.highest_for(turn, row.given_to, PICTURE if row.kind == "picture" else MINUTES)
            told = await export.excerpt(db, crisis, highest, "pictures", "meetings", "intents")
            names = Names.of(turn.rules)
            report = await evaluation_report.of(turn) if row.kind == "evaluation" else None
        found = _found(row, told)
        if report is not None:
            blocks, written = papers.paper(report.blocks(names), told), self._engine.clock.now()
        elif found is None:
            raise web.HTTPNotFound
        else:
            blocks, written = _blocks(row, found, told, names)
        # Drawing a page takes longer than a turn; nobody waits for it.
        try:
            content = await asyncio.to_thread(_draw, form, blocks, told, names, written)
        except pdf.CannotDraw as error:
            raise web.HTTPInternalServerError(text=f"Siden kan ikke tegnes ved {error}. Hent den som Word.") from error
        return file_response(content, f"{_filename(row)}.{form}", TYPES[form])


def _found(row: Paper, told: Told) -> tuple[Told, Told] | None:
    """Return the version of a paper and its meeting; for a picture, which has none, the version twice."""
    if row.kind == "picture":
        return next(((each, each) for each in told["pictures"] if each["version"] == row.version), None)
    if row.kind == "evaluation":
        return None
    return next(
        (
            (meeting, each)
            for meeting in told["meetings"]
            if meeting["number"] == row.meeting
            for each in meeting[row.kind]
            if each["version"] == row.version
        ),
        None,
    )


def _blocks(row: Paper, found: tuple[Told, Told], told: Told, names: Names) -> tuple[list[Block], datetime]:
    """Return what stands on it, and when that was written, UTC."""
    meeting, version = found
    match row.kind:
        case "picture":
            blocks, written = papers.picture(version, told, names), version["published_at"] or version["written_at"]
        case "agenda":
            blocks, written = papers.agenda(meeting, version, told, names), version["approved_at"] or meeting["at"]
        case _:
            blocks, written = papers.minutes(meeting, version, told, names), version["approved_at"] or meeting["at"]
    return papers.paper(list(blocks), told), datetime.fromisoformat(written)


def _draw(form: str, blocks: list[Block], told: Told, names: Names, written: datetime) -> bytes:
    crisis = told["crisis"]
    margins: Margins = {
        "header": f"{names.municipality} · Krise nr. {crisis['number']}",
        "footer": f"ESDH {crisis['case_ref'] or 'mangler'} · C3 {crisis['c3_ref'] or 'mangler'}",
    }
    if form == "docx":
        # Its library is heavy, and few papers are written on.
        from storage.case.pages import word

        return word.render(blocks, **margins, size=SIZE, logo=names.logo)
    return pdf.render(blocks, **margins, written=written.astimezone(names.zone).date(), size=SIZE, logo=names.logo)


def _filename(row: Paper) -> str:
    if row.kind == "evaluation":
        return "evaluering"
    name = {"picture": "situationsbillede", "agenda": "dagsorden", "minutes": "referat"}[row.kind]
    return f"{name}{f'-moede-{row.meeting}' if row.meeting else ''}-udgave-{row.version}"
