"""`sundhedsplan`: activates the health preparedness plan beside this one. Plan §2, Sundhedsberedskab."""

from __future__ import annotations

from sqlalchemy import select

from handlers.core import rights
from handlers.core.card import Button, Card, quote
from handlers.core.context import Context
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from storage.rows.picture import HealthPlan


@verb(
    "sundhedsplan",
    "sundhedsberedskabsplan",
    help="sundhedsplan – er sundhedsberedskabsplanen aktiveret, af hvem og hvornår",
    who=rights.staff,
    crisis=True,
    begins="never",
    wordless=True,
)
async def show(turn: Turn, text: str) -> None:
    """Show whether the health plan is active, and the button that changes it."""
    await turn.answer(await _card(turn))


@action("health_plan.open", who=rights.staff)
async def asked(turn: Turn) -> None:
    """Show the same, from the framing staff's card."""
    await turn.answer(await _card(turn))


@action("health_plan.activate", who=rights.health_plan, begins=True)
async def activate(turn: Turn) -> None:
    """Mark the health plan as active, and tell those who run it that this plan is active too."""
    if turn.the_crisis.state == "closed" or await _standing(turn) is not None:
        await turn.answer(await _card(turn))
        return
    entry = await turn.log(
        "Sundhedsberedskabsplanen er aktiveret", kind="health_plan", sender=turn.sender, verification="confirmed"
    )
    turn.db.add(
        HealthPlan(
            crisis_id=turn.the_crisis.id,
            activated_at=turn.now,
            activated_by=turn.sender,
            link=link(turn),
            log_no=entry.no,
        )
    )
    await turn.db.flush()
    centre = turn.rules.health_centre()
    told = [person for person in (centre.chief, centre.contact) if person] if centre else []
    await turn.notify(
        [turn.staff, *told],
        Card(f"*{await line(turn)}*\nDen kører sammen med beredskabsplanen, krise nr. {turn.the_crisis.number}."),
        kind="notice",
        summary="Givet besked om, at sundhedsberedskabsplanen er aktiveret",
    )
    await turn.replace(await _card(turn))


@action("health_plan.end", who=rights.health_plan)
async def end(turn: Turn) -> None:
    """Mark the health plan as no longer active."""
    standing = await _standing(turn)
    if standing is None:
        await turn.answer(await _card(turn))
        return
    standing.ended_at, standing.ended_by = turn.now, turn.sender
    await turn.log(
        "Sundhedsberedskabsplanen er ikke længere aktiveret",
        kind="health_plan",
        sender=turn.sender,
        verification="confirmed",
    )
    await turn.replace(await _card(turn))


async def line(turn: Context) -> str:
    """Tell by whom and when it was activated, with the link; empty when it isn't active."""
    row = await _standing(turn)
    if row is None:
        return ""
    where = f" – {row.link}" if row.link else ""
    return f"Sundhedsberedskabsplanen er aktiveret {turn.clock(row.activated_at)} af {quote(turn.name(row.activated_by))}{where}."


def link(turn: Context) -> str | None:
    """Return the address where the municipality keeps that plan."""
    return next((each.address for each in turn.rules.links if "sundhedsberedskab" in each.title.casefold()), None)


async def _standing(turn: Context) -> HealthPlan | None:
    found: HealthPlan | None = await turn.db.scalar(
        select(HealthPlan).where(HealthPlan.crisis_id == turn.the_crisis.id, HealthPlan.ended_at.is_(None)).limit(1)
    )
    return found


async def _card(turn: Context) -> Card:
    about = {"crisis": turn.the_crisis.id}
    in_force = await line(turn)
    if in_force:
        return Card(in_force, buttons=(Button("Ikke længere aktiveret", "health_plan.end", about),))
    at = f"\nDen ligger her: {link(turn)}" if link(turn) else ""
    return Card(
        f"Sundhedsberedskabsplanen er ikke aktiveret.{at}",
        buttons=(Button("Den er aktiveret", "health_plan.activate", about, style="primary"),),
    )
