"""The card and the line of a request for assistance. Plan §7, Anmodninger om assistance."""

from __future__ import annotations

from handlers.core import enclosures, in_charge, staying_inside
from handlers.core.card import DANGER, Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.turn import Turn
from handlers.measures import agency_card, offer_matching
from storage.rows.measures import ANSWERED, AssistanceRequest, Measure

IN_WORDS = {
    "new": "ny",
    "assessing": "vurderes",
    "met": "imødekommet",
    "forwarded": "videresendt",
    "refused": "afvist",
}


async def card(turn: Context, row: AssistanceRequest, head: str = "") -> Card:
    """Draw the request as it stands now, with what the staff can answer.

    Args:
        head: what its first line begins with.
    """
    read = ", ".join(filter(None, (" ".join(filter(None, (row.quantity, row.need))), row.place)))
    asked = turn.name(row.requester) + (f" ({row.centre})" if row.centre else "")
    hastes = "⚠️ *HASTER* – " if row.urgent and row.state not in ANSWERED else ""
    lines = [
        f"{hastes}{head}*Anmodning om bistand B{row.number}* fra {asked}, {turn.phone(row.requester)}: {IN_WORDS[row.state]}.",
        f"»{quote(row.text)}«",
        *([f"Læst som: {quote(read)}."] if read else []),
        *([f"{when(turn, row)}."] if when(turn, row) else []),
        *([f"Kontakt: {quote(row.contact, 200)}.{staying_inside.reminder(turn)}"] if row.contact else []),
    ]
    if row.measure_id is not None:
        measure = await turn.db.get(Measure, row.measure_id)
        if measure is not None:
            lines.append(f"Egne ressourcer: T{measure.number}, {turn.name(measure.owner)}.")
    if row.forwarded_to:
        lines.append(f"Videresendt til {quote(row.forwarded_to)}; spørg igen {turn.dated(row.ask_again_at)}.")
    asked_agency = await agency_card.newest(turn, row)
    if asked_agency is not None:
        lines.append(f"{agency_card.THROUGH}: {agency_card.state(turn, asked_agency)}.")
    if row.reason:
        lines.append(f"Grund: {quote(row.reason)}")
    if row.answered_by and row.state != "new":
        lines.append(f"{turn.name(row.answered_by)}, {turn.clock(row.answered_at)}.")
    attached = await enclosures.line(turn, row.log_no, numbered=True)
    if row.state in ANSWERED:
        return Card("\n".join(lines) + attached)
    free = await offer_matching.fitting(turn, row)
    lines += [f"Ledigt tilbud TB{each.number}: »{quote(each.text, 120)}« ({turn.name(each.offerer)})." for each in free]
    uses = tuple(Button(f"Brug TB{each.number}", "offers.use", {"offer": each.id, "request": row.id}) for each in free)
    to_agency = asked_agency is None or asked_agency.answer is not None
    return Card("\n".join(lines) + attached, buttons=(*_answers(row, to_agency=to_agency), *uses))


def when(turn: Context, row: AssistanceRequest) -> str:
    """Write from when and until when something is lacked: "Fra kl. 16:00 til kl. 20:00"; empty where it isn't said."""
    since = f"fra {turn.dated(row.needed_from)}" if row.needed_from else ""
    until = f"til {turn.dated(row.needed_until)}" if row.needed_until else ""
    return " ".join(filter(None, (since, until))).capitalize()


def line(turn: Context, row: AssistanceRequest) -> str:
    """Write a request in one line, for lists."""
    to = (
        f" til {quote(row.forwarded_to or '')}, spørg igen {turn.dated(row.ask_again_at)}"
        if row.state == "forwarded"
        else ""
    )
    hastes = "⚠️ " if row.urgent and row.state not in ANSWERED else ""
    return f"{hastes}{quote(row.text)} – {turn.name(row.requester)}, {IN_WORDS[row.state]}{to}"


async def received(turn: Context, row: AssistanceRequest) -> Card:
    """Tell the requester who has the request now."""
    persons = await in_charge.in_charge(turn)
    where = "krisestaben" if persons == [turn.staff] else turn.names(persons)
    has_it = f"er hos {where}" if persons else "er gemt, men ingen har den endnu. Ring selv"
    return Card(
        f"Anmodning *B{row.number}* {has_it} (log nr. {row.log_no}).\n»{quote(row.text)}«\n"
        f"Du får besked, hver gang der sker noget med den. {DANGER}"
    )


async def show(turn: Turn, row: AssistanceRequest) -> None:
    """Change every card about the request, wherever it stands."""
    await turn.redraw(key(row, ""), await card(turn, row))


def key(row: AssistanceRequest, rest: str) -> str:
    """Name a message about a request: all that begin so are changed together."""
    return f"assistance/{row.id}/{rest}"


def _answers(row: AssistanceRequest, *, to_agency: bool) -> tuple[Button, ...]:
    about = {"request": row.id}
    own = (Field("owner", "Hvem har det?", "persons"), Field("due", "Frist", "time"))
    to = (
        Field("to", "Til hvem?", required=True, value=row.forwarded_to or ""),
        Field("again", "Hvornår spørges der igen?", "time", required=True, value="om en time"),
    )
    why = (Field("reason", "Grund", "long", required=True),)
    first = {
        "new": (Button("Vurderes", "assistance.assess", about),),
        "forwarded": (Button("Imødekommet", "assistance.met", about),),
    }
    return (
        *first.get(row.state, ()),
        Button("Egne ressourcer", "assistance.own", about, "primary", own, f"B{row.number}: egne ressourcer"),
        Button(
            "Videresend", "assistance.forward", about, submit="Send", form=to, form_title=f"Videresend B{row.number}"
        ),
        *(
            (
                Button(
                    "Til BRS gennem 4K",
                    "agency.ask",
                    about,
                    confirm=f"Vil du bede 4K sende B{row.number} til Beredskabsstyrelsen? De får den nu.",
                ),
            )
            if to_agency
            else ()
        ),
        Button("Afvis", "assistance.refuse", about, submit="Send", form=why, form_title=f"Afvis B{row.number}"),
    )
