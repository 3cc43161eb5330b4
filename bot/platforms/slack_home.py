"""The app's home page in Slack: which crises go on, and what one can do. Bilag 1, Overblik."""

from __future__ import annotations

from bot.engine import Engine
from handlers import decision, help
from handlers.card import Button, Card, quote
from handlers.turn import Turn

OFFERED = ("varsel", "status", "hvem", "hjælp")
LABELS = {**help.LABELS, "hjælp": "Hjælp"}


async def home(engine: Engine) -> Card:
    """What goes on now, as far as everybody may know."""
    async with engine.database.reading() as db:
        turn = Turn(db, engine.clock.now(), engine.plan())
        lines = []
        for crisis in await turn.open_crises():
            state = "varslet, ikke besluttet" if crisis.decided_at is None else decision.named(crisis.level)
            since = turn.clock(crisis.decided_at or crisis.created_at)
            lines.append(f"• *Nr. {crisis.number}: {quote(crisis.title)}* – {state}, {since}")
    offered = [name for name in OFFERED if lines or name != "status"]
    return Card(
        "*Krisebot*\nVed fare for liv: ring 112.\n\n"
        + ("\n".join(lines) or "Der er ingen aktiv krise.")
        + "\n\nSkriv */krise* hvor som helst, eller skriv direkte til Krisebot under Beskeder.",
        buttons=tuple(Button(LABELS[name], "help.run", {"verb": name}) for name in offered),
    )
