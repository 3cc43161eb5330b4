"""An answer by SMS: a number presses the button that an SMS to that telephone gave it; other words are words.

Where several questions wait there, each later one has two letters of its own, and a number without them is asked about:
a "1" at night must never answer another question than it was meant for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.engine.engine import Engine
from bot.engine.platform import Outgoing
from bot.platforms.fallback import sms_likes
from bot.platforms.fallback.numbered_text import ANSWER, chosen, code_of
from handlers.core import which_answer
from handlers.core.card import Button, Card
from handlers.core.incoming import Incoming
from storage.rows.traffic import Delivery, Message

NAME = "sms"
# What was asked longer ago is answered by words, and by no number.
STILL_ASKED = timedelta(hours=12)
# As many questions as are looked through.
MOST = 20


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
        sent = await _sent(db, engine, phone)
    about = sms_likes.liked(text, sent)
    if about is not None:
        await sms_likes.answer(engine, about.recipient, about)
        return
    answer = ANSWER.fullmatch(text)
    code = (answer["code"] or "").upper() if answer else ""
    asked = [message for message in _asked(sent) if not code or code_of(message.id) == code]
    meant = [(message, button) for message in asked if (button := chosen(Card.from_json(message.card), text))]
    if meant and (len(asked) == 1 or (_alike([button for _, button in meant]) and len(meant) == len(asked))):
        message, button = meant[0]
        pressed = Incoming(
            **given, kind="press", action=button.do, args=button.args, message=str(message.id), text=text
        )
        await engine.intake.accept(pressed)
    elif meant or (code and any(code_of(message.id) == code for message in sent)):
        which = {"number": int(answer["number"]) if answer else 0, "asked": [message.id for message, _ in meant]}
        await engine.intake.accept(Incoming(**given, kind="text", text=text, args={which_answer.WHICH: which}))
    else:
        await engine.intake.accept(Incoming(**given, kind="text", text=text))


async def code_beside_others(engine: Engine, phone: str, post: Outgoing) -> str:
    """Return the letters that an SMS' answers begin with; none where no other question waits on the telephone.

    Args:
        engine: what knows what was sent.
        phone: where it goes.
        post: what is sent.
    """
    own = post.card.answers
    if not own:
        return ""
    async with engine.database.reading() as db:
        sent = await _sent(db, engine, phone)
    others = [Card.from_json(message.card).answers for message in _asked(sent) if message.id != post.message]
    # A reminder asks the same once more: whichever of them is answered.
    return code_of(post.message) if any(_meanings(other) != _meanings(own) for other in others) else ""


async def _sent(db: AsyncSession, engine: Engine, phone: str) -> Sequence[Message]:
    """Return what was sent to a telephone of late, the newest first."""
    found = await db.scalars(
        select(Message)
        .join(Delivery, Delivery.message_id == Message.id)
        .where(Delivery.lane == f"{NAME}/{phone}", Delivery.sent_at > engine.clock.now() - STILL_ASKED)
        .order_by(Delivery.sent_at.desc(), Delivery.id.desc())
        .limit(MOST)
    )
    return found.all()


def _asked(sent: Sequence[Message]) -> list[Message]:
    """Return those that still wait for an answer; only the question which one is meant, where that came last."""
    if sent and which_answer.is_question(sent[0]):
        return list(sent[:1])
    return [each for each in sent if Card.from_json(each.card).answers and not which_answer.is_question(each)]


def _alike(buttons: Sequence[Button]) -> bool:
    return all(_meanings([each]) == _meanings(buttons[:1]) for each in buttons)


def _meanings(buttons: Sequence[Button]) -> list[tuple[str, dict[str, Any]]]:
    return [(button.do, dict(button.args)) for button in buttons]
