"""What was filled in and can't be what was meant is asked about, the same way whatever form it stands in: a time on the wrong
side of now, a name that is nobody's. All that was typed is kept. Bilag 2 and 3.

A form is closed when it is sent, so what was typed in it lies in the inbox; the question has the form with it in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from handlers.core import form_values, passed_times
from handlers.core.card import Button, Card, Field, SentForm, quote
from handlers.core.context import Context
from handlers.core.form_values import Unread
from handlers.core.language import times_shown
from handlers.core.turn import Turn

TIMES = ("time", "been")
LABEL, NAME, OTHER = "Anden tid", "Andet navn", "Ret"


async def ask(turn: Turn) -> bool:
    """Ask about the first of the sent form's fields that is compulsory and empty, or a time or a name that can't be what was
    meant; returns whether it did.

    A field that its handler reads with what it belongs to, or whose other words it keeps, is left to that.
    """
    form = turn.sent.form if turn.sent is not None else ()
    # The same may be done at once by another button of the card, without its form.
    was_sent = any(one.id in turn.the_incoming.values for one in form)
    for one in form:
        if was_sent and one.required and not turn.value(one.id):
            await ask_about(turn, Unread(one.id))
            return True
        if one.loose or not turn.value(one.id):
            continue
        unread = await _unread(turn, one)
        if unread is not None:
            await ask_about(turn, unread)
            return True
    return False


async def _unread(turn: Context, one: Field) -> Unread | None:
    """Find why a field can't be what was meant; None where it can."""
    try:
        if one.kind == "time":
            form_values.moment(turn, one.id)
        elif one.kind == "been":
            form_values.been(turn, one.id)
        elif one.kind == "persons":
            return await form_values.unclear(turn, one.id)
    except Unread as unread:
        return unread
    return None


async def ask_about(turn: Turn, unread: Unread) -> None:
    """Ask what was meant, a time with weekday and date; nothing of the form is done before that is known.

    It is asked of whoever filled the form in, alone: the others in a channel have not seen what it says.
    """
    inbox = turn.inbox_id or 0
    sent = turn.sent or SentForm((), inbox, inbox)
    # An older release's form may have had another field.
    one = next((each for each in sent.form if each.id == unread.field), Field(unread.field, "Hvad mener du?"))
    about = {"inbox": sent.inbox, "filled": sent.filled, "times": dict(sent.times), "crisis": _crisis(turn)}
    why, meant = _why(turn, one, unread), unread.passed.tomorrow if unread.passed else None
    label = LABEL if one.kind in TIMES else NAME if unread.names is not None else OTHER
    again = Button(label, "form.again", about, form=_as_typed(turn, sent.form), form_title=label)
    kept = f"({quote(one.label.split(' (')[0].rstrip('?'), 60)}). Intet er sat i gang endnu, og alt, du skrev, er gemt."
    asked = f" {unread.hint}" if unread.hint else ""
    if unread.passed is not None:
        asked = f" Mener du {times_shown.weekday(meant, turn.zone)}?" if meant else " Hvornår mener du?"
    yes = (
        Button("Ja", "form.meant", {**about, "field": one.id, "at": meant.isoformat()}, style="primary")
        if meant
        else None
    )
    card = Card(f"{why} {kept}{asked}", buttons=(yes, again) if yes else (again,))
    await turn.answer_alone(card, key=f"form/{sent.inbox}")


def _why(turn: Context, one: Field, unread: Unread) -> str:
    typed = quote(turn.value(one.id), 100)
    if not typed:
        return "Der mangler et svar"
    if unread.passed is not None:
        return f"»{typed}« {passed_times.why(turn, unread.passed.at)}"
    names = quote(", ".join(unread.names or ()), 100)
    if unread.shared:
        return f"Flere hedder »{names}«: {turn.names(unread.shared)}"
    if unread.names is not None:
        return f"Jeg kan ikke se, hvem »{names}« er"
    return f"Jeg kan ikke læse »{typed}«{' som et tidspunkt' if one.kind in TIMES else ''}"


def _as_typed(turn: Context, form: Iterable[Field]) -> tuple[Field, ...]:
    return tuple(replace(one, value=turn.the_incoming.values.get(one.id, ""), loose=True) for one in form)


def _crisis(turn: Context) -> int | None:
    return turn.crisis.id if turn.crisis is not None else None
