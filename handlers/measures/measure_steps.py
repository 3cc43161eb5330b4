"""The steps of a measure, and what follows from each: the log, the reminders, who is told. Plan §7, Stabens arbejde.

"Status for de enkelte tiltag skal fremgå af Høje-Taastrup Kommunes log."
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from handlers.core import over, rights, running
from handlers.core.card import Card, quote
from handlers.core.context import ORDINARY, ROUTINE, URGENT, Context
from handlers.core.language import owners, times_shown
from handlers.core.registry import timer
from handlers.core.turn import Turn
from handlers.measures import measure_card
from handlers.measures.measure_card import CLOSED, Was
from storage.rows.log import Status, state_of
from storage.rows.measures import STATUS_IN_WORDS, AssistanceRequest, Measure, MeasureStatus
from storage.rows.numbers import next_number

# The template's log knows three (Bilag 3); what is given up is none of them.
IN_LOG: dict[MeasureStatus, Status | None] = {
    "pending": "pending",
    "in_progress": "in_progress",
    "waiting": "pending",
    "done": "done",
    "cancelled": None,
}

# How long after the owner was reminded the staff is told.
PATIENCE = timedelta(minutes=30)


async def add(
    turn: Turn,
    title: str,
    *,
    owner: str,
    due: datetime | None,
    centre: str | None = None,
    urgent: bool = False,
    needs_approval: bool = False,
) -> Measure:
    """Add a measure, and tell its owner.

    Args:
        title: what shall be done.
        owner: who has it.
        due: before when, UTC; None for "as soon as possible".
        centre: the centre that owns the subject every day.
        urgent: it begins now, and the next meeting is told of it (plan §7).
        needs_approval: it can't begin before political approval is registered (plan §4).
    """
    row = await keep(turn, title, owner, due, centre, urgent, needs_approval)
    await begin(turn, row)
    return row


async def of_crisis(turn: Context) -> list[Measure]:
    """Return the crisis' measures in their order, without what was only proposed."""
    return list(
        await turn.db.scalars(
            select(Measure)
            .where(Measure.crisis_id == turn.the_crisis.id, Measure.number.is_not(None))
            .order_by(Measure.number)
        )
    )


async def proposed(turn: Context) -> list[Measure]:
    """Return what people have proposed and nobody has answered, the oldest first."""
    rows = select(Measure).where(Measure.crisis_id == turn.the_crisis.id, Measure.status == "proposed")
    return list(await turn.db.scalars(rows.order_by(Measure.id)))


async def keep(
    turn: Turn,
    title: str,
    owner: str,
    due: datetime | None,
    centre: str | None,
    urgent: bool,
    needs_approval: bool,
) -> Measure:
    """Keep a measure that was read, without a number and without telling anybody. The arguments are `add`'s."""
    row = Measure(
        crisis_id=turn.the_crisis.id,
        title=title,
        owner=owner,
        centre=centre,
        due_at=due,
        urgent=urgent,
        orient=urgent,
        needs_approval=needs_approval,
        created_by=turn.sender,
        created_at=turn.now,
        changed_at=turn.now,
    )
    turn.db.add(row)
    await turn.db.flush()
    return row


async def begin(turn: Turn, row: Measure) -> None:
    """Begin a measure: give it a number, write the log, tell the owner; what is urgent begins at once."""
    row.number = await next_number(turn.db, Measure.number, Measure.crisis_id == turn.the_crisis.id)
    row.status = "in_progress" if row.urgent and not row.needs_approval else "pending"
    row.changed_at = turn.now
    entry = await turn.log(
        f"Tiltag T{row.number}: {row.title}. Ejer: {turn.name(row.owner)}."
        + (f" Frist: {times_shown.weekday(row.due_at, turn.zone)}." if row.due_at else "")
        + (" Haster." if row.urgent else "")
        + (" Kræver politisk godkendelse." if row.needs_approval else ""),
        kind="measure",
        verification="confirmed",
        sender=turn.sender,
        receiver=row.owner,
        status=IN_LOG[row.status],
        refs={"measure": row.number},
    )
    row.log_no = entry.no
    await _remind_at(turn, row)
    if row.urgent:
        await tell_urgent(turn, row)
    if row.owner != turn.sender:
        await turn.say(
            row.owner,
            measure_card.card(turn, row),
            key=measure_card.key(row, f"owner/{row.owner}"),
            kind="notice",
            urgency=URGENT if row.urgent else ORDINARY,
        )


async def change(turn: Turn, row: Measure, status: MeasureStatus, note: str = "") -> None:
    """Give a measure a new status, which is logged by itself; for those whom `refuse_change` lets."""
    if await refuse_change(turn, row) or (status == "in_progress" and await over.tell_if_over(turn)):
        return
    was = measure_card.stands(row)
    if status in ("in_progress", "done") and row.needs_approval and row.approved_at is None:
        may = await rights.political_approval.held(turn)
        can, ask = await running.who_can(turn, rights.political_approval)
        await turn.answer(
            Card(
                f"⛔ T{row.number} kræver politisk godkendelse og kan ikke gå i gang, før den er registreret.\n"
                f"Det kan kun {can}. Intet er ændret.",
                buttons=(measure_card.approval(row), *(() if may else ask)),
            )
        )
        return
    if row.status == status:
        await turn.answer(Card(f"T{row.number} er allerede {STATUS_IN_WORDS[status]}."))
        return
    await _set_status(turn, row, status, note)
    await measure_card.answer(turn, row, was)


async def _set_status(turn: Turn, row: Measure, status: MeasureStatus, note: str) -> None:
    row.status, row.changed_at = status, turn.now
    await turn.log(
        f"T{row.number} er {STATUS_IN_WORDS[status]}: {row.title}{f' ({note})' if note else ''}",
        kind="measure",
        verification="confirmed",
        sender=turn.sender,
        status=IN_LOG[status],
        refs={"measure": row.number, "sets_status_of": row.log_no},
    )
    if row.log_no is not None:
        (await state_of(turn.db, turn.the_crisis, row.log_no)).status = IN_LOG[status]
    await _remind_at(turn, row)
    await measure_card.show(turn, row)
    await _tell_requester(turn, row)


async def approve(turn: Turn, row: Measure, approval: str) -> None:
    """Register that political approval has been given.

    Args:
        approval: by whom and in which case, as it was typed.
    """
    if not await rights.political_approval.held(turn):
        await running.refuse(turn, rights.political_approval)
        return
    if not approval:
        await turn.answer(
            Card(
                f"Hvem har godkendt, og i hvilken sag? Skriv fx */krise t {row.number} godkendt økonomiudvalget, sag …*."
            )
        )
        return
    row.needs_approval = True
    row.approved_by, row.approved_at, row.approval, row.changed_at = turn.sender, turn.now, approval, turn.now
    await turn.log(
        f"Politisk godkendelse af T{row.number} ({row.title}): {approval}",
        kind="approval",
        sender=turn.sender,
        verification="confirmed",
        refs={"measure": row.number},
    )
    await measure_card.show(turn, row)
    if row.owner != turn.sender:
        await turn.say(
            row.owner,
            Card(f"✅ T{row.number} er politisk godkendt og kan gå i gang: {quote(row.title)}."),
            kind="notice",
        )
    await measure_card.answer(turn, row)


async def amend(turn: Turn, row: Measure, owner: str, due: datetime | None) -> None:
    """Give a measure another owner or another time, for those who run the staff.

    Args:
        owner: an id in the plan; as it is where it stays.
        due: UTC; None for no time.
    """
    if not await rights.runs_staff.held(turn):
        await running.refuse(turn, rights.runs_staff)
        return
    if (owner, due) == (row.owner, row.due_at):
        await measure_card.answer(turn, row)
        return
    was = measure_card.stands(row)
    await _hand_over(turn, row, owner, due)
    await measure_card.answer(turn, row, was)


async def _hand_over(turn: Turn, row: Measure, owner: str, due: datetime | None) -> None:
    given_away = owner != row.owner
    row.owner, row.due_at, row.changed_at = owner, due, turn.now
    if given_away:
        centre = owners.centre_of(turn.rules, owner)
        row.centre = centre.name if centre else row.centre
    await turn.log(
        f"T{row.number}: ejer {turn.name(owner)}, frist {turn.clock(due) if due else 'ingen'}",
        kind="measure",
        verification="confirmed",
        sender=turn.sender,
        receiver=owner,
        refs={"measure": row.number, "about": row.log_no},
    )
    await _remind_at(turn, row)
    await measure_card.show(turn, row)
    if given_away and owner != turn.sender:
        await turn.say(owner, measure_card.card(turn, row), key=measure_card.key(row, f"owner/{owner}"), kind="notice")


async def take_back(turn: Turn, row: Measure, was: Was) -> None:
    """Take back what was done to a measure last: it is as it was, which is logged by itself, and whoever has it knows.

    Args:
        was: how it was; a new one was nothing yet, and is cancelled.
    """
    had = row.owner
    due = datetime.fromisoformat(was["due"]) if was["due"] else None
    if row.status != was["status"]:
        await _set_status(turn, row, was["status"], "fortrudt")
    if (row.owner, row.due_at) != (was["owner"], due):
        await _hand_over(turn, row, was["owner"], due)
    for person in dict.fromkeys([had, row.owner]):
        if person != turn.sender:
            await turn.say(
                person,
                Card(f"Fortrudt af {turn.name(turn.sender)} – nu: T{row.number}: {measure_card.line(turn, row)}."),
                kind="notice",
            )


def is_over(turn: Context, person: str, row: Measure) -> bool:
    """Whether a person is over the centre that a measure is."""
    centre = next((centre for centre in turn.rules.centres if centre.name == row.centre), None)
    return centre is not None and rights.leads(turn.rules, person, centre)


async def refuse_change(turn: Turn, row: Measure) -> bool:
    """Refuse whoever may not change a measure's status, and tell them who may: its owner, who is over the owner's
    centre, those who run the staff.

    Returns:
        whether the sender was refused.
    """
    if turn.sender == row.owner or is_over(turn, turn.sender, row) or await rights.runs_staff.held(turn):
        return False
    await running.refuse(turn, rights.of_row(f"den, der ejer T{row.number}", [row.owner], rights.runs_staff))
    return True


@timer("measures.due")
async def due(turn: Turn, measure: int, reminded: bool) -> None:
    """Remind the owner when the time is up, and tell the staff when nothing has come of it later: "skal løbende følge
    op"."""
    row = await turn.db.get(Measure, measure)
    if row is None or row.status in CLOSED or row.due_at is None:
        return
    when = row.due_at.isoformat()
    if not reminded:
        await turn.notify(
            [row.owner],
            measure_card.card(turn, row, "⏰ *Fristen er nu.* "),
            kind="reminder",
            urgency=ORDINARY if row.urgent else ROUTINE,
            summary=f"Mindet {turn.name(row.owner)} om T{row.number}: {row.title}",
            key=measure_card.key(row, f"due/{when}"),
        )
        await turn.at(turn.now + PATIENCE, "measures.due", measure_card.key(row, "due"), measure=row.id, reminded=True)
    else:
        await turn.notify(
            [turn.staff],
            Card(f"⚠️ *T{row.number} er over fristen:* {measure_card.line(turn, row)}.\nRing: {turn.phone(row.owner)}."),
            kind="reminder",
            summary=f"Krisestaben har fået besked om, at T{row.number} er over fristen",
            key=measure_card.key(row, f"overdue/{when}"),
        )


async def tell_urgent(turn: Turn, row: Measure) -> None:
    """Tell the chief of an urgent measure at once, and the staff in its channel."""
    told = [turn.staff, *(person for person in await turn.chiefs() if person != turn.sender)]
    await turn.notify(
        told,
        Card(
            f"🔴 *Haster – T{row.number}:* {quote(row.title)}. Ejer: {turn.name(row.owner)}.\n"
            "Staben orienteres på næste ordinære møde."
        ),
        kind="notice",
        summary=f"T{row.number} haster: staben og chefen har fået besked; orientering på næste ordinære stabsmøde",
        urgency=URGENT,
    )


async def _remind_at(turn: Turn, row: Measure) -> None:
    key = measure_card.key(row, "due")
    if row.status in CLOSED or row.due_at is None:
        await turn.cancel(key)
    elif row.due_at > turn.now:
        await turn.at(row.due_at, "measures.due", key, measure=row.id, reminded=False)


async def _tell_requester(turn: Turn, row: Measure) -> None:
    """Tell whoever asked for a measure each change; what they asked for is done when it is."""
    asked = await turn.db.scalar(select(AssistanceRequest).where(AssistanceRequest.measure_id == row.id))
    if asked is None:
        return
    if row.status == "done":
        await turn.log(
            f"B{asked.number} er udført: T{row.number}",
            kind="assistance",
            verification="confirmed",
            sender=turn.sender,
            receiver=asked.requester,
            status="done",
            refs={"assistance": asked.number, "sets_status_of": asked.log_no},
        )
        (await state_of(turn.db, turn.the_crisis, asked.log_no)).status = "done"
    if asked.requester != turn.sender:
        await turn.say(
            asked.requester,
            Card(f"Bistand B{asked.number} (»{quote(asked.text)}«): T{row.number} er *{STATUS_IN_WORDS[row.status]}*."),
            kind="notice",
        )
