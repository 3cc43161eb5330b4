"""Questions that nobody answers: asked about once where they lie, then put before the coordinator. Plan §5, Tovholder,
"besvares der, hvor det faglige ansvar er placeret"."""

from __future__ import annotations

from dataclasses import replace

from handlers.communication.questions import owners_card, reminders_of
from handlers.core.registry import timer
from handlers.core.turn import Turn
from storage.rows.communication import ANSWERED_WITHIN, Question


@timer("questions.unanswered", level_two=True)
async def ask_about(turn: Turn, question: int, reminded: bool = False) -> None:
    """Remind whoever has a question that it is not answered; where they have been already, have the coordinator pass it on.

    Args:
        question: the question's row.
        reminded: whether its owner has been reminded.
    """
    row = await turn.db.get_one(Question, question)
    if row.answered_at is not None:
        return
    coordinators = [each for each in turn.rules.holders("tovholder") if each != row.owner]
    if reminded and not coordinators:
        return
    card = owners_card(turn, row)
    has_it = f" hos {turn.name(row.owner)}" if reminded else ""
    await turn.notify(
        coordinators if reminded else [row.owner],
        replace(
            card,
            text=f"⏰ *Spørgsmål {row.number} er ikke besvaret{has_it}*, stillet {turn.clock(row.asked_at)}.\n{card.text}",
        ),
        kind="reminder",
        summary=f"Mindet om spørgsmål {row.number}, som ikke er besvaret",
        # Each is a message of its own: a question may come back to whoever had it before.
        key=f"{reminders_of(row)}/{'passed on' if reminded else row.owner}/{turn.now.isoformat()}",
    )
    if not reminded:
        await turn.at(
            turn.now + ANSWERED_WITHIN,
            "questions.unanswered",
            f"{reminders_of(row)}/again",
            question=row.id,
            reminded=True,
        )
