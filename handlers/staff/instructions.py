"""`instruks`: the units' own instructions, since "tilrettelægges arbejdet i de berørte enheder i overensstemmelse med enhedernes
egne instrukser m.v.". Plan §5, Ansvarsfordeling.

They are links, never copies: whoever keeps them keeps them in one place.
"""

from __future__ import annotations

from dataclasses import dataclass

from handlers.core import rights
from handlers.core.card import Card, quote
from handlers.core.context import Context
from handlers.core.registry import verb
from handlers.core.turn import Turn
from storage.letters import fold
from storage.plan.documents import Instruction
from storage.plan.sections import Centre, SupportFunction

NONE = "Planen har ingen instrukser. Sekretariatet skriver dem under »instrukser« i planen, som links."
# So many stand on somebody else's card; the others are one word away.
ON_CARD = 5
# A card's facts end somewhere, too.
SHOWN = 25


@dataclass(frozen=True)
class Unit:
    """A unit as the plan knows it.

    Args:
        name: as the plan writes it.
        centre: itself or the centre it is part of; None where the plan doesn't say.
        function: the support function that it is; None where it is none.
    """

    name: str
    centre: Centre | None
    function: SupportFunction | None


@verb("instruks", "instrukser", "enhed", help="instruks Sundhed – enhedens egne instrukser, og hvem der leder den")
async def instructions(turn: Turn, text: str) -> None:
    """Show a unit with its own instructions; without a name, whose there are."""
    if turn.crisis is None:
        going = await turn.open_crises()
        turn.crisis = next((crisis for crisis in going if crisis.level == 2), going[0] if going else None)
    unit = find(turn, text)
    await turn.answer(await card(turn, unit) if unit is not None else _list(turn, text))


def find(turn: Context, text: str) -> Unit | None:
    """Find the unit that a text names: a centre, a support function, or a unit that has instructions."""
    said = fold(text).removeprefix("center ").removeprefix("enhed ").removeprefix("for ")
    if not said:
        return None
    plan = turn.rules
    for centre in plan.centres:
        if fold(centre.name) == said:
            return Unit(centre.name, centre, None)
    for function in plan.support_functions:
        if fold(function.name) == said:
            return Unit(function.name, None, function)
    for each in plan.instructions:
        if each.unit and fold(each.unit) == said:
            part_of = next((one for one in plan.centres if one.name == each.centre), None)
            return Unit(each.unit, part_of, None)
    return None


def of_unit(turn: Context, name: str) -> list[Instruction]:
    """Return the instructions of a centre, with those of its units, of a unit, or of a support function."""
    return [each for each in turn.rules.instructions if fold(name) in map(fold, each.units)]


def lines(turn: Context, name: str) -> str:
    """Write a unit's instructions below what its people are told; empty where the plan has none."""
    found = of_unit(turn, name)
    if not found:
        return ""
    more = [f"• og {len(found) - ON_CARD} til: */krise instruks {quote(name)}*"] if len(found) > ON_CARD else []
    shown = [f"• {_named(each, name)}: {quote(each.address)}" for each in found[:ON_CARD]]
    return "\n".join(["\n*Jeres egne instrukser:*", *shown, *more])


async def card(turn: Context, unit: Unit) -> Card:
    """Draw a unit: who leads it and is asked, its instructions and its action cards, each a tap away."""
    may, plan = await rights.numbers.held(turn), turn.rules

    def who(person: str | None) -> str:
        return turn.name(person) + (f", {turn.phone(person)}" if may else "") if person else "ikke udpeget"

    facts: list[tuple[str, str]] = []
    if unit.centre is not None:
        part = "" if unit.centre.name == unit.name else f"Center {unit.centre.name}: "
        facts += [(f"{part}Chef", who(unit.centre.chief))]
        facts += [("Stedfortræder", who(unit.centre.deputy))] if unit.centre.deputy else []
        facts += [("Kontakt til krisestaben", who(unit.centre.contact))]
    if unit.function is not None:
        facts += [("Kontakt", who(unit.function.contact))]
        facts += [("Stedfortræder", who(unit.function.deputy))] if unit.function.deputy else []
    found = of_unit(turn, unit.name)
    facts += [(_named(each, unit.name), quote(each.address)) for each in found[:SHOWN]]
    if unit.centre is not None and unit.centre.name == unit.name:
        cards = [each for each in plan.action_cards if each.centre == unit.name]
        facts += [(f"Handlekort: {quote(each.title, 150)}", quote(each.address)) for each in cards[:SHOWN]]
    none = "" if found else f"\nPlanen har ingen instruks for {quote(unit.name)}. Spørg enheden selv."
    return Card(
        f"*{quote(unit.name, 150)}*\nArbejdet følger enhedens egne instrukser (planens §5).{none}", tuple(facts)
    )


def _list(turn: Context, text: str) -> Card:
    plan = turn.rules
    known = dict.fromkeys(
        [
            *(each.name for each in plan.centres),
            *(each.name for each in plan.support_functions),
            *(one for each in plan.instructions for one in each.units),
        ]
    )
    names = (
        f" Skriv fx */krise instruks {quote(next(iter(known)))}*. Planen kender: {quote(', '.join(known), 2000)}."
        if known
        else ""
    )
    asked = f"Planen kender ingen enhed, der hedder »{quote(text.strip(), 100)}«." if text.strip() else ""
    said = asked or ("" if plan.instructions else NONE)
    facts = [(f"{each.units[0]}: {quote(each.title, 150)}", quote(each.address)) for each in plan.instructions[:SHOWN]]
    return Card(f"*Enhedernes egne instrukser.* {said}{names}".strip(), tuple(facts))


def _named(each: Instruction, under: str) -> str:
    """Name instructions where a unit's stand: those of a unit in it say whose they are."""
    whose = f"{each.unit}: " if each.unit and fold(each.unit) != fold(under) else ""
    return quote(f"{whose}{each.title}", 150)
