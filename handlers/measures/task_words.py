"""`opgave`: shows and ends the tasks that people have been given, by their number; anything else behind it is a measure's.
Plan §5; §3, "hurtigst muligt kan vende tilbage til en normal situation"."""

from __future__ import annotations

from handlers.core import called_by_number, rights
from handlers.core.card import Card, quote
from handlers.core.context import Context
from handlers.core.language import verb_words
from handlers.core.registry import verb
from handlers.core.turn import Turn
from handlers.measures import measure_steps, measures, tasks
from storage.rows.measures import Task

SHOWN = 20


@verb(
    "opgave",
    "opgaver",
    help="opgave 3 udført – de opgaver, du har fået; opgave <hvad> bliver til et tiltag",
    crisis=True,
    afterwards=True,
)
async def task(turn: Turn, text: str) -> None:
    """Show what is open; or one task, with its buttons; or end it, where the words say that it is done. "Opgave 3" is called
    so wherever it is shown, and a measure T3."""
    text = text.strip()
    if not text:
        await _list(turn)
        return
    called = called_by_number.leading(text, "opgave")
    if called is None or not await _act_on(turn, called.number, called.more.removeprefix("er ").strip(" .!")):
        await measures.measure(turn, text)


async def _act_on(turn: Turn, number: int, said: str) -> bool:
    """Show or end a task; False when the words are not about one, as "4 mand til Fløng", or are about a measure."""
    row = next((each for each in await tasks.of_crisis(turn) if each.number == number), None)
    if said and verb_words.match(said, {"udført": measures.TYPED["udført"]}).kind != "exact":
        return False
    if row is None:
        if await _is_measure(turn, number):
            return False
        await turn.answer(Card(f"Der er ingen opgave {number}. Skriv */krise opgaver* for at se dem."))
    elif not await tasks.refuse_other(turn, row):
        if said:
            await tasks.finish(turn, row)
            await tasks.redraw(turn, row)
        await turn.answer(tasks.card(turn, row))
    return True


async def _is_measure(turn: Context, number: int) -> bool:
    return any(each.number == number for each in await measure_steps.of_crisis(turn))


async def _list(turn: Turn) -> None:
    """Show the tasks that are not done: the sender's own, and everybody's to the staff."""
    going = [row for row in await tasks.of_crisis(turn) if row.status != "done"]
    mine = going if await rights.staff.held(turn) else [row for row in going if row.owner == turn.sender]
    left = f" {len(mine) - SHOWN} mere vises ikke her." if len(mine) > SHOWN else ""
    await turn.answer(
        Card(
            f"*Opgaver:* {len(mine)} åbne.{left} Skriv */krise opgave 3 udført*; tiltagene ses med */krise tiltag*.",
            facts=tuple((f"Opgave {row.number}", _line(turn, row)) for row in mine[:SHOWN]),
        )
    )


def _line(turn: Context, row: Task) -> str:
    whose = turn.name(row.owner) if row.owner else "ikke fordelt"
    due = f", frist {turn.clock(row.due_at)}" if row.due_at else ""
    return f"{quote(row.title, 200)} – {whose}{due}"
