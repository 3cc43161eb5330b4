"""A short answer that several questions could take: asks which one is meant. Plan §4; §5.

Whoever has only a telephone answers with a number, and a number says nothing of what it was written to.
"""

from __future__ import annotations

import re
from datetime import datetime

from handlers.core import registry
from handlers.core.card import Button, Card
from handlers.core.context import Context
from handlers.core.registry import Take
from handlers.core.turn import Turn
from storage.rows.traffic import Message

# What an input has beside its text, where a way of words alone can't tell what it answers.
WHICH = "which"
KEY = "which_answer/"
# What is shown of each question, in characters: several of them fit an SMS.
HEAD = 30


def is_question(message: Message) -> bool:
    """Whether a message is the question which of several is meant."""
    return message.key.startswith(KEY)


async def _at_once(turn: Context) -> datetime | None:
    return turn.now if WHICH in turn.the_incoming.args else None


@registry.reply("which_answer", asked=_at_once)
async def read(turn: Context, text: str) -> Take | None:
    """Read a number that could answer several of the sender's own open questions."""
    return _ask if WHICH in turn.the_incoming.args else None


async def _ask(turn: Turn) -> None:
    """Ask which of its sender's own open questions a number answers; nothing is done before that is known."""
    which = turn.the_incoming.args[WHICH]
    standing = [await turn.db.get(Message, each) for each in which["asked"]]
    own = [each for each in standing if each is not None and each.recipient == turn.sender]
    buttons = [button for each in own if (button := _answer(each, which["number"])) is not None]
    text = "*Hvilket spørgsmål svarer du på?* Intet er gjort endnu." if buttons else (
        "Det spørgsmål er besvaret eller ændret. Intet er gjort. Skriv med ord, hvad du mener."
    )  # fmt: skip
    await turn.answer_alone(Card(text, buttons=tuple(buttons)), key=f"{KEY}{turn.inbox_id}")


def _answer(message: Message, number: int) -> Button | None:
    """Return a question's answer of that number, named with what it answers, and about the same crisis."""
    card = Card.from_json(message.card)
    every = card.answers
    if not 1 <= number <= len(every):
        return None
    head = re.sub(r"[*\s]+", " ", card.text).strip()[:HEAD].strip()
    chosen, about = every[number - 1], {"crisis": message.crisis_id} if message.crisis_id is not None else {}
    return Button(f"{chosen.label} ({head}…)"[:70], chosen.do, about | dict(chosen.args))
