"""Can everybody be reached, and does everything stand ready? Asked before the night it is needed. Plan §5 (R070)."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import select

from bot.settings import Settings
from storage import plan as plans
from storage.database import Database, DatabaseUnavailable
from storage.plan import Plan, PlanFaults
from storage.tables import Address

GOOD, WARNING, FAULT = "OK", "ADVARSEL", "FEJL"


def today() -> date:
    """The day, where the machine is."""
    return datetime.now(UTC).date()


async def examine(settings: Settings) -> list[str]:
    """Look at the plan, the database and every person.

    Returns:
        Danish lines that begin with OK, ADVARSEL or FEJL.
    """
    try:
        plan = plans.load(settings.plan) if settings.plan else plans.example()
    except PlanFaults as faults:
        return [f"{FAULT}  {fault}" for fault in faults.faults]
    lines = [f"{GOOD}  Planen kan bruges: {len(plan.persons)} personer"]
    lines += [f"{WARNING}  {warning}" for warning in plan.warnings_on(today())]
    database = Database(settings.database_url)
    try:
        await database.migrate()
        async with database.reading() as db:
            heard = {(row.person, row.platform) for row in await db.scalars(select(Address))}
    except DatabaseUnavailable as error:
        return [*lines, f"{FAULT}  Databasen kan ikke bruges: {error}"]
    finally:
        await database.close()
    lines.append(f"{GOOD}  Databasen svarer")
    return [*lines, *(line for person in plan.persons for line in _reach(settings, plan, person, heard))]


def _reach(settings: Settings, plan: Plan, person: str, heard: set[tuple[str, str]]) -> list[str]:
    """What is known of how to reach a person on the platforms in use."""
    known = plan.persons[person]
    used = {"slack": settings.slack_configured, "teams": settings.teams_configured}
    platforms = [name for name, configured in used.items() if configured]
    if not platforms:
        return []
    ways = [name for name in platforms if known.address(name)]
    if not ways:
        return [f"{FAULT}  {known.name} kan ikke nås. Skriv personens {' eller '.join(platforms)} i planen"]
    if "teams" in ways and (person, "teams") not in heard:
        return [
            f"{WARNING}  {known.name} har ikke skrevet til Krisebot i Teams endnu. Giv alle appen fra Teams' administration"
        ]
    return [f"{GOOD}  {known.name}: {', '.join(ways)}"]
