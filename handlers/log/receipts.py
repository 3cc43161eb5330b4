"""Receipts for lines of the log: one each; in a busy channel one for many, changed where it stands. Plan §7, Dokumentation."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from handlers.core.card import Card, quote
from handlers.core.context import Context
from handlers.core.turn import Turn
from storage.rows.log import LogEntry
from storage.rows.traffic import Message, StaffRecipient

# A channel with so many answers in a minute is busy; what is written in the next minute stands on one card.
BUSY, MINUTE = 10, timedelta(minutes=1)
# The newest lines stand on it with their words, so long at most.
SHOWN, LONGEST = 10, 200


async def give(turn: Turn, entry: LogEntry, words: str, card: Card, key: str) -> None:
    """Answer that a line is in the log, where it was asked: a platform takes about a message a second in a channel.

    Args:
        entry: the line.
        words: its text, as it may be shown there.
        card: the line's own receipt, with its buttons.
        key: that receipt's name.
    """
    here = await turn.here()
    together = await _together(turn, entry, words, here) if isinstance(here, StaffRecipient) else None
    if together is None:
        await turn.answer(card, key=key, new=True)
    else:
        await turn.answer(together[0], key=together[1])


async def _together(turn: Context, entry: LogEntry, words: str, channel: str) -> tuple[Card, str] | None:
    """Return the card that the line's receipt is put on, with its name; None where the channel isn't busy."""
    begins = f"crisis/{turn.the_crisis.id}/receipts/"
    lately = Message.recipient == channel, Message.created_at > turn.now - MINUTE
    standing = await turn.db.scalar(
        select(Message)
        .where(Message.key.startswith(begins, autoescape=True), *lately)
        .order_by(Message.id.desc())
        .limit(1)
    )
    if standing is None:
        answers = await turn.db.scalar(
            select(func.count()).select_from(Message).where(Message.kind == "reply", *lately)
        )
        if (answers or 0) < BUSY:
            return None
    # Its name tells which line it began with.
    first = int(standing.key.rpartition("/")[2]) if standing is not None else entry.no
    before = Card.from_json(standing.card).facts if standing is not None else ()
    newest = (*before, (f"Nr. {entry.no}, {turn.name(turn.sender)}", quote(words, LONGEST)))[-SHOWN:]
    card = Card(
        f"*Gemt i log til og med nr. {entry.no}*, fra nr. {first}. Der skrives meget nu, så det står samlet her. "
        "En linje bekræftes med */krise bekræft <nr>* og rettes med */krise ret <nr>*.",
        facts=newest,
    )
    return card, f"{begins}{first}"
