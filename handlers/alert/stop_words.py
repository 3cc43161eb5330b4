"""A "stop" by SMS: asked back and told to the secretariat, since a sleepy word must not break the chain. Plan §4; §5."""

from __future__ import annotations

import re
from datetime import datetime
from functools import partial

from handlers.core import registry
from handlers.core.card import DANGER, Card, quote
from handlers.core.context import Context
from handlers.core.registry import Take
from handlers.core.turn import Turn

# What telephones' users are taught to write to be left alone; by a way that is no chat alone.
STOP = re.compile(
    r"\s*+(?:stop|stop (?:nu|sms|sms'er|beskeder)|stopp|stopall|afmeld|unsubscribe)\s*+[.!]*+\s*+", re.IGNORECASE
)


async def _at_once(turn: Context) -> datetime | None:
    return turn.now if not turn.the_incoming.certain and STOP.fullmatch(turn.the_incoming.text) else None


@registry.reply("stop_words", asked=_at_once)
async def read(turn: Context, text: str) -> Take | None:
    """Read a "stop", by a way that is no chat."""
    return partial(_ask, text=text) if await _at_once(turn) is not None else None


async def _ask(turn: Turn, text: str) -> None:
    """Ask whoever writes "stop" what they mean, and tell the secretariat; they are reached as before meanwhile.

    Args:
        text: as it was written.
    """
    sender = turn.sender
    await turn.answer(
        Card(
            f"Du skrev »{quote(text, 30)}«. Intet er ændret: du bliver stadig spurgt på SMS, når kommunen har brug for dig. "
            f"Mente du nej til det, du blev spurgt om, så skriv *kan ikke*. Sekretariatet har fået det at vide. {DANGER}"
        )
    )
    if sender not in turn.plan.persons:
        return
    for person in (each for each in turn.plan.secretariat_roles() if each != sender):
        await turn.say(
            person,
            Card(
                f"*{turn.name(sender)} har skrevet »{quote(text, 30)}« på en SMS* og er spurgt, hvad der menes. Intet er ændret. "
                f"Ring til dem, hvis der venter et svar: {turn.phone(sender)}."
            ),
            key=f"stop_words/{turn.inbox_id}/{person}",
            kind="notice",
        )
