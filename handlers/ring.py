"""`ring`: "nem adgang til topledelsen". Bilag 1 (R250)."""

from __future__ import annotations

from handlers.card import Card, quote
from handlers.registry import verb
from handlers.turn import Turn


@verb("ring", "nummer", "telefonnummer", help="ring – nummeret på chefen og borgmesteren; ring Mads")
async def ring(turn: Turn, text: str) -> None:
    """The number to ring: the chief's and the mayor's, or whoever is named by those who are about the staff."""
    if turn.crisis is None:
        going = await turn.open_crises()
        turn.crisis = next((crisis for crisis in going if crisis.level == 2), going[0] if going else None)
    plan = turn.rules
    named = plan.named(text.removeprefix("til ").strip()) if text.strip() not in ("", "chef", "chefen") else []
    if named and (turn.sender in plan.persons):
        rows = [(turn.name(person), turn.phone(person)) for person in named]
    else:
        chief = (await turn.chiefs())[:1] if turn.crisis is not None else []
        mayor = [person for person in [plan.holder("borgmester")] if person]
        emergency = [person for person in [plan.holder("beredskabschef")] if person]
        rows = [("Krisestabschef – " + turn.name(person), turn.phone(person)) for person in chief]
        rows += [("Borgmester – " + turn.name(person), turn.phone(person)) for person in mayor]
        rows += [("Beredskabschef 4K – " + turn.name(person), turn.phone(person)) for person in emergency]
        rows += [(quote(name), number) for name, number in turn.plan.phones.items()]
    await turn.answer(Card("*Ring.* Ved fare for liv: 112.", facts=tuple(rows)))
