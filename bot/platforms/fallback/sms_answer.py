"""An answer by SMS: a number presses the button that the newest SMS to that telephone gave it; other words are words."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from bot.engine.engine import Engine
from bot.platforms.fallback.numbered_text import chosen
from handlers.core.card import Card
from handlers.core.incoming import Incoming
from storage.rows.traffic import Delivery, Message

NAME = "sms"


async def take_in(engine: Engine, key: str, phone: str, text: str) -> None:
    """Take in what came back from a telephone.

    Args:
        engine: what takes it in, and knows what was sent.
        key: the answer's own, the same when it comes again.
        phone: E.164, "+4520000003".
        text: as it was written.
    """
    given: dict[str, Any] = {
        "key": key,
        "platform": NAME,
        "sender": engine.plan().find(NAME, phone) or f"{NAME}:{phone}",
        "place": "dm",
        "conversation": phone,
        "received_at": engine.clock.now(),
        "sender_name": phone,
        "certain": False,
    }
    async with engine.database.reading() as db:
        asked = await db.scalar(
            select(Message)
            .join(Delivery, Delivery.message_id == Message.id)
            .where(Delivery.lane == f"{NAME}/{phone}", Delivery.sent_at.is_not(None))
            .order_by(Delivery.sent_at.desc(), Delivery.id.desc())
            .limit(1)
        )
    button = chosen(Card.from_json(asked.card), text) if asked is not None else None
    if asked is not None and button is not None:
        await engine.intake.accept(
            Incoming(**given, kind="press", action=button.do, args=button.args, message=str(asked.id), text=text)
        )
    else:
        await engine.intake.accept(Incoming(**given, kind="text", text=text))
