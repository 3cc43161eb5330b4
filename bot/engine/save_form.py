"""The form of `Gem i log`: its fields, which every platform draws in its own way."""

from __future__ import annotations

from bot.engine.engine import Engine
from handlers.core.card import Field
from handlers.core.incoming import Incoming
from handlers.core.turn import Turn
from handlers.log import line_words


async def asked(engine: Engine, platform: str, sender: str, conversation: str) -> tuple[Field, ...]:
    """Return the fields that `Gem i log` asks for beside the message's words.

    Args:
        platform: the platform's registered name.
        sender: who wants to save.
        conversation: where the message stands.
    """
    now = engine.clock.now()
    opened = Incoming("", "save", platform, sender, "channel", conversation, now)
    async with engine.database.reading() as db:
        return await line_words.asked(Turn(db, now, engine.plan(), incoming=opened))
