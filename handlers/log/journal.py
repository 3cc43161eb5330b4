"""`journal`: what still has to be filed on the case. Plan §7, Dokumentation; §9.

"Både den interne og eksterne kommunikation skal journaliseres på sagen." Krisebot files nothing itself: it knows what
is missing, reminds of it, and remembers the document number that a person gives it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import time, timedelta

from sqlalchemy import select

from handlers.core import clearance, quiet, rights
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import ROUTINE, Context
from handlers.core.registry import action, timer, verb
from handlers.core.turn import Turn
from storage.rows.crisis import Crisis
from storage.rows.log import Filing, LogEntry

# When the day's work is looked over: still up, and what was made today is fresh.
EVENING = time(20, 0)
A_DAY, A_WEEK = timedelta(days=1), timedelta(days=7)
SHOWN = 15


async def demand(turn: Turn, entry: LogEntry, kind: str, what: str) -> None:
    """Put a log entry on the list of what has to be filed, where it stands until it has a document number.

    Args:
        entry: the log line that tells of it.
        kind: "order", "minutes", "decision", "communication" or "other".
        what: what it is called, Danish, as "Ordre 2 til Mads Rosen".
    """
    if await _filing(turn, entry.no) is None:
        turn.db.add(Filing(crisis_id=turn.the_crisis.id, log_no=entry.no, kind=kind, what=what, since=turn.now))
        await turn.db.flush()
    await look_tonight(turn)


async def look_tonight(turn: Turn, ignored: int = 0) -> None:
    """Set the timer that reminds somebody at the end of the day.

    Args:
        ignored: how many evenings nothing has come of it; then it waits some days.
    """
    local = turn.now.astimezone(turn.zone)
    evening = local.replace(hour=EVENING.hour, minute=EVENING.minute, second=0, microsecond=0)
    await turn.at(
        evening + quiet.spacing(A_DAY, max(ignored - 1, 0), A_WEEK) if ignored or evening <= local else evening,
        "journal.evening",
        f"crisis/{turn.the_crisis.id}/journal",
        ignored=ignored,
    )


async def missing(turn: Context) -> list[Filing]:
    """Return what has no document number yet, the oldest first."""
    return list(
        await turn.db.scalars(
            select(Filing)
            .where(Filing.crisis_id == turn.the_crisis.id, Filing.document_no.is_(None))
            .order_by(Filing.log_no)
        )
    )


@verb(
    "journal",
    "journalisér",
    "journaliser",
    "doknr",
    help="journal – hvad der mangler på sagen; journal 17 D26-4711 giver log nr. 17 dokumentnummer",
    who=rights.runs_staff,
    crisis=True,
    afterwards=True,
)
async def journal(turn: Turn, text: str) -> None:
    """Show what has to be filed; or give a log line its document number, also one that wasn't on the list."""
    if not text.strip():
        await turn.answer(card(turn, await missing(turn)))
        return
    read = re.match(r"\s*(?:log\s*)?(?:nr\.?\s*)?(\d{1,9})\b[:.]?\s*(.*)", text, re.IGNORECASE | re.DOTALL)
    if read is None:
        await turn.answer(
            Card("Hvilken linje i loggen, og hvilket dokumentnummer? Skriv fx */krise journal 17 D26-4711*.")
        )
        return
    await _file(turn, int(read[1]), read[2].strip())


@action("journal.file", who=rights.runs_staff)
async def file(turn: Turn) -> None:
    """Give the line that was chosen in the form the document number that was filled in."""
    number = turn.number("log_no")
    if number is None or not turn.value("document_no"):
        await turn.answer(Card("Vælg, hvad det er, og skriv dokumentnummeret. Intet er ændret."))
        return
    await _file(turn, number, turn.value("document_no"))


async def _file(turn: Turn, log_no: int, document_no: str) -> None:
    line = await turn.db.scalar(select(LogEntry).where(LogEntry.crisis_id == turn.the_crisis.id, LogEntry.no == log_no))
    if line is None:
        await turn.answer(Card(f"Loggen har ingen nr. {log_no}. Intet er ændret; se listen med */krise journal*."))
        return
    row = await _filing(turn, log_no)
    if row is None:
        # The list is read by many, so a line above what they share goes by its number alone.
        hidden = await clearance.hidden(turn, [log_no], clearance.SHARED)
        what = f"Linje, der er {turn.rules.grade_name(clearance.CONFIDENTIAL)}" if hidden else line.summary[:200]
        await demand(turn, line, "other", what)
        row = await _filing(turn, log_no)
    if row is None or not document_no:
        await turn.answer(card(turn, await missing(turn), f"Log nr. {log_no} skal journaliseres. "))
        return
    if row.document_no == document_no:
        await turn.answer(Card(f"Det er noteret: {quote(row.what, 300)} har dokumentnummer {quote(document_no, 100)}."))
        return
    before = f" (før {row.document_no})" if row.document_no else ""
    row.document_no, row.filed_by, row.filed_at = document_no, turn.sender, turn.now
    await turn.log(
        f"Journaliseret: {row.what} (log nr. {log_no}) – dokument {document_no}{before}",
        kind="journalised",
        sender=turn.sender,
        verification="confirmed",
        refs={"about": log_no, "document": document_no},
    )
    await turn.db.flush()
    left = await missing(turn)
    await turn.answer(
        card(turn, left, f"✅ {quote(row.what, 200)} er journaliseret: dokument {quote(document_no, 100)}. ")
    )


def card(turn: Context, rows: Sequence[Filing], head: str = "") -> Card:
    """Draw the list of what is missing, with a form to give one its number.

    Args:
        rows: what is missing.
        head: what the first line begins with.
    """
    crisis = turn.the_crisis
    case = f"Sag i ESDH: {quote(crisis.case_ref or 'mangler', 100)}."
    if not rows:
        return Card(f"{head}Alt er journaliseret. {case}")
    shown = rows[:SHOWN]
    more = f"\nog {len(rows) - SHOWN} til." if len(rows) > SHOWN else ""
    choices = tuple((str(row.log_no), f"Log {row.log_no}: {row.what}"[:75]) for row in shown)
    return Card(
        f"{head}*Ikke journaliseret: {len(rows)}.* {case}{more}",
        facts=tuple((f"Log {row.log_no}", f"{quote(row.what, 200)}, {turn.clock(row.since)}") for row in shown),
        buttons=(
            Button(
                "Skriv dokumentnummer",
                "journal.file",
                {"crisis": crisis.id},
                style="primary",
                form=(
                    Field("log_no", "Hvad?", "choice", required=True, value=choices[0][0], choices=choices),
                    Field("document_no", "Dokumentnummer", required=True),
                ),
                form_title="Journalisér",
            ),
        ),
    )


@timer("journal.evening", level_two=True)
async def evening(turn: Turn, ignored: int = 0) -> None:
    """Remind the secretariat at the end of the day, as long as something is missing; what nothing comes of is said ever
    more seldom, and to the deputy too.

    Args:
        ignored: how many evenings it has been said already, with nothing new since.
    """
    crisis = turn.the_crisis
    rows = await missing(turn)
    numbers = without_number(crisis)
    if crisis.state == "closed" or not (rows or numbers):
        return
    whom = turn.rules.holders("sekretær") or await turn.chiefs()
    whom += [each for each in turn.rules.deputies("sekretær") if ignored and each not in whom]
    told = card(turn, rows)
    lacks = f"\n⚠️ Sagsnummer mangler: {' og '.join(numbers)}. Skriv */krise sag 26/1234*." if numbers else ""
    await turn.notify(
        whom,
        Card(f"*Dagens journal.* {told.text}{lacks}", told.facts, buttons=told.buttons),
        kind="reminder",
        urgency=ROUTINE,
        summary=f"Mindet om det, der ikke er journaliseret: {len(rows)}"
        + (f"; sagsnummer mangler: {' og '.join(numbers)}" if numbers else ""),
    )
    await look_tonight(turn, ignored + 1)


def without_number(crisis: Crisis) -> list[str]:
    """Return the systems in which the crisis' case has no number yet."""
    return [name for name, number in (("ESDH", crisis.case_ref), ("C3", crisis.c3_ref)) if not number]


async def _filing(turn: Context, log_no: int) -> Filing | None:
    found: Filing | None = await turn.db.scalar(
        select(Filing).where(Filing.crisis_id == turn.the_crisis.id, Filing.log_no == log_no)
    )
    return found
