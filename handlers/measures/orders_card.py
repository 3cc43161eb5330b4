"""The cards of a written order: for the drafter and the chief, for the receiver, and for the staff. Plan §9."""

from __future__ import annotations

from handlers.core import enclosures
from handlers.core.card import Button, Card, Field, quote
from handlers.core.context import Context
from handlers.log import paper_links
from handlers.measures import tasks
from storage.rows.measures import Order

IN_WORDS = {
    "draft": "kladde",
    "dropped": "kasseret",
    "issued": "udstedt, ikke kvitteret",
    "acknowledged": "modtaget",
    "done": "udført",
}
CLOSED = ("dropped", "done")


def form(row: Order | None = None, *, task: str = "") -> tuple[Field, ...]:
    """Return the fields of an order, filled in with what is known.

    Args:
        row: a draft to go on with.
        task: what it may begin with.
    """
    return (
        Field("to", "Til (person, rolle eller center)", "persons", required=True, value=(row.receiver or "") if row else ""),
        Field("task", "Opgave", "long", required=True, value=row.task if row else task),
        Field("due", "Hvornår skal det være gjort?", "time", value=(row.due_text or "") if row else "", loose=True),
        Field("why", "Hvorfor?", "long", value=(row.why or "") if row else ""),
        Field("resources", "Ressourcer", "long", value=(row.resources or "") if row else ""),
        Field("report_back", "Tilbagemelding – hvordan, hvornår, til hvem", value=(row.report_back or "") if row else ""),
    )  # fmt: skip


def named(row: Order) -> str:
    """Name an order: "Ordre 3", or that it is a draft."""
    return f"Ordre {row.number}" if row.number is not None else "Ordre, kladde"


async def draft(turn: Context, row: Order) -> Card:
    """Draw an order for whoever drafted it, and for the chief, who alone can issue it."""
    if row.state == "dropped":
        return Card(f"Kladden er kasseret: {quote(row.task, 300)}")
    if row.number is not None:
        return await staff(turn, row)
    missing = "" if row.receiver else "\n❗ Modtager mangler: tryk Ret."
    return Card(
        f"*Kladde til ordre* af {turn.name(row.drafted_by)}. Kun krisestabschefen udsteder den.{missing}"
        + await _attached(turn, row),
        facts=_facts(turn, row),
        buttons=(
            Button("Udsted ordre", "orders.issue", {"order": row.id}, style="primary"),
            Button("Ret", "orders.amend", {"order": row.id}, form=form(row), form_title="Ret ordren"),
            Button("Kassér", "orders.drop", {"order": row.id}),
        ),
    )


async def receivers(turn: Context, row: Order, *, instead_of: str | None = None) -> Card:
    """Draw an order for whoever is to carry it out.

    Args:
        instead_of: whom the receiver is asked in the place of, where that is a deputy.
    """
    head = f"📋 *Ordre {row.number}* fra {turn.name(row.issued_by or '')}, {turn.clock(row.issued_at)}"
    if instead_of:
        head += f"\nDu får den som stedfortræder: {turn.name(instead_of)} har ikke kvitteret."
    if row.state == "done":
        return Card(f"✅ *Ordre {row.number} er udført* {turn.clock(row.done_at)}: {quote(row.task, 300)}")
    buttons = [
        Button("Udført", "orders.done", {"order": row.id}),
        Button(
            "Meld tilbage",
            "orders.report",
            {"order": row.id},
            form=(Field("text", "Hvordan går det?", "long", required=True),),
            form_title=f"Ordre {row.number}",
        ),
        tasks.button("orders.doubt", order=row.id),
    ]
    if row.state == "issued":
        buttons.insert(0, Button("Modtaget", "orders.received", {"order": row.id}, style="primary"))
        head += "\nTryk Modtaget nu, så staben ved, at du har den."
    else:
        head += f"\n✅ Modtaget {turn.clock(row.acknowledged_at)} af {turn.name(row.acknowledged_by or '')}."
    attached = await _attached(turn, row)
    if attached:
        buttons.append(Button("PDF og Word", "orders.paper", {"order": row.id}))
    return Card(head + attached, facts=_facts(turn, row), buttons=tuple(buttons))


async def staff(turn: Context, row: Order, *, paper: bool = True) -> Card:
    """Draw how far an order is, for the staff.

    Args:
        paper: whether whoever sees it may have it on paper.
    """
    return Card(
        f"*Ordre {row.number} til {turn.name(row.receiver or '')}*: {how_far(turn, row)}{await _attached(turn, row)}",
        facts=_facts(turn, row),
        buttons=(paper_links.button(row.crisis_id, "order", row.number),) if paper and row.number is not None else (),
    )


def how_far(turn: Context, row: Order) -> str:
    """Tell an order's state, with who and when."""
    if row.state == "done":
        return f"✅ udført {turn.clock(row.done_at)} af {turn.name(row.done_by or '')}"
    if row.state == "acknowledged":
        return f"modtaget {turn.clock(row.acknowledged_at)} af {turn.name(row.acknowledged_by or '')}"
    if row.state == "issued":
        return f"udstedt {turn.clock(row.issued_at)} af {turn.name(row.issued_by or '')}, ikke kvitteret"
    return IN_WORDS[row.state]


def line(turn: Context, row: Order) -> str:
    """Write an order in one line, for lists."""
    receiver = turn.name(row.receiver) if row.receiver else "❗ ingen modtager"
    return f"{quote(row.task, 150)} → {receiver}: {how_far(turn, row)}"


def whole(turn: Context, row: Order) -> str:
    """Write every word of an order, for the log."""
    return "\n".join(f"{name}: {text}" for name, text in _words(turn, row))


def key(row: Order, rest: str) -> str:
    """Name a message about an order."""
    return f"order/{row.id}/{rest}"


async def _attached(turn: Context, row: Order) -> str:
    return "" if row.draft_no is None else await enclosures.line(turn, row.draft_no, numbered=True)


def _facts(turn: Context, row: Order) -> tuple[tuple[str, str], ...]:
    return tuple((name, quote(text, 600)) for name, text in _words(turn, row))


def _words(turn: Context, row: Order) -> list[tuple[str, str]]:
    when = turn.dated(row.due_at) if row.due_at else row.due_text
    words = [
        ("Til", turn.name(row.receiver) if row.receiver else "mangler"),
        ("Opgave", row.task),
        ("Hvornår", when),
        ("Hvorfor", row.why),
        ("Ressourcer", row.resources),
        ("Tilbagemelding", row.report_back),
        ("Meldt tilbage", row.report),
    ]
    return [(name, text) for name, text in words if text]
