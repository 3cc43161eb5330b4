"""Opt-outs with the SMS gateway: whoever gets no SMS any more is told of to the secretariat. Plan §5, "Varsle/indkalde"."""

from __future__ import annotations

from handlers.core.card import Card
from handlers.core.registry import timer
from handlers.core.turn import Turn


@timer("sms.opted_out", crisis=False)
async def opted_out(turn: Turn, person: str) -> None:
    """Tell the secretariat that somebody can't be reached by SMS, with the number to ring.

    Args:
        person: who.
    """
    if person not in turn.plan.persons:
        return
    for keeper in (each for each in turn.plan.secretariat_roles() if each != person):
        await turn.say(
            keeper,
            Card(
                f"⚠️ *{turn.name(person)} er afmeldt sms hos gatewayen* og får ingen sms fra Krisebot. Andre veje virker som før. "
                f"Ring: {turn.phone(person)}. Få det ophævet hos gatewayen, eller lad personen sende en sms til Krisebots nummer."
            ),
            key=f"opted_out/{person}/{turn.now.isoformat()}/{keeper}",
            kind="notice",
        )
