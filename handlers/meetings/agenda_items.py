"""The items that wait for the staff's next meeting: what they lack, and their cards. Plan §5, Arbejdsgange, step 8."""

from __future__ import annotations

from sqlalchemy import select

from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.core.turn import Turn
from storage.rows.measures import Measure
from storage.rows.meetings import AgendaItem, ItemKind
from storage.rows.numbers import next_number
from storage.rows.traffic import Message

KINDS: dict[ItemKind, str] = {"discussion": "Drøftelse", "decision": "Beslutning", "information": "Orientering"}


async def add(turn: Turn, text: str, *, kind: str | None = None, measure: int | None = None) -> AgendaItem:
    """Put an item on the next meeting's agenda, whichever that is.

    Args:
        kind: "discussion", "decision" or "information", where it is known.
        measure: the urgent measure that the staff is to be told of.
    """
    number = await next_number(turn.db, AgendaItem.number, AgendaItem.crisis_id == turn.the_crisis.id)
    # What somebody proposes comes in, with the papers that came along.
    entry = await turn.log(
        f"Dagsordenspunkt: {text}",
        kind="item",
        sender=turn.sender,
        direction="internal" if measure else "in",
        refs={"item": number},
    )
    row = AgendaItem(
        crisis_id=turn.the_crisis.id,
        number=number,
        text=text,
        kind=kind,
        proposer=turn.sender,
        added_at=turn.now,
        measure=measure,
        actions=[],
        log_no=entry.no,
    )
    turn.db.add(row)
    await turn.db.flush()
    return row


def lacks(row: AgendaItem) -> str | None:
    """Tell what an item lacks before an agenda with it can go out; None when it lacks nothing."""
    if row.kind is None:
        return "karakter (drøftelse, beslutning eller orientering)"
    if row.kind == "decision" and not row.recommendation:
        return "indstilling"
    return None


def line(row: AgendaItem) -> str:
    """Write an item in one line: "nødbolig (Beslutning). Indstilling: …"."""
    kind = f" ({KINDS[row.kind]})" if row.kind else ""
    recommends = f". Indstilling: {row.recommendation}" if row.recommendation else ""
    political = f". Kræver politisk sag: {row.political}" if row.political else ""
    waits = f". Afventer: {row.waits}" if row.waits else ""
    return f"{row.text}{kind}{recommends}{waits}{political}"


def card(turn: Context, row: AgendaItem) -> Card:
    """Draw the item, with what is still asked of it."""
    about = {"item": row.id, "crisis": row.crisis_id}
    facts = [("Karakter", KINDS[row.kind] if row.kind else "❗ vælg")]
    if row.kind == "decision":
        facts.append(("Indstilling", quote(row.recommendation or "❗ mangler", 400)))
    passed = " ⚠️ passeret" if row.deadline and row.deadline < turn.now and row.state == "open" else ""
    unknown = "ingen" if row.no_deadline else "❗ hvornår skal staben senest tage det op?"
    facts.append(("Frist", f"{turn.dated(row.deadline)}{passed}" if row.deadline else unknown))
    if row.political:
        facts.append(("Kræver politisk sag", quote(row.political, 300)))
    if row.preparer:
        facts.append(("Forbereder", turn.name(row.preparer)))
    if row.state != "open":
        return Card(
            f"*Punkt {row.number}:* {quote(row.text, 800)} – {'behandlet' if row.state == 'treated' else 'taget af'}",
            tuple(facts),
        )
    if not turn.the_crisis.has_staff:
        return Card(
            f"*Punkt {row.number}:* {quote(row.text, 800)}\nKrisestaben er trådt ned, før punktet blev behandlet.",
            tuple(facts),
        )
    detail = (
        Field(
            "recommendation",
            "Indstilling – hvad foreslår du, at staben beslutter?",
            "long",
            value=row.recommendation or "",
        ),
        Field("deadline", "Frist for staben (kan udelades)", "time"),
        Field("preparer", "Hvem forbereder det?", "persons"),
    )
    return Card(
        f"*Punkt {row.number}:* {quote(row.text, 800)}\nKommer på næste møde.",
        facts=tuple(facts),
        buttons=(
            *(
                Button(label, "items.kind", {**about, "kind": kind})
                for kind, label in KINDS.items()
                if kind != row.kind
            ),
            Button("Indstilling og frist", "items.detail", about, form=detail, form_title=f"Punkt {row.number}"),
            *((Button("Ingen frist", "items.no_deadline", about),) if not row.deadline and not row.no_deadline else ()),
            Button(
                "Kræver politisk sag",
                "items.political",
                about,
                form=(Field("case", "Udvalg, sag og frist", required=True, value=row.political or ""),),
                form_title="Politisk sag",
            ),
            *((Button("Tag punktet af", "items.withdraw", about),) if row.measure is None else ()),
        ),
    )


async def take_in_urgent(turn: Turn) -> None:
    """Add an item for each urgent measure that has none: "orienteres krisestaben på næste ordinære stabsmøde" (plan §9)."""
    told = select(AgendaItem.measure).where(AgendaItem.crisis_id == turn.the_crisis.id, AgendaItem.measure.is_not(None))
    urgent = await turn.db.scalars(
        select(Measure).where(
            Measure.crisis_id == turn.the_crisis.id,
            Measure.orient,
            Measure.number.is_not(None),
            Measure.id.not_in(told),
        )
    )
    for measure in urgent.all():
        await add(turn, f"Orientering: T{measure.number} {measure.title}", kind="information", measure=measure.id)


async def open_items(turn: Context) -> list[AgendaItem]:
    """Return what waits for a meeting: urgent measures first, then in the order they came."""
    rows = await turn.db.scalars(
        select(AgendaItem)
        .where(AgendaItem.crisis_id == turn.the_crisis.id, AgendaItem.state == "open")
        .order_by(AgendaItem.measure.is_(None), AgendaItem.number)
    )
    return list(rows)


async def standing(turn: Context, item: int) -> AgendaItem | None:
    """Return an item that is still open; None for any other."""
    row = await turn.of_crisis(AgendaItem, item)
    return row if row is not None and row.state == "open" else None


async def redraw(turn: Turn, row: AgendaItem) -> None:
    """Draw an item's card anew wherever it stands, so that no button is left that does nothing any longer."""
    drawn, mine = card(turn, row), key(row)
    standing = await turn.db.execute(
        select(Message.key, Message.recipient).where(
            (Message.key == mine) | Message.key.startswith(f"{mine}/", autoescape=True)
        )
    )
    for name, recipient in standing.all():
        await turn.say(recipient, drawn, key=name)


def key(row: AgendaItem) -> str:
    """Name the item's card."""
    return f"item/{row.id}"


async def of_people(turn: Context) -> list[AgendaItem]:
    """Return what people have put on the agenda and no meeting has treated."""
    return [row for row in await open_items(turn) if row.measure is None]


async def follow_the_staff(turn: Turn) -> None:
    """Let what waits for the staff's next meeting say whether there is a staff."""
    for row in await of_people(turn):
        await redraw(turn, row)
