"""Proof of who somebody is: asks with a code before it does what came from a telephone number alone. Plan §4, who may
decide.

A number is easily forged, but what is sent to it reaches its owner. So whoever uses a role by SMS gets a code by the
same way, and whoever brings it back is believed; `handlers.core.proof_given` does what was asked for.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import select

from handlers.core.card import Card, quote
from handlers.core.context import Context
from handlers.core.turn import Turn
from storage.rows.traffic import Timer

# How long a code is good for. What is then not proven is done as for somebody who may not.
PATIENCE = timedelta(minutes=3)
DIGITS = 6


async def ask(turn: Turn, verb: str = "", text: str = "") -> None:
    """Send a code to whoever it seems to be; nothing is done before it comes back.

    Args:
        verb: what was written; empty for a button.
        text: what came after it.
    """
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    await turn.at(
        turn.now + PATIENCE,
        "proof.lapsed",
        _key(turn.sender),
        inbox=turn.inbox_id,
        code=code,
        verb=verb,
        text=text,
        crisis=turn.crisis.id if turn.crisis else None,
        exercise=turn.exercise,
    )
    what = f"{verb} {text}".strip() if verb else await _label(turn)
    await turn.answer(
        Card(
            f"Er det dig? Et nummer kan forfalskes. Svar med koden *{code}* inden {PATIENCE.seconds // 60} min, så gør jeg "
            f"det: »{quote(what, 100)}«. Intet er ændret endnu. Har du ikke selv skrevet det, så sig det til IT."
        )
    )


async def asked(turn: Context, person: str) -> Timer | None:
    """Return the timer of the code that a person has been sent and that has not come back."""
    found: Timer | None = await turn.db.scalar(
        select(Timer).where(Timer.key == _key(person), Timer.state == "waiting", Timer.due_at > turn.now)
    )
    return found


async def asked_at(turn: Context) -> datetime | None:
    """Return when the sender was last sent a code, UTC."""
    waiting = await asked(turn, turn.sender)
    return waiting.due_at - PATIENCE if waiting else None


async def _label(turn: Context) -> str:
    """Return the label of the pressed button."""
    standing, incoming = await turn.pressed(), turn.the_incoming
    buttons = standing.card["buttons"] if standing else []
    named = (each["label"] for each in buttons if (each["do"], each["args"]) == (incoming.action, dict(incoming.args)))
    return next(named, incoming.text)


def _key(person: str) -> str:
    return f"proof/{person}"
