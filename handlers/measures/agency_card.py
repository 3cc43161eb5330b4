"""The cards of a request to the Danish Emergency Management Agency, by way of 4K. Plan §2."""

from __future__ import annotations

from sqlalchemy import select

from handlers.core import staying_inside
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from storage.rows.agency_requests import AgencyAnswer, AgencyRequest
from storage.rows.measures import AssistanceRequest

AGENCY = "Beredskabsstyrelsen"
THROUGH = f"{AGENCY}, gennem Beredskab 4K"
FOURK = "beredskabschef"
ANSWERS: dict[AgencyAnswer, str] = {"yes": "ja", "partly": "delvist", "no": "nej"}


def fourk(turn: Context) -> list[str]:
    """Return the plan's people at 4K, the one to ask first: who has the duty, the chief, the deputies; who is away last."""
    plan = turn.rules
    duty = plan.on_duty(FOURK)
    every = dict.fromkeys([*([duty] if duty else []), *plan.holders(FOURK), *plan.deputies(FOURK)])
    return turn.plan.present_first([*every])


async def newest(turn: Context, request: AssistanceRequest) -> AgencyRequest | None:
    """Return what was last asked of the agency for a request; None where nothing was."""
    found: AgencyRequest | None = await turn.db.scalar(
        select(AgencyRequest)
        .where(AgencyRequest.request_id == request.id)
        .order_by(AgencyRequest.number.desc())
        .limit(1)
    )
    return found


def state(turn: Context, row: AgencyRequest) -> str:
    """Write how far it is, in one line: "4K spurgt 14.20 – sendt videre 14.25 – svar 15.02: nej"."""
    steps = [f"{turn.name(row.person)} (4K) spurgt {turn.clock(row.asked_at)}"]
    if row.passed_on_at is not None:
        steps.append(f"sendt videre {turn.clock(row.passed_on_at)}")
    if row.answer is not None:
        steps.append(f"svar {turn.clock(row.answered_at)}: {ANSWERS[row.answer]}")
    elif row.passed_on_at is None:
        steps.append("❗ ikke kvitteret")
    else:
        steps.append("afventer svar")
    return " – ".join(steps)


def card(turn: Context, row: AgencyRequest, request: AssistanceRequest) -> Card:
    """Draw the request for 4K: what is lacked, whom to ring, and what becomes of it."""
    about = {"crisis": row.crisis_id, "agency": row.id}
    head = f"*Anmodning til {AGENCY}, gennem jer: B{request.number}*, krise nr. {turn.the_crisis.number}"
    wants = ", ".join(filter(None, (" ".join(filter(None, (request.quantity, request.need))), request.place)))
    facts = [
        ("Hvad mangler", quote(request.text, 1500)),
        *([("Læst som", quote(wants, 300))] if wants else []),
        ("Fra", f"{turn.name(request.requester)}, {turn.phone(request.requester)}"),
        ("Bedt af", f"{turn.name(row.asked_by)}, {turn.phone(row.asked_by)}"),
        ("Status", state(turn, row)),
    ]
    if row.said:
        facts.append(("Svar", quote(row.said, 1500)))
    if row.answer is not None:
        return Card(head, tuple(facts))
    choices = tuple((value, word.capitalize()) for value, word in ANSWERS.items())
    told = Button(
        "Svar fra Beredskabsstyrelsen",
        "agency.answered",
        about,
        form=(
            Field("answer", "Kan de hjælpe?", "choice", required=True, choices=choices),
            Field("said", "Hvad kommer, hvor og hvornår – eller hvorfor ikke?", "long", required=True),
        ),
        form_title="Svar fra BRS",
    )
    passed_on = Button("Sendt til Beredskabsstyrelsen", "agency.passed_on", about, style="primary")
    return Card(
        f"{head}\n4K er bindeled til {AGENCY} (planens §2). Send den videre, og tryk.{staying_inside.reminder(turn)}",
        tuple(facts),
        buttons=(*((passed_on,) if row.passed_on_at is None else ()), told),
    )


def key(row: AgencyRequest, rest: str) -> str:
    """Name a message about it: all that begin so are changed together."""
    return f"agency/{row.id}/{rest}"
