"""After a restore: tells those who are at work what may be missing. Plan §7."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.core.card import Card
from handlers.core.turn import Turn
from storage.plan.model import Plan
from storage.rows.crisis import Crisis


async def tell(db: AsyncSession, now: datetime, plan: Plan, taken_at: datetime) -> int:
    """Write in the log of every crisis that is not over that a copy was put back, and tell its staff.

    Args:
        db: a turn's session.
        now: UTC.
        plan: today's.
        taken_at: when the copy was taken, UTC: what came later is not known any more.

    Returns:
        how many crises were told.
    """
    going = await db.scalars(select(Crisis).where(Crisis.state.in_(["active", "warned"])).order_by(Crisis.number))
    count = 0
    for crisis in going:
        turn = Turn(db, now, plan, crisis=crisis)
        last, again = turn.clock(taken_at), turn.clock(now)
        entry = await turn.log(
            f"Krisebot er genoprettet {again} fra en kopi taget {last}. Det, der er skrevet imellem, er ikke i loggen",
            kind="restored",
            sender="krisebot",
            recorder="krisebot",
            verification="confirmed",
            refs={"copy_taken_at": taken_at.isoformat()},
        )
        await turn.say(
            turn.staff,
            Card(
                f"⚠️ *Krisebot er genoprettet fra en kopi taget {last}.* Det, I har skrevet og trykket siden, kender jeg "
                f"ikke: se efter i kanalen, og skriv det vigtige igen. Loggen går videre fra nr. {entry.no}. "
                "Noget kan komme to gange."
            ),
            key=f"crisis/{crisis.id}/restored/{now.isoformat()}",
            urgency=0,
        )
        count += 1
    return count
