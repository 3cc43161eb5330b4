"""The staff's answers to a request for assistance, and the reminders that keep it from being forgotten. Plan §7.

"omdisponere egne ledige ressourcer eller … videreformidle anmodningen til andre aktører"
"""

from __future__ import annotations

from datetime import datetime, timedelta

from handlers.core import form_values, quiet, rights
from handlers.core.card import Card, quote
from handlers.core.context import URGENT, Context
from handlers.core.language import owners, times_shown
from handlers.core.registry import action, timer
from handlers.core.turn import Turn
from handlers.measures import assistance_card, measure_steps
from handlers.measures.assistance_card import IN_WORDS
from handlers.measures.measure_reading import Reading
from storage.rows.log import Status, state_of
from storage.rows.measures import ANSWERED, AssistanceRequest, AssistanceState

IN_LOG: dict[AssistanceState, Status | None] = {
    "new": "pending",
    "assessing": "pending",
    "met": "in_progress",
    "forwarded": "in_progress",
    "refused": None,
}

# Nobody has looked at it: the staff is reminded after the first, and then every time the second has passed.
FIRST_REMINDER = timedelta(minutes=15)
LATER_REMINDERS = timedelta(hours=1)


async def remind(turn: Turn, row: AssistanceRequest) -> None:
    """Set the timer that reminds the staff of a new request until it is answered."""
    await turn.at(turn.now + FIRST_REMINDER, "assistance.waiting", _timer(row), request=row.id)


@action("assistance.assess", who=rights.runs_staff, begins=True)
async def assess(turn: Turn, request: int) -> None:
    """Mark a request as being assessed, by `Vurderes`."""
    row = await _unanswered(turn, request)
    if row is not None:
        await _becomes(turn, row, "assessing", "Krisestaben ser på den nu.")


@action("assistance.own", who=rights.runs_staff, begins=True)
async def own_resources(turn: Turn, request: int) -> None:
    """Make a measure, with an owner and a time, of a request, by `Egne ressourcer`: "omdisponere egne ledige
    ressourcer"."""
    row = await _unanswered(turn, request)
    if row is None:
        return
    owner = form_values.person(turn, "owner") or Reading(turn, row.text).owner
    due = form_values.moment(turn, "due")
    centre = owners.centre_of(turn.rules, owner)
    measure = await measure_steps.add(
        turn,
        f"B{row.number}: {row.text}",
        owner=owner,
        due=due,
        centre=centre.name if centre else None,
    )
    row.measure_id = measure.id
    until = f", frist {turn.dated(measure.due_at)}" if measure.due_at else ""
    await _becomes(
        turn, row, "met", f"Egne ressourcer: T{measure.number}, {turn.name(owner)}, {turn.phone(owner)}{until}."
    )


@action("assistance.forward", who=rights.runs_staff, begins=True)
async def forward(turn: Turn, request: int) -> None:
    """Forward a request to somebody else, with a time to ask them again, by `Videresend`: "videreformidle anmodningen
    til andre aktører"."""
    row, to = await _unanswered(turn, request), turn.value("to")
    if row is None:
        return
    again = form_values.moment(turn, "again")
    if not to or again is None:
        await turn.answer(Card(f"Skriv, hvem B{row.number} er sendt til, og hvornår der skal spørges igen."))
        return
    await pass_on(turn, row, to, again)


async def pass_on(turn: Turn, row: AssistanceRequest, to: str, again: datetime) -> None:
    """Note that a request has gone to somebody else, who is asked for it again.

    Args:
        to: whom.
        again: when, UTC.
    """
    row.forwarded_to, row.ask_again_at = to, again
    await _becomes(turn, row, "forwarded", f"Videresendt til {to}. Der spørges igen {turn.dated(again)}.")


async def answered_elsewhere(turn: Turn, row: AssistanceRequest, told: str, *, met: bool) -> None:
    """Note what those whom a request went to have answered: it is met, or the staff's to find another way for.

    Args:
        told: what they answered, for whoever lacks it.
    """
    await _becomes(turn, row, "met" if met else "assessing", told if met else f"{told} Krisestaben ser på den igen.")


@action("assistance.met", who=rights.runs_staff)
async def met(turn: Turn, request: int) -> None:
    """Mark a forwarded request as met by those it went to, by `Imødekommet`."""
    row = await _unanswered(turn, request)
    if row is not None and row.state == "forwarded":
        await _becomes(turn, row, "met", f"Imødekommet af {row.forwarded_to}.")


@action("assistance.refuse", who=rights.runs_staff)
async def refuse(turn: Turn, request: int) -> None:
    """Refuse a request with the reason, never without, by `Afvis`."""
    row, reason = await _unanswered(turn, request), turn.value("reason")
    if row is None:
        return
    if not reason:
        await turn.answer(
            Card(f"B{row.number} er ikke afvist: der skal en grund til, som {turn.name(row.requester)} får.")
        )
        return
    row.reason = reason
    await _becomes(turn, row, "refused", f"Grund: {reason}")


@timer("assistance.waiting")
async def waiting(turn: Turn, request: int, told: int = 0) -> None:
    """Remind the staff of a request until it is answered, ever more seldom, so that none is forgotten."""
    row = await turn.db.get(AssistanceRequest, request)
    if row is None or row.state in ANSWERED:
        return
    since = times_shown.span(turn.now - row.created_at)
    head = (
        f"⏰ *Er B{row.number} løst af {quote(row.forwarded_to or '')}?* "
        if row.state == "forwarded"
        else f"⏰ *B{row.number} har ventet på svar i {since}.* "
    )
    await turn.notify(
        [turn.staff, *turn.rules.holders("tovholder"), *(turn.rules.deputies("tovholder") if told else [])],
        await assistance_card.card(turn, row, head),
        kind="reminder",
        summary=f"Mindet om B{row.number}, som ikke er afgjort ({since})",
        key=assistance_card.key(row, f"waiting/{turn.now.isoformat()}"),
    )
    due = await quiet.again(turn, LATER_REMINDERS, told)
    await turn.at(due, "assistance.waiting", _timer(row), request=row.id, told=told + 1)


async def _becomes(turn: Turn, row: AssistanceRequest, state: AssistanceState, told: str) -> None:
    """Give a request a new state, and tell of it in the log, on the staff's card, and to whoever asked, each time."""
    row.state, row.answered_by, row.answered_at = state, turn.sender, turn.received
    await turn.log(
        f"B{row.number} {'' if state == 'assessing' else 'er '}{IN_WORDS[state]}. {told}",
        kind="assistance",
        verification="confirmed",
        sender=turn.sender,
        receiver=row.requester,
        status=IN_LOG[state],
        refs={"assistance": row.number, "sets_status_of": row.log_no},
    )
    (await state_of(turn.db, turn.the_crisis, row.log_no)).status = IN_LOG[state]
    await assistance_card.show(turn, row)
    await turn.say(
        row.requester,
        Card(
            f"Bistand B{row.number} *{'' if state == 'assessing' else 'er '}{IN_WORDS[state]}* (»{quote(row.text)}«).\n"
            f"{quote(told)}"
        ),
        kind="notice",
        urgency=URGENT,
    )
    if state in ANSWERED:
        await turn.cancel(_timer(row))
    else:
        again = row.ask_again_at if state == "forwarded" else None
        await turn.at(again or turn.now + LATER_REMINDERS, "assistance.waiting", _timer(row), request=row.id)


async def _unanswered(turn: Context, request: int) -> AssistanceRequest | None:
    row = await turn.db.get(AssistanceRequest, request)
    return None if row is None or row.state in ANSWERED else row


def _timer(row: AssistanceRequest) -> str:
    return assistance_card.key(row, "waiting")
