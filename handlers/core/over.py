"""A crisis that is over: what is open is still shown and closed, and nothing new is decided or set going in it. Plan §3,
"hurtigst muligt kan vende tilbage til en normal situation"."""

from __future__ import annotations

from handlers.core.card import DANGER, Button, Card, quote
from handlers.core.context import Context
from handlers.core.turn import Turn


def is_over(turn: Context) -> bool:
    """Whether the turn is about a crisis that has been called off."""
    return turn.crisis is not None and turn.crisis.state == "closed"


async def tell_if_over(turn: Turn) -> bool:
    """Tell whoever would decide or set something going in a crisis that is over that it is, and what they can do; what was
    filled in is given back. Returns whether it did."""
    if not is_over(turn):
        return False
    crisis, incoming = turn.the_crisis, turn.the_incoming
    said = "".join(f"\n»{quote(value, 1500)}«" for value in incoming.values.values() if value.strip())
    await turn.answer(
        Card(
            f"*Nr. {crisis.number} er afblæst* {turn.clock(crisis.deactivated_at)}, så der besluttes og sættes intet nyt i "
            "værk i den. Intet er ændret. Det, der stadig er åbent, kan meldes udført: se det med */krise tiltag*. Sker der "
            f"noget nyt, så send et varsel. {DANGER}{said}",
            buttons=(Button("Send varsel", "help.run", {"verb": "varsel"}),),
        )
    )
    return True
