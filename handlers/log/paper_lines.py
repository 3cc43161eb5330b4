"""Lines of the log that were written on paper while the chat was down, and are typed in afterwards. Plan §7,
Dokumentation.
"""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from storage.rows.crisis import Crisis
from storage.rows.log import LogEntry

# What stands in the place of the message that a line was saved from.
PREFIX = "paper:"
# "papir 7 kl 14.02: …", "P7 kl 14.02: …"
NUMBERED = re.compile(
    r"(?:papir(?:linje)?\s{0,3}(?:nr\.?\s{0,3}|p)?|p(?=\d{1,4}\s{0,3}(?:[:,]|kl\b)))(?P<number>\d{1,4})\b\s{0,3}[:,.]?\s{0,3}",
    re.IGNORECASE,
)


def numbered(text: str) -> tuple[int | None, str]:
    """Split a line into its number on paper and its words; None where it has none."""
    found = NUMBERED.match(text)
    return (int(found["number"]), text[found.end() :]) if found else (None, text)


def refs(number: int) -> dict[str, Any]:
    """Return what a line refers to that had a number on paper."""
    return {"paper": number, "message": f"{PREFIX}{number}"}


async def standing(db: AsyncSession, crisis: Crisis, number: int) -> LogEntry | None:
    """Return the line that a number on paper was typed in as; None where it has not been."""
    typed_in = select(LogEntry).where(LogEntry.crisis_id == crisis.id, LogEntry.message == f"{PREFIX}{number}")
    found: LogEntry | None = await db.scalar(typed_in.order_by(LogEntry.no).limit(1))
    return found


async def next_number(db: AsyncSession, crisis: Crisis) -> int:
    """Return the first number on paper that comes after all that were typed in."""
    marks = select(LogEntry.message).where(LogEntry.crisis_id == crisis.id, LogEntry.message.startswith(PREFIX))
    return max((int(each.removeprefix(PREFIX)) for each in await db.scalars(marks) if each), default=0) + 1
