"""Announcements: what the whole organisation is to know, at activation, at each change, and at the end. Bilag 1,
Information."""

from __future__ import annotations

from datetime import timedelta

from handlers.core import staying_inside
from handlers.core.card import Card, quote
from handlers.core.registry import timer
from handlers.core.turn import Turn

# "bliv ved med at informere – helt ud i de yderste led": how long a silence may last.
AGAIN = timedelta(days=1)

WHAT = {
    "aktiveret": "Krisestaben er nedsat",
    "nedskaleret": "Krisestaben er trådt ned til beredskabsniveau 1",
    "afblæst": "Krisestaben er afviklet",
}


async def offer(turn: Turn, change: str) -> None:
    """Give communication a text that is ready for the intranet; people publish, the bot does not.

    Args:
        change: a key of `WHAT`.
    """
    crisis = turn.the_crisis
    moment = (
        crisis.deactivated_at if change == "afblæst" else turn.now if change == "nedskaleret" else crisis.decided_at
    )
    owner = turn.rules.holder("kommunikation")
    text = f"{WHAT[change]}: »{quote(crisis.title)}«.\nBesluttet {turn.clock(moment)}. " + (
        "Har du oplysninger, som krisestaben bør kende, så skriv dem til Krisebot eller ring til hovednummeret. "
        "Din leder holder dig orienteret."
        if change != "afblæst"
        else "Tak for indsatsen. Opgaverne er tilbage i den daglige drift."
    )
    await turn.notify(
        [owner or turn.staff],
        Card(
            f"*Forslag til intranet og alle medarbejdere – klar til at kopiere:*{staying_inside.reminder(turn)}\n\n{text}"
        ),
        kind="notice",
        summary=f"Tekst til hele organisationen er lagt frem: {WHAT[change]}",
    )
    if change == "aktiveret":
        await _remind_later(turn)


@timer("announcement.again", level_two=True)
async def again(turn: Turn) -> None:
    """Ask communication, a day after the last time, to tell the organisation how it stands."""
    crisis = turn.the_crisis
    owner = turn.rules.holder("kommunikation")
    if crisis.state != "active":
        return
    await turn.notify(
        [owner or turn.staff],
        Card(
            f"Krisen »{quote(crisis.title)}« har varet {(turn.now - (crisis.decided_at or turn.now)).days} døgn. "
            "Er hele organisationen orienteret i dag? Brug intranettet, helt ud i de yderste led."
            + staying_inside.reminder(turn)
        ),
        kind="reminder",
        summary="Kommunikation er mindet om at orientere hele organisationen",
    )
    await _remind_later(turn)


async def _remind_later(turn: Turn) -> None:
    await turn.at(turn.now + AGAIN, "announcement.again", f"crisis/{turn.the_crisis.id}/announcement")
