"""What stands where people read it: our own message, found again by the platform's name for it."""

from __future__ import annotations

from sqlalchemy import select

from storage.database import Database
from storage.rows.traffic import Delivery


async def answered(database: Database, lane: str, name: str, value: str) -> str:
    """Return our number for the message that somebody answers, as text; empty when it is none of ours there.

    Args:
        database: the rows.
        lane: the conversation, "slack/U0JENS"; a message is only looked for where the answer stands.
        name, value: what the platform calls the message: a key of the delivery's `ref`, and what stands there.
    """
    if not value:
        return ""
    async with database.reading() as db:
        found = await db.scalar(
            select(Delivery.message_id)
            .where(Delivery.lane == lane, Delivery.ref[name].as_string() == value)
            .order_by(Delivery.id.desc())
            .limit(1)
        )
    return "" if found is None else str(found)


async def place_of(database: Database, lane: str, name: str) -> str:
    """Return where messages to somebody have been put, as the platform calls it; empty before the first.

    Args:
        database: the rows.
        lane: the conversation, "slack/U0JENS".
        name: the key of the delivery's `ref` that tells.
    """
    async with database.reading() as db:
        found = await db.scalar(
            select(Delivery.ref[name].as_string())
            .where(Delivery.lane == lane, Delivery.sent_at.is_not(None))
            .order_by(Delivery.id.desc())
            .limit(1)
        )
    return found or ""
