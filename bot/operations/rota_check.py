"""The duty rota, checked for `doctor` and `plan check`: that it can be read, that it goes on, and who doesn't belong in
it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.engine import duty_rotas
from handlers.staff import duty_rota
from handlers.staff.duty_rota import UnreadableRota
from storage.plan.model import Plan

# Somebody has to have the time to write more weeks.
SOON = timedelta(days=14)


async def told(plan: Plan, now: datetime) -> tuple[list[str], list[str], list[str]]:
    """Return what is good, what should be mended and what is a fault in the plan's rotas, Danish.

    Args:
        plan: today's.
        now: UTC.
    """
    good: list[str] = []
    warnings: list[str] = []
    faults: list[str] = []
    for role, its in plan.rota.items():
        name = f"Vagtplanen for {role}"
        if its.calendar is None:
            today = now.astimezone(plan.timezone).date()
            lacks = [day for day in (today, today + SOON) if its.in_week_of(day) is None]
            if lacks:
                warnings.append(f"{name} har ingen i uge {_week(lacks[0])}. Skriv flere uger")
            else:
                good.append(f"{name} går til og med uge {its.last_week}")
            continue
        try:
            duties = duty_rota.read(await duty_rotas.read(its.calendar), plan.timezone, now)
        except UnreadableRota as error:
            faults.append(f"{name}: {error}. Ret »vagtplan: {role}: kalender«")
            continue
        strangers = duty_rota.strangers_in(plan, role, duties)
        for stranger in strangers:
            faults.append(
                f"{name}: »{stranger}« er hverken rollens person eller stedfortræder. En vagtplan giver ingen ret: "
                "ret kalenderen, eller skriv dem i planen"
            )
        covered = max((duty.until for duty in duties), default=now)
        if covered < now + SOON:
            warnings.append(f"{name} har ingen vagter om 14 dage. Skriv flere i kalenderen")
        elif not strangers:
            good.append(f"{name} kan læses: {len(duties)} vagter")
    return good, warnings, faults


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-{week:02}"
