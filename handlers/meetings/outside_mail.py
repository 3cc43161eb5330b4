"""Outside mail: asks every day for information mails to be read for what the staff has to treat. Plan §5, Arbejdsgange,
step 9."""

from __future__ import annotations

from sqlalchemy import select

from handlers.core import form_values, quiet, rights
from handlers.core.card import Button, Card, Field
from handlers.core.context import Context
from handlers.core.registry import action, timer
from handlers.core.turn import Turn
from handlers.meetings import agenda, agenda_items
from storage.rows.meetings import MailReading

ITEMS = Field("items", "Hvad skal staben tage stilling til? Ét punkt på hver linje", "long", required=True)


async def begin(turn: Turn) -> None:
    """Set the timer that asks every day at the plan's time, for as long as there is a staff."""
    await turn.at(
        quiet.next_at(turn, turn.rules.meetings.read_mail),
        "outside_mail.ask",
        f"crisis/{turn.the_crisis.id}/outside mail",
    )


@timer("outside_mail.ask", level_two=True)
async def ask(turn: Turn) -> None:
    """Ask the secretary, every day at the plan's time, to tick that mail was read, "gennemlæses på daglig basis"; tell
    the coordinator of a day when nobody did."""
    crisis = turn.the_crisis
    before = await turn.db.scalar(
        select(MailReading).where(MailReading.crisis_id == crisis.id).order_by(MailReading.day.desc()).limit(1)
    )
    missed = before is not None and before.read_at is None
    row = MailReading(crisis_id=crisis.id, day=turn.now.astimezone(turn.zone).date(), asked_at=turn.now, items=[])
    turn.db.add(row)
    await turn.db.flush()
    readers = turn.rules.holders("sekretær") or turn.rules.interim_secretariat()
    late = "\n⚠️ Sidst blev de ikke læst." if missed else ""
    await turn.notify(
        dict.fromkeys([*readers, *(turn.rules.holders("tovholder") if missed else [])]),
        _card(turn, row, f"*Læs udefrakommende mails* (fx fra KL). Er der noget, staben skal tage stilling til?{late}"),
        kind="reminder",
        summary="Mindet om at læse udefrakommende mails",
        key=_key(row),
    )
    await begin(turn)


def _card(turn: Context, row: MailReading, head: str) -> Card:
    about = {"crisis": row.crisis_id, "reading": row.id}
    return Card(
        head,
        buttons=(
            *((Button("Intet nyt", "outside_mail.read", about),) if row.read_at is None else ()),
            Button("Punkter til staben", "outside_mail.read", about, form=(ITEMS,), form_title="Punkter til staben"),
        ),
    )


@action("outside_mail.read", who=rights.runs_staff)
async def read(turn: Turn, reading: int) -> None:
    """Note who read the mail and when, and add items for the next meeting where something was new."""
    row = await turn.of_crisis(MailReading, reading)
    if row is None:
        return
    texts = form_values.lines(turn, "items")
    if row.read_at is not None and not texts:
        return
    made = [await agenda_items.add(turn, text) for text in texts]
    row.read_at, row.read_by = row.read_at or turn.now, row.read_by or turn.sender
    row.items = [*row.items, *(item.number for item in made)]
    outcome = ", ".join(f"punkt {item.number}" for item in made) or "intet nyt"
    await turn.log(
        f"Udefrakommende mails er læst: {outcome}",
        kind="mail_reading",
        sender=turn.sender,
        verification="confirmed",
        refs={"items": [item.number for item in made]},
    )
    head = f"✅ Udefrakommende mails er læst {turn.clock(row.read_at)} af {turn.name(row.read_by)}: {outcome}."
    await turn.replace(_card(turn, row, head))
    for item in made:
        await turn.answer(agenda_items.card(turn, item), key=agenda_items.key(item))
        await agenda.added(turn, item)


def _key(row: MailReading) -> str:
    return f"outside mail/{row.id}"
