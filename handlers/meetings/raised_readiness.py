"""`forøget`: "beslutter krisestaben, hvilke beredskabsforanstaltninger Høje-Taastrup Kommune skal sætte i værk". Plan
§4.

The national level is looked at nowhere else: measures are taken with it and without it.
"""

from __future__ import annotations

from sqlalchemy import select

from handlers.core import rights, typed_verbs
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.measures import measure_card, measures
from handlers.measures.measure_card import CLOSED
from handlers.meetings import agenda, agenda_items
from storage.rows.measures import Measure
from storage.rows.meetings import AgendaItem

HEAD = "Forøget beredskab"
NOST = "den nationale operative stab er aktiveret"
ASK = "hvilke beredskabsforanstaltninger skal kommunen sætte i værk?"
SHOWN = 20
FORM = (
    Field("what", "Hvad er besluttet? Niveau, eller at NOST er aktiveret", required=True),
    Field("source", "Hvem siger det?"),
)


@verb(
    "forøget",
    "forøget beredskab",
    "nost",
    help="forøget <hvad er besluttet nationalt> – et punkt til staben med det, der er sat i værk; forøget NOST",
    who=rights.asks,
    crisis=True,
)
async def raised(turn: Turn, text: str) -> None:
    """Put on the agenda that the government has raised the level, or that NOST is active: the staff decides what the
    municipality does."""
    what = text.strip(" .:")
    said = typed_verbs.strip_name(turn.the_incoming.text).casefold().removeprefix("/krise").strip(" .:")
    if "nost" in (what.casefold(), said):
        what = NOST
    if not what:
        await turn.answer(
            Card(
                "*Hvad er der besluttet nationalt, og hvem siger det?* Intet er noteret endnu. Skriv fx "
                "*/krise forøget forhøjet beredskab, kilde DCOK* eller */krise forøget NOST*.",
                buttons=(Button("Skriv, hvad der er besluttet", "raised.put", form=FORM, form_title=HEAD),),
            )
        )
        return
    await put(turn, what)


@action("raised.put", who=rights.asks, begins=True)
async def filled_in(turn: Turn) -> None:
    """Put on the agenda what the form says has been decided nationally, with who says so."""
    what, source = turn.value("what"), turn.value("source")
    if what:
        await put(turn, what + (f", kilde {source}" if source else ""))


async def put(turn: Turn, what: str) -> None:
    """Add an item for a decision on the next meeting, and show the list of measures beside it; once for each raising
    that is told of.

    Args:
        what: what has been decided nationally.
    """
    title = f"{HEAD} ({what}): {ASK}"
    query = select(AgendaItem).where(AgendaItem.crisis_id == turn.the_crisis.id, AgendaItem.text == title)
    row = await turn.db.scalar(query.limit(1))
    if row is None:
        row = await agenda_items.add(turn, title, kind="decision")
        await agenda.added(turn, row)
    await turn.answer(await _card(turn, row, what))


async def _card(turn: Context, row: AgendaItem, what: str) -> Card:
    found = await turn.db.scalars(
        select(Measure)
        .where(Measure.crisis_id == turn.the_crisis.id, Measure.number.is_not(None), Measure.status.not_in(CLOSED))
        .order_by(Measure.number)
    )
    going = list(found)
    new = Button(
        "Nyt tiltag", "measures.new", {"crisis": turn.the_crisis.id}, form=measures.FORM, form_title="Nyt tiltag"
    )
    waits = sum(each.needs_approval and each.approved_at is None for each in going)
    gate = f" {waits} venter på politisk godkendelse." if waits else ""
    return Card(
        f"*{HEAD}:* {quote(what, 300)}. Punkt {row.number} er på næste møde: staben beslutter, hvad kommunen sætter i værk.\n"
        f"{len(going)} tiltag er åbne.{gate} Skriv »kræver politisk godkendelse« i et tiltag, der ikke må gå i gang uden.",
        facts=tuple((f"T{each.number}", measure_card.line(turn, each)) for each in going[:SHOWN]),
        buttons=(new,) if await rights.runs_staff.held(turn) else (),
    )
