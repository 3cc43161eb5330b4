"""Papers: a picture, an agenda, minutes, an order or an evaluation as a file, served behind a link that was given to one person and ends."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import datetime

from aiohttp import web
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.engine.engine import Engine
from bot.pages.file_response import file_response
from handlers.core import clearance
from handlers.core.context import Context
from handlers.core.turn import Turn
from handlers.preparedness import evaluation_report
from storage.case import export
from storage.case.pages import illustrations, papers, pdf
from storage.case.pages.blocks import Block, Margins, Names, Told
from storage.case.verification import kept_attachments
from storage.rows.crisis import Crisis
from storage.rows.log import Paper, content_of
from storage.rows.measures import Order
from storage.rows.meetings import AgendaItem
from storage.rows.staff import LISTS, MINUTES, PICTURE, Subject
from storage.rows.traffic import strangers

TYPES = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
# What is decided of who may see it, where that isn't the minutes'.
SUBJECTS: dict[str, Subject] = {"picture": PICTURE, "order": LISTS}
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
            highest = await clearance.highest_for(turn, row.given_to, SUBJECTS.get(row.kind, MINUTES))
            told = await export.excerpt(db, crisis, highest, "pictures", "meetings", "orders", "intents")
            if row.kind == "order" and await _was_sent(turn, row):
                told |= await export.sent(db, crisis, row.given_to, "orders", "attachments")
            names = Names.of(turn.rules, await strangers(db))
            report = await evaluation_report.of(turn) if row.kind == "evaluation" else None
            found = _found(row, told)
            if found is None and report is None:
                raise web.HTTPNotFound
            kept: dict[str, bytes] = {}
            lines = await _lines(db, found[1]) if found is not None and row.kind == "agenda" else {}
            pictured = _pictured(row, found[1], lines) if found is not None else set()
            if pictured:
                told = await export.excerpt(db, crisis, highest, "attachments") | told
                kept = await _kept(db, told, pictured)
        written = self._engine.clock.now() if found is None else _written(row, *found)

        def drawn() -> bytes:
            blocks = _blocks(row, found, told, names, kept.get, lines) if found is not None else ()
            blocks = report.blocks(names) if report is not None else blocks
            return _draw(form, papers.paper(list(blocks), told), told, names, written)

        # Drawing a page takes longer than a turn; nobody waits for it.
        try:
            content = await asyncio.to_thread(drawn)
        except pdf.CannotDraw as error:
            raise web.HTTPInternalServerError(text=f"Siden kan ikke tegnes ved {error}. Hent den som Word.") from error
        return file_response(content, f"{_filename(row)}.{form}", TYPES[form])


def _found(row: Paper, told: Told) -> tuple[Told, Told] | None:
    """Return the version of a paper and its meeting; for a picture or an order, which has none, itself twice."""
    if row.kind == "picture":
        return next(((each, each) for each in told["pictures"] if each["version"] == row.version), None)
    if row.kind == "evaluation":
        return None
    if row.kind == "order":
        return next(((each, each) for each in told["orders"] if each["number"] == row.version), None)
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


async def _was_sent(turn: Context, row: Paper) -> bool:
    """Whether whoever was given an order's paper is somebody the order was sent to, and still is of the municipality:
    it is theirs to read, whatever its grade."""
    query = select(Order.asked).where(Order.crisis_id == row.crisis_id, Order.number == row.version)
    return row.given_to in turn.plan.persons and row.given_to in (await turn.db.scalar(query) or ())


def _pictured(row: Paper, version: Told, lines: Mapping[int, int]) -> set[int]:
    """Return the lines of the log whose pictures stand on a paper."""
    match row.kind:
        case "picture":
            return papers.illustrated(version)
        case "order":
            return {version["draft_no"]} - {None}
        case _:
            return {*lines.values()}


async def _kept(db: AsyncSession, told: Told, numbers: set[int]) -> dict[str, bytes]:
    """Return the bytes of what is attached to some lines of the log, by their SHA-256."""
    wanted = {row["sha256"] for row in kept_attachments(told) if row["log_no"] in numbers}
    return {sha256: content for sha256 in wanted if (content := await content_of(db, sha256)) is not None}


async def _lines(db: AsyncSession, agenda: Told) -> dict[int, int]:
    """Return the log's line of each item of an agenda that has one, by the item."""
    items = [each["item"] for each in agenda["items"] if each["item"] is not None]
    rows = await db.execute(select(AgendaItem.id, AgendaItem.log_no).where(AgendaItem.id.in_(items)))
    return {item: line for item, line in rows if line is not None}


def _blocks(
    row: Paper,
    found: tuple[Told, Told],
    told: Told,
    names: Names,
    files: illustrations.Files,
    lines: Mapping[int, int],
) -> Iterable[Block]:
    """Return what stands on a paper that is a version of something."""
    meeting, version = found
    match row.kind:
        case "picture":
            return papers.picture(version, told, names, files)
        case "agenda":
            return papers.agenda(meeting, version, told, names, files, lines)
        case "order":
            return papers.order(version, told, names, files)
        case _:
            return papers.minutes(meeting, version, told, names)


def _written(row: Paper, meeting: Told, version: Told) -> datetime:
    """Return when what stands on it was written, UTC."""
    if row.kind == "picture":
        return datetime.fromisoformat(version["published_at"] or version["written_at"])
    if row.kind == "order":
        return datetime.fromisoformat(version["issued_at"])
    return datetime.fromisoformat(version["approved_at"] or meeting["at"])


def _draw(form: str, blocks: list[Block], told: Told, names: Names, written: datetime) -> bytes:
    crisis = told["crisis"]
    margins: Margins = {
        "header": f"{names.municipality} · Krise nr. {crisis['number']}",
        "footer": f"ESDH {crisis['case_ref'] or 'mangler'} · C3 {crisis['c3_ref'] or 'mangler'}",
    }
    day = written.astimezone(names.zone).date()
    if form == "docx":
        # Its library is heavy, and few papers are written on.
        from storage.case.pages import word

        return word.render(blocks, **margins, written=day, size=SIZE, logo=names.logo)
    return pdf.render(blocks, **margins, written=day, size=SIZE, logo=names.logo)


def _filename(row: Paper) -> str:
    if row.kind in ("evaluation", "order"):
        return {"evaluation": "evaluering", "order": f"ordre-{row.version}"}[row.kind]
    name = {"picture": "situationsbillede", "agenda": "dagsorden", "minutes": "referat"}[row.kind]
    return f"{name}{f'-moede-{row.meeting}' if row.meeting else ''}-udgave-{row.version}"
