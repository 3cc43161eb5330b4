"""Where the framing staff meets: "træder sammen hurtigst muligt", at a place or by a link. Plan §5 (R033).

Its own module, since the summons says it and the staff's first card changes it.
"""

from __future__ import annotations

from sqlalchemy import select

from handlers.turn import Turn
from storage.log import exported
from storage.tables import LogEntry

KIND = "framing_meeting"


async def place(turn: Turn) -> str:
    """Where, as last said; else as the plan has it; empty when nobody has said."""
    entry = await turn.db.scalar(
        select(LogEntry)
        .where(LogEntry.crisis_id == turn.the_crisis.id, LogEntry.kind == KIND)
        .order_by(LogEntry.no.desc())
        .limit(1)
    )
    if entry is not None:
        return str(exported(entry)["refs"]["place"])
    meetings = turn.rules.meetings
    return " · ".join(each for each in (meetings.place, meetings.link) if each)


async def move(turn: Turn, to: str) -> None:
    """Say where, from now on."""
    await turn.log(
        f"Det rammesættende møde: {to}",
        kind=KIND,
        sender=turn.sender,
        verification="confirmed",
        refs={"place": to},
    )
