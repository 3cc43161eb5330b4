"""The case that everything is kept on: its numbers in ESDH and in C3. Plan §7, Krav til håndteringen af informationer."""

from __future__ import annotations

from handlers import rights
from handlers.card import Card, quote
from handlers.registry import verb
from handlers.turn import Turn


@verb("sag", "sagsnummer", help="sag 26/1234 eller sag c3 4711 – sagens numre", who=rights.runs_staff, crisis=True)
async def case(turn: Turn, text: str) -> None:
    """ "oprettes en selvstændig sag …" (R181): asked for as missing until it is given. T16: two references."""
    crisis, reference = turn.the_crisis, text.strip()
    in_c3 = reference.casefold().startswith("c3")
    reference = reference[2:].strip() if in_c3 else reference
    if not reference:
        await turn.answer(
            Card(
                f"ESDH: {crisis.case_ref or 'mangler'}. C3: {crisis.c3_ref or 'mangler'}.\nSkriv fx */krise sag 26/1234*."
            )
        )
        return
    if in_c3:
        crisis.c3_ref = reference
    else:
        crisis.case_ref = reference
    await turn.log(f"Sagsnummer i {'C3' if in_c3 else 'ESDH'}: {reference}", kind="case", verification="confirmed")
    await turn.answer(Card(f"Noteret: sagen i {'C3' if in_c3 else 'ESDH'} er {quote(reference)}."))
