"""`koord`: an event that hits several municipalities. Plan §6, Hændelser der berører flere kommuner.

"Alle berørte kommuners krisestabe … etableres med udgangspunkt i egne planer": the own staff goes on as it was, and
leads itself.
"""

from __future__ import annotations

from handlers.coordination import coordinating_card, liaison_officer, liaison_reports, state
from handlers.core import rights
from handlers.core.card import Button, Card, quote
from handlers.core.context import URGENT
from handlers.core.language import municipalities
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from storage.letters import fold

# The first word says what it is about; anything else is municipalities.
ABOUT = {"mandat": "mandate", "hjem": "in", "til": "out", "ud": "out", "uden": "gone"}


@verb(
    "koord",
    "koordinerende stab",
    help="koord ishøj vallensbæk – hændelsen berører flere kommuner; uden tekst: den koordinerende stab",
    who=rights.coordinates,
    crisis=True,
    grave=True,
    begins="with words",
)
async def coordinate(turn: Turn, text: str) -> None:
    """Set which municipalities are hit; or carry a report home or out; or show the card."""
    first, _, rest = text.strip().partition(" ")
    match ABOUT.get(fold(first).strip(":")):
        case "mandate":
            await liaison_officer.propose(turn, rest)
        case "in" | "out" as direction:
            await liaison_reports.send(turn, "coordinating", direction, rest)
        case "gone":
            await _gone(turn, rest)
        case _ if text.strip():
            await _hit(turn, text)
        case _:
            await _show(turn)


async def _hit(turn: Turn, text: str) -> None:
    """Add municipalities that are hit: names of the plan count at once; others are asked about, since a slip would set
    a staff going."""
    said = municipalities.named(turn.rules, text)
    await state.set_hit(turn, said.known)
    if said.unknown:
        names = ", ".join(said.unknown)
        await turn.answer(
            Card(
                f"»{quote(names, 300)}« er ikke blandt planens kommuner. Berører hændelsen også dem?",
                buttons=(
                    Button("Ja", "coordination.others", {"crisis": turn.the_crisis.id, "names": list(said.unknown)}),
                ),
            )
        )
    if said.known:
        await _show(turn)


@action("coordination.others", who=rights.coordinates)
async def others(turn: Turn, names: list[str]) -> None:
    """Add municipalities that the plan doesn't have, by `Ja`."""
    await state.set_hit(turn, [name[:1].upper() + name[1:] for name in names])
    await turn.replace(Card(f"Berørte kommuner: {quote(', '.join(turn.the_crisis.municipalities))}."))
    await _show(turn)


async def _gone(turn: Turn, text: str) -> None:
    """Remove a municipality that wasn't hit after all, by "koord uden greve", and log it."""
    said = {fold(name) for name in [*municipalities.named(turn.rules, text).known, *text.replace(",", " ").split()]}
    await state.set_hit(turn, (), [name for name in turn.the_crisis.municipalities if fold(name) in said])
    await _show(turn)


async def _show(turn: Turn) -> None:
    row = await state.standing(turn)
    if row is not None:
        await turn.answer(await coordinating_card.card(turn, row))
        return
    hit = ", ".join(turn.the_crisis.municipalities) or municipalities.own(turn.rules)
    rest = (
        "Den koordinerende stab aktiveres, når egen krisestab er aktiveret på niveau 2."
        if len(turn.the_crisis.municipalities) > 1
        else "Rammer den flere, så skriv fx */krise koord ishøj vallensbæk*."
    )
    await turn.answer(Card(f"Berørte kommuner: {quote(hit)}. {rest}"))


@action("coordination.members", who=rights.coordinates)
async def members(turn: Turn) -> None:
    """Write down who sits there for 4K and for each municipality: names to ring, never persons with rights."""
    row = await state.standing(turn)
    if row is None:
        return
    sitting = await coordinating_card.sitting(turn)
    changed = {
        organisation: name
        for place, (organisation, before) in enumerate(sitting.items())
        if (name := turn.value(coordinating_card.SEAT.of(place))) and name != before
    }
    for organisation, name in changed.items():
        await state.seat(turn, "staff", organisation, name)
    if changed:
        await turn.log(
            "Koordinerende stab: " + "; ".join(f"{organisation}: {name}" for organisation, name in changed.items()),
            kind="coordination",
            sender=turn.sender,
        )
    await turn.replace(await coordinating_card.card(turn, row))


@action("coordination.place", who=rights.coordinates)
async def place(turn: Turn) -> None:
    """Set where the staff meets, virtually by default, at 4K where that is decided; and where the shared templates
    are."""
    row = await state.standing(turn)
    if row is None:
        return
    row.form = turn.chosen("form", coordinating_card.FORMS) or row.form
    row.place, row.templates = turn.value("place") or row.place, turn.value("templates") or row.templates
    await turn.log(
        f"Den koordinerende stab mødes {coordinating_card.FORMS[row.form]}"
        f"{f': {row.place}' if row.place else ''}. Fælles skabeloner: {row.templates or 'ikke aftalt'}",
        kind="coordination",
        sender=turn.sender,
        verification="confirmed",
    )
    await turn.replace(await coordinating_card.card(turn, row))


@action("coordination.ask_service", who=rights.coordinates, begins=True)
async def ask_service(turn: Turn) -> None:
    """Ask 4K to facilitate: "Sikre den fælles koordinering ved hændelser, der berører flere kommuner" (plan §2)."""
    row, chief = await state.standing(turn), turn.rules.holder("beredskabschef")
    if row is None or row.facilitation_asked_at is not None or chief is None:
        return
    row.facilitation_asked_at, row.facilitation_asked_by = turn.now, turn.sender
    await turn.notify(
        [chief],
        Card(
            f"*Kan Beredskab 4K facilitere den koordinerende stab?* Krise nr. {turn.the_crisis.number}: "
            f"{quote(turn.the_crisis.title)}.\nBerørte kommuner: {quote(', '.join(turn.the_crisis.municipalities))}. "
            f"Spurgt af {turn.name(turn.sender)}. 4K er også leddet til Beredskabsstyrelsen.",
            buttons=(
                Button("Vi faciliterer", "coordination.facilitate", {"crisis": turn.the_crisis.id}, style="primary"),
            ),
        ),
        kind="notice",
        summary="Beredskab 4K er bedt om at facilitere den koordinerende stab",
        urgency=URGENT,
    )
    await turn.replace(await coordinating_card.card(turn, row))


@action("coordination.facilitate", who=rights.decider)
async def facilitate(turn: Turn) -> None:
    """Note that 4K facilitates, by `Vi faciliterer`."""
    row = await state.standing(turn)
    if row is None or row.facilitated_by is not None:
        return
    row.facilitated_by, row.facilitated_at = turn.sender, turn.now
    await turn.log(
        f"Beredskab 4K faciliterer den koordinerende stab: {turn.name(turn.sender)}",
        kind="coordination",
        sender=turn.sender,
        direction="in",
        verification="confirmed",
    )
    await turn.replace(Card("Tak. Krisestaben har fået at vide, at 4K faciliterer."))
    await turn.say(turn.staff, await coordinating_card.card(turn, row))
