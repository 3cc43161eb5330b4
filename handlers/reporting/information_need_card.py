"""How what the staff must know is shown: its card, its line in lists, and what is late of it. Plan §7, overblik."""

from __future__ import annotations

from sqlalchemy import select

from handlers.core import clearance, rights
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from storage.rows.reporting import InformationNeed, NeedState, Report
from storage.rows.traffic import StaffRecipient

IN_WORDS: dict[NeedState, str] = {"open": "mangler", "answered": "besvaret", "dropped": "ikke længere nødvendigt"}
ANSWER = (Field("text", "Svaret – eller skriv »ved ikke«", "long", required=True),)


def answered_by_button(row: InformationNeed, report: Report) -> Button:
    """Return the button that closes a need by a report."""
    about = {"need": row.id, "no": report.log_no, "crisis": row.crisis_id}
    return Button(f"Svarer på OB{row.number}", "information_needs.by_report", about)


async def open_ones(turn: Context) -> list[InformationNeed]:
    """Return what the staff still has to know, soonest first."""
    return list(
        await turn.db.scalars(
            select(InformationNeed)
            .where(InformationNeed.crisis_id == turn.the_crisis.id, InformationNeed.state == "open")
            .order_by(InformationNeed.due_at, InformationNeed.number)
        )
    )


def line(turn: Context, row: InformationNeed) -> str:
    """Write a need in one line, for lists: what is late begins with it, since lists are cut at their end."""
    late = "⚠️ over fristen: " if row.due_at < turn.now else ""
    return f"{late}{quote(row.text, 200)} – {turn.name(row.owner)}, senest {turn.clock(row.due_at)}"


async def overdue(turn: Context, reader: str) -> str:
    """Tell what should have been known by now, in one line; empty where nothing is.

    Args:
        reader: who reads it, or the staff's channel.
    """
    late = [row for row in await open_ones(turn) if row.due_at < turn.now]
    seen, _ = await clearance.visible_rows(turn, late, reader)
    shown = "; ".join(
        f"OB{row.number} {quote(row.text, 60)} ({turn.name(row.owner)}, {turn.clock(row.due_at)})" for row in seen[:2]
    )
    more = f"; og {len(seen) - 2} til" if len(seen) > 2 else ""
    return f"• *Mangler stadig svar:* {shown}{more}" if seen else ""


async def card(turn: Context, row: InformationNeed, reader: str, head: str = "") -> Card:
    """Draw a need as one reader sees it.

    Args:
        head: what stands before it.
    """
    asks = isinstance(reader, StaffRecipient) or await rights.asks.has(turn.as_seen_by(reader))
    if row.state != "open":
        mark = "✅" if row.state == "answered" else "✖"
        buttons = (amendment("Spørg igen", row),) if asks and row.state == "answered" else ()
        return Card(
            f"{mark} *OB{row.number} er {IN_WORDS[row.state]}{where(row)}:* {quote(row.text)}\nAf {turn.name(row.closed_by or '')}.",
            buttons=buttons,
        )
    return Card(
        f"{head}*Staben skal vide, OB{row.number}:* {quote(row.text)}\nSvares af {turn.name(row.owner)} senest "
        f"{turn.dated(row.due_at)}. Spurgt af {turn.name(row.asked_by)}.",
        buttons=(
            Button(
                "Svar",
                "information_needs.answer",
                {"need": row.id},
                style="primary",
                submit="Send",
                form=ANSWER,
                form_title=f"Svar på OB{row.number}",
            ),
            *((amendment("Ret", row), drop_button(row)) if asks else ()),
        ),
    )


def closed(row: InformationNeed) -> str:
    """Write that a need is closed, and in which line of the log."""
    return f"OB{row.number} er {IN_WORDS[row.state]}{where(row)}"


def where(row: InformationNeed) -> str:
    """Tell in which line of the log the answer stands; empty where there is none."""
    return f" i log nr. {row.answer_no}" if row.answer_no is not None else ""


def amendment(label: str, row: InformationNeed) -> Button:
    """Return the button that asks somebody else, or for another time."""
    return Button(
        label,
        "information_needs.amend",
        {"need": row.id},
        submit="Send",
        form=(Field("owner", "Hvem skal svare?", "persons"), Field("due", "Senest", "time")),
        form_title=f"OB{row.number}",
    )


def drop_button(row: InformationNeed) -> Button:
    """Return the button that lets a need go."""
    return Button("Ikke længere nødvendigt", "information_needs.drop", {"need": row.id})


def key(row: InformationNeed, rest: str) -> str:
    """Return a message's or timer's key for a need.

    Args:
        rest: what is its own of it.
    """
    return f"information_need/{row.id}/{rest}"
