"""CPR numbers in inputs: taken out before they are stored in the open, since the log is read by many and handed out.

What was typed is kept apart until whoever typed it has chosen; `handlers.log.held_back` does what was chosen.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy import select

from handlers.core import registry
from handlers.core.card import Button, Card
from handlers.core.context import URGENT
from handlers.core.incoming import Incoming
from handlers.core.language import verb_words
from handlers.core.language.cpr import REMOVED, found, without
from handlers.core.turn import Turn
from storage.rows.traffic import Inbox, RehearsalPost

# Nobody is kept waiting for help: these go on at once, without the number.
NEVER_HELD = ("varsel", "aktiver")


def masked(incoming: Incoming) -> Incoming:
    """Return the input without the CPR numbers in what was typed and filled in."""
    return replace(
        incoming,
        text=without(incoming.text),
        comment=without(incoming.comment),
        values={field: without(value) for field, value in incoming.values.items()},
    )


def typed(incoming: Incoming) -> list[str]:
    """Find every CPR number in what was typed and filled in."""
    return [number for text in (incoming.text, incoming.comment, *incoming.values.values()) for number in found(text)]


async def hold(turn: Turn) -> bool:
    """Hold an input back when a CPR number stands in it, and ask whoever typed it; True when it waits for their
    choice."""
    incoming = turn.the_incoming
    overheard = incoming.kind == "text" and incoming.place != "dm"
    if overheard or incoming.kind in ("edited", "deleted") or not typed(incoming):
        return False
    verbs = {verb.name: verb.synonyms for verb in registry.verbs.values()}
    meant = verb_words.match(incoming.text.strip().removeprefix("/krise").strip(), verbs)
    if incoming.kind in ("command", "text") and meant.verb in NEVER_HELD:
        row = await turn.db.get(Inbox, turn.inbox_id)
        if row is not None:
            await scrub(turn, row, typed(incoming))
        turn.incoming = masked(incoming)
        await turn.answer_alone(
            Card("⚠️ Det lignede et CPR-nummer. Det er fjernet, og resten er sendt videre med det samme."),
            urgency=URGENT,
        )
        return False
    await turn.answer_alone(
        Card(
            "⚠️ Det ligner et CPR-nummer. Loggen kan læses af andre. Det, du skrev, venter, til du har valgt.",
            buttons=(
                Button("Fjern nummeret", "held.remove", {"inbox": turn.inbox_id}, style="primary"),
                Button(
                    f"Gem som {turn.plan.grade_name('confidential')}", "held.confidential", {"inbox": turn.inbox_id}
                ),
            ),
        ),
        urgency=URGENT,
    )
    return True


async def scrub(turn: Turn, row: Inbox, numbers: Sequence[str]) -> None:
    """Remove CPR numbers from what was kept of an input, wherever it was kept.

    Args:
        row: the input.
        numbers: as they were written.
    """
    body = json.dumps(row.body, ensure_ascii=False)
    for number in numbers:
        body = body.replace(number, REMOVED)
        posts = select(RehearsalPost).where(RehearsalPost.text.contains(number, autoescape=True))
        for post in await turn.db.scalars(posts):
            post.text = post.text.replace(number, REMOVED)
    row.body = json.loads(body)
