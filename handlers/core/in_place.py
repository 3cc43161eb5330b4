"""Answers in place: tells whoever writes to us where others read along that the answer is in their own chat, and nothing of
what it says. Plan §8, "graderne af fortrolighed"."""

from __future__ import annotations

from sqlalchemy import select

from handlers.core.card import DANGER, Card, quote
from handlers.core.context import Context
from handlers.core.incoming import Incoming
from handlers.core.turn import Turn
from storage.rows.traffic import Inbox, Message, PlaceRecipient

# What is said to us, and not merely where we hear it.
TO_US = ("command", "save")


async def point_to_answer(turn: Turn, asked: Incoming) -> None:
    """Tell, in a conversation of other people's, where the answer to something that was written there is.

    Args:
        asked: what was written, as it came in.
    """
    if not asked.in_place or asked.kind != "command" or asked.pointed:
        return
    room = await turn.room_of(asked)
    in_staffs = room is not None and turn.crisis is not None and room.crisis_id == turn.crisis.id and not asked.hidden
    # The staff is answered in its own channel, but for what is only its asker's.
    if in_staffs and (turn.said_to(turn.staff) or not turn.said_to(asked.sender)):
        return
    turn.crisis, turn.exercise = None, False
    words = f"{quote(turn.name(asked.sender))}: svaret er sendt til dig alene i chatten med Krisebot, under Apps."
    await turn.say(
        PlaceRecipient.of(asked.platform, asked.in_place), Card(words), key=_key(turn.trace, asked.sender), kind="reply"
    )


async def tell_that_it_failed(turn: Turn, sent: Message) -> None:
    """Tell, where somebody has written to us and others read along, that the answer could not be sent to them alone; never
    what it was.

    Args:
        sent: a message that no way brought to its person.
    """
    key = _key(sent.trace, sent.recipient)
    standing = await turn.db.scalar(select(Message).where(Message.key == key))
    where = standing.recipient if standing is not None else await _asked_in(turn, sent)
    if where is None:
        return
    turn.crisis, turn.exercise = None, False
    words = (
        f"{quote(turn.name(sent.recipient))}: Krisebot kan ikke skrive til dig alene, så svaret er ikke nået frem. "
        f"Åbn Krisebot under Apps, og skriv det dér. {DANGER}"
    )
    await turn.say(where, Card(words), key=key, kind="reply")


async def _asked_in(turn: Context, sent: Message) -> PlaceRecipient | None:
    """Return where the sender of what led to a message wrote to us among others; None where they did not."""
    number = (sent.trace or "").removeprefix("input-")
    row = await turn.db.get(Inbox, int(number)) if number.isdecimal() else None
    asked = Incoming.from_json(row.body) if row is not None else None
    if asked is None or not asked.in_place or asked.kind not in TO_US or asked.sender != sent.recipient:
        return None
    return PlaceRecipient.of(asked.platform, asked.in_place)


def _key(trace: str | None, person: str) -> str:
    return f"in_place/{trace}/{person}"
