"""Bundled reminders: those that can wait are sent together, so that nobody who works is rung at for each.

The first comes at once. What comes in the quarter of an hour after it waits, and is one message then, from which each
is fetched as it stands. What hastes never waits: it isn't said as routine.
"""

from __future__ import annotations

from sqlalchemy import select

from handlers.core import quiet
from handlers.core.card import Button, Card
from handlers.core.context import ROUTINE
from handlers.core.registry import action, timer
from handlers.core.turn import Turn, bundle_key
from storage.rows.traffic import Message, StaffRecipient, recipient_of

# A card has room for so many buttons; what is beyond waits for the next bundle.
MOST = 10


@timer("reminders.bundle")
async def bundle(turn: Turn, person: str) -> None:
    """Send the reminders that waited, when the person's quiet is over: one as it is, several in one message."""
    crisis = turn.crisis
    key = bundle_key(crisis, person)
    recipient = recipient_of(person)
    until = await quiet.waits_until(turn, recipient, "reminder", ROUTINE)
    if until is not None:
        await turn.at(until, "reminders.bundle", key, person=person)
        return
    query = select(Message).where(Message.recipient == person, Message.held, Message.bundle.is_(None))
    query = query.where(Message.crisis_id == crisis.id if crisis else Message.crisis_id.is_(None))
    waited = (await turn.db.scalars(query.order_by(Message.id))).all()
    for each in waited:
        if _is_over(each):
            each.bundle = each.id
    held = [each for each in waited if each.bundle is None]
    if isinstance(recipient, StaffRecipient):
        await _say_together(turn, recipient, held)
        return
    if len(held) == 1:
        _release(turn, held[0])
    if len(held) < 2:
        return
    shown = held[:MOST]
    lines = "\n".join(f"{number}. {_head(each)}" for number, each in enumerate(shown, 1))
    told = await turn.say(
        person,
        Card(
            f"*{len(shown)} påmindelser*\n{lines}",
            buttons=tuple(
                Button(f"Vis {number}", "reminders.show", {"message": each.id}) for number, each in enumerate(shown, 1)
            ),
        ),
        urgency=ROUTINE,
    )
    await turn.db.flush()
    for each in shown:
        each.bundle = told.id
    if len(held) > MOST:
        await turn.db.flush()
        await turn.at(await turn.quiet_until(person) or turn.now, "reminders.bundle", key, person=person)


def _is_over(row: Message) -> bool:
    """Whether what a reminder was about has been done while it waited: it was changed, and asks nothing any longer."""
    return row.kind == "reminder" and row.edited_at is not None and not row.card["buttons"]


async def _say_together(turn: Turn, channel: StaffRecipient, held: list[Message]) -> None:
    """Say in a staff's channel what waited: in one message what is only told, and each by itself what can be answered."""
    told = [each for each in held if not each.card["buttons"] and not each.card["fields"]]
    if len(told) < 2:
        told = []
    for each in held:
        if each not in told:
            _release(turn, each)
    for start in range(0, len(told), MOST):
        some = told[start : start + MOST]
        lines = "\n\n".join(_whole(each) for each in some)
        said = await turn.say(channel, Card(f"*{len(some)} påmindelser, som har ventet*\n\n{lines}"), urgency=ROUTINE)
        await turn.db.flush()
        for each in some:
            each.bundle = said.id


@action("reminders.show", crisis=False)
async def show(turn: Turn, message: int) -> None:
    """Show a reminder itself, with its buttons, to the person it was meant for, by `Vis 2`."""
    row = await turn.db.get(Message, message)
    if row is not None and row.recipient == turn.sender and row.held:
        _release(turn, row)


async def release(turn: Turn, person: str) -> None:
    """Show a person what waited for their answer to the summons, now that they have given it, each as it is."""
    waiting = select(Message).where(
        Message.recipient == person,
        Message.crisis_id == turn.the_crisis.id,
        Message.held,
        Message.bundle.is_(None),
    )
    for each in await turn.db.scalars(waiting.order_by(Message.id)):
        _release(turn, each)


def _release(turn: Turn, row: Message) -> None:
    row.held, row.created_at, row.trace = False, turn.now, turn.trace


def _whole(row: Message) -> str:
    facts = "".join(f"\n{name}: {value}" for name, value in row.card["facts"])
    return f"{row.card['text']}{facts}"


def _head(row: Message) -> str:
    line = str(row.card["text"]).replace("*", "").split("\n")[0]
    return line if len(line) <= 200 else f"{line[:199]}…"
