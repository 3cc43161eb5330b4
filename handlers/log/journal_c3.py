"""`c3`: what the other municipalities are to see, ready to copy, and marked when somebody has. Plan §6.

C3 is the record across municipalities; krisebot's log is the staff's working log.

C3 is the record across municipalities; krisebot's log is the staff's working log.
"""

from __future__ import annotations

import re

from sqlalchemy import and_, func, select

from handlers.core import clearance, rights, staying_inside
from handlers.core.card import Button, Card, quote
from handlers.core.context import Context
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.log import case_numbers
from storage.rows.log import TRANSFER, LogEntry, LogState, exported

# "hvor situationsbillede, beslutninger og opgaver både deles og dokumenteres"; not our own reminders and receipts.
SHARED = (
    "information", "saved", "report", "telephone", "system", "picture", "decision", "framing_decision", "measure",
    "task", "order", "order_status", "assistance", "resource", "communication", "minutes", "established", "media",
    "municipalities", "coordination", "coordination_report", "liaison", "joint_decision",
)  # fmt: skip
LONGEST, LONGEST_LINE = 2200, 300  # characters that a platform's card has room for

TRANSFERRED = re.compile(r"(?:(?:er\s{1,3})?(?:overført|kopieret)|til)\b\D{0,30}(?P<up_to>\d{1,6})\b", re.IGNORECASE)


@verb(
    "c3",
    "c 3",  # as it is split: "t7" is "t 7"
    "overfør c3",
    "overført c3",
    help="c3 – det nye, klar til at kopiere til C3; bagefter trykker du »Overført til C3«",
    who=rights.runs_staff,
    crisis=True,
    afterwards=True,
)
async def c3(turn: Turn, text: str) -> None:
    """Show what is new since the last transfer; with a number, write it down as the case's number in C3; "overført til 12"
    marks the lines that are there."""
    if done := TRANSFERRED.match(text.strip()):
        newest = await turn.db.scalar(select(func.max(LogEntry.no)).where(LogEntry.crisis_id == turn.the_crisis.id))
        await _bring_up_to(turn, min(int(done["up_to"]), newest or 0))
    elif re.search(r"\d", text):
        await case_numbers.note(turn, text.strip(), in_c3=True)
    await turn.answer(await _card(turn))


@action("c3.transferred", who=rights.runs_staff)
async def transferred(turn: Turn, up_to: int) -> None:
    """Log who has transferred what and when, by `Overført til C3`, and show the next that waits."""
    if await _bring_up_to(turn, up_to):
        await turn.replace(await _card(turn))


async def _bring_up_to(turn: Turn, up_to: int) -> bool:
    """Log that the lines up to a number are in C3; returns whether they were not marked so before."""
    last = await _last(turn)
    since = exported(last)["refs"]["up_to"] if last else 0
    if up_to <= since:
        return False
    await turn.log(
        f"Overført til C3: log nr. {since + 1}–{up_to}",
        kind=TRANSFER,
        sender=turn.sender,
        receiver="C3",
        direction="out",
        verification="confirmed",
        refs={"up_to": up_to},
    )
    return True


async def how_far(turn: Context) -> str:
    """Tell in one line how far C3 has been brought: up to where, by whom and when."""
    last = await _last(turn)
    if last is None:
        return "Intet er overført til C3."
    up_to = exported(last)["refs"]["up_to"]
    return (
        f"Overført til C3 til og med log nr. {up_to}, {turn.clock(last.recorded_time)} af {turn.name(last.recorder)}."
    )


async def _card(turn: Context) -> Card:
    last = await _last(turn)
    since = exported(last)["refs"]["up_to"] if last else 0
    new = (LogEntry.crisis_id == turn.the_crisis.id, LogEntry.no > since, LogEntry.kind.in_(SHARED))
    rows = (
        await turn.db.execute(
            select(LogEntry, LogState)
            .join(LogState, and_(LogState.crisis_id == LogEntry.crisis_id, LogState.no == LogEntry.no))
            .where(*new, clearance.up_to(clearance.SHARED))
            .order_by(LogEntry.no)
        )
    ).all()
    case = f"Sag i C3: {quote(turn.the_crisis.c3_ref or 'mangler', 100)}. {await how_far(turn)}"
    kept = await clearance.unseen(turn, clearance.SHARED, LogState.no.in_(select(LogEntry.no).where(*new)))
    kept = f"\n{kept}" if kept else ""
    if not rows:
        return Card(f"Der er intet nyt til C3. {case}{kept}")
    lines: list[str] = []
    up_to = since
    for entry, state in rows:
        mark = "" if state.verification == "confirmed" else " (ubekræftet)"
        words = " ".join(entry.summary.split())
        short = words if len(words) <= LONGEST_LINE else f"{words[:LONGEST_LINE]}…"
        line = f"{entry.no}. {turn.clock(entry.recorded_time)}{mark}: {quote(short)}"
        if lines and sum(map(len, lines)) + len(line) > LONGEST:
            break
        lines.append(line)
        up_to = entry.no
    more = f"\n… og {len(rows) - len(lines)} til, når disse er overført." if len(rows) > len(lines) else ""
    return Card(
        f"*Til C3: {len(rows)} nye linjer.* {case}{kept}{staying_inside.reminder(turn)}\n\n" + "\n".join(lines) + more,
        buttons=(
            Button(
                "Overført til C3", "c3.transferred", {"up_to": up_to, "crisis": turn.the_crisis.id}, style="primary"
            ),
        ),
    )


async def _last(turn: Context) -> LogEntry | None:
    found: LogEntry | None = await turn.db.scalar(
        select(LogEntry)
        .where(LogEntry.crisis_id == turn.the_crisis.id, LogEntry.kind == TRANSFER)
        .order_by(LogEntry.no.desc())
        .limit(1)
    )
    return found
