"""`siden sidst`: what somebody has missed, and what waits for them, in ten lines. Plan §7, overblik."""

from __future__ import annotations

from handlers.core import clearance, rights, running, written_times
from handlers.core.card import Button, Card, quote
from handlers.core.registry import verb
from handlers.core.turn import Turn
from handlers.crisis import help
from handlers.log import news
from handlers.reporting import information_need_card

LINES = 10


@verb(
    "siden",
    "siden sidst",
    "nyt",
    "hvad er nyt",
    help="siden sidst – hvad er besluttet og ændret, siden du sidst skrev; siden kl 14 for et andet tidspunkt",
    crisis=True,
    grave=True,
    begins="never",
)
async def since_last(turn: Turn, text: str) -> None:
    """Tell whoever asks what is new since they last wrote, or since a time that they name.

    Args:
        text: "sidst", a time, or nothing.
    """
    if not await rights.staff.held(turn) and not await rights.decider.held(turn):
        await running.refuse(turn, rights.staff, "Ved du noget vigtigt, så skriv det her.")
        return
    asked = text.strip().casefold().removeprefix("sidst").strip()
    since = written_times.parse_past(turn, asked) if asked else await news.heard_before(turn, turn.sender)
    if asked and since is None:
        await turn.answer(Card("Siden hvornår? Skriv fx */krise siden sidst* eller */krise siden kl 14*."))
        return
    if since is not None and since <= turn.the_crisis.created_at:
        since = None
    here = await turn.here()
    missing = await information_need_card.overdue(turn, here)
    waiting, buttons = await help.waits_for_me(turn) if here == turn.sender else ("", list[Button]())
    room = LINES - 1 - waiting.count("\n") - bool(missing)
    told = await news.lines(turn, since, await clearance.highest_for(turn, here), room)
    when = f"siden {turn.clock(since)}" if since is not None else "siden den begyndte"
    await turn.answer(
        Card(
            f"*Nr. {turn.the_crisis.number}: {quote(turn.the_crisis.title)} – {when}*{waiting}\n"
            + ("\n".join(filter(None, [*told, missing])) or "Intet nyt."),
            buttons=tuple(buttons),
        )
    )
