"""The other ways: sends on the next way as well what has stood unanswered, or undelivered, for long on one. Plan §5,
Varsle/indkalde.

How long that is stands in the plan, for what hastes and for the rest. One timer for all that a turn said at once.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from handlers.core.context import URGENT, Context
from handlers.core.registry import awaits_answer, timer
from handlers.core.turn import Turn, watch_key
from storage.rows.crisis import Crisis
from storage.rows.traffic import NOTICES, TO_A_PERSON, Delivery, Message

# Nobody has more ways than these.
MOST = 4


@timer("other_ways.waited")
async def waited(turn: Turn, said: str, urgency: int, tried: int = 1) -> None:
    """Ask for another way for each message that still waits for its person, when the plan's wait is over.

    Args:
        said: when they were said, UTC in ISO form.
        urgency: theirs.
        tried: how many ways each has been given.
    """
    wait = turn.plan.channel_order.wait(urgent=urgency == URGENT)
    waiting = await _waiting(turn, datetime.fromisoformat(said), urgency)
    for message in waiting:
        ask_for_another(message)
    if waiting and wait is not None and tried < MOST:
        await turn.at(
            turn.now + wait, "other_ways.waited", watch_key(urgency, said), said=said, urgency=urgency, tried=tried + 1
        )


def ask_for_another(message: Message) -> None:
    """Mark a message for delivery to look at once more, and give it the person's next way, where there is one."""
    message.another_way = True
    message.dispatched_version = message.version - 1


async def _waiting(turn: Context, said: datetime, urgency: int) -> list[Message]:
    """Return the messages that ask for an answer and have none, and those that ask for nothing and have not left."""
    messages = await turn.db.scalars(
        select(Message)
        .outerjoin(Crisis, Crisis.id == Message.crisis_id)
        .where(
            Message.created_at == said,
            Message.urgency == urgency,
            Message.kind.in_(NOTICES),
            TO_A_PERSON,
            Message.answered_at.is_(None),
            Message.held.is_(False),
            Message.crisis_id.is_(None) | (Crisis.state != "closed"),
        )
        .order_by(Message.id)
    )
    there = select(Delivery.message_id).join(Message, Message.id == Delivery.message_id)
    left = set(
        await turn.db.scalars(there.where(Message.created_at == said, Delivery.state.in_(["sent", "delivered"])))
    )
    return [each for each in messages if awaits_answer(each.card) or each.id not in left]
