"""A form's times: one that has passed, or that nobody can read, is asked about, and all that was typed is kept.

A form is closed when it is sent, so what was typed in it lies in the inbox; the question has the form with it in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from handlers.core.card import Button, Card, Field, SentForm, quote
from handlers.core.context import Context
from handlers.core.language import times_read, times_shown
from handlers.core.language.times_read import Parsed
from handlers.core.turn import Turn

TIMES = ("time", "been")
LABEL = "Anden tid"


def read(turn: Context, one: Field) -> Parsed | None:
    """Read the time that a form's field was filled in with; one on the wrong side of now is `passed`.

    Returns:
        None when it can't be read.
    """
    typed = turn.value(one.id)
    if one.kind == "been":
        return times_read.parse_been(typed, turn.now, turn.zone)
    return times_read.parse(typed, turn.now, turn.zone)


async def ask(turn: Turn) -> bool:
    """Ask about the first of the sent form's times that can't be what was meant; returns whether it did.

    A field that its handler reads itself, with what it belongs to, is left to that.
    """
    for one in turn.sent.form if turn.sent is not None else ():
        if one.kind not in TIMES or one.loose or not turn.value(one.id):
            continue
        found = read(turn, one)
        if found is None or found.passed:
            await ask_about(turn, one.id, found)
            return True
    return False


async def ask_about(turn: Turn, name: str, found: Parsed | None) -> None:
    """Ask what a time in a form means, with weekday and date; nothing of it is done before that is known.

    It is asked of whoever filled the form in, alone: the others in a channel have not seen what it says.

    Args:
        name: the field's id.
        found: what was read; None where that is nothing.
    """
    inbox = turn.inbox_id or 0
    sent = turn.sent or SentForm((), inbox, inbox)
    # An older release's form may have had another field.
    one = next((each for each in sent.form if each.id == name), Field(name, "Hvornår?", "time"))
    typed = quote(turn.value(one.id), 100)
    about = {"inbox": sent.inbox, "filled": sent.filled, "times": dict(sent.times), "crisis": _crisis(turn)}
    kept = f"({quote(one.label.split(' (')[0].rstrip('?'), 60)}). Intet er sat i gang endnu, og alt, du skrev, er gemt."
    again = Button(LABEL, "form.again", about, form=_as_typed(turn, sent.form), form_title=LABEL)
    if found is None:
        card = Card(f"Jeg kan ikke læse »{typed}« som et tidspunkt {kept}", buttons=(again,))
    else:
        why = "er ikke kommet endnu" if one.kind == "been" else "er passeret"
        meant = found.tomorrow
        question = f" Mener du {times_shown.weekday(meant, turn.zone)}?" if meant else " Hvornår mener du?"
        yes = (
            Button("Ja", "form.meant", {**about, "field": one.id, "at": meant.isoformat()}, style="primary")
            if meant
            else None
        )
        card = Card(f"»{typed}« {why} {kept}{question}", buttons=(yes, again) if yes else (again,))
    await turn.say(turn.sender, card, key=f"form/{sent.inbox}", kind="reply", platform=turn.the_incoming.platform)


def _as_typed(turn: Context, form: Iterable[Field]) -> tuple[Field, ...]:
    return tuple(replace(one, value=turn.the_incoming.values.get(one.id, ""), loose=True) for one in form)


def _crisis(turn: Context) -> int | None:
    return turn.crisis.id if turn.crisis is not None else None
