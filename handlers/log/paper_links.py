"""`PDF og Word`: the situation picture, an agenda, minutes or an order as a paper, for whoever is to sign, print or file it. Plan
§7.

A paper is reached by a link of one's own, which ends by itself: chat has no one way to hand over a file everywhere.
"""

from __future__ import annotations

import secrets
from datetime import timedelta

from handlers.core import rights
from handlers.core.card import NO_LINK, Button, Card
from handlers.core.registry import action
from handlers.core.turn import Turn
from storage.rows.log import Paper, PaperKind

# How long a link works.
LASTS = timedelta(hours=24)
NAMES: dict[PaperKind, str] = {
    "picture": "Situationsbilledet",
    "agenda": "Dagsordenen",
    "minutes": "Referatet",
    "order": "Ordre",
    "evaluation": "Evalueringen",
}


def button(crisis: int, kind: str, version: int, meeting: int | None = None) -> Button:
    """Make the button that sends the links of a paper.

    Args:
        crisis: the crisis' row.
        kind: one of `NAMES`.
        version: which version of it; of orders, which one.
        meeting: the meeting's number; None for what is of no meeting.
    """
    return Button(
        "PDF og Word", "papers.give", {"crisis": crisis, "kind": kind, "version": version, "meeting": meeting}
    )


@action("papers.give", who=rights.staff)
async def give(turn: Turn, kind: PaperKind, version: int, meeting: int | None = None) -> None:
    """Send two links, to PDF and Word, to whoever pressed and to nobody else, wherever they pressed."""
    # The evaluation's is given by those who evaluate; see `handlers.preparedness.evaluation`.
    if kind != "evaluation":
        await send(turn, kind, version, meeting)


async def send(turn: Turn, kind: PaperKind, version: int, meeting: int | None = None) -> None:
    """Make the links of a paper, and send them to the sender alone. The arguments are `button`'s."""
    row = Paper(
        crisis_id=turn.the_crisis.id,
        secret=secrets.token_urlsafe(24),
        kind=kind,
        meeting=meeting,
        version=version,
        given_to=turn.sender,
        until=turn.now + LASTS,
    )
    turn.db.add(row)
    of = f" fra møde {meeting}" if kind == "minutes" else f" for møde {meeting}" if meeting else ""
    which = {"evaluation": "", "order": f" {version}"}.get(kind, f", udgave {version}")
    called = f"{NAMES[kind]}{of}{which}"
    await turn.answer_alone(
        Card(
            f"*{called}*\nPDF: {turn.link(f'/papir/{row.secret}.pdf')}\nWord: {turn.link(f'/papir/{row.secret}.docx')}\n"
            f"Linkene er dine og virker til {turn.clock(row.until)}."
            if turn.plan.server
            else f"*{called}*\n{NO_LINK}"
        )
    )
