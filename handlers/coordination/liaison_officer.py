"""The liaison officer, and what the officer may say yes to. Plan §6.

"Forbindelsesofficerens mandat aftales med lederen af krisestaben": anybody of the staff may write it, it counts when
the chief has agreed. The officer carries; the role gives no right over the own staff.
"""

from __future__ import annotations

from handlers.coordination import liaison_reports, state
from handlers.core import rights
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import URGENT, Context
from handlers.core.events import Appointed, on
from handlers.core.registry import action
from handlers.core.turn import Turn
from handlers.staff import membership
from storage.rows.coordination import Mandate

FORM = (Field("text", "Hvad må forbindelsesofficeren sige ja til?", "long", required=True),)


@on(Appointed)
async def receive_officer(turn: Turn, event: Appointed) -> None:
    """Give a new liaison officer the forms, close the task of naming one, and have the mandate agreed on."""
    if event.role != state.OFFICER:
        return
    person = event.person
    about = {"crisis": turn.the_crisis.id}
    await membership.add_member(turn, person, "beside", state.OFFICER)
    row = await state.standing(turn)
    task = await state.officer_task(turn, row) if row else None
    if task is not None and task.status != "done":
        task.status, task.done_at, task.done_by = "done", turn.now, turn.sender
        await turn.log(
            f"Opgave {task.number} er udført: {turn.name(person)} er forbindelsesofficer",
            kind="task",
            status="done",
            refs={"task": task.number},
        )
    await turn.say(
        person,
        Card(
            f"*Du er forbindelsesofficer* for krise nr. {turn.the_crisis.number} og repræsenterer kommunen i den kommunalt "
            "koordinerende stab.\nHent og bring det, der betyder noget, begge veje. Dit mandat aftales med "
            "krisestabschefen. Hele staben: */krise koord*.",
            buttons=liaison_reports.buttons("coordinating", turn.the_crisis.id),
        ),
        kind="notice",
        urgency=URGENT,
    )
    chiefs = await turn.chiefs()
    for asked in dict.fromkeys([turn.sender, *chiefs[:1]]):
        await turn.say(
            asked,
            Card(
                f"Hvad er {turn.name(person)}s mandat som forbindelsesofficer? Det aftales med krisestabschefen"
                f"{f', {turn.name(chiefs[0])}' if chiefs else ''}.",
                buttons=(
                    Button("Aftal mandat", "liaison.mandate", about, style="primary", form=FORM, form_title="Mandat"),
                ),
            ),
            key=f"crisis/{turn.the_crisis.id}/mandate/{person}/{asked}",
            kind="notice",
        )


@action("liaison.mandate", who=rights.coordinates)
async def pressed(turn: Turn) -> None:
    """Propose a mandate from the form."""
    await propose(turn, turn.value("text"))


async def propose(turn: Turn, text: str) -> None:
    """Write the mandate; the chief's own words are agreed at once, anybody else's go to the chief."""
    officer = turn.rules.holder(state.OFFICER)
    if officer is None:
        await turn.answer(Card("Udpeg først en forbindelsesofficer: */krise rolle forbindelsesofficer* og navnet."))
        return
    if not text.strip():
        await turn.answer(Card("Skriv, hvad forbindelsesofficeren må sige ja til. Intet er ændret."))
        return
    row = Mandate(
        crisis_id=turn.the_crisis.id,
        officer=officer,
        text=text.strip(),
        proposed_by=turn.sender,
        proposed_at=turn.now,
    )
    turn.db.add(row)
    await turn.db.flush()
    if await rights.chief.held(turn):
        await _agreed(turn, row)
        await turn.answer(_card(turn, row))
        return
    await turn.log(f"Forslag til mandat for {turn.name(officer)}: {row.text}", kind="mandate", sender=turn.sender)
    chiefs = (await turn.chiefs())[:1]
    for chief in chiefs:
        await turn.say(chief, _card(turn, row), key=f"mandate/{row.id}", kind="notice")
    await turn.answer(Card(f"Mandatet er sendt til {turn.names(chiefs)} og gælder først, når det er godkendt."))


@action("liaison.agree", who=rights.chief, decides=True)
async def agree(turn: Turn, mandate: int) -> None:
    """Agree to the officer's mandate, by `Godkend`: only to the newest, and only for whoever is the officer now."""
    row = await turn.db.get(Mandate, mandate)
    newest = await state.mandate(turn)
    if row is None or row.agreed_at is not None:
        return
    if newest is None or newest.id != row.id:
        await turn.replace(Card("Der er kommet et nyere mandat eller en anden forbindelsesofficer. Intet er godkendt."))
        return
    await _agreed(turn, row)
    await turn.replace(_card(turn, row))


async def _agreed(turn: Turn, row: Mandate) -> None:
    row.agreed_by, row.agreed_at = turn.sender, turn.now
    await turn.log(
        f"Mandat for forbindelsesofficer {turn.name(row.officer)}: {row.text}",
        kind="mandate",
        sender=turn.sender,
        receiver=row.officer,
        verification="confirmed",
    )
    for person in dict.fromkeys([row.officer, row.proposed_by]):
        if person != turn.sender:
            await turn.say(person, _card(turn, row), kind="notice")


def _card(turn: Context, row: Mandate) -> Card:
    head = f"*Mandat for {turn.name(row.officer)}*, forbindelsesofficer:\n»{quote(row.text, 1500)}«\n"
    if row.agreed_at:
        return Card(f"{head}✅ Aftalt {turn.clock(row.agreed_at)} med {turn.name(row.agreed_by or '')}.")
    return Card(
        f"{head}Skrevet af {turn.name(row.proposed_by)}. Gælder først, når krisestabschefen har godkendt.",
        buttons=(
            Button("Godkend", "liaison.agree", {"mandate": row.id}, style="primary"),
            Button(
                "Ret",
                "liaison.mandate",
                {"crisis": row.crisis_id},
                form=(Field("text", FORM[0].label, "long", required=True, value=row.text),),
                form_title="Mandat",
            ),
        ),
    )
