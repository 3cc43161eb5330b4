"""Packing: makes the case files and the emergency packs that are asked for, in the background. Plan §5, step 7."""

from __future__ import annotations

import asyncio
import logging
import tempfile
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ScalarSelect, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.engine.worker import Worker
from handlers.core.clock import Clock
from handlers.core.turn import Turn
from handlers.log import case_export
from handlers.preparedness import emergency_pack
from storage.case import archive, export
from storage.case.pages import pdf
from storage.case.pages.blocks import Block, Names
from storage.case.pages.pdf import CannotDraw
from storage.case.verification import kept_attachments
from storage.database import Database
from storage.plan.model import Plan
from storage.rows.crisis import Crisis
from storage.rows.log import CaseExport, content_of
from storage.rows.preparedness import EmergencyPack
from storage.rows.traffic import strangers

log = logging.getLogger(__name__)


class Packer(Worker):
    """The worker that packs case files, one at a time and in a thread, so that nobody waits for it.

    Args:
        database: the rows.
        clock: the time.
        plan: today's plan.
        committed: called when something may have been said.
    """

    minds = frozenset({CaseExport, EmergencyPack})

    def __init__(
        self, database: Database, clock: Clock, plan: Callable[[], Plan], committed: Callable[[], None]
    ) -> None:
        self._database = database
        self._clock = clock
        self._plan = plan
        self._committed = committed
        self._one_at_a_time = asyncio.Lock()

    def due(self) -> list[ScalarSelect[Any]]:
        """Return a query for when the next case file was asked for."""
        return [
            select(func.min(each.asked_at)).where(each.state == "wanted").scalar_subquery()
            for each in (CaseExport, EmergencyPack)
        ]

    async def drain(self) -> None:
        """Pack the case files that are asked for."""
        async with self._one_at_a_time:
            while (number := await self._next(CaseExport)) is not None:
                await self._pack(number)
                self.done += 1
            while (number := await self._next(EmergencyPack)) is not None:
                await self._pack_for_emergencies(number)
                self.done += 1

    async def _next(self, kind: type[CaseExport] | type[EmergencyPack]) -> int | None:
        async with self._database.reading() as db:
            wanted = select(kind.id).where(kind.state == "wanted").order_by(kind.id).limit(1)
            found: int | None = await db.scalar(wanted)
            return found

    async def _pack_for_emergencies(self, number: int) -> None:
        """Make a pack: counted beforehand as a case file is, and not drawn again where it says what it said."""
        async with self._database.turn() as db:
            row = await db.get_one(EmergencyPack, number)
            row.attempts += 1
            if row.attempts > emergency_pack.ATTEMPTS:
                await emergency_pack.failed(Turn(db, self._clock.now(), self._plan()), row)
                return
        try:
            async with self._database.reading() as db:
                blocks = await emergency_pack.gathered(Turn(db, self._clock.now(), self._plan()))
            async with self._database.turn() as db:
                row = await db.get_one(EmergencyPack, number)
                done = await emergency_pack.take_over_unchanged(Turn(db, self._clock.now(), self._plan()), row, blocks)
            if done:
                self._committed()
                return
            content = await asyncio.to_thread(emergency_paper, self._plan(), blocks, self._clock.now())
        except Exception:
            log.exception("the emergency pack %s", number)
            return
        async with self._database.turn() as db:
            row = await db.get_one(EmergencyPack, number)
            if row.state == "wanted":
                await emergency_pack.ready(Turn(db, self._clock.now(), self._plan()), row, blocks, content)
        self._committed()

    async def _pack(self, number: int) -> None:
        # Counted beforehand: a case that is too large for the machine shall not bring it down for ever.
        if await self._turn(number, _write_begun):
            return
        try:
            content = await self._packed(number)
        except CannotDraw as error:
            # Another try would fail at the same line.
            log.error("the case file %s: %s", number, error)
            said = str(error)
            await self._turn(number, lambda turn, row: case_export.failed(turn, row, said))
        except Exception:
            log.exception("the case file %s", number)
        else:
            await self._turn(number, lambda turn, row: case_export.ready(turn, row, content))

    async def _packed(self, number: int) -> bytes:
        with tempfile.TemporaryDirectory(prefix="krisebot-") as folder:
            async with self._database.reading() as db:
                row = await db.get_one(CaseExport, number)
                crisis = await db.get_one(Crisis, row.crisis_id)
                told = await export.spooled(db, crisis, row.grade)
                files = await attached(db, told, Path(folder))
                names = Names.of(Plan.thawed(crisis.plan, self._plan()), await strangers(db))
            loop = asyncio.get_running_loop()
            telling = ""

            def tell(step: str) -> None:
                nonlocal telling
                # Which volume of many is news at a terminal, and noise in a chat.
                form = step.partition(" ")[0]
                if form != telling:
                    telling = form
                    said = self._turn(number, lambda turn, row: case_export.progress(turn, row, form))
                    asyncio.run_coroutine_threadsafe(said, loop).result()

            file = Path(folder) / "sag.zip"
            with file.open("wb") as out:
                await asyncio.to_thread(archive.write, "zip", told, names, out, tell, files)
            return file.read_bytes()

    async def _turn(self, number: int, do: Callable[[Turn, CaseExport], Awaitable[bool | None]]) -> bool | None:
        """Run `do` on a case file that is still wanted: another replica may have packed it meanwhile."""
        async with self._database.turn() as db:
            row = await db.get_one(CaseExport, number)
            if row.state != "wanted":
                return True
            crisis = await db.get_one(Crisis, row.crisis_id)
            done = await do(Turn(db, self._clock.now(), self._plan(), crisis=crisis), row)
        self._committed()
        return done


async def _write_begun(turn: Turn, row: CaseExport) -> bool:
    """Write down that a case file is begun; returns whether that was too often, and it is given up."""
    row.attempts += 1
    if row.attempts > case_export.ATTEMPTS:
        await case_export.failed(turn, row)
    return row.state == "failed"


def emergency_paper(plan: Plan, blocks: Sequence[Block], made_at: datetime) -> bytes:
    """Draw the emergency pack as PDF.

    Args:
        plan: today's plan.
        blocks: what it says.
        made_at: when, UTC.
    """
    return pdf.render(
        blocks,
        header=f"{plan.municipality} · Nødpakke · Ikke til videregivelse",
        footer=f"Lavet {made_at.astimezone(plan.timezone):%d.%m.%Y kl. %H.%M}",
        written=made_at.astimezone(plan.timezone).date(),
        logo=plan.logo_drawn,
    )


async def attached(db: AsyncSession, told: Mapping[str, Any], folder: Path) -> dict[str, Path]:
    """Write what an export has attached into a folder, and return the files by their SHA-256.

    Args:
        told: the export's document.
        folder: which is there already.
    """
    found = {}
    for sha256 in {row["sha256"] for row in kept_attachments(told)}:
        content = await content_of(db, sha256)
        if content is not None:
            found[sha256] = folder / sha256
            found[sha256].write_bytes(content)
    return found
