"""What a card that leads out of the house says in an exercise: that nobody outside it is rung up or sent anything. Plan §3,
øvelser."""

from __future__ import annotations

from handlers.core.context import Context

ONLY_AN_EXERCISE = "Øvelse: ring, send og udgiv intet til nogen uden for øvelsen. Gør, som om det var gjort."


def reminder(turn: Context) -> str:
    """Write the sentence as a line of its own; empty outside an exercise.

    112 is no part of it: danger to life is always the real thing.
    """
    return f"\n{ONLY_AN_EXERCISE}" if turn.exercise else ""
