"""A time on the wrong side of now is asked about, the same way whatever it was written for: "Mener du fredag den 3. juli …?".

What was written in a form is asked about by `handlers.core.form_questions`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from handlers.core.card import Button, Card, quote
from handlers.core.context import Context
from handlers.core.language import times_shown
from handlers.core.language.times_read import FARTHEST, Parsed


def why(turn: Context, at: datetime) -> str:
    """Tell what is wrong with a time on the wrong side of now, or too far from it: "er passeret"."""
    if at > turn.now + FARTHEST:
        return "er mere end et år ude i fremtiden"
    if at < turn.now - FARTHEST:
        return "ligger mere end et år tilbage"
    return "er passeret" if at <= turn.now else "er ikke kommet endnu"


def asked(
    turn: Context, passed: Parsed, so: str, do: str, args: Mapping[str, Any], other: Button | None = None
) -> Card:
    """Draw the question what a time means that has passed, or of what should have been has not come; with weekday and date.

    Args:
        passed: as it was read.
        so: what follows from it, "T3 har ingen frist".
        do: the action that takes the proposed time, as `at` in ISO form beside its own arguments.
        args: those arguments.
        other: asks for another time, `Anden tid`.
    """
    said = f"{passed.text[:1].upper()}{passed.text[1:]}"
    is_when = why(turn, passed.at)
    if passed.tomorrow is None:
        day = times_shown.weekday(passed.at, turn.zone)
        return Card(f"»{quote(said, 100)}« ({day}) {is_when}, så {so}.", buttons=(other,) if other else ())
    meant = Button("Ja", do, {**args, "at": passed.tomorrow.isoformat()}, style="primary")
    return Card(
        f"{quote(said, 100)} {is_when}, så {so}. Mener du {times_shown.weekday(passed.tomorrow, turn.zone)}?",
        buttons=(meant, other) if other else (meant,),
    )
