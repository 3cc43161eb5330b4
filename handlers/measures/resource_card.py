"""The card of a resource, the question whether its owner can release it, and the reminder of its relief. Bilag 3,
Ressourceoversigt."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select

from handlers.core import rights, running
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.registry import action, timer
from handlers.core.turn import Turn
from storage.plan.sections import Centre
from storage.rows.measures import LogisticsMember, Release, Resource

# Before somebody's time is up, so that there is time to find others.
BEFORE_RELIEF = timedelta(minutes=30)
YES_NO = (("nej", "Nej"), ("ja", "Ja"))
RELEASE = {
    "asked": "frigivelse er der spurgt til",
    "releasable": "kan frigøres",
    "refused": "kan ikke undværes",
    "released": "frigivet",
}


def form(row: Resource | None = None) -> tuple[Field, ...]:
    """Return the fields of a resource: the five columns of Bilag 3, and whether it is critical."""
    return (
        Field("quantity", "Antal", value=row.quantity if row else ""),
        Field("name", "Ressource", required=True, value=row.name if row else ""),
        Field("response", "Respons-/aktiveringstid", value=(row.response or "") if row else ""),
        Field(
            "duty",
            "Indsatstid (udskiftning/afløsning), fx kl 22",
            "time",
            value=(row.duty or "") if row else "",
            loose=True,
        ),
        Field("task", "Aktuel opgave", value=(row.task or "") if row else ""),
        Field("critical", "Kritisk ressource?", "choice", value="ja" if row and row.critical else "", choices=YES_NO),
    )


def line_of(turn: Context, row: Resource) -> str:
    """Write a resource in one line, for the overview."""
    relief = turn.dated(row.relief_at) if row.relief_at else row.duty
    parts = (f"{row.quantity} {row.name}", row.response, f"afløses {relief}" if relief else None, row.task)
    said = " · ".join(quote(part, 80) for part in parts if part)
    said += quote(_expected(turn, row), 120)
    return f"{said} ({RELEASE[row.release]})" if row.release in RELEASE else said


def is_expected(row: Resource) -> bool:
    """Whether somebody has offered it and it has not come: it is not put in yet."""
    return bool(row.lender) and row.arrived_at is None


def in_short(turn: Context, row: Resource) -> str:
    """Write how many of what, and from whom it is expected where it has not come."""
    return f"{row.quantity} {row.name}{_expected(turn, row)}"


def _expected(turn: Context, row: Resource) -> str:
    return expected_in_words(turn, row.lender or "", row.expected_at) if is_expected(row) else ""


def expected_in_words(turn: Context, lender: str, at: datetime | None) -> str:
    """Tell from whom, and from when, a lent resource is expected."""
    return f", ventes fra {lender}{f', fra {turn.clock(at)}' if at else ''}"


def card(turn: Context, row: Resource) -> Card:
    """Draw the resource as it stands now, with what can be done to it."""
    about = {"resource": row.id, "crisis": row.crisis_id}
    if row.gone_at is not None:
        return Card(f"R{row.number} er ude af oversigten: {quote(row.quantity)} {quote(row.name)}.")
    unread = row.duty and row.relief_at is None
    return Card(
        f"*R{row.number}:* {line_of(turn, row)}"
        + (
            f"\nJeg kan ikke læse »{quote(row.duty or '', 60)}« som en tid, så jeg minder ikke om afløsning."
            if unread
            else ""
        ),
        facts=(("Konsekvens", quote(row.consequence, 200)),) if row.consequence else (),
        buttons=(
            Button("Ret", "resources.change", about, form=form(row), form_title=f"Ret R{row.number}"),
            Button("Er kommet", "resources.arrived", about)
            if is_expected(row)
            else Button("Kan den frigøres?", "resources.ask_release", about),
            Button("Ude af oversigten", "resources.gone", about),
        ),
    )


async def refuse(turn: Turn, row: Resource) -> bool:
    """Refuse a centre what is another's, and return whether it did: the staff and its logistics change all of it, a
    centre its own ("bevarer ansvaret for opgaven", plan §3)."""
    owner = next((each for each in turn.rules.centres if each.name == row.centre), None)
    logistics = select(LogisticsMember.id).where(
        LogisticsMember.crisis_id == row.crisis_id,
        LogisticsMember.person == turn.sender,
        LogisticsMember.until.is_(None),
    )
    if turn.sender in _own(row, owner) or await rights.asks.has(turn) or await turn.db.scalar(logistics) is not None:
        return False
    whose = f"Center {owner.name}" if owner else "den, der skrev den op"
    right = rights.of_row(whose, _own(row, owner), rights.asks)
    await running.refuse(turn, right, f"R{row.number} er uændret.")
    return True


def _own(row: Resource, owner: Centre | None) -> list[str | None]:
    """Return whose a resource is: the centre's, and whoever's that added it."""
    return [*([owner.chief, owner.contact, owner.deputy] if owner else []), row.added_by]


@action("resources.ask_release", who=rights.staff, begins=True)
async def ask_release(turn: Turn, resource: int) -> None:
    """Ask the centre's chief whether a resource can be released: "vilje til at trække ressourcer ud af daglig
    drift"."""
    row = await standing(turn, resource)
    if row is None or row.release == "asked":
        return
    chief = next((each.chief for each in turn.rules.centres if each.name == row.centre), None) or row.added_by
    row.release, row.changed_at = "asked", turn.now
    about = {"resource": row.id, "crisis": row.crisis_id}
    why = (Field("consequence", "Hvad betyder det for driften?", "long"),)
    await turn.notify(
        [chief],
        Card(
            f"Krisestaben spørger: Kan I undvære *{quote(row.quantity)} {quote(row.name)}* (R{row.number})?\n"
            f"Nu: {quote(row.task or 'ingen opgave')}. Spurgt af {turn.name(turn.sender)}.",
            buttons=(
                Button(
                    "Kan frigøres",
                    "resources.release",
                    {**about, "answer": "releasable"},
                    form=why,
                    form_title="Kan frigøres",
                ),
                Button(
                    "Kan ikke undværes",
                    "resources.release",
                    {**about, "answer": "refused"},
                    form=why,
                    form_title="Kan ikke undværes",
                ),
            ),
        ),
        kind="notice",
        summary=f"Spurgt, om R{row.number} kan frigøres: {row.quantity} {row.name}",
        key=f"resource/{row.id}/release",
    )
    await turn.replace(card(turn, row))


@action("resources.release")
async def release(turn: Turn, resource: int, answer: Release) -> None:
    """Take the centre's answer, with what it costs, and tell the staff. The centre's chief, deputy or contact, whoever
    added it, and those who run the staff may answer."""
    row = await standing(turn, resource)
    if row is None:
        return
    owner = next((each for each in turn.rules.centres if each.name == row.centre), None)
    whose = f"Center {owner.name}" if owner else "den, der skrev den op"
    if await running.refuse_all_but(turn, whose, _own(row, owner), rights.runs_staff):
        return
    row.release, row.consequence, row.changed_at = answer, turn.value("consequence") or None, turn.now
    said = f"R{row.number} ({row.quantity} {row.name}) {RELEASE[answer]}"
    why = f": {row.consequence}" if row.consequence else ""
    await turn.log(f"{said}{why}", kind="resource", refs={"resource": row.number}, verification="confirmed")
    await turn.replace(Card(f"Noteret: {quote(said)}{quote(why)}."))
    await turn.say(turn.staff, card(turn, row), key=key(row) + "/answer")


@timer("resources.relief")
async def relief(turn: Turn, resource: int) -> None:
    """Remind whoever answers for somebody, half an hour before their time is up."""
    row = await turn.db.get(Resource, resource)
    if row is None or row.gone_at is not None or row.relief_at is None or turn.the_crisis.state != "active":
        return
    owner = next((each.contact or each.chief for each in turn.rules.centres if each.name == row.centre), None)
    about = {"resource": row.id, "crisis": row.crisis_id}
    await turn.notify(
        [person for person in (owner, row.added_by, *turn.rules.holders("tovholder")) if person],
        Card(
            f"*Afløsning {turn.clock(row.relief_at)}:* {quote(row.quantity)} {quote(row.name)} (R{row.number}). "
            "Hvem tager over? Skriv den nye tid.",
            buttons=(Button("Ret", "resources.change", about, form=form(row), form_title=f"Ret R{row.number}"),),
        ),
        kind="reminder",
        summary=f"Mindet om afløsning {turn.clock(row.relief_at)}: R{row.number} {row.quantity} {row.name}",
    )


async def standing(turn: Context, resource: int) -> Resource | None:
    """Return a resource of this crisis that is still in the overview; None for any other."""
    row = await turn.of_crisis(Resource, resource)
    if row is None or row.gone_at is not None:
        return None
    return row


async def remind_before_relief(turn: Turn, row: Resource) -> None:
    """Set the timer that reminds of a resource's relief; where no time is known, cancel it."""
    key = relief_key(row)
    if row.relief_at is None:
        await turn.cancel(key)
        return
    await turn.at(max(row.relief_at - BEFORE_RELIEF, turn.now), "resources.relief", key, resource=row.id)


def key(row: Resource) -> str:
    """Name the card in the staff's channel."""
    return f"resource/{row.id}"


def relief_key(row: Resource) -> str:
    """Name the timer that reminds of the resource's relief."""
    return f"resource/{row.id}/relief"
