"""`PDF og Word`: the situation picture, an agenda or minutes as a paper, for whoever is to sign, print or file it. Plan
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
from storage.rows.log import Paper

# How long a link works.
LASTS = timedelta(hours=24)
NAMES = {"picture": "Situationsbilledet", "agenda": "Dagsordenen", "minutes": "Referatet"}


def button(crisis: int, kind: str, version: int, meeting: int | None = None) -> Button:
    """Make the button that sends the links of a paper.

    Args:
        crisis: the crisis' row.
        kind: one of `NAMES`.
        version: which version of it.
        meeting: the meeting's number; None for a picture.
    """
    return Button(
        "PDF og Word", "papers.give", {"crisis": crisis, "kind": kind, "version": version, "meeting": meeting}
    )


@action("papers.give", who=rights.staff)
async def give(turn: Turn, kind: str, version: int, meeting: int | None = None) -> None:
    """Send two links, to PDF and Word, to whoever pressed and to nobody else, wherever they pressed."""
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
    await turn.say(
        turn.sender,
        Card(
            f"*{NAMES[kind]}{of}, udgave {version}*\nPDF: {turn.link(f'/papir/{row.secret}.pdf')}\nWord: {turn.link(f'/papir/{row.secret}.docx')}\n"
            f"Linkene er dine og virker til {turn.clock(row.until)}."
            if turn.plan.server
            else f"*{NAMES[kind]}{of}, udgave {version}*\n{NO_LINK}"
        ),
        kind="reply",
        platform=turn.the_incoming.platform,
    )
