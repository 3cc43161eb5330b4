"""The minutes as they are drawn: while the meeting runs, as a draft, and as they were sent. Bilag 2."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.language import times_shown
from handlers.log import paper_links
from handlers.meetings import agenda_items, meeting_card
from storage.grades import GRADES
from storage.rows.meetings import AgendaItem, Meeting, Minutes

FORM = (
    Field("discussion", "Drøftelse", "long"),
    Field("decision", "Beslutning", "long"),
    Field("what", "Hvem gør hvad – hvad skal gøres?"),
    Field("owner", "Hvem gør det?", "persons"),
    Field("due", "Frist", "time"),
    Field("waits", "Afventer – hvad? Så tages punktet op igen på næste møde"),
)
# A card has room for so many items' buttons beside its own.
MOST = 8


async def live_card(turn: Context, meeting: Meeting) -> Card:
    """Draw the minutes while the meeting runs: what is written of each item, and the buttons that write more."""
    rows = await agenda_items.open_items(turn)
    facts = tuple((f"Punkt {row.number}", _said(turn, row)) for row in rows)
    about = {"crisis": meeting.crisis_id, "meeting": meeting.id}
    buttons: list[Button] = []
    for row in sorted(rows, key=spoken_of):  # what nothing is written of yet first: there is not room for everything
        if row.measure is not None and not spoken_of(row):
            buttons.append(Button(f"Orienteret om punkt {row.number}", "minutes.told", {**about, "item": row.id}))
        buttons.append(
            Button(
                f"Skriv punkt {row.number}",
                "minutes.write",
                {**about, "item": row.id},
                form=_filled(row),
                form_title=f"Punkt {row.number}",
            )
        )
    extra = Button(
        "Nyt punkt",
        "minutes.extra",
        about,
        form=(Field("text", "Hvad blev talt om?", required=True), *FORM[:2]),
        form_title="Nyt punkt",
    )
    return Card(
        f"*Referat, møde {meeting.number}*. Skriv, mens I taler.", facts=facts, buttons=(*buttons[:MOST], extra)
    )


def spoken_of(row: AgendaItem) -> bool:
    """Whether the meeting has come to an item: only then is it treated; an orientation has to be ticked."""
    return bool(row.discussion or row.decision or row.actions)


def _filled(row: AgendaItem) -> tuple[Field, ...]:
    values = {"discussion": row.discussion, "decision": row.decision, "waits": row.waits or ""}
    return tuple(replace(each, value=values.get(each.id, "")) for each in FORM)


def _said(turn: Context, row: AgendaItem) -> str:
    parts = [quote(row.text, 200)]
    if row.discussion:
        parts.append(f"Drøftet: {quote(row.discussion, 200)}")
    if row.decision:
        parts.append(f"Besluttet: {quote(row.decision, 200)}")
    if row.waits:
        parts.append(f"Afventer: {quote(row.waits, 200)}")
    parts += [f"{turn.name(each['owner'])}: {quote(each['what'], 120)}" for each in row.actions]
    return " · ".join(parts)


async def latest(turn: Context, meeting: Meeting) -> Minutes | None:
    """Return a meeting's newest version."""
    found: Minutes | None = await turn.db.scalar(
        select(Minutes).where(Minutes.meeting == meeting.id).order_by(Minutes.version.desc()).limit(1)
    )
    return found


def body(turn: Context, row: Minutes) -> str:
    """Write the minutes as people read them."""
    lines = []
    for each in row.items:
        lines.append(f"*Punkt {each['number']}: {quote(each['text'], 300)}*")
        lines += [f"Drøftelse: {quote(each['discussion'], 1500)}"] if each["discussion"] else []
        lines += [f"Beslutning: {quote(each['decision'], 1500)}"] if each["decision"] else []
        lines += [f"Afventer: {quote(each['waits'], 300)}"] if each.get("waits") else []
        lines += [f"• {turn.name(action['owner'])}: {quote(action['what'], 300)}" for action in each["actions"]]
    if row.remarks:
        lines.append(f"Bemærkninger: {quote(row.remarks, 1500)}")
    return "\n".join(lines) or "Ingen punkter blev behandlet."


def card(turn: Context, meeting: Meeting, row: Minutes) -> Card:
    """Draw the minutes as they stand, with what can be done to them."""
    about = {"crisis": row.crisis_id, "minutes": row.id}
    state = (
        f"sendt {turn.clock(row.sent_at)}, {lead(meeting, row.sent_at)}"
        if row.sent_at
        else f"godkendt {turn.clock(row.approved_at)}"
        if row.approved_at
        else f"kladde – ikke sendt til nogen, {lead(meeting, turn.now)}"
    )
    change = (Field("remarks", "Ret eller tilføj", "long", required=True),)
    grades = tuple((each, turn.rules.grade_name(each)) for each in GRADES)
    forward = (
        Field("forward", "Videresendes til (fx centerchefer)", "persons"),
        Field("grade", "Fortrolighed", "choice", value=row.grade, choices=grades),
    )
    buttons = [Button("Ret", "minutes.change", about, form=change, form_title="Ret referatet")]
    if row.approved_at is None:
        buttons.insert(
            0,
            Button("Godkend", "minutes.approve", about, style="primary", form=forward, form_title="Godkend referatet"),
        )
    else:
        buttons.append(paper_links.button(row.crisis_id, "minutes", row.version, meeting.number))
    if row.sent_at is None:
        buttons.append(
            Button(
                "Udsend",
                "minutes.send",
                about,
                confirm="Vil du udsende referatet? Alle, der skal have det, får det nu, også på mail.",
            )
        )
    return Card(
        f"*Beslutningsreferat, møde {meeting.number}*, udgave {row.version} ({state})\n{body(turn, row)}",
        buttons=tuple(buttons),
    )


def lead(meeting: Meeting, at: datetime) -> str:
    """Tell how long after the meeting: "4 min efter mødet", for "Hurtig information giver hurtig implementering"."""
    return f"{times_shown.span(at - (meeting.ended_at or at))} efter mødet"


async def of_last(turn: Context) -> str:
    """Tell how far the minutes of the last meeting are, on a line; empty where none has ended."""
    meeting = await meeting_card.running(turn)
    newest = await latest(turn, meeting) if meeting else None
    if meeting is None or newest is None:
        return ""
    if newest.sent_at:
        return f"Møde {meeting.number}: udgave {newest.version} sendt {lead(meeting, newest.sent_at)}"
    waits = "godkendt, ikke sendt" if newest.approved_at else "ikke godkendt"
    return f"Møde {meeting.number}: udgave {newest.version} {waits}, {lead(meeting, turn.now)}"
