"""The board of a ping: every centre's answer on one card, which changes where it stands. Plan §2."""

from __future__ import annotations

from sqlalchemy import select

from handlers.core.card import Card, quote
from handlers.core.context import Context
from handlers.core.turn import Turn
from storage.rows.alert import Escalation
from storage.rows.reporting import Ping, PingAnswer

# A word beside each colour: nothing is told by colour alone.
NAMES = {"green": "grøn", "yellow": "gul", "red": "rød", "unclear": "uklart", "silent": "intet svar"}
MARKS = {"green": "🟢", "yellow": "🟡", "red": "🔴", "unclear": "❔", "silent": "⚪"}
WORST_FIRST = ("red", "yellow", "unclear", "silent", "green")


async def answers(turn: Context, row: Ping) -> list[PingAnswer]:
    """Return whom a ping asked, in the plan's order of centres."""
    return list(await turn.db.scalars(select(PingAnswer).where(PingAnswer.ping == row.id).order_by(PingAnswer.id)))


async def show_all(turn: Turn) -> None:
    """Show the staff the boards of what was asked before there was a staff."""
    for row in await turn.db.scalars(select(Ping).where(Ping.crisis_id == turn.the_crisis.id).order_by(Ping.id)):
        await show(turn, row)


async def show(turn: Turn, row: Ping) -> None:
    """Show the board as it stands, in the staff's channel; before there is one, to whoever asked and whoever has it."""
    if turn.the_crisis.level != 2:
        has_it = select(Escalation.taken_by).where(
            Escalation.crisis_id == row.crisis_id, Escalation.taken_by.is_not(None)
        )
        for person in dict.fromkeys([row.asked_by, *await turn.db.scalars(has_it)]):
            await turn.say(person, await _card(turn, row), key=key(row, f"board/{person}"))
        return
    await turn.say(turn.staff, await _card(turn, row), key=key(row, "board"))


async def _card(turn: Context, row: Ping) -> Card:
    every = sorted(await answers(turn, row), key=lambda each: WORST_FIRST.index(each.reading))
    counts = [
        f"{sum(each.reading == colour for each in every)} {NAMES[colour]}"
        for colour in WORST_FIRST
        if any(each.reading == colour for each in every)
    ]
    return Card(
        f"*{quote(row.question, 500)}* – {', '.join(counts)}. Svar senest {turn.clock(row.due_at)}.",
        facts=tuple((each.centre or turn.name(each.person), _line(turn, each)) for each in every),
    )


def _line(turn: Context, each: PingAnswer) -> str:
    head = f"{MARKS[each.reading]} {NAMES[each.reading]}"
    if each.answered_at is None:
        asked = turn.name(each.chief) if each.escalated and each.chief else turn.name(each.person)
        return f"{head} – {asked}, {turn.phone(each.chief if each.escalated and each.chief else each.person)}"
    late = ", efter fristen" if each.late else ""
    return f"{head} – »{quote(each.text or '', 200)}« ({turn.name(each.person)}{late})"


def key(row: Ping, rest: str) -> str:
    """Name a message or a timer about a ping."""
    return f"ping/{row.id}/{rest}"
