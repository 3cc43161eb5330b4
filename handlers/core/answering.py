"""Answers that say what they answer: a reply in a message's thread, or with the message quoted above it.

Such an answer is for that message's question and for no other, however many have been asked since.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from handlers.core import registry
from handlers.core.card import Button, Card
from handlers.core.context import Context
from handlers.core.language import dangers
from handlers.core.turn import Turn
from storage.letters import fold
from storage.rows.traffic import Message

NUMBER = re.compile(r"\s*+(?:svar\s++)?+(\d{1,2})\s*+[.!)]?+\s*+", re.IGNORECASE)
# Buttons that are named in one line, at most.
MOST_NAMED = 3
MARKS = re.compile(r"[^\w ]++")


async def press_by_words(turn: Turn, text: str) -> bool:
    """Make a press of an answer that is one of the answered card's buttons, by its words or its number.

    Args:
        text: what was written.

    Returns:
        whether it is one; the turn's input is that press then.
    """
    standing = await turn.answered()
    if standing is None:
        return False
    button = _meant(Card.from_json(standing.card), text)
    if button is None:
        return False
    turn.incoming = replace(
        turn.the_incoming, kind="press", action=button.do, args=button.args, message=str(standing.id), text=text
    )
    return True


async def readers(turn: Context, kinds: list[str]) -> list[str]:
    """Return the kinds of question that an answer may be read for, those first that the answered card asks."""
    standing = await turn.answered()
    if standing is None:
        return kinds
    asks = {registry.actions[button.do].run.__module__ for button in _known(standing)}
    return sorted(kinds, key=lambda kind: not (kind == standing.kind or registry.replies[kind][0].__module__ in asks))


async def about(turn: Context, do: str, name: str) -> int | None:
    """Return what the answered card's button of that kind is about, where it has one: the row's number.

    Args:
        do: what the button does.
        name: which of its arguments.
    """
    standing = await turn.answered()
    found = (button.args.get(name) for button in _known(standing) if button.do == do) if standing else iter(())
    return next((number for number in found if isinstance(number, int)), None)


async def tell_that_a_sign_is_none(turn: Turn, standing: Message) -> None:
    """Write on a card that asks, once, that a reaction is no answer to it, and which buttons are; nobody is written to."""
    labels = [f"*{button.label}*" for button in _known(standing) if registry.is_awaited(button.do)]
    if labels:
        turn.add_line(standing, f"Et tegn er ikke et svar. Tryk på {' eller '.join(labels[:MOST_NAMED])}.")


async def asked_lately(turn: Context, question: str, within: timedelta) -> Message | None:
    """Find the question that the sender was asked last of those whose keys begin so, where that was not long ago.

    Args:
        question: "own_words/".
        within: how long ago, at most.
    """
    newest: Message | None = await turn.db.scalar(
        select(Message)
        .where(
            Message.recipient == turn.sender,
            Message.key.startswith(question, autoescape=True),
            Message.created_at > turn.now - within,
        )
        .order_by(Message.id.desc())
        .limit(1)
    )
    return newest


async def is_over(turn: Context, text: str) -> bool:
    """Whether a yes or a no answers a card of ours that no longer asks: it is an answer to nothing else."""
    standing = await turn.answered()
    return standing is not None and dangers.answered(text) is not None and not _known(standing)


def _known(standing: Message) -> list[Button]:
    return [each for each in Card.from_json(standing.card).buttons if each.do in registry.actions]


def _meant(card: Card, text: str) -> Button | None:
    buttons = card.answers
    number = NUMBER.fullmatch(text)
    if number:
        return buttons[int(number[1]) - 1] if 1 <= int(number[1]) <= len(buttons) else None
    said = MARKS.sub("", fold(text)).strip()
    return next((button for button in buttons if said and MARKS.sub("", fold(button.label)).strip() == said), None)
