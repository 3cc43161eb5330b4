"""What is for the staff in an input whose sender leaves unchosen which incident it is about, and who may read it. Plan §7.

Read both when the question is put, to know whether the staffs are told at all, and when it was left unanswered.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from handlers.core import called_by_number, clearance, registry, typed_verbs
from handlers.core.context import Context
from handlers.core.incoming import Incoming
from storage.grades import Grade
from storage.rows.traffic import Inbox, Timer

# What waits for an answer to the question which incident it is; and so many of them are looked at.
WAITED, MOST = "which.waited", 50

# What is written behind these is for the staff to read: it waits for nobody's choice of an incident.
VERBS = frozenset({"bistand", "log", "melding", "spm", "telefon", "tilbud"})

# What is shown by its number behind them, and what that begins with.
LOOKED_UP = {"bistand": "B", "spm": "", "tilbud": "TB"}


async def read(turn: Context, verb: str, text: str | None = None) -> tuple[str, Grade] | None:
    """Read what every staff shall have of the turn's input; None where it is for its sender alone.

    Args:
        verb: what it was to be done with; empty where it is no verb.
        text: what came after the verb, where that is known.
    """
    incoming = turn.the_incoming
    name = incoming.action if incoming.kind == "press" else registry.ABOUT_MESSAGES.get(incoming.kind, "")
    action = registry.actions.get(name)
    if action is not None and action.unchosen is not None:
        return await action.unchosen(turn)
    if verb not in VERBS or (text is not None and not text.strip()):
        return None
    typed = typed_verbs.strip_name(incoming.text)
    # What is only looked up is for its sender.
    if verb in LOOKED_UP and called_by_number.read(typed_verbs.verb_of(typed).rest, LOOKED_UP[verb]) is not None:
        return None
    return typed, clearance.spoken(turn, typed_verbs.verb_of(typed).rest)[1]


async def asked_before(turn: Context) -> int | None:
    """Find the input in which the sender pressed, saved or marked this same thing and was asked which incident it is, and that
    nobody has settled: pressed twice, it is told once. None where there is none; whoever writes the same again may mean it so."""
    if turn.the_incoming.kind in ("command", "text"):
        return None
    waiting = select(Timer).where(Timer.state.in_(("waiting", "done")), Timer.kind == WAITED)
    for timer in await turn.db.scalars(waiting.order_by(Timer.id.desc()).limit(MOST)):
        row = await turn.db.get(Inbox, timer.args["inbox"])
        if (
            row is not None
            and row.sender == turn.sender
            and _act(Incoming.from_json(row.body)) == _act(turn.the_incoming)
        ):
            return row.id
    return None


def _act(incoming: Incoming) -> tuple[Any, ...]:
    said = (incoming.text, incoming.comment)
    return incoming.kind, incoming.message, incoming.action, dict(incoming.args), dict(incoming.values), said
