"""`Spørg …` under a line that was not kept as its writer wished: puts the line to somebody who may confirm it. Plan §7."""

from __future__ import annotations

from dataclasses import replace

from handlers.core import rights, running
from handlers.core.registry import action
from handlers.core.turn import Turn
from handlers.log import lines
from storage.rows.log import NoSuchEntry


@action("log.ask")
async def ask(turn: Turn, no: int, person: str) -> None:
    """Put a line to somebody who may confirm it and say who may see it, by whoever wrote it; the line stands as it is.

    Args:
        no: the line.
        person: who is asked.
    """
    try:
        entry = await lines.entry_of(turn, no)
    except NoSuchEntry:
        return
    if entry.recorder != turn.sender:
        await running.refuse(turn, rights.of_row("den, der skrev linjen", [], rights.log_keeper))
        return
    if not await rights.log_keeper.has(turn.as_seen_by(person)):
        return
    card = await lines.card_for(turn, entry, person)
    wishes = f"*{turn.name(turn.sender)} spørger, om du vil bekræfte nr. {no} eller ændre, hvem der må se den:*"
    await turn.say(
        person,
        replace(card, text=f"{wishes}\n{card.text}"),
        key=f"{lines.key_of(turn, no)}/asked/{person}",
        kind="notice",
    )
    standing = await turn.pressed()
    if standing is not None:
        turn.take_off(standing, "log.ask", no=no)
        turn.add_line(standing, f"{turn.name(person)} er spurgt.")
