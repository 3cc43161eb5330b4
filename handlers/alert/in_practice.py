"""`Er det virkeligt?`: whoever is in the middle of a lesson of their own (`øv`) and writes of danger is asked once, and where
no answer comes, it is taken for real. Plan §4, "erkender og reagerer".
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import select

from handlers.core import answering, registry, running, taking_up, typed_verbs, words
from handlers.core.card import DANGER, Button, Card, quote
from handlers.core.context import URGENT, Context
from handlers.core.incoming import Incoming
from handlers.core.language import dangers
from handlers.core.registry import Take, action
from handlers.core.turn import Turn
from storage.rows.traffic import Message

# What a lesson's card is called, wherever it stands; and how long one that is left lying still counts.
LESSON = "lesson/"
STILL_OPEN = timedelta(minutes=15)
# So long is waited for the answer, before it is taken for real.
PATIENCE = timedelta(minutes=1)

CLOSED = Card("Øvelsen er lukket. Skriv */krise øv*, når du vil øve dig igen.")
REAL = Card(f"Det er virkeligt. Øvelsen er lukket. {DANGER}")
NOT_REAL = Card("Godt. Intet er sendt. Øvelsen går videre på kortet ovenfor.")


async def lesson_of(turn: Context) -> Message | None:
    """Find the lesson that the sender is in the middle of."""
    newest: Message | None = await turn.db.scalar(
        select(Message)
        .where(Message.recipient == turn.sender, Message.key.startswith(LESSON))
        .order_by(Message.id.desc())
        .limit(1)
    )
    if newest is None or not newest.card["buttons"]:
        return None
    return newest if (newest.edited_at or newest.created_at) > turn.now - STILL_OPEN else None


async def ask_if_real(turn: Turn, text: str) -> bool:
    """Ask whoever is in a lesson whether what they wrote is real; returns whether they are asked.

    Args:
        text: what was written, without the verb.
    """
    if turn.incoming is None or turn.inbox_id is None or await lesson_of(turn) is None:
        return False
    await ask(turn, text)
    return True


async def ask(turn: Turn, text: str) -> None:
    """Ask whether the input is real; unanswered, it goes up the chain."""
    about = {"inbox": turn.inbox_id}
    # The lesson's card has a plain yes of its own; these say which they are.
    turn.crisis, turn.exercise = None, False
    await turn.answer_alone(
        Card(
            f"*Er det virkeligt?* Du er ved at øve dig, og du skrev: »{quote(text, 300)}«\n{DANGER}\n"
            f"Svarer du ikke inden {turn.clock(turn.now + PATIENCE)}, tager jeg det for alvor og sender det videre.",
            buttons=(
                Button("Ja, det er virkeligt", "practice.real", about, style="primary"),
                Button("Nej, jeg øver mig", "practice.not_real", about),
            ),
        ),
        key=_key(turn.inbox_id),
        urgency=URGENT,
    )
    await turn.at(
        turn.now + PATIENCE, "practice.unanswered", _key(turn.inbox_id), inbox=turn.inbox_id, person=turn.sender
    )


@action("practice.real", crisis=False, urgent=True)
async def real(turn: Turn, inbox: int) -> None:
    """Do what was written, for real, by `Ja, det er virkeligt`: the lesson is over, and the plan's question is asked."""
    original = await taking_up.original_of(turn, inbox, turn.sender)
    if original is not None:
        await turn.replace(REAL)
        await _for_real(turn, original, inbox)


async def _for_real(turn: Turn, original: Incoming, inbox: int) -> None:
    await turn.cancel(_key(inbox))
    turn.incoming, turn.inbox_id = original, inbox
    await close(turn)
    typed = typed_verbs.strip_name(original.text)
    if original.kind == "press":
        await words.command(turn, f"varsel {original.values.get('text', '')}")
    elif original.kind == "command" or typed_verbs.is_explicit(typed):
        await words.command(turn, typed)
    else:
        await running.lead_on(turn, typed)


async def close(turn: Turn) -> None:
    """Close the sender's lesson, where they are in one."""
    lesson = await lesson_of(turn)
    if lesson is not None:
        await turn.say(turn.sender, CLOSED, key=lesson.key)
        await turn.db.flush()


@action("practice.not_real", crisis=False)
async def not_real(turn: Turn, inbox: int) -> None:
    """Let what was written be part of the lesson, by `Nej, jeg øver mig`."""
    if await taking_up.original_of(turn, inbox, turn.sender) is not None:
        await turn.cancel(_key(inbox))
        await turn.replace(NOT_REAL)


@registry.timer("practice.unanswered", urgent=True, crisis=False)
async def unanswered(turn: Turn, inbox: int, person: str) -> None:
    """Take for real what nobody said was practice: whoever wrote it may be unable to answer."""
    original = await taking_up.original_of(turn, inbox, person)
    if original is None:
        return
    turn.incoming, turn.inbox_id = original, inbox
    await turn.say(
        person, Card(f"Du svarede ikke, så jeg tager det for alvor. Øvelsen er lukket. {DANGER}"), key=_key(inbox)
    )
    await _for_real(turn, original, inbox)


async def _asked_at(turn: Context) -> datetime | None:
    asked = await _asked(turn)
    return asked.created_at if asked is not None else None


@registry.reply("practice", asked=_asked_at)
async def read(turn: Context, text: str) -> Take | None:
    """Read a written "ja" or "nej" as the answer to whether it is real."""
    reply, asked = dangers.answered(text), await _asked(turn)
    if reply is None or asked is None:
        return None
    inbox = asked.card["buttons"][0]["args"]["inbox"]
    if reply == "no":
        return partial(_let_be, asked=asked, inbox=inbox)
    original = await taking_up.original_of(turn, inbox, turn.sender)
    return partial(_take, asked=asked, original=original, inbox=inbox) if original is not None else None


async def _let_be(turn: Turn, asked: Message, inbox: int) -> None:
    await turn.cancel(_key(inbox))
    await turn.say(turn.sender, NOT_REAL, key=asked.key)


async def _take(turn: Turn, asked: Message, original: Incoming, inbox: int) -> None:
    await turn.say(turn.sender, REAL, key=asked.key)
    await _for_real(turn, original, inbox)


async def _asked(turn: Context) -> Message | None:
    newest = await answering.asked_lately(turn, "practice/", STILL_OPEN)
    return newest if newest is not None and newest.card["buttons"] else None


def _key(inbox: int | None) -> str:
    return f"practice/{inbox}"
