"""Things that people call by their number, "TB2" and "punkt 4": typed behind the verb that makes them, one is looked up and none
made. Plan §7, overblik."""

from __future__ import annotations

import re
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import select

from handlers.core import withheld
from handlers.core.card import Card, quote
from handlers.core.turn import Turn

R = TypeVar("R")
BARE = re.compile(r"(?:(?:nr\.?|nummer)\s*+)?(\d{1,6})[.!?]?\s*+", re.IGNORECASE)


class Called(NamedTuple):
    """What was called by its number.

    Args:
        number: its own.
        more: what was said beside it.
    """

    number: int
    more: str


def read(text: str, sign: str = "") -> Called | None:
    """Read what is called by its number; None where nothing is.

    Args:
        text: what came after the verb.
        sign: what its number begins with, "TB", with which other words may follow; without one only a number alone is read.
    """
    if not sign:
        bare = BARE.fullmatch(text.strip())
        return Called(int(bare[1]), "") if bare else None
    found = re.fullmatch(
        rf"{re.escape(sign)} ?(\d{{1,6}})(?![\w-])[.:,!]*+\s*+(.*)", text.strip(), re.IGNORECASE | re.DOTALL
    )
    return Called(int(found[1]), found[2]) if found else None


def leading(text: str, sign: str) -> Called | None:
    """Read the number that words begin with, with what is said of it: "3 udført", "T3 er klaret", "nr. 3", "Opgave 3 udført".

    Args:
        text: what came after the verb.
        sign: what stands before the number where it is shown.
    """
    found = re.match(
        rf"\s*+(?:(?:{re.escape(sign)}|nr\.?|nummer)\s?)?(\d{{1,6}})\b[:.]?\s*(.*)", text, re.IGNORECASE | re.DOTALL
    )
    return Called(int(found[1]), found[2].strip()) if found else None


async def row_or_tell(turn: Turn, kind: type[R], called: Called, name: str) -> R | None:
    """Find what was called by its number, or tell whoever called it that there is none, or that they may not see it.

    Args:
        kind: of row, which has a crisis and a number.
        name: how people call it: "TB2".
    """
    table: Any = kind
    where = (table.crisis_id == turn.the_crisis.id, table.number == called.number)
    row: R | None = await turn.db.scalar(select(kind).where(*where))
    if row is None:
        await turn.answer(Card(f"{name} findes ikke. Intet er skrevet."))
        return None
    return None if await withheld.refuse_row(turn, row, name) else row


def unused(called: Called) -> str:
    """Tell what was said beside a number and is written nowhere; empty for nothing."""
    return f"\n»{quote(called.more, 300)}« er ikke skrevet på den." if called.more else ""
