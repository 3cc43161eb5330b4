"""Asking for the chief of the staff and the deputy until they are named. Plan §5: "udpeges på første møde".

Until then the mayor or the deputy has the chief's right; see `Turn.chiefs`.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from handlers.core import quiet
from handlers.core.card import Button, Card, Field
from handlers.core.context import URGENT, Context
from handlers.core.registry import timer
from handlers.core.turn import Turn
from handlers.staff import roster
from handlers.staff.roster import CHIEF, DEPUTY

AGAIN = timedelta(minutes=15)
# After so many times in a row everybody has heard it: from then on less often, and by day.
IN_A_ROW = 4
HOURLY = timedelta(hours=1)
# A staff with a chief runs; that nobody deputises is asked about more quietly, and by day.
FOR_DEPUTY = timedelta(hours=2)
MORNING, NIGHT = time(6, 30), time(22)


def missing(turn: Context) -> list[str]:
    """Return which of the two nobody is."""
    return [role for role in (CHIEF, DEPUTY) if not roster.holder(turn, role)]


def fields() -> tuple[Field, ...]:
    """Return the fields that ask for both at once, or either alone."""
    return (Field("chief", "Krisestabschef", "persons"), Field("deputy", "Chefens stedfortræder", "persons"))


def button(turn: Context) -> Button:
    """Make the button that opens the form."""
    about = {"crisis": turn.the_crisis.id}
    return Button(
        "Udpeg chef", "named_roles.chief", about, style="primary", form=fields(), form_title="Krisestabens chef"
    )


async def begin(turn: Turn) -> None:
    """Set the timer that asks, from the first meeting on; do nothing where both are named."""
    lacks = missing(turn)
    if lacks:
        await turn.at(_next(turn, lacks, 0), "chief_asked.ask", f"crisis/{turn.the_crisis.id}/chief")


@timer("chief_asked.ask", level_two=True)
async def ask(turn: Turn, before: int = 0) -> None:
    """Ask whoever can see to it who the chief and the deputy are, and ask again until they are named.

    Args:
        before: how many times it has been asked already.
    """
    crisis = turn.the_crisis
    lacks = missing(turn)
    if crisis.state != "active" or crisis.level != 2 or not lacks:
        return
    mayor = turn.rules.holder("borgmester")
    deputies = turn.rules.deputies("borgmester")
    # The mayor's deputies can name either, too: they hear of it when the chief has been asked once in vain.
    first = [mayor, *deputies] if CHIEF in lacks else [crisis.chief, *(deputies if before else [])]
    until = "\nIndtil da er borgmesteren eller stedfortræderen chef." if CHIEF in lacks else ""
    await turn.notify(
        [person for person in [*first, *turn.rules.interim_secretariat()] if person],
        Card(f"❗ *Ikke udpeget endnu: {' og '.join(lacks)}.*{until}", buttons=(button(turn),)),
        kind="reminder",
        summary=f"Mindet om, at der mangler at blive udpeget: {' og '.join(lacks)}",
        urgency=URGENT,
    )
    key = f"crisis/{crisis.id}/chief"
    await turn.at(_next(turn, lacks, before + 1), "chief_asked.ask", key, before=before + 1)


def _next(turn: Context, lacks: list[str], before: int) -> datetime:
    if CHIEF in lacks and before < IN_A_ROW:
        return turn.now + AGAIN
    wait = quiet.spacing(HOURLY, before - IN_A_ROW) if CHIEF in lacks else quiet.spacing(FOR_DEPUTY, before)
    at = (turn.now + wait).astimezone(turn.zone)
    if MORNING <= at.time() < NIGHT:
        return at
    morning = at.replace(hour=MORNING.hour, minute=MORNING.minute, second=0, microsecond=0)
    return morning if at.time() < MORNING else morning + timedelta(days=1)
