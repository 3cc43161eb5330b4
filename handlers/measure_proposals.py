"""Measures that are proposed by those who can't decide them. Plan §7: the staff decides what the municipality does."""

from __future__ import annotations

from handlers import measure_card, measure_reading, measure_steps, rights
from handlers.card import Card, quote
from handlers.registry import action
from handlers.turn import ORDINARY, URGENT, Turn
from storage.tables import Measure


async def propose(turn: Turn, text: str) -> None:
    """Kept, and offered to those who can (R227)."""
    read = measure_reading.Reading(turn, text)
    if not read.title:
        await turn.answer(Card("Hvad foreslår du? Skriv fx */krise t pumpe til Birkehøj*."))
        return
    row = await measure_steps.keep(turn, read.title, read.owner, read.due, read.centre, read.urgent, read.political)
    row.status = "proposed"
    entry = await turn.log(
        f"Forslag til tiltag: {text}",
        kind="proposal",
        sender=turn.sender,
        receiver="krisestaben",
        direction="in",
    )
    row.log_no = entry.no
    deciders = [*await turn.chiefs(), *turn.rules.holders("tovholder")]
    await turn.notify(
        deciders,
        measure_card.card(turn, row),
        kind="notice",
        summary=f"Forslag til tiltag (log nr. {entry.no}) er sendt til {turn.names(dict.fromkeys(deciders))}",
        key=measure_card.key(row, "proposal"),
        urgency=URGENT if read.urgent else ORDINARY,
    )
    await turn.answer(
        Card(
            f"Kun {rights.runs_staff.holders} kan sætte tiltag i værk. Dit forslag er gemt (log nr. {entry.no}) og sendt "
            f"til {turn.names(dict.fromkeys(deciders))}."
        )
    )


@action("measures.accept", who=rights.runs_staff)
async def accept(turn: Turn, measure: int) -> None:
    """`Sæt i værk`: what was proposed becomes a measure."""
    row = await turn.db.get(Measure, measure)
    if row is None or row.status != "proposed":
        return
    await measure_steps.begin(turn, row)
    await measure_card.show(turn, row)
    await turn.say(
        row.created_by,
        Card(f"✅ Dit forslag er nu tiltag T{row.number}: {measure_card.line(turn, row)}."),
        kind="notice",
    )


@action("measures.decline", who=rights.runs_staff)
async def decline(turn: Turn, measure: int) -> None:
    """`Nej tak`: the proposer is told, with the reason."""
    row, reason = await turn.db.get(Measure, measure), turn.value("reason")
    if row is None or row.status != "proposed":
        return
    row.status, row.changed_at = "cancelled", turn.now
    why = f" Begrundelse: {reason}" if reason else ""
    await turn.log(f"Forslag til tiltag er ikke fulgt: {row.title}.{why}", kind="proposal", refs={"about": row.log_no})
    await measure_card.show(turn, row)
    await turn.say(
        row.created_by,
        Card(f"Dit forslag er ikke sat i værk: {quote(row.title)}.{quote(why)}"),
        kind="notice",
    )
