"""Checks, before the night it is needed, that everybody in the plan can be reached and that everything stands ready.
Plan §5."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import UTC, date, datetime

from sqlalchemy import func, select

from bot.engine.platform import HasPackage, KnowsGrants, NotGranted, Platform, Throttled, Unavailable, Undeliverable
from bot.operations import readiness, rota_check, seen
from bot.operations.readiness import FAULT, GOOD, WARNING
from bot.pages.metrics import CHANNELS
from bot.settings import Settings, SettingsFault
from manifest import package
from storage.database import Database, DatabaseUnavailable
from storage.plan import accounts, loading, reach, to_mend
from storage.plan.faults import PlanFaults
from storage.plan.model import Plan
from storage.rows.crisis import Crisis

LEVELS = {"warning": WARNING, "fault": FAULT}


def today() -> date:
    """Return today's date, in the machine's own time zone."""
    return datetime.now(UTC).date()


async def examine(settings: Settings) -> list[str]:
    """Check the plan, the database and how every person can be reached.

    Returns:
        Danish lines that begin with OK, ADVARSEL or FEJL.
    """
    try:
        plan = loading.load(settings.plan) if settings.plan else loading.example()
    except PlanFaults as faults:
        return [f"{FAULT}  {fault}" for fault in faults.faults]
    lines = [f"{GOOD}  Planen kan bruges: {len(plan.persons)} personer"]
    lines += [f"{WARNING}  {warning}" for warning in to_mend.warnings_on(plan, today())]
    good, doubtful, wrong = await rota_check.told(plan, datetime.now(UTC))
    lines += [f"{GOOD}  {each}" for each in good]
    lines += [f"{WARNING}  {each}" for each in doubtful] + [f"{FAULT}  {each}" for each in wrong]
    lines += await readiness.told(settings, plan, datetime.now(UTC))
    database = Database(settings.database_url)
    try:
        await database.migrate()
        async with database.reading() as db:
            known = await reach.known(db, datetime.now(UTC))
            plan = plan.with_accounts(await accounts.found(db, plan))
            crises = await db.scalar(select(func.count()).select_from(Crisis)) or 0
            shown = await seen.told(db, datetime.now(UTC), plan.timezone)
            shown += [
                f"{WARNING}  {room.platform.capitalize()}: krisestabens kanal {room.name}: {room.error or 'nogle er ikke lukket ind'}"
                for room in await db.execute(CHANNELS)
            ]
    except DatabaseUnavailable as error:
        return [*lines, f"{FAULT}  Databasen kan ikke bruges: {error}"]
    finally:
        await database.close()
    lines.append(f"{GOOD}  Databasen svarer: der er {crises} kriser og øvelser i den")
    lines += readiness.lost(settings, crises)
    try:
        platforms = _platforms(settings, database, plan)
    except SettingsFault as error:
        return [*lines, *(f"{FAULT}  {fault}" for fault in error.faults)]
    for platform in platforms:
        lines += await _grants(platform)
        lines += await _package(platform)
    lines += shown
    ways = [each.way for each in platforms if not each.way.everybody]
    return [*lines, *(line for person in plan.persons for line in _reach(plan, person, ways, known))]


def _platforms(settings: Settings, database: Database, plan: Plan) -> list[Platform]:
    """Return the platforms that krisebot would have, were it started; a rehearsal reaches nobody outside it."""
    from bot.app import Krisebot

    # What the platforms' libraries have to say of how they are set up is not the operator's.
    logging.getLogger("slack_bolt").setLevel(logging.ERROR)
    return Krisebot(settings, database, plan).platforms


async def _grants(platform: Platform) -> list[str]:
    """Return what a platform has not granted us, and what is lost by it."""
    if not isinstance(platform, KnowsGrants):
        return []
    title = platform.way.title
    try:
        lacking = await platform.lacking()
    except (Throttled, Unavailable, Undeliverable) as error:
        return [
            f"{WARNING}  {title} siger ikke, hvilke rettigheder Krisebot har ({error}). Se, om serveren må kalde ud"
        ]
    if not lacking:
        return [f"{GOOD}  {title}: alle rettigheder er givet"]
    return [f"{WARNING if each.optional else FAULT}  {title}: {each}" for each in lacking]


async def _package(platform: Platform) -> list[str]:
    """Return whether the package that the municipality has put in is this release's own; older ones lack what came later."""
    if not isinstance(platform, HasPackage):
        return []
    title, own = platform.way.title, str(package.read("")["version"])
    try:
        there = await platform.package_version()
    except (NotGranted, Throttled, Unavailable, Undeliverable):
        return []  # `_grants` has said so
    if there == own:
        return [f"{GOOD}  {title}: pakken i {title} er Krisebots egen ({own})"]
    return [
        f"{WARNING}  {title}: pakken i {title} er {there or 'ukendt'}, og Krisebots er {own}. "
        "Byg den med krisebot teams-package, og upload den"
    ]


def _reach(plan: Plan, person: str, ways: Sequence[reach.Way], known: reach.Known) -> list[str]:
    """Return what is known of how to reach a person by the ways in use."""
    if not ways:
        return []
    name = plan.persons[person].name
    found = reach.findings(plan, person, ways, known)
    if not found:
        by = ", ".join(way.name for way in reach.list_of(ways, plan, person))
        return [f"{GOOD}  {name}: {by}"]
    return [f"{LEVELS[each.level]}  {name} {each.what}. {each.mend}" for each in found]
