"""The answer to a code: does what the code was asked for, or does it as for somebody who may not. Plan §4."""

from __future__ import annotations

import re
import secrets
from dataclasses import replace
from functools import partial
from typing import Any

from handlers.core import presses, proof, registry, running
from handlers.core.card import Card
from handlers.core.context import Context
from handlers.core.incoming import Incoming
from handlers.core.registry import Take, reply, timer
from handlers.core.turn import Turn
from storage.rows.crisis import Crisis
from storage.rows.traffic import Inbox, Timer

CODE = re.compile(rf"\s*+(?:kode[^\W\d]*+\s*+:?+\s*+)?+(\d{{{proof.DIGITS}}})\s*+[.!]?+\s*+", re.IGNORECASE)


@reply("proof", asked=proof.asked_at)
async def read(turn: Context, text: str) -> Take | None:
    """Read the code of whoever was sent it, from a message that is the code alone."""
    found = CODE.fullmatch(text)
    waiting = await proof.asked(turn, turn.sender)
    return partial(_take, code=found[1], waiting=waiting) if found is not None and waiting is not None else None


async def _take(turn: Turn, code: str, waiting: Timer) -> None:
    """Do what a code was asked for. There is one try: a wrong code is no nearer the right one, and its owner is told."""
    waiting.state = "cancelled"
    asked: dict[str, Any] = dict(waiting.args)
    if not secrets.compare_digest(code, asked["code"]):
        await turn.answer(Card("Koden passer ikke. Den gælder ikke mere."))
        await _unproven(turn, asked)
        return
    original = await _take_up(turn, asked)
    if original is not None:
        turn.incoming, turn.inbox_id = replace(original, certain=True), asked["inbox"]
        if asked["verb"]:
            await running.run(turn, registry.verbs[asked["verb"]], asked["text"])
        else:
            await presses.press(turn)


@timer("proof.lapsed", crisis=False)
async def lapsed(turn: Turn, **asked: Any) -> None:
    """Go on without proof when the code's time is up and nobody has brought it."""
    await _unproven(turn, asked)


async def _unproven(turn: Turn, asked: dict[str, Any]) -> None:
    """Run the verb as for somebody who may not use the role: nobody's `aktiver` is lost, it goes up the chain as a
    warning."""
    original = await _take_up(turn, asked)
    verb = registry.verbs.get(asked["verb"])
    if original is None:
        return
    turn.incoming, turn.inbox_id = original, asked["inbox"]
    if verb is not None and verb.otherwise is not None:
        await verb.otherwise(turn, asked["text"])
    else:
        await turn.answer(Card("Koden kom ikke. Intet er ændret."))


async def _take_up(turn: Turn, asked: dict[str, Any]) -> Incoming | None:
    """Return the input that the code was asked for; the turn is about its crisis from here on."""
    row = await turn.db.get(Inbox, asked["inbox"])
    turn.crisis = await turn.db.get(Crisis, asked["crisis"]) if asked["crisis"] else None
    turn.exercise = asked["exercise"]
    return Incoming.from_json(row.body) if row is not None else None
