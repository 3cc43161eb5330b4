"""Undo, for five minutes, by whoever did it and those who run the staff: as a new line in the log, which loses nothing.

What was sent, approved or decided has none: it is answered by something new.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Text, cast, select

from handlers.core import proof, rights, running
from handlers.core.card import LAPSES, Button, Card
from handlers.core.context import Context
from handlers.core.turn import Turn
from storage.rows.traffic import Message

LABEL = "Fortryd"
WITHIN = timedelta(minutes=5)


def buttons(turn: Context, do: str, at: datetime, by: str, **args: Any) -> tuple[Button, ...]:
    """Make the button that undoes something; none when it is too late. It leaves its card by itself when it lapses.

    Args:
        do: the action, which begins with `refuse`; it gets `by` and `lapses` beside its own arguments.
        at: when it was done, UTC.
        by: who did it.
        args: the action's own arguments.
    """
    until = at + WITHIN
    return (Button(LABEL, do, {**args, "by": by, LAPSES: until.isoformat()}),) if until > turn.now else ()


async def refuse(turn: Turn, by: str, lapses: str, *, by_number: bool = False) -> bool:
    """Refuse whoever did not do it and does not run the staff, and whoever comes too late; returns whether it did.

    Args:
        by: who did it.
        lapses: until when it can be undone, UTC in ISO form.
        by_number: whether a telephone number is proof enough, as it was when it was done.
    """
    if turn.sender == by and not by_number and await rights.proven.lacks_proof(turn):
        await proof.ask(turn)
        return True
    if await running.refuse_all_but(turn, "den, der gjorde det", [by], rights.runs_staff):
        return True
    # It counts when it was pressed, however long it waited here.
    if turn.received > datetime.fromisoformat(lapses):
        await turn.answer(Card("Det er mere end fem minutter siden, så det bliver stående. Intet er ændret."))
        standing = await turn.pressed()
        if standing is not None:
            turn.take_off(standing, turn.the_incoming.action, by=by, lapses=lapses)
        return True
    return False


async def supersede(turn: Turn, do: str, about: Collection[str]) -> None:
    """Take the button off what has been done over since: it would undo something else.

    Args:
        do: the action, whose `about` names what it is about.
        about: what has been done over.
    """
    of_crisis = select(Message).where(Message.crisis_id == turn.the_crisis.id, Message.lapses_at > turn.now)
    for message in await turn.db.scalars(of_crisis.where(cast(Message.card, Text).contains(f'"{do}"'))):
        for each in message.card["buttons"]:
            if each["do"] == do and not {*about}.isdisjoint(each["args"]["about"]):
                turn.take_off(message, do, about=each["args"]["about"])
