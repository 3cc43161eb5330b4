"""A "like" that comes as a text: a telephone tells one that has no such thing in words, with the message it is about quoted.

Nobody has written it, and it is no answer; read as words it would say what we ourselves wrote.
"""

from __future__ import annotations

from collections.abc import Iterable

from bot.engine.engine import Engine
from bot.platforms.fallback.numbered_text import in_words
from bot.platforms.fallback.sms_alphabet import plainly
from handlers.core.card import Card
from handlers.core.turn import Turn
from storage.rows.traffic import Message

QUOTES = '"“”„»«‟'
# How telephones say it, before what they quote; a sign alone says nothing in letters.
SAID = (
    *("liked", "loved", "disliked", "laughed at", "emphasized", "questioned", "reacted", "removed a"),
    *("synes godt om", "syntes godt om", "synes ikke om", "syntes ikke om", "elsker", "elskede", "griner", "grinede"),
    *("fremhævede", "understregede", "satte spørgsmålstegn", "reagerede", "fjernede"),
)
TO = {"", "til", "to", "på"}
# Where the quotation begins at the latest, and in how many letters it is told from others.
FIRST, ENOUGH = 60, 12
WORDS = "Et tegn er ikke et svar. Svar med et tal fra beskeden, eller skriv med dine egne ord."


def liked(text: str, sent: Iterable[Message]) -> Message | None:
    """Find the message that a "like" is about; None where the text is somebody's own.

    Args:
        text: as it came.
        sent: what was sent to the telephone of late.
    """
    start = next((place for place, sign in enumerate(text[:FIRST]) if sign in QUOTES), None)
    if start is None:
        return None
    before, quoted = text[:start].strip().casefold(), _letters(text[start:].removeprefix("(gentaget) "))
    by_sign = "".join(each for each in before if each.isalpha()) in TO and before != ""
    if len(quoted) < ENOUGH or not (by_sign or before.startswith(SAID)):
        return None
    return next((each for each in sent if _letters(_as_sent(each)).startswith(quoted[:ENOUGH])), None)


async def answer(engine: Engine, person: str, message: Message) -> None:
    """Tell somebody that it is no answer, once a message.

    Args:
        engine: the rows, the time, and today's plan.
        person: who.
        message: what they liked.
    """
    async with engine.database.transaction() as db:
        turn = Turn(db, engine.clock.now(), engine.plan())
        await turn.say(person, Card(WORDS), key=f"sms_liked/{message.id}", kind="notice", platform="sms")


def _as_sent(message: Message) -> str:
    return plainly(in_words(Card.from_json(message.card)))


def _letters(text: str) -> str:
    return "".join(each for each in text.casefold() if each.isalnum())
