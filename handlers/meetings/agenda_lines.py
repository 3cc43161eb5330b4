"""The lines of an agenda, put together and drawn. Bilag 2's two agendas."""

from __future__ import annotations

from sqlalchemy import select

from handlers.core import rights
from handlers.core.card import Button, Card, quote
from handlers.core.context import Context
from handlers.core.rights import Right
from handlers.core.turn import Turn
from handlers.log import paper_links
from handlers.measures import intent
from handlers.meetings import agenda_items, media_item, meeting_card, partners
from handlers.staff import roster
from storage.rows.meetings import PARTS, Agenda, AgendaItem, Meeting

# Bilag 2, "det første møde i krisestaben", with its own numbers; 0 since the chief is appointed at it.
FIRST = (
    ("0", "Udpegning af krisestabschef"),
    ("1", "Udpegning af referent"),
    ("2", "Gennemgang af deltagere"),
    ("3", "Præsentation af situationsbilledet"),
    ("4", "Hvad er kommunens opgaver?"),
    (
        "5",
        "Fastlæggelse af organisation: a. supplering af staben, b. krisekommunikationsteam og presseansvarlig, c. eksterne samarbejdspartnere",
    ),
    ("6", "Bemanding af staben (afgivelser og omfordeling)"),
    ("7", "Identifikation af relevante samarbejdspartnere"),
    ("8", "Særlige procedurer: a. sag, dokumentation og journalisering, b. distribution af informationer, c. økonomi"),
    ("9", "Orientering af kommunens medarbejdere"),
    ("10", "Eventuelt"),
    ("11", "Opsummering af væsentlige beslutninger"),
    ("12", "Næste møde"),
)
# Bilag 2, "de videre møder".
LATER = (
    ("1", "Opdatering på situationsbilledet"),
    ("2", "Nøgleopgaver"),
    ("3", "Opgaver, der angår koordinering"),
    ("4", "Krisekommunikation"),
    ("5", "Punkter til erfaringsopsamling"),
    ("6", "Eventuelt"),
    ("7", "Opsummering af væsentlige beslutninger"),
    ("8", "Næste møde"),
)
# What the plan's own text asks of the first meetings and Bilag 2 leaves out (§5 and §7): proposed, never put in silently.
PROPOSED = (
    "Udpegning af krisesekretariat og tovholder",
    "Forstærket overvågning af telefoner og postkasser",
    "Fortrolighed: hvem skal vide hvad",
    "Rapporteringsordning fra centrene",
)
# Where what has come in stands: what waits under coordination, urgent measures' orientation first of all.
ITEMS_UNDER = {True: "4", False: "3"}
STATES = {"draft": "kladde", "awaiting": "til godkendelse", "approved": "godkendt", "sent": "udsendt"}


async def newest(turn: Context, meeting: Meeting) -> Agenda | None:
    """Return a meeting's newest agenda."""
    found: Agenda | None = await turn.db.scalar(
        select(Agenda).where(Agenda.meeting == meeting.id).order_by(Agenda.version.desc()).limit(1)
    )
    return found


async def bring_up_to_date(turn: Turn, meeting: Meeting) -> Agenda:
    """Bring the agenda up to date with what has come in, and give the version that counts: after one was sent, a new one."""
    await agenda_items.take_in_urgent(turn)
    row = await newest(turn, meeting)
    items = await _items(turn, meeting, row)
    if row is not None and row.state != "sent":
        if row.items != items:
            row.items = items
            if row.state in ("awaiting", "approved"):
                row.state, row.approved_by, row.approved_at = "draft", None, None
        await turn.db.flush()
        return row
    if row is not None and [each["item"] for each in row.items] == [each["item"] for each in items]:
        return row
    fresh = Agenda(
        crisis_id=turn.the_crisis.id,
        meeting=meeting.id,
        version=(row.version if row else 0) + 1,
        state="draft",
        items=items,
    )
    turn.db.add(fresh)
    await turn.db.flush()
    return fresh


async def _items(turn: Context, meeting: Meeting, before: Agenda | None) -> list[dict[str, object]]:
    first = not await meeting_card.held(turn)
    known: set[object] = set()
    if before is not None:
        sent = await turn.db.scalars(select(Agenda).where(Agenda.meeting == meeting.id, Agenda.state == "sent"))
        known = {each["item"] for agenda in sent for each in agenda.items}
    waiting = await agenda_items.open_items(turn)
    rows: list[dict[str, object]] = []
    for number, heading in FIRST if first else LATER:
        rows.append({"no": number, "text": heading, "item": None, "kind": None, "new": False})
        under = [
            row
            for row in waiting
            if (row.measure is not None and number == ("3" if first else "1"))
            or (row.measure is None and number == ITEMS_UNDER[first])
        ]
        for place, row in enumerate(under, 1):
            rows.append(
                {
                    "no": f"{number}.{place}",
                    "text": agenda_items.line(row),
                    "item": row.id,
                    "kind": row.kind,
                    "new": bool(known) and row.id not in known,
                }
            )
    return rows


def lines_of(row: Agenda) -> str:
    """Write an agenda's items, line by line, under their parts."""
    return "\n".join(
        (f"*{PARTS[str(each['text'])]}*\n" if each["item"] is None and each["text"] in PARTS else "")
        + f"{each['no']}. {'*NYT* ' if each['new'] else ''}{quote(str(each['text']), 500)}"
        for each in row.items
    )


async def card(turn: Context, meeting: Meeting, row: Agenda) -> Card:
    """Draw an agenda as it stands, with what can be done to it."""
    head = f"*Dagsorden, møde {meeting.number}* {turn.clock(meeting.at)}, {quote(meeting.place, 200)} – udgave {row.version}, {STATES[row.state]}"
    if intended := await intent.newest(turn):
        head += f"\n*Hensigt:* {quote(intended.text)}"
    about = {"crisis": row.crisis_id, "agenda": row.id}
    buttons = {
        "draft": (Button("Send til godkendelse", "agenda.submit", about, style="primary"),),
        "awaiting": (Button("Godkend", "agenda.approve", about, style="primary"),),
        "approved": (
            Button(
                "Udsend",
                "agenda.send",
                about,
                style="primary",
                confirm="Vil du udsende dagsordenen? Alle, der skal have den, får den nu, også på mail.",
            ),
        ),
        "sent": (paper_links.button(row.crisis_id, "agenda", row.version, meeting.number),),
    }.get(row.state, ())
    missing = await incomplete_items(turn)
    proposed = await proposed_by_plan(turn) if row.state == "draft" else []
    if proposed:
        buttons = (*buttons, Button("Tag forslagene med", "agenda.proposed", about))
        head += f"\nPlanen nævner også: {'; '.join(proposed)}."
    wants = "".join(f"\n❗ Punkt {each.number} mangler {agenda_items.lacks(each)}." for each in missing)
    facts: tuple[tuple[str, str], ...] = ()
    if sum(each["item"] is None for each in row.items) == len(FIRST):
        # Items 5c and 7 are the same list twice.
        facts = (("Punkt 5c og 7, samarbejdspartnere", await partners.summary(turn)),)
        buttons = (*buttons, Button("Samarbejdspartnere", "partners.open", {"crisis": row.crisis_id}))
    else:
        facts = (("Punkt 4, medieanalyse", quote(await media_item.line(turn), 1500)),)
    return Card(f"{head}\n{lines_of(row)}{wants}", facts=facts, buttons=buttons)


async def proposed_by_plan(turn: Context) -> list[str]:
    """Return what the first meeting could have on its agenda as well, as long as nobody has put it there."""
    if await meeting_card.held(turn):
        return []
    known = set(await turn.db.scalars(select(AgendaItem.text).where(AgendaItem.crisis_id == turn.the_crisis.id)))
    return [text for text in PROPOSED if text not in known]


async def incomplete_items(turn: Context) -> list[AgendaItem]:
    """Return the open items that lack something."""
    return [row for row in await agenda_items.open_items(turn) if agenda_items.lacks(row)]


async def responsible(turn: Context) -> list[str]:
    """Return the responsible director for the staff: whoever is named so, else the chief, else the directorate."""
    if named := roster.holder(turn, roster.RESPONSIBLE):
        return [named]
    return [turn.the_crisis.chief] if turn.the_crisis.chief else turn.rules.board()


async def approvers(turn: Context) -> list[str]:
    """Return who may approve the agenda or call the meeting off: the responsible director, or the deputy with the same
    right."""
    if named := roster.holder(turn, roster.RESPONSIBLE):
        return [named, *await turn.chiefs()]
    return await turn.chiefs() if turn.the_crisis.chief else turn.rules.board()


async def approves(turn: Context, beside: Right | None = None) -> Right:
    """Return the right to approve the agenda, as it is told to whoever hasn't it.

    Args:
        beside: a right of others to the same.
    """
    return rights.of_row("den ansvarlige direktør", await approvers(turn), beside)


def key(row: Meeting | Agenda, rest: str) -> str:
    """Name a message or a timer about a meeting's agenda, or about one version of it."""
    return f"agenda/{row.id}/{rest}"
