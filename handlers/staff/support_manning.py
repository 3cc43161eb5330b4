"""`støttefunktioner`: whether each is needed, and the unit that "skal sikre, at funktionerne kan bemandes". Plan §5."""

from __future__ import annotations

from handlers.core import form_values, rights, running
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import URGENT
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from handlers.staff import instructions, roster, summoning, support
from storage.rows.staff import SupportNeed


@verb(
    "støttefunktioner",
    "støttefunktion",
    "funktioner",
    help="støttefunktioner – hvilke der er brug for, hvem der bemander dem, og hvad der mangler",
    who=rights.staff,
    crisis=True,
    grave=True,
    begins="with words",
    wordless=True,
)
async def functions(turn: Turn, text: str) -> None:
    """Show the list of support functions as it stands."""
    await turn.answer(await support.card(turn))


@action("support.decide", who=rights.asks, begins=True)
async def decide(turn: Turn, function: str) -> None:
    """Write down whether a function is needed; where nobody is named, ask the unit that answers for it to name
    somebody."""
    if function not in support.functions(turn):
        return
    person, deputy = form_values.person(turn, "person"), form_values.person(turn, "deputy")
    said, unit = turn.yes("needed"), turn.chosen("unit", [each.name for each in turn.rules.centres])
    if said is None and unit is None and person is None:
        await turn.answer(Card(f"Er der brug for {function}? Vælg ja eller nej. Intet er ændret."))
        return
    # Who has said who mans it has said that there is a need.
    needed = said is not False
    if function == "Kommunikation" and not needed:
        await turn.answer(Card("Kommunikation bemandes altid: den har det overordnede ansvar for kommunikationen."))
        return
    row = (await support.needs(turn)).get(function)
    if row is None:
        row = SupportNeed(crisis_id=turn.the_crisis.id, function=function)
        turn.db.add(row)
    row.needed, row.unit = needed, unit or row.unit
    row.changed_by, row.changed_at = turn.sender, turn.now
    await turn.db.flush()
    if person is not None:
        await _man(turn, row, person, deputy, turn.value("hours") or None)
    else:
        asked = f"; {row.unit} er bedt om at bemande den" if needed and row.unit else ""
        await turn.log(
            f"Støttefunktion {function}: {'brug for den' if needed else 'ikke brug for den'}{asked}",
            kind="support",
            sender=turn.sender,
            verification="confirmed",
        )
        if needed:
            await _ask(turn, row)
    await _redraw(turn)


async def _ask(turn: Turn, row: SupportNeed) -> None:
    """Ask the unit's head to name people."""
    centre = next((each for each in turn.rules.centres if each.name == row.unit), None)
    if centre is None:
        return
    form = (
        Field("person", "Bemandes af", "persons", required=True),
        Field("deputy", "Stedfortræder", "persons"),
        Field("hours", "Fra–til"),
    )
    await turn.notify(
        [centre.chief],
        Card(
            f"*Krisestaben har brug for støttefunktionen {quote(row.function)}* for krise nr. {turn.the_crisis.number}.\n"
            f"{centre.name} skal sikre, at den kan bemandes. Hvem kommer, hvem er stedfortræder, og fra hvornår til hvornår?"
            f"{instructions.lines(turn, row.function)}",
            buttons=(
                Button(
                    "Bemand",
                    "support.man",
                    {"crisis": row.crisis_id, "need": row.id},
                    style="primary",
                    form=form,
                    form_title=row.function[:24],
                ),
            ),
        ),
        kind="notice",
        summary=f"{centre.name} er bedt om at bemande støttefunktion {row.function}",
        key=f"support/{row.id}/{turn.the_incoming.key}",
        urgency=URGENT,
    )


@action("support.man", begins=True)
async def man(turn: Turn, need: int) -> None:
    """Name who mans a function, by `Bemand`, from the unit's head or those who run the staff."""
    row = await turn.of_crisis(SupportNeed, need)
    if row is None:
        return
    unit = next((each for each in turn.rules.centres if each.name == row.unit), None)
    if not rights.leads(turn.rules, turn.sender, unit) and not await rights.runs_staff.held(turn):
        heads = [unit.chief, unit.deputy] if unit else []
        right = rights.of_row(f"chefen for {quote(row.unit or 'enheden')}", heads, rights.runs_staff)
        await running.refuse(turn, right)
        return
    person, deputy = form_values.person(turn, "person"), form_values.person(turn, "deputy")
    if person is None:
        await turn.answer(Card("Skriv navnet på én person, som er i planen. Intet er ændret."))
        return
    await _man(turn, row, person, deputy, turn.value("hours") or None)
    await turn.replace(Card(f"Tak. {turn.name(person)} bemander {quote(row.function)} og er indkaldt."))
    await _redraw(turn)


async def _man(turn: Turn, row: SupportNeed, person: str, deputy: str | None, hours: str | None) -> None:
    """Name and summon who mans a function, and count them among those who have to be there within the two hours."""
    row.needed, row.person, row.deputy, row.hours = True, person, deputy, hours
    row.changed_by, row.changed_at = turn.sender, turn.now
    function = next((each.name for each in turn.rules.support_functions if each.name == row.function), None)
    if function is not None:
        await roster.appoint(turn, function, person)
    await turn.log(
        f"Støttefunktion {row.function} bemandes af {turn.name(person)}"
        f"{f', stedfortræder {turn.name(deputy)}' if deputy else ''}{f', {hours}' if hours else ''}",
        kind="support",
        sender=turn.sender,
        receiver=person,
        verification="confirmed",
    )
    await summoning.summon_support(turn, person, row.function)


async def _redraw(turn: Turn) -> None:
    drawn = await support.card(turn)
    await turn.say(turn.staff, drawn, key=support.key(turn))
    pressed = await turn.pressed()
    if (
        pressed is not None
        and pressed.key != support.key(turn)
        and any(each["do"] == "support.decide" for each in pressed.card["buttons"])
    ):
        await turn.replace(drawn)
