"""Accounts: asks each platform whose a mail address is, for the persons that the plan file has no id of, and has today's
plan know them by what was found. Plan §5, "Varsle/indkalde"."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import ScalarSelect, case, func, select

from bot.engine.platform import HasDirectory, InDoubt, NoAccount, NotGranted, Platform, Throttled, Unavailable
from bot.engine.worker import Worker
from handlers.core import availability
from handlers.core.clock import Clock
from handlers.core.turn import Turn
from handlers.preparedness import accounts
from storage.database import Database
from storage.plan import accounts as known
from storage.plan.model import Plan
from storage.rows.accounts import Account

log = logging.getLogger(__name__)

# Seconds that a platform may take over one person.
PATIENCE = 20.0
# So many in a row without an answer are the platform's silence, and not those persons' own.
SILENCE = 3

TO_BE_GRANTED = "Krisebot må ikke slå op, før jeres it giver rettigheden {}"


class Accounts(Worker):
    """The worker that looks for the plan's persons by their mail addresses.

    Args:
        database: the rows.
        clock: the time.
        plan: the plan as its file has it.
        platforms: the ways, by name.
        committed: called when something may have been said.
    """

    minds = frozenset({Account})

    def __init__(
        self,
        database: Database,
        clock: Clock,
        plan: Callable[[], Plan],
        platforms: Mapping[str, Platform],
        committed: Callable[[], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._plan = plan
        self._platforms = platforms
        self._committed = committed
        self._one_at_a_time = asyncio.Lock()
        # As last read, and when they had last changed: another replica may have found them.
        self._found: dict[tuple[str, str], str] = {}
        self._changed: tuple[Any, ...] | None = None
        self._known: tuple[Plan, Mapping[tuple[str, str], str], Plan] | None = None

    def plan(self) -> Plan:
        """Return today's plan: the file's, with the ids that were found."""
        written = self._plan()
        if not self._found:
            return written
        if self._known is None or self._known[0] is not written or self._known[1] is not self._found:
            self._known = (written, self._found, written.with_accounts(self._found))
        return self._known[2]

    async def read(self) -> None:
        """Read what has been found, where it has changed since it was last read."""
        written = self._plan()
        asked = select(
            func.count(),
            func.max(Account.checked_at),
            func.count(Account.checked_at),
            func.sum(case((Account.fault == "", 1), else_=0)),
        )
        async with self._database.reading() as db:
            changed = (id(written), *(await db.execute(asked)).one())
            if changed != self._changed:
                found = await known.found(db, written)
                self._found = self._found if found == self._found else found
                self._changed = changed

    def due(self) -> list[ScalarSelect[Any]]:
        """Return a query for when the next person is to be looked for."""
        return [
            select(func.min(Account.wanted_at)).where(Account.platform.in_(list(self._platforms))).scalar_subquery()
        ]

    async def drain(self) -> None:
        """Look for everybody who is to be looked for now."""
        async with self._one_at_a_time:
            self._look = False
            due = select(Account.platform, Account.person).where(
                Account.platform.in_(list(self._platforms)), Account.wanted_at <= self._clock.now()
            )
            async with self._database.reading() as db:
                wanted = (await db.execute(due.order_by(Account.platform, Account.person))).all()
            for name in dict.fromkeys(platform for platform, _ in wanted):
                await self._look_on(name, [person for platform, person in wanted if platform == name])
                self.done += 1
            await self.read()

    async def _look_on(self, name: str, persons: list[str]) -> None:
        """Ask one platform for persons, one at a time; where it answers for none of several, nobody else is asked for
        either."""
        platform, silent = self._platforms[name], 0
        for place, person in enumerate(persons):
            async with self._database.reading() as db:
                row = await db.get(Account, (person, name))
            if row is None or not isinstance(platform, HasDirectory):
                continue
            mail, left = row.mail, persons[place:]
            try:
                found = await asyncio.wait_for(platform.account_of(mail), PATIENCE)
            except NoAccount as none:
                silent = 0
                await self._put_down(name, [person], mail, accounts.take_none, str(none))
            except NotGranted as refused:
                log.warning("%s: nobody can be looked for: %s", name, refused)
                await self._put_down(
                    name, left, None, accounts.take_not_granted, TO_BE_GRANTED.format(refused.permission)
                )
                break
            except Throttled as wait:
                await self._put_down(
                    name, left, None, accounts.take_no_answer, timedelta(seconds=max(1.0, wait.seconds))
                )
                break
            except (Unavailable, InDoubt, TimeoutError) as down:
                log.warning("%s: %s can't be looked for now: %s", name, person, down)
                silent += 1
                await self._put_down(name, left if silent == SILENCE else [person], None, accounts.take_no_answer)
                if silent == SILENCE:
                    break
                continue
            except Exception:
                # What one answer does to us says nothing of the next person's.
                log.exception("%s: %s could not be looked for", name, person)
                await self._put_down(name, [person], mail, accounts.take_no_answer)
            else:
                silent = 0
                await self._put_down(name, [person], mail, accounts.take, found)
        async with self._database.turn() as db:
            await accounts.bring_up_to_date(await self._turn(db))
        self._committed()

    async def _put_down(
        self, name: str, persons: list[str], mail: str | None, take: Callable[..., Any], *what: Any
    ) -> None:
        """Write down what came of looking for persons, where they are still looked for by the same address."""
        async with self._database.turn() as db:
            turn = await self._turn(db)
            for person in persons:
                row = await db.get(Account, (person, name))
                if row is not None and row.mail == (mail or row.mail):
                    await take(turn, row, *what)

    async def _turn(self, db: Any) -> Turn:
        now = self._clock.now()
        plan, strangers = await availability.todays(db, self._plan(), now)
        return Turn(db, now, plan, strangers=strangers, ways=[each.way for each in self._platforms.values()])
