"""The card and the line of a measure. Plan §7, Stabens arbejde."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from handlers.core import over, undo
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.turn import Turn
from handlers.measures import tasks
from storage.rows.measures import STATUS_IN_WORDS, Measure, MeasureStatus

CLOSED = ("done", "cancelled")


def card(turn: Context, row: Measure, head: str = "", undone: Sequence[Button] = ()) -> Card:
    """Draw the measure as it stands now, with what can be done to it.

    Args:
        head: what its first line begins with.
        undone: the button that undoes what was done to it last, on the card of whoever did it.
    """
    if row.status == "proposed":
        return Card(
            f"*{turn.name(row.created_by)} foreslår et tiltag:* {quote(row.title)}\n{_who_and_when(turn, row)}",
            buttons=(
                Button("Sæt i værk", "measures.accept", {"measure": row.id}, style="primary"),
                Button(
                    "Nej tak",
                    "measures.decline",
                    {"measure": row.id},
                    form=(Field("reason", "Begrundelse (kan udelades)"),),
                    form_title="Forslaget følges ikke",
                ),
            ),
        )
    if row.number is None:
        return Card(f"Forslaget er ikke fulgt: {quote(row.title)}")
    if row.status in CLOSED:
        mark = "✅" if row.status == "done" else "✖"
        return Card(
            f"{mark} *T{row.number} er {STATUS_IN_WORDS[row.status]}:* {quote(row.title)}\nEjer: {turn.name(row.owner)}.",
            buttons=tuple(undone),
        )
    waits = row.needs_approval and row.approved_at is None
    gate = "\n⛔ Kræver politisk godkendelse, før det kan gå i gang." if waits else ""
    given = f"\nPolitisk godkendt: {quote(row.approval or '')}." if row.approved_at else ""
    buttons: list[Button] = []
    if waits:
        buttons.append(approval(row))
    else:
        if row.status != "in_progress" and not over.is_over(turn):
            buttons.append(Button("I gang", "measures.change", {"measure": row.id, "status": "in_progress"}))
        buttons.append(Button("Udført", "measures.change", {"measure": row.id, "status": "done"}, style="primary"))
        if not row.urgent and not over.is_over(turn):
            buttons.append(Button("Haster", "measures.urgent", {"measure": row.id}))
    buttons += [
        amendment("Ret", row),
        tasks.button("measures.doubt", measure=row.id),
        *undone,
    ]
    return Card(
        f"{head}*T{row.number}: {quote(row.title)}*\n{_who_and_when(turn, row)}{gate}{given}", buttons=tuple(buttons)
    )


def line(turn: Context, row: Measure) -> str:
    """Write a measure in one line, for lists."""
    due = f", frist {turn.clock(row.due_at)}" if row.due_at and row.status not in CLOSED else ""
    late = " ⚠️ overskredet" if row.due_at and row.due_at < turn.now and row.status not in CLOSED else ""
    return f"{quote(row.title)} – {turn.name(row.owner)}{due}{late}, {STATUS_IN_WORDS[row.status]}"


async def answer(turn: Turn, row: Measure, was: Was | None = None) -> None:
    """Show a measure to whoever asked; the card follows what happens to it.

    Args:
        was: how it was before what the sender has just done to it, which can be undone on their card.
    """
    undone = undo.buttons(turn, "measures.undo", turn.now, turn.sender, measure=row.id, **was) if was else ()
    pressed = await turn.pressed() if was else None
    drawn = card(turn, row, undone=undone)
    if pressed is not None and pressed.key.startswith(key(row, "")):
        await turn.say(pressed.recipient, drawn, key=pressed.key)
    else:
        await turn.answer(drawn, key=key(row, turn.the_incoming.key))


class Was(TypedDict):
    """How a measure was: its status, its owner, and before when, in ISO form."""

    status: MeasureStatus
    owner: str
    due: str | None


def stands(row: Measure) -> Was:
    """Return how a measure is now."""
    return Was(status=row.status, owner=row.owner, due=row.due_at.isoformat() if row.due_at else None)


async def show(turn: Turn, row: Measure) -> None:
    """Change every card about the measure, wherever it stands."""
    await turn.redraw(key(row, ""), card(turn, row))


def amendment(label: str, row: Measure) -> Button:
    """Make a button that gives the measure another owner or another time."""
    return Button(
        label,
        "measures.amend",
        {"measure": row.id},
        form=(Field("owner", "Hvem har det?", "persons"), Field("due", "Frist", "time")),
        form_title=f"Ret T{row.number}",
    )


def approval(row: Measure) -> Button:
    """Make a button that registers political approval (plan §4)."""
    return Button(
        "Registrér godkendelse",
        "measures.approve",
        {"measure": row.id},
        form=(Field("approval", "Hvem har godkendt, og i hvilken sag?", required=True),),
        form_title="Politisk godkendelse",
    )


def key(row: Measure, rest: str) -> str:
    """Name a message about a measure: all that begin so are changed together."""
    return f"measure/{row.id}/{rest}"


def _who_and_when(turn: Context, row: Measure) -> str:
    return (
        f"Ejer: {turn.name(row.owner)}{f' ({row.centre})' if row.centre else ''}. "
        f"Frist: {turn.dated(row.due_at) if row.due_at else 'snarest'}. Status: {STATUS_IN_WORDS[row.status]}."
        + (" 🔴 Haster." if row.urgent else "")
    )
