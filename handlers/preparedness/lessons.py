"""`erfaring`: one line for the evaluation, at any time. Bilag 2, Punkter til erfaringsopsamling; plan §3."""

from __future__ import annotations

from sqlalchemy import select

from handlers.core import clearance
from handlers.core.card import Card, quote
from handlers.core.registry import verb
from handlers.core.turn import Turn
from storage.rows.log import LogEntry, LogKind, LogState

KIND: LogKind = "lesson"
SHOWN = 30


@verb(
    "erfaring",
    "læring",
    help="erfaring <hvad lærte vi> – til evalueringen; uden tekst: alle",
    crisis=True,
    afterwards=True,
    named="before",
)
async def lesson(turn: Turn, text: str) -> None:
    """Keep what anybody involved has learnt as a line of the log; without words, show them all."""
    text = text.strip()
    if text:
        entry = await turn.log(text, kind=KIND, sender=turn.sender, receiver="evalueringen", direction="in")
        await turn.answer(Card(f"Tak. Gemt til evalueringen (log nr. {entry.no})."))
        return
    highest = await clearance.highest_here(turn)
    lessons = (LogEntry.crisis_id == turn.the_crisis.id, LogEntry.kind == KIND)
    unseen = await clearance.unseen(turn, highest, LogState.no.in_(select(LogEntry.no).where(*lessons)))
    rows = list(
        await turn.db.scalars(
            select(LogEntry)
            .join(LogState, (LogState.crisis_id == LogEntry.crisis_id) & (LogState.no == LogEntry.no))
            .where(*lessons, clearance.up_to(highest))
            .order_by(LogEntry.no.desc())
            .limit(SHOWN)
        )
    )
    facts = tuple((f"Nr. {row.no}, {turn.name(row.recorder)}", quote(row.summary, 200)) for row in reversed(rows))
    await turn.answer(
        Card(f"*Erfaringer til evalueringen:* {len(rows)}" + (f"\n{unseen}" if unseen else ""), facts=facts)
    )
