"""The closing list: what is handed to the line when the staff has stood down, each point ticked where it stands. Plan §3,
"hurtigst muligt kan vende tilbage til en normal situation"."""

from __future__ import annotations

from handlers.communication import questions
from handlers.core import over, rights, staying_inside
from handlers.core.card import DANGER, Button, Card, quote
from handlers.core.context import Context
from handlers.core.registry import action
from handlers.core.turn import Turn
from handlers.log import case_numbers, journal, journal_c3
from handlers.measures import assistance, assistance_card, measure_card, measure_steps, tasks
from handlers.meetings import agenda_items
from handlers.staff import externals
from storage.rows.measures import ANSWERED, AssistanceRequest, Task

# What is done before all is as it was, and what its button says.
CLOSING = {
    "Åbne tiltag og opgaver er overdraget til linjen": "Overdraget",
    "Loggen er gennemset, og ubekræftede linjer er afklaret": "Log gennemset",
    "Eksport af sagen er lagt på sagen i ESDH og overført til C3": "Eksport lagt på sagen",
    "Mailgrupper, forstærket overvågning og SMS-tjeneste er lukket": "Mail og overvågning lukket",
}
# What only a staff has set going.
OF_A_STAFF = "Mailgrupper, forstærket overvågning og SMS-tjeneste er lukket"


async def begin(turn: Turn) -> None:
    """Give the secretary the closing list's tasks, show it to those who led, and tell whoever still waits for help."""
    crisis = turn.the_crisis
    secretary = turn.rules.holder("sekretær")
    for title in CLOSING:
        if title != OF_A_STAFF or crisis.established_due is not None:
            await tasks.add(turn, title, role="sekretær", owner=secretary)
    await turn.notify(
        list(dict.fromkeys([turn.staff, *await turn.chiefs(), *filter(None, [secretary])])),
        await _card(turn),
        kind="notice",
        summary="Afslutningslisten er sendt til chef, sekretariat og stabens kanal",
        key=_key(turn),
    )
    for row in await _unanswered(turn):
        await _tell_requester(turn, row)
    for question in await questions.unanswered(turn):
        own = f"{turn.name(question.owner)} har det stadig og kan svare; så får du svaret her."
        await _tell(turn, question.asker, f"dit spørgsmål {question.number} er ikke besvaret", question.text, own)
    for item in await agenda_items.of_people(turn):
        none = "Der kommer intet møde: tal med din leder, hvis der stadig er brug for det."
        await _tell(turn, item.proposer, f"dit punkt {item.number} er ikke behandlet", item.text, none)


@action("closing.done", who=rights.runs_staff)
async def done(turn: Turn, task: int) -> None:
    """Tick a point of the list, wherever it stands."""
    row = await turn.of_crisis(Task, task)
    if row is not None:
        if row.status != "done":
            await tasks.finish(turn, row)
        # It may have been done where the task itself stands.
        await turn.redraw(f"{_key(turn)}/", await _card(turn))


async def _card(turn: Context) -> Card:
    crisis = turn.the_crisis
    every = await tasks.of_crisis(turn)
    # What stood down twice has two lists: the last of each title counts.
    points = {task.title: task for task in every if task.title in CLOSING}
    going = [row for row in await measure_steps.of_crisis(turn) if row.status not in measure_card.CLOSED]
    left = [
        *(f"• T{row.number}: {measure_card.line(turn, row)}" for row in going),
        *(f"• B{row.number}: {assistance_card.line(turn, row)}" for row in await _unanswered(turn)),
        *(
            f"• Spørgsmål {row.number}: {quote(row.text, 300)} – {turn.name(row.owner)}"
            for row in await questions.unanswered(turn)
        ),
        *(
            f"• Punkt {row.number}: {quote(row.text, 300)} – {turn.name(row.proposer)}"
            for row in await agenda_items.of_people(turn)
        ),
        *(
            f"• Opgave {task.number}: {task.title}"
            for task in every
            if task.status != "done" and task.title not in CLOSING
        ),
    ]
    outside = ", ".join(f"{quote(row.name)} ({quote(row.contact)})" for row in await externals.present(turn))
    missing = journal.without_number(crisis)
    return Card(
        "*Afslutningsliste*\n"
        + "\n".join(
            f"{'☑' if task.status == 'done' else '☐'} {title}"
            + (f" ({turn.name(task.done_by or '')}, {turn.clock(task.done_at)})" if task.status == "done" else "")
            for title, task in points.items()
        )
        + f"\n\n*Åbne tiltag, anmodninger, spørgsmål, punkter og opgaver, der skal overdrages:*\n{chr(10).join(left) or '• Ingen'}"
        + ("\nMeld udført: */krise tiltag 1 udført*, */krise opgave 3 udført*." if left else "")
        + (f"\n\n*Eksterne, som I selv giver besked:* {outside}{staying_inside.reminder(turn)}" if outside else "")
        + (f"\n\n⚠️ Sagsnummer mangler: {', '.join(missing)}." if missing else "")
        + f"\n\n{await journal_c3.how_far(turn)}",
        buttons=(
            *(
                Button(CLOSING[title], "closing.done", {"task": task.id, "crisis": crisis.id})
                for title, task in points.items()
                if task.status != "done"
            ),
            *((case_numbers.button(turn),) if missing else ()),
        ),
    )


async def _unanswered(turn: Context) -> list[AssistanceRequest]:
    return [row for row in await assistance.of_crisis(turn) if row.state not in ANSWERED]


async def _tell_requester(turn: Turn, row: AssistanceRequest) -> None:
    """Tell whoever asked for help that there is no staff to give it any longer, and whom to ring: none is ever lost."""
    chiefs = await turn.chiefs()
    # Whom the plan knows has to get through to the top, as by `ring`; anybody else's own number is for the staff.
    may = bool(chiefs) and row.requester in turn.plan.persons
    ring = f" Ring {turn.name(chiefs[0])}, {turn.phone(chiefs[0])}." if may else ""
    await turn.say(
        row.requester,
        Card(
            f"❗ *{over.what_ends(turn).capitalize()} er afblæst, og din anmodning B{row.number} er ikke besvaret:*\n»{quote(row.text, 500)}«\n"
            f"Den er overdraget til linjen: tal med din leder, hvis I stadig mangler det.{ring} {DANGER}"
        ),
        key=assistance_card.key(row, "closed"),
        kind="notice",
    )


async def _tell(turn: Turn, person: str, what: str, text: str, then: str) -> None:
    """Tell whoever waits for the staff that it is no more.

    Args:
        what: Danish, what has not come of it.
        text: what they wrote.
        then: Danish, what they can do.
    """
    if person != turn.sender:
        await turn.say(
            person,
            Card(
                f"❗ *{over.what_ends(turn).capitalize()} er afblæst, og {what}:*\n»{quote(text, 500)}«\n{then} {DANGER}"
            ),
            kind="notice",
        )


def _key(turn: Context) -> str:
    return f"crisis/{turn.the_crisis.id}/closing"
