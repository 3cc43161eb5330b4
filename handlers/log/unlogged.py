"""Deleting what came along with a message and never came into the log: the log is what is kept. Plan §7, Dokumentation.

It was offered to whoever sent it, and nobody took the offer. What waits for a choice about a CPR number waits on.
"""

from __future__ import annotations

from sqlalchemy import delete, select

from handlers.core import enclosures, personal_numbers
from handlers.core.incoming import Incoming
from handlers.core.language import times_shown
from handlers.core.registry import timer
from handlers.core.turn import Turn
from handlers.log import attachments
from storage.rows.log import Attachment, Stored
from storage.rows.traffic import Inbox


@timer(enclosures.UNLOGGED, crisis=False)
async def remove(turn: Turn, inbox: int) -> None:
    """Delete the bytes and names of what came along with one message, once its time to be logged is up; that it came
    stays. What waits for a choice about a CPR number is given more time."""
    rows = list(
        await turn.db.scalars(
            select(Attachment)
            .where(Attachment.inbox_id == inbox, Attachment.log_no.is_(None), Attachment.state != "removed")
            .order_by(Attachment.id)
        )
    )
    if not rows:
        return
    kept = await turn.db.get_one(Inbox, inbox)
    if personal_numbers.typed(Incoming.from_json(kept.body)):
        enclosures.set_timer(turn.db, turn, inbox)
        return
    after = times_shown.span(turn.rules.deadlines.unlogged)
    before = await enclosures.mention(turn, rows[0])
    hashes = {row.sha256 for row in rows if row.sha256}
    for row in rows:
        row.state, row.name, row.sha256 = "removed", "bilag", None
        row.reason = f"Det blev slettet, fordi det ikke var kommet i loggen efter {after}."
        row.settled_at = turn.now
    await turn.db.flush()
    still = set(await turn.db.scalars(select(Attachment.sha256).where(Attachment.sha256.in_(hashes))))
    await turn.db.execute(delete(Stored).where(Stored.sha256.in_(hashes - still)))
    await attachments.mend(turn, rows[0], before)
