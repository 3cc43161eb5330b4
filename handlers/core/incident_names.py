"""What an incident is called, for whoever reads it. Plan §8, "hvem skal vide hvad".

Until somebody has decided, its name is what somebody warned with: their words, and not everybody's to read. Whoever has
no part in it reads that it is there, and since when; the number is enough to name it by. What is decided has the name
that whoever decided it has read and can correct, and everybody may know of it.
"""

from __future__ import annotations

import re

from sqlalchemy import select

from handlers.core import rights
from handlers.core.card import Card
from handlers.core.context import HANDFUL, Context
from storage.rows.crisis import Crisis


async def shown(turn: Context, crisis: Crisis) -> str:
    """Return an incident's name as the turn's sender may read it, Danish: "1: vand i kælderen", "2: varslet kl. 14:02"."""
    if crisis.level is not None or await has_part(turn, crisis):
        return f"{crisis.number}: {crisis.title}"
    return f"{crisis.number}: varslet {turn.clock(crisis.created_at)}"


def short(crisis: Crisis) -> str:
    """Return an incident's name for everybody: its number alone, until somebody has decided on it."""
    return f"{crisis.number}: {crisis.title}" if crisis.level is not None else str(crisis.number)


def is_named(text: str, crisis: Crisis) -> bool:
    """Whether a card says already which incident it is about: at its beginning, or by what it is."""
    named = rf"\W*+nr\. {crisis.number}(?!\d)|.*?\b(?:krise|hændelse|varsel|varslet|alarm)n?(?: nr\.)? {crisis.number}(?!\d)"
    return re.match(named, text, re.IGNORECASE | re.DOTALL) is not None


def is_told(card: Card, crisis: Crisis) -> bool:
    """Whether a card says somewhere, by its number or its name, which incident it is about."""
    told = "\n".join([card.text, *(value for _, value in card.facts)])
    return crisis.title in told or re.search(rf"(?<!log )\bnr\. {crisis.number}(?!\d)", told, re.IGNORECASE) is not None


async def ended(turn: Context) -> list[Crisis]:
    """Return the crises that are over and that the turn's sender had a part in, the newest first: a handful."""
    took = await turn.took_part_in()
    over = select(Crisis).where(Crisis.state == "closed", Crisis.exercise == turn.exercise, Crisis.level == 1)
    newest = await turn.db.scalars(over.order_by(Crisis.number.desc()).limit(HANDFUL))
    had = [each for each in newest if each not in took and await had_part(turn, each)]
    return sorted([*took, *had], key=lambda each: -each.number)[:HANDFUL]


async def had_part(turn: Context, crisis: Crisis) -> bool:
    """Whether the turn's sender had a part in an incident that is over: in its staff, or beside it; at level 1, where there
    was none, whoever decides, runs it or serves it."""
    there = turn.about(crisis)
    return turn.sender in await there.took_part() or (crisis.level == 1 and await has_part(turn, crisis))


async def has_part(turn: Context, crisis: Crisis) -> bool:
    """Whether the turn's sender decides, runs it, serves it or warned of it."""
    seen = turn.as_seen_by(turn.sender).about(crisis)
    return await rights.decider.has(seen) or await rights.staff.has(seen) or turn.sender in await seen.took_part()
