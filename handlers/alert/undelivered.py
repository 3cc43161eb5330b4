"""Undelivered messages: logs and shows each, and has somebody act on it. Plan §5, Varsle/indkalde."""

from __future__ import annotations

from sqlalchemy import select

from handlers.alert import call_list, escalation
from handlers.core import in_place, rights
from handlers.core.card import Button, Card, quote
from handlers.core.registry import action, timer
from handlers.core.turn import Turn
from storage.rows.traffic import NOTICES, Message, StaffRecipient

# Whoever did not get one notice stand on one card, and a card has room for ten buttons.
MOST = 10


@timer("undeliverable")
async def undeliverable(turn: Turn, message: int, reason: str) -> None:
    """Log a message that no way brought to its person, and show the staff whom to ring instead.

    Args:
        message: the message's id.
        reason: what the platforms said, Danish where it is ours.
    """
    sent = await turn.db.get(Message, message)
    if sent is not None and sent.kind not in NOTICES:
        await in_place.tell_that_it_failed(turn, sent)
    if sent is None or turn.crisis is None or sent.kind not in NOTICES:
        return
    person = sent.recipient
    to_staff = isinstance(person, StaffRecipient)
    await turn.log(
        f"Kom ikke frem til krisestabens kanal: {reason}."
        if to_staff
        else f"Kom ikke frem til {turn.name(person)}: {reason}.",
        kind="undeliverable",
        receiver=person,
        direction="out",
        recorder="krisebot",
        verification="confirmed",
        refs={"undelivered": message},
    )
    if sent.kind == "alert":
        await escalation.unreachable(turn, person)
    elif not to_staff and turn.crisis.level == 2:
        await _show(turn, sent)


@action("undelivered.contacted", who=rights.staff)
async def contacted(turn: Turn, message: int) -> None:
    """Note that somebody in the staff rang the person instead, by `Markér som kontaktet`."""
    sent = await turn.db.get(Message, message)
    if sent is not None and sent.crisis_id == turn.the_crisis.id:
        await call_list.note(turn, sent.recipient)
        await _show(turn, sent)


async def _show(turn: Turn, sent: Message) -> None:
    """Show one card for everybody whom the same notice did not reach, with who has been rung since."""
    lost = await call_list.reasons(turn)
    together = await turn.db.scalars(
        select(Message)
        .where(
            Message.crisis_id == turn.the_crisis.id, Message.kind == sent.kind, Message.created_at == sent.created_at
        )
        .order_by(Message.id)
    )
    missed = [each for each in together if each.id in lost and not isinstance(each.recipient, StaffRecipient)]
    if not missed:
        return
    left = [each for each in missed if each.answered_at is None]
    named = ", ".join(
        f"{turn.name(each.recipient)} ({quote(lost[each.id], 100)})"
        + (f" – {quote(each.answer or '', 100)}" if each.answered_at else f": {turn.phone(each.recipient)}")
        for each in missed
    )
    alone = len(left) == 1
    await turn.say(
        turn.staff,
        Card(
            f"⚠️ Kom ikke frem til {named if len(missed) == 1 else f'{len(missed)}: {named}'}.{' Ring til dem.' if left else ''}",
            buttons=tuple(
                Button(
                    "Markér som kontaktet" if alone else f"Markér som kontaktet: {turn.name(each.recipient)}"[:70],
                    "undelivered.contacted",
                    {"message": each.id, "crisis": turn.the_crisis.id},
                )
                for each in {each.recipient: each for each in left[:MOST]}.values()
            ),
        ),
        key=f"crisis/{turn.the_crisis.id}/undelivered/{sent.kind}/{sent.created_at.isoformat()}",
    )
