"""The app's home page in Slack. Bilag 1, Overblik."""

from __future__ import annotations

from bot.engine.engine import Engine
from handlers.core import registry
from handlers.core.card import Card
from handlers.core.incoming import Incoming
from handlers.core.turn import Turn


async def home(engine: Engine, opened: Incoming) -> Card:
    """Draw the page for whoever opened it.

    Args:
        opened: by whom.
    """
    async with engine.database.reading() as db:
        turn = Turn(db, engine.clock.now(), engine.plan(), incoming=opened)
        return await registry.home_card(turn)
