"""Attachments: keeps, logs and tells of a picture or file once it has been fetched or could not be. Plan §7,
Dokumentation."""

from __future__ import annotations

import re
from dataclasses import replace

from sqlalchemy import select

from handlers.core import enclosures
from handlers.core.card import Card
from handlers.core.turn import Turn
from storage.rows.log import Attachment, store
from storage.rows.traffic import Message


async def arrived(turn: Turn, row: Attachment, content: bytes) -> None:
    """Store an attachment's bytes and write their hash into the chain of the log."""
    before = await enclosures.mention(turn, row)
    row.sha256, row.size = await store(turn.db, content), len(content)
    row.state, row.reason = "kept", None
    await _settle(turn, row, before)


async def lost(turn: Turn, row: Attachment, reason: str) -> None:
    """Mark an attachment as failed, log it, and tell whoever saved it: that it can't be had is a fact.

    Args:
        reason: Danish, to stand after "kunne ikke gemmes:".
    """
    before = await enclosures.mention(turn, row)
    row.state, row.reason = "failed", reason
    await _settle(turn, row, before)


async def _settle(turn: Turn, row: Attachment, before: str) -> None:
    row.settled_at = turn.now
    if row.log_no is not None:
        await turn.log_enclosed(row)
    elif row.state == "failed":
        await turn.tell_lost(row)
    await mend(turn, row, before)


async def mend(turn: Turn, row: Attachment, before: str) -> None:
    """Correct what the cards say of an attachment, wherever they stand: those that name its line, or were said to
    whoever sent it.

    Args:
        before: what `mention` said before it changed.
    """
    old, new = f"{enclosures.MARK} {before}", f"{enclosures.MARK} {await enclosures.mention(turn, row)}"
    number = "" if row.log_no is None else enclosures.at(row.log_no)
    said = select(Message).where(Message.created_at >= row.wanted_at)
    if row.log_no is None:
        said = said.where(Message.recipient == row.saved_by)
    else:
        said = said.where(Message.crisis_id == row.crisis_id)
    for standing in (await turn.db.scalars(said)).all():
        lines = str(standing.card["text"]).split("\n")
        corrected = {f"{old}{number}": f"{new}{number}"}
        if row.log_no is None or re.search(rf"\bnr\. {row.log_no}\b", lines[0]):
            corrected[old] = new
        if not corrected.keys().isdisjoint(lines):
            changed = "\n".join(corrected.get(each, each) for each in lines)
            await turn.say(standing.recipient, replace(Card.from_json(standing.card), text=changed), key=standing.key)
