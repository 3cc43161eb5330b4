"""`ring`: "nem adgang til topledelsen". Bilag 1 (R250)."""

from __future__ import annotations

from handlers import rights
from handlers.card import Card, quote
from handlers.registry import verb
from handlers.turn import Turn


@verb("ring", "nummer", "telefonnummer", help="ring – nummeret på chefen og borgmesteren; ring Mads")
async def ring(turn: Turn, text: str) -> None:
    """The number to ring: the chief's and the mayor's for everybody; anybody's own for those who may have it (T30)."""
    if turn.crisis is None:
        going = await turn.open_crises()
        turn.crisis = next((crisis for crisis in going if crisis.level == 2), going[0] if going else None)
    plan = turn.rules
    named = plan.named(text.removeprefix("til ").strip()) if text.strip() not in ("", "chef", "chefen") else []
    refused = ""
    if named and await rights.numbers.held(turn):
        rows = [(turn.name(person), turn.phone(person)) for person in named]
    else:
        chief = (await turn.chiefs())[:1] if turn.crisis is not None else []
        mayor = [person for person in [plan.holder("borgmester")] if person]
        emergency = [person for person in [plan.holder("beredskabschef")] if person]
        rows = [("Krisestabschef – " + turn.name(person), turn.phone(person)) for person in chief]
        rows += [("Borgmester – " + turn.name(person), turn.phone(person)) for person in mayor]
        rows += [("Beredskabschef 4K – " + turn.name(person), turn.phone(person)) for person in emergency]
        rows += [(quote(name), number) for name, number in turn.plan.phones.items()]
        refused = f"\nAndres egne numre kan kun {rights.numbers.holders} få." if named else ""
    await turn.answer(Card(f"*Ring.* Ved fare for liv: 112.{refused}", facts=tuple(rows)))
