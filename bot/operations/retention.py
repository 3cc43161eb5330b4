"""Retention: deletes what has been kept long enough, a little at a time, or only lists it. See
storage/keeping/retention.py."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncSession

from bot.operations import backup
from storage.database import Database
from storage.keeping import retention
from storage.plan.model import Plan


@dataclass
class Tidied:
    """What a clean-up deleted, or would delete.

    Args:
        postponed: the numbers of the real crises that go on; while there are any, nothing goes.
        cases: the numbers of the cases that went.
        waiting: those whose time is up and that stay, each with why, Danish.
        rows: how many rows went of each table.
        backups: the copies that went, which had all of it in them.
    """

    postponed: list[int] = field(default_factory=list)
    cases: list[int] = field(default_factory=list)
    waiting: list[tuple[int, tuple[str, ...]]] = field(default_factory=list)
    rows: Counter[str] = field(default_factory=Counter)
    backups: list[Path] = field(default_factory=list)

    def lines(self, *, done: bool) -> list[str]:
        """Return the result in words, Danish."""
        if self.postponed:
            return [f"Udskudt: krise {_listed(self.postponed)} er i gang. Intet slettes imens."]
        head = "Slettet:" if done else "Ville blive slettet (intet er ændret; skriv --delete for at slette):"
        lines = [f"{'Slettet' if done else 'Ville blive slettet'}: sag {number}" for number in self.cases]
        lines += [head, *retention.in_words(self.rows)] if self.rows else []
        lines += [f"Sikkerhedskopi: {file.name}" for file in self.backups]
        for number, why in self.waiting:
            lines += [f"Bliver: sag {number}, fordi {each}" for each in why]
        return lines or ["Intet er for gammelt."]


class _Undone(Exception):
    pass


async def tidy(
    url: str, plan: Plan, *, delete: bool, backups: Path | None = None, now: datetime | None = None
) -> Tidied:
    """Delete what has been kept long enough. Without `delete` it is done and undone, so that what is reported is what
    would go.

    Args:
        url: the database's address.
        plan: today's, which says how long.
        delete: whether it is to go.
        backups: the folder of the copies; None where there is none.
        now: UTC; the machine's time when not given.

    Raises:
        sqlalchemy.exc.SQLAlchemyError, OSError: what has gone until then stays gone; the rest goes the next time.
    """
    now = now or datetime.now(UTC)
    tidied = Tidied()
    database = Database(url)
    try:
        await database.migrate()
        async with database.reading() as db:
            tidied.postponed = await retention.under_way(db)
            due = [] if tidied.postponed else await retention.cases(db, plan, now)
        if tidied.postponed:
            return tidied
        for case in due:
            if case.waits:
                tidied.waiting.append((case.number, case.waits))
                continue
            tidied.rows += await _step(database, delete, partial(retention.remove_case, case=case, now=now))
            tidied.cases.append(case.number)
        while some := await _step(database, delete, partial(retention.remove_traffic, plan=plan, now=now)):
            tidied.rows += some
            if not delete:
                break
        if delete:
            await database.forget_deleted()
    finally:
        await database.close()
    if backups is not None:
        tidied.backups = backup.expired(backups, plan.retention.backups, now)
        for file in tidied.backups if delete else ():
            file.unlink()
    return tidied


async def _step(
    database: Database, keep: bool, do: Callable[[AsyncSession], Awaitable[dict[str, int]]]
) -> Counter[str]:
    gone: Counter[str] = Counter()
    try:
        async with database.turn() as db:
            await database.overwrite_deleted(db)
            gone.update(await do(db))
            if not keep:
                raise _Undone
    except _Undone:
        pass
    return gone


def _listed(numbers: list[int]) -> str:
    return ", ".join(str(number) for number in numbers)
