"""The framing staff's first question: who from outside shall sit at the table. Plan §5, Den rammesættende krisestab."""

from __future__ import annotations

from sqlalchemy import select

from handlers import health_plan, meeting_place, rights, staff, tasks
from handlers.card import Button, Card, Field, quote
from handlers.registry import action
from handlers.rights import framing
from handlers.turn import Turn
from storage.log import exported
from storage.tables import LogEntry

KIND = "framing_decision"
ASKED = {"4k": "Beredskab 4K", "politi": "Politiet"}


async def ask(turn: Turn) -> None:
    """ "tager stilling til behovet for at indkalde Beredskab 4K i krisestaben og/eller øvrige eksterne myndigheder" (R032)."""
    decided = await _decided(turn)
    place = await meeting_place.place(turn)
    where = Field("place", "Lokale eller link", required=True, value=place)
    open_questions = [subject for subject in ASKED if subject not in decided]
    await turn.say(
        turn.staff,
        Card(
            "*Den rammesættende krisestab tager stilling:* Skal andre med ved bordet?",
            facts=(
                ("Mødet holdes", quote(place, 200) if place else "❗ sted eller link mangler"),
                *((ASKED[subject], decided.get(subject, "ikke besluttet")) for subject in ASKED),
                ("Sundhedsberedskabsplanen", await health_plan.line(turn) or "ikke aktiveret"),
            ),
            buttons=(
                *(
                    Button(f"{ASKED[subject]}: {answer}", "framing.decide", {"subject": subject, "answer": answer})
                    for subject in open_questions
                    for answer in ("ja", "nej")
                ),
                Button("Sundhedsplan", "health_plan.open"),
                Button("Sted eller link", "framing.place", form=(where,), form_title="Hvor mødes I?"),
            ),
        ),
        key=f"crisis/{turn.the_crisis.id}/framing",
    )


@action("framing.decide", who=framing)
async def decide(turn: Turn, subject: str, answer: str) -> None:
    """Yes brings them in: 4K as a member, the police by a task to ring."""
    if subject in await _decided(turn):
        return
    await turn.log(
        f"Besluttet: {ASKED[subject]} i krisestaben: {answer}",
        kind=KIND,
        sender=turn.sender,
        verification="confirmed",
        refs={"subject": subject, "answer": answer},
    )
    await ask(turn)
    if answer == "nej":
        return
    chief = turn.rules.holder("beredskabschef")
    if subject == "4k" and chief:
        await staff.add_member(turn, chief, "operational", "indkaldt af den rammesættende krisestab")
        await turn.notify(
            [chief],
            Card(f"Du indkaldes til krisestaben for nr. {turn.the_crisis.number} som repræsentant for Beredskab 4K."),
            kind="notice",
            summary=f"{turn.name(chief)} er indkaldt for Beredskab 4K",
        )
    else:
        await tasks.add(
            turn,
            f"Kontakt {ASKED[subject].lower()} (114), og inviter en repræsentant til krisestaben",
            role="sekretær",
            owner=turn.rules.holder("sekretær"),
            tell=True,
        )


@action("framing.place", who=rights.meets)
async def move(turn: Turn) -> None:
    """The place or the link, which the summons then says (R033)."""
    place = turn.value("place")
    if not place or place == await meeting_place.place(turn):
        return
    await meeting_place.move(turn, place)
    await staff.tell_where(turn)
    await ask(turn)


async def _decided(turn: Turn) -> dict[str, str]:
    entries = await turn.db.scalars(
        select(LogEntry).where(LogEntry.crisis_id == turn.the_crisis.id, LogEntry.kind == KIND).order_by(LogEntry.no)
    )
    refs = [exported(entry)["refs"] for entry in entries]
    return {each["subject"]: each["answer"] for each in refs}
