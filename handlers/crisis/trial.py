"""`Det var en prøve`: whoever tries krisebot for the first time may forget to say that it is an exercise. Plan, Planens
afprøvning.

A real activation is made at once, in the first hour as ever; this is how it is taken back without anybody left in doubt.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from handlers.core.card import EXERCISE, LAPSES, Button, Card, quote
from handlers.core.context import Context
from handlers.core.registry import action
from handlers.core.rights import decider
from handlers.core.turn import Turn
from handlers.crisis import stand_down
from storage.rows.crisis import Crisis
from storage.rows.traffic import Inbox

# So long after the first words that krisebot ever heard, a decision may have been meant as a trial.
FIRST_HOUR = timedelta(hours=1)


async def offered(turn: Context) -> bool:
    """Whether the crisis was decided in the installation's first hour, and is no exercise yet.

    Old inputs are deleted in time, old crises are not: both have to be young.
    """
    crisis = turn.the_crisis
    if crisis.exercise or crisis.level is None or crisis.state != "active":
        return False
    heard = await turn.db.scalar(select(func.min(Inbox.received_at)))
    begun = await turn.db.scalar(select(func.min(Crisis.created_at)))
    decided = crisis.registered_at or crisis.decided_at or turn.now
    young = all(decided - each <= FIRST_HOUR for each in (heard, begun) if each is not None)
    return young and turn.received <= decided + FIRST_HOUR


def button(crisis: Crisis) -> Button:
    """Make `Det var en prøve`; it leaves its card by itself, so that no slip hours later ends a real crisis' staff."""
    decided = crisis.registered_at or crisis.decided_at
    lapses = {LAPSES: (decided + FIRST_HOUR).isoformat()} if decided else {}
    return Button("Det var en prøve", "trial.was_one", {"crisis": crisis.id, **lapses})


@action("trial.was_one", who=decider)
async def was_one(turn: Turn, lapses: str = "") -> None:
    """Make the crisis an exercise, by `Det var en prøve`, and tell everybody who has been told of it.

    Args:
        lapses: until when it is offered, UTC in ISO form; what counts is when the crisis was decided.
    """
    crisis = turn.the_crisis
    if not await offered(turn):
        why = (
            "er en øvelse" if crisis.exercise else "kan ikke længere gøres til en øvelse; slut den med */krise afblæs*"
        )
        await turn.answer(Card(f"Nr. {crisis.number} »{quote(crisis.title)}« {why}. Intet er ændret."))
        return
    await turn.log(f"{turn.name(turn.sender)}: det var en prøve. Fra nu af er det en øvelse", kind="correction")
    crisis.exercise = turn.exercise = True
    await turn.replace(
        Card(
            f"Nr. {crisis.number} »{quote(crisis.title)}« er nu en øvelse. Alle, der fik besked, får det at vide. "
            "Slut den med */krise øvelse slut*."
        )
    )
    await stand_down.tell_everyone(
        turn,
        f"*Det var en prøve.* Nr. {crisis.number} »{quote(crisis.title)}« er ingen rigtig krise: alt, I har fået om den, "
        f"er en {EXERCISE.casefold()}. {turn.name(turn.sender)} siger det.",
        "",
        "Alle, der fik besked, har fået at vide, at det var en prøve",
    )
