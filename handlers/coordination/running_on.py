"""The municipality's own "opgavesæt, som beskriver kommunens plan for fortsat drift", beside the coordinating staff. Plan §6.

"vil det være kommunen selv, der forestår stabsledelsen i egen krisestab": what runs on is ours, whatever is coordinated.
"""

from __future__ import annotations

from sqlalchemy import func, select

from handlers.core.card import quote
from handlers.core.context import Context
from handlers.core.turn import Turn
from handlers.measures import tasks
from storage.rows.coordination import CoordinatingStaff
from storage.rows.measures import Task

COORDINATOR = "tovholder"
MISSING = "❗ Planen har intet opgavesæt for fortsat drift. Aftal selv, hvad der skal køre videre, og hvem der har det."
AGREE = "Aftal med krisestabschefen, hvad der skal køre videre, og hvem der har det: planen har intet opgavesæt for fortsat drift (§6)"


async def begin(turn: Turn, row: CoordinatingStaff) -> None:
    """Hand out the tasks of the plan for running on, once, when the coordinating staff is set up; where the plan has none, the
    task to agree on them."""
    plan = turn.rules.running_on
    chief = next(iter(await turn.chiefs()), None)
    holder = turn.rules.holder(COORDINATOR)
    wanted = [(each.text, each.owner) for each in plan.tasks] if plan else [(AGREE, None)]
    where = f"Kommunens plan for fortsat drift: {plan.address}" if plan.address else ""
    added: list[int] = []
    for text, owner in wanted:
        task = await tasks.add(
            turn,
            f"Fortsat drift: {text}" if plan else text,
            role=None if owner else COORDINATOR,
            owner=owner or holder or chief,
            tell=True,
            beside=where,
        )
        added.append(task.number)
    row.running_on = added
    await turn.db.flush()


async def line(turn: Context, row: CoordinatingStaff) -> str:
    """Write where the plan is and how far its tasks are, for the coordinating staff's card."""
    plan = turn.rules.running_on
    of_it = (Task.crisis_id == row.crisis_id, Task.number.in_(row.running_on))
    done = await turn.db.scalar(select(func.count()).where(*of_it, Task.status == "done"))
    far = f"{done} af {len(row.running_on)} opgaver udført" if row.running_on else ""
    if not plan:
        return f"{MISSING}{f' {far}.' if far else ''}"
    return " – ".join(filter(None, (quote(plan.address or ""), far)))
