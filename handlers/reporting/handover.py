"""The handover of what must be in the chief's hand: acknowledged, and passed on when nobody does. Plan §7,
Videreafsendelse."""

from __future__ import annotations

from datetime import timedelta

from handlers.core import rights
from handlers.core.card import Button, Card, quote
from handlers.core.context import URGENT, Context
from handlers.core.registry import action, timer
from handlers.core.turn import Turn
from storage.rows.reporting import Report

WAIT = timedelta(minutes=10)
NAMED = {"report": "Melding", "telephone": "Telefonbesked", "system": "Besked fra andet system"}


async def hand_over(turn: Turn, row: Report) -> str | None:
    """Give a report to whoever is chief now, who has to acknowledge it.

    Returns:
        The chief; None when nobody is.
    """
    chiefs = await turn.chiefs()
    if not chiefs:
        return None
    row.handed_to = chiefs[0]
    await _ask(turn, row, chiefs[0])
    await turn.at(turn.now + WAIT, "handover.silent", f"report/{row.id}/silent", report=row.id)
    return chiefs[0]


async def _ask(turn: Turn, row: Report, person: str) -> None:
    await turn.say(
        person, _card(turn, row), key=_key(row, person), kind="notice", urgency=URGENT, everywhere=row.urgent
    )


def _card(turn: Context, row: Report) -> Card:
    # Who takes the telephone is not who rang.
    from_whom = row.caller or ("ikke oplyst" if row.kind == "telephone" else turn.name(row.sender))
    facts = [("Fra", quote(from_whom, 200)), ("Taget imod af", turn.name(row.sender))]
    if row.phone:
        facts.append(("Ring tilbage på", quote(row.phone, 60)))
    if row.system:
        facts.append(("System", quote(row.system, 100)))
    facts.append(("Tid", turn.clock(row.happened_at or row.written_at)))
    head = f"{'⚠️ HASTER – ' if row.urgent else ''}{NAMED[row.kind]} nr. {row.number}"
    text = f"*{head}* til krisestabschefen (log nr. {row.log_no}, ubekræftet)\n»{quote(row.what, 1500)}«"
    if row.acknowledged_at is not None:
        return Card(
            f"{text}\n✅ Modtaget {turn.clock(row.acknowledged_at)} af {turn.name(row.acknowledged_by or '')}.",
            tuple(facts),
        )
    about = {"report": row.id, "crisis": row.crisis_id}
    return Card(text, tuple(facts), buttons=(Button("Modtaget", "handover.received", about, style="primary"),))


@action("handover.received", who=rights.runs_staff, awaited=True)
async def received(turn: Turn, report: int) -> None:
    """Acknowledge a report, by `Modtaget` from the chief or whoever it was passed on to."""
    row = await turn.of_crisis(Report, report)
    if row is None or row.acknowledged_at is not None:
        return
    row.acknowledged_at, row.acknowledged_by = turn.received, turn.sender
    await turn.cancel(f"report/{row.id}/silent")
    await turn.log(
        f"{NAMED[row.kind]} nr. {row.number} er modtaget af {turn.name(turn.sender)}",
        kind="acknowledged",
        verification="confirmed",
        refs={"report": row.number, "about": row.log_no},
    )
    for person in dict.fromkeys([row.handed_to or turn.sender, turn.sender]):
        await turn.say(person, _card(turn, row), key=_key(row, person))
    if row.sender != turn.sender:
        await turn.say(
            row.sender,
            Card(
                f"{turn.name(turn.sender)} har modtaget {NAMED[row.kind].lower()} nr. {row.number} {turn.clock(turn.now)}."
            ),
        )


@timer("handover.silent")
async def silent(turn: Turn, report: int) -> None:
    """Pass a report that the chief hasn't acknowledged in time to the others with the chief's right, and to the
    secretariat."""
    row = await turn.db.get(Report, report)
    if row is None or row.acknowledged_at is not None or turn.the_crisis.state == "closed":
        return
    now_chief = await turn.chiefs()
    others = [
        person for person in dict.fromkeys([*now_chief, *turn.rules.holders("sekretær")]) if person != row.handed_to
    ]
    for person in others:
        await _ask(turn, row, person)
    ring = f"{turn.name(row.handed_to or '')}, {turn.phone(row.handed_to or '')}"
    await turn.notify(
        [turn.staff],
        Card(
            f"⚠️ {NAMED[row.kind]} nr. {row.number} (log nr. {row.log_no}) er ikke kvitteret efter 10 min. Ring: {ring}."
        ),
        kind="reminder",
        summary=f"{NAMED[row.kind]} nr. {row.number} er ikke kvitteret; sendt videre til {turn.names(others)}",
    )


def _key(row: Report, person: str) -> str:
    return f"report/{row.id}/{person}"
