"""`tavle`: a link for the screen in the staff's room, which can be withdrawn. Plan §7, overblik."""

from __future__ import annotations

import secrets

from handlers.core import rights
from handlers.core.card import Button, Card
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from storage.rows.traffic import Remembered

FACT = "wall board"


@verb("tavle", "vægtavle", help="tavle – et link til skærmen i stabsrummet", who=rights.runs_staff, crisis=True)
async def board(turn: Turn, text: str) -> None:
    """Make a new link; the one before it stops working."""
    secret = secrets.token_urlsafe(18)
    await turn.db.merge(Remembered(name=FACT, value={"secret": secret, "crisis": turn.the_crisis.id}))
    await turn.log("Link til vægtavlen er lavet; et tidligere virker ikke mere", kind="board", verification="confirmed")
    await turn.answer(
        Card(
            f"*Vægtavle:* åbn {turn.link(f'/tavle/{secret}')} på skærmen i stabsrummet. Alle, der har linket, kan se status.",
            buttons=(Button("Træk linket tilbage", "board.withdraw", {"crisis": turn.the_crisis.id}, style="danger"),),
        )
    )


@action("board.withdraw", who=rights.runs_staff)
async def withdraw(turn: Turn) -> None:
    """End the link at once."""
    standing = await turn.db.get(Remembered, FACT)
    if standing is None or not standing.value.get("secret"):
        return
    standing.value = {}
    await turn.log("Linket til vægtavlen er trukket tilbage", kind="board", verification="confirmed")
    await turn.replace(Card("Linket er trukket tilbage. Tavlen viser intet mere."))
