"""A person's own data: everything that is stored about them, for whoever answers their request. GDPR article 15; plan
§7.

It is looked for in every table, so that nobody has to remember to add a new one: by the person's id, their addresses,
and their whole name in what others wrote. What others have said in the same rows comes along: it is read through before
anything is handed out.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from rapidfuzz import fuzz, process
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.keeping.inventory import HELD
from storage.letters import fold
from storage.plan.model import Plan
from storage.plan.words import CHANNELS
from storage.rows import exported
from storage.rows.base import Base, instant
from storage.rows.traffic import Address

# What is derived from rows that are told of, word by word.
DERIVED = ("log_words", "log_states", "lanes", "stored_files", "facts", "paces")
# The plan that a crisis began with, with everybody in it; what it says of the person is told once, from today's.
OF_EVERYBODY = ("crises", "plan")
AT_A_TIME = 500
# How much a name has to be written like another before it is asked about, of 100.
ALIKE = 75
# An address that is no shorter than this is a person's wherever it stands; a shorter one is only where it stands alone.
TELLING = 6

exported.load()


@dataclass(frozen=True)
class Sought:
    """The person that is looked for: their id, name and addresses.

    Args:
        person: the id, as rows have it.
        name: as people write it; empty where nobody knows.
        addresses: numbers, mail addresses and ids on the platforms.
    """

    person: str
    name: str
    addresses: frozenset[str]


@dataclass(frozen=True)
class Found:
    """A list of those whom somebody may have meant.

    Args:
        text: as they wrote it.
        persons: those whom it means.
        alike: names that are written much like it, where it means nobody.
    """

    text: str
    persons: tuple[Sought, ...]
    alike: tuple[str, ...]

    @property
    def one(self) -> Sought | None:
        """The one whom it means; somebody whom only others have written of, where it means nobody; None for several."""
        if len(self.persons) > 1:
            return None
        return self.persons[0] if self.persons else Sought(self.text, self.text, frozenset())


async def find(db: AsyncSession, plan: Plan, text: str) -> Found:
    """Look for whom a text means; see `persons`."""
    found = await persons(db, plan, text)
    names = {each.name: fold(each.name) for each in await _known(db, plan) if each.name}
    near = process.extract(fold(text), names, scorer=fuzz.partial_ratio, score_cutoff=ALIKE, limit=5)
    return Found(text, tuple(found), () if found else tuple(name for _, _, name in near))


async def persons(db: AsyncSession, plan: Plan, text: str) -> list[Sought]:
    """Find those whom a name, an id, a number or a mail address may mean: in the plan, and beside it.

    Args:
        db: a session to read with.
        plan: today's.
        text: as somebody wrote it.
    """
    wanted = fold(text.strip())
    return [
        each
        for each in await _known(db, plan)
        if wanted and wanted in {fold(each.person), fold(each.name), *map(fold, each.addresses)}
    ]


async def _known(db: AsyncSession, plan: Plan) -> list[Sought]:
    """List everybody in the plan, and those who have written without being in it."""
    known = [
        (person, each.name, {each.address(channel) for channel in CHANNELS} - {None})
        for person, each in plan.persons.items()
    ]
    heard = {row.person: row.name for row in await db.scalars(select(Address).order_by(Address.heard_at))}
    known += [
        (person, name, {person.partition(":")[2]}) for person, name in heard.items() if person not in plan.persons
    ]
    return [
        Sought(person, name, frozenset(str(each) for each in addresses if each)) for person, name, addresses in known
    ]


async def document(db: AsyncSession, plan: Plan, sought: Sought, now: datetime) -> dict[str, Any]:
    """Return all rows in which the person stands, as JSON data with Danish headings.

    Args:
        db: a session to read with.
        plan: today's.
        sought: whom.
        now: UTC.
    """
    found: dict[str, list[dict[str, Any]]] = {}
    pattern = _pattern(sought)
    for table in Base.metadata.sorted_tables:
        if table.name in DERIVED:
            continue
        rows = await db.stream(select(table).execution_options(yield_per=AT_A_TIME))
        async for row in rows.mappings():
            told = {
                column.name: _told(row[column.name])
                for column in table.columns
                if (table.name, column.name) != OF_EVERYBODY
            }
            if any(_stands(sought, pattern, value) for value in told.values()):
                found.setdefault(HELD[table.name].what, []).append(told)
    here = plan.person(sought.person)
    shared = [
        f"{each.name} ({each.person})"
        for each in await _known(db, plan)
        if each.person != sought.person
        and ((each.name and fold(each.name) == fold(sought.name)) or each.addresses & sought.addresses)
    ]
    return {
        "format": "krisebot-persondata/1",
        "person": sought.person,
        "navn": sought.name,
        "taget": instant(now),
        "søgt_efter": sorted({sought.person, sought.name, *sought.addresses} - {""}),
        "deles_med": sorted(shared),
        "planfilen": here.model_dump(mode="json", by_alias=True, exclude_none=True) if here else None,
        "roller_i_planen": sorted(plan.roles_of(sought.person)) if here else [],
        "fundet": found,
    }


def _pattern(sought: Sought) -> re.Pattern[str]:
    words = {fold(sought.name), *(each.casefold() for each in sought.addresses if len(each) >= TELLING)} - {""}
    named = "|".join(re.escape(each) for each in sorted(words)) if words else "(?!)"
    return re.compile(rf"(?<!\w)(?:{named})(?!\w)")


def _stands(sought: Sought, pattern: re.Pattern[str], value: Any) -> bool:
    """Whether the person stands in a value, however deep: alone as an id, in a list of ids, or named in a text."""
    if isinstance(value, str):
        alone = {value, *re.split(r"[\s,;/]+", value)}
        return sought.person in alone or not sought.addresses.isdisjoint(alone) or _named(pattern, value)
    if isinstance(value, Mapping):
        return any(_stands(sought, pattern, each) for pair in value.items() for each in pair)
    if isinstance(value, Iterable):
        return any(_stands(sought, pattern, each) for each in value)
    return False


def _named(pattern: re.Pattern[str], text: str) -> bool:
    return pattern.search(fold(text)) is not None or pattern.search(text.casefold()) is not None


def _told(value: Any) -> Any:
    """Return a value as JSON data."""
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        try:
            return json.loads(value)
        except ValueError:
            return base64.b64encode(value).decode("ascii")
    return value
