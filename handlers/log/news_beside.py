"""News that came beside an answer ("har den, men broen er lukket"): a line of its own in the log. Plan §7."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from handlers.core.card import Card, quote
from handlers.core.turn import Turn


async def log(turn: Turn, told: str, about: Mapping[str, Any]) -> Card:
    """Log the news, and return what tells whoever wrote them so.

    Args:
        told: the news, without the answer that they stood beside.
        about: the row that was answered, as a log line's `refs`.
    """
    entry = await turn.log(told, sender=turn.sender, receiver="krisestaben", direction="in", refs=about)
    return Card(f"»{quote(told, 300)}« står i loggen som nr. {entry.no} (ubekræftet).")
