"""Self-check: looks every five seconds whether krisebot can do its work, and has whoever can act told when it can't.

What is wrong with the database is told when it is mended, since the rows are the way to tell: until then it stands in
krisebot's own log and in `/readyz`, and whoever writes to us is told that it was not kept.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from bot.engine import own_trouble
from bot.engine.clock import SystemClock
from bot.engine.platform import Platform
from handlers.core.language import times_shown
from storage.database import UNREACHABLE, Database
from storage.plan.model import Plan
from storage.rows.traffic import Remembered

log = logging.getLogger(__name__)

# Seconds between two looks, and between two tries to write.
EVERY = 5.0
# A link that is away for less is nobody's work.
LASTING = timedelta(minutes=1)


class SelfCheck:
    """The look at what krisebot depends on: its database, the machine's clock, and the links of its platforms.

    Args:
        database: the rows.
        clock: the time.
        plan: today's plan.
        platforms: the ways to people, by name.
        fell_due: called when something was written down to be told of.
    """

    def __init__(
        self,
        database: Database,
        clock: SystemClock,
        plan: Callable[[], Plan],
        platforms: Mapping[str, Platform],
        fell_due: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._plan = plan
        self._platforms = platforms
        self._fell_due = fell_due
        self._wrote_at = float("-inf")
        # What is wrong now, since when, and whether it has been told of.
        self._since: dict[str, datetime] = {}
        self._told: set[str] = set()

    async def try_writing(self) -> None:
        """Write a row where nobody has for five seconds, else ask for a sign of life.

        A full disk or a database that is only to be read can be asked, and takes no input.

        Raises:
            one of UNREACHABLE: it can't be done.
        """
        if time.monotonic() - self._wrote_at < EVERY:
            await self._database.ping()
            return
        async with self._database.transaction() as db:
            await db.merge(Remembered(name="written", value={"at": self._clock.now().isoformat()}))
        self._wrote_at = time.monotonic()

    async def look(self) -> None:
        """Look once, and write down what has gone wrong and what has come right again."""
        try:
            self._wrote_at = float("-inf")
            await self.try_writing()
        except (*UNREACHABLE, TimeoutError) as error:
            if "database" not in self._since:
                log.error("the database can't be written: %s", error)
            self._since.setdefault("database", self._clock.now())
            return
        if "database" in self._since:
            log.warning("the database can be written again")
            since = self._shown(self._since.pop("database"))
            told = f"Fra {since} til {self._shown(self._clock.now())} kunne intet gemmes. Hvad nogen skrev imens, er måske tabt: spørg dem."
            await self._write_down("database", told)
        moved = self._clock.trouble()
        await self._note(
            "clock", f"{moved[0].upper()}{moved[1:]}." if moved else None, "Maskinens ur går rigtigt igen."
        )
        for name, platform in self._platforms.items():
            link = platform.trouble()
            await self._note(
                name, f"{platform.way.title}: {link}." if link else None, f"{platform.way.title} virker igen.", LASTING
            )

    async def _note(self, what: str, wrong: str | None, mended: str, lasting: timedelta = timedelta(0)) -> None:
        now = self._clock.now()
        if wrong is None:
            self._since.pop(what, None)
            if what in self._told:
                self._told.discard(what)
                await self._write_down(what, mended)
        elif now - self._since.setdefault(what, now) >= lasting and what not in self._told:
            log.error("%s: %s", what, wrong)
            self._told.add(what)
            await self._write_down(what, f"Siden {self._shown(self._since[what])}: {wrong}")

    async def _write_down(self, what: str, told: str) -> None:
        async with self._database.transaction() as db:
            await own_trouble.write_down(db, what, told, self._clock.now())
        self._fell_due()

    def _shown(self, at: datetime) -> str:
        return f"kl. {times_shown.clock(at, self._plan().timezone)}"
