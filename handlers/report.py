"""A report to the staff: "begivenhed, som ikke kan afvente regelmæssig rapportering". Plan §7, Meldinger.

Open to every unit at any time; only what happened is asked for, the rest of Bilag 3 may follow.
"""

from __future__ import annotations

from handlers.card import Button, Card, Field, quote
from handlers.registry import action, verb
from handlers.turn import URGENT, Turn

FORM = (
    Field("text", "Hvad er der sket?", "long", required=True),
    Field("where", "Hvor er det sket?"),
    Field("situation", "Hvordan er situationen?", "long"),
    Field("done", "Hvad er der iværksat?", "long"),
    Field("approved_by", "Godkendt af"),
)
HEADINGS = {"where": "Hvor", "situation": "Situationen", "done": "Iværksat", "approved_by": "Godkendt af"}


@verb(
    "melding",
    "m",
    "rapport",
    "meld",
    help="melding <hvad er der sket> – til krisestaben, fra enhver enhed",
    crisis=True,
)
async def report(turn: Turn, text: str) -> None:
    """Typed in one breath, or through the form; both go to the staff at once (R192, R300)."""
    if text.strip():
        await _send(turn, text.strip(), {})
        return
    await turn.answer(
        Card(
            "Hvad er der sket? Kun det er nødvendigt; resten hjælper.",
            buttons=(Button("Skriv melding", "report.send", {}, style="primary", form=FORM, form_title="Melding"),),
        )
    )


@action("report.send")
async def send(turn: Turn) -> None:
    """The form of Bilag 3."""
    text = turn.value("text")
    if not text:
        await turn.answer(Card("Skriv, hvad der er sket. Resten kan udelades."))
        return
    await _send(turn, text, {name: turn.value(name) for name in HEADINGS})


async def _send(turn: Turn, text: str, more: dict[str, str]) -> None:
    lines = [text, *(f"{HEADINGS[name]}: {value}" for name, value in more.items() if value)]
    approved = more.get("approved_by") or "ikke godkendt"
    whole = "\n".join(lines)
    entry = await turn.log(
        whole,
        kind="report",
        sender=turn.sender,
        receiver="krisestaben",
        direction="in",
        event_time=turn.the_incoming.received_at,
    )
    await turn.say(
        turn.staff,
        Card(
            f"*Melding fra {turn.name(turn.sender)}* (log nr. {entry.no}, ubekræftet, {approved}):\n»{quote(whole, 1500)}«",
            buttons=(Button("Bekræft", "log.confirm", {"no": entry.no, "crisis": turn.the_crisis.id}),),
        ),
        urgency=URGENT,
    )
    await turn.answer(Card(f"Tak. Krisestaben har din melding (log nr. {entry.no}). Ved fare for liv: ring 112."))
