"""`ordre`: "skriftlige ordrer til Høje-Taastrup Kommunes basisorganisation". Plan §9, Beslutninger.

The secretariat drafts, the chief alone issues, the receiver says that it is received.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy import select

from handlers.core import called_by_number, clearance, form_values, over, passed_times, rights, running, withheld
from handlers.core.card import Button, Card
from handlers.core.context import Context
from handlers.core.language import replies, times_shown, verb_words
from handlers.core.registry import Take, action, reply, verb
from handlers.core.turn import Turn
from handlers.log import paper_links
from handlers.measures import intent, orders_card, orders_steps, tasks
from handlers.measures.measure_reading import Reading
from handlers.measures.orders_card import CLOSED
from storage.rows.crisis import Crisis
from storage.rows.measures import Order
from storage.rows.traffic import Message

TYPED = {
    "modtaget": ("kvitteret", "forstået"),
    "udført": ("færdig", "klaret", "gjort", "løst"),
    "melder": ("meld", "status", "tilbagemelding"),
}
SHOWN = 20


@verb(
    "ordre",
    "o",
    "ordrer",
    "skriftlig ordre",
    help="ordre <hvad> @hvem <frist> – kladde, som kun chefen udsteder; ordre 3 modtaget; ordre 3 udført",
    crisis=True,
    grave=True,
    afterwards=True,
)
async def order(turn: Turn, text: str) -> None:
    """Draft an order from what was typed; or do what is said of an order that there is; or, without a word, show the
    list."""
    text = text.strip()
    if not text:
        await _list(turn)
        return
    called = called_by_number.leading(text, "ordre")
    if called is not None and await _act_on(turn, called.number, called.more):
        return
    if await over.tell_if_over(turn):
        return
    if not await rights.runs_staff.held(turn):
        await running.refuse(turn, rights.runs_staff, "Intet er sendt.")
        return
    read = Reading(turn, text)
    named = turn.whom(text)
    row = await _draft(
        turn,
        task=read.title or text,
        receiver=named.persons[0] if len(named.persons) == 1 else None,
        due_text=times_shown.weekday(read.due, turn.zone) if read.due else None,
        due_at=read.due,
    )
    await _show(turn, row)
    if read.passed:
        await turn.answer(
            passed_times.asked(turn, read.passed, "ordren har ingen frist", "orders.due", {"order": row.id})
        )


@action("orders.due", who=rights.runs_staff)
async def due(turn: Turn, order: int, at: str) -> None:
    """Set a draft's deadline, where the one that was written had passed.

    Args:
        at: UTC, ISO.
    """
    row = await _of_crisis(turn, order)
    if row is None or row.state != "draft":
        return
    row.due_at = datetime.fromisoformat(at)
    row.due_text = times_shown.weekday(row.due_at, turn.zone)
    await turn.replace(Card(f"Fristen er {row.due_text}."))
    await _show(turn, row)


@action("orders.new", who=rights.runs_staff, begins=True)
async def new(turn: Turn) -> None:
    """Draft an order from the form `Skriv ordre`; a deadline in other words is kept as it is."""
    if not turn.value("task"):
        await turn.answer(Card("Skriv, hvad opgaven er. Intet er gemt."))
        return
    due, receiver = form_values.moment_or_words(turn, "due"), form_values.person(turn, "to")
    row = await _draft(turn, task=turn.value("task"))
    _fill_in(turn, row, due, receiver)
    await _show(turn, row)


@action("orders.amend", who=rights.runs_staff)
async def amend(turn: Turn, order: int) -> None:
    """Change an order by `Ret`, as long as it is a draft."""
    row = await _of_crisis(turn, order)
    if row is None or row.state != "draft":
        return
    due, receiver = form_values.moment_or_words(turn, "due"), form_values.person(turn, "to")
    _fill_in(turn, row, due, receiver)
    await _show(turn, row)


@action("orders.drop", who=rights.runs_staff)
async def drop(turn: Turn, order: int) -> None:
    """Drop an order by `Kassér`, as long as it is a draft."""
    row = await _of_crisis(turn, order)
    if row is None or row.state != "draft":
        return
    row.state = "dropped"
    await turn.log(f"Kladde til ordre er kasseret: {row.task}", kind="order_draft", sender=turn.sender)
    await _show(turn, row)


@action("orders.issue", who=rights.chief, decides=True, begins=True)
async def issue(turn: Turn, order: int) -> None:
    """Issue an order to its receiver, by `Udsted ordre`."""
    row = await _of_crisis(turn, order)
    if row is None or row.state != "draft":
        return
    if row.receiver is None:
        await turn.answer(Card("Ordren har ingen modtager. Tryk Ret, og skriv hvem. Intet er sendt."))
        return
    await orders_steps.issue(turn, row)
    await _show(turn, row)


@action("orders.received", awaited=True)
async def received(turn: Turn, order: int) -> None:
    """Acknowledge an order, by `Modtaget`; `refuse_answer` decides who may."""
    row = await _of_crisis(turn, order)
    if row is not None and row.state == "issued" and not await orders_steps.refuse_answer(turn, row):
        await orders_steps.acknowledge(turn, row)


@action("orders.not_received")
async def not_received(turn: Turn, order: int) -> None:
    """Undo an acknowledgement, by `Nej, ret`, from whoever was read as giving it: the words were no receipt."""
    row = await _of_crisis(turn, order)
    if row is None or row.state != "acknowledged" or row.acknowledged_by != turn.sender:
        return
    await orders_steps.take_back(turn, row)
    await turn.replace(Card(f"Ordre {row.number} står igen som ikke kvitteret."))


@action("orders.done")
async def done(turn: Turn, order: int) -> None:
    """Mark an order as carried out, by `Udført`; `refuse_answer` decides who may."""
    row = await _of_crisis(turn, order)
    if row is not None and row.state in ("issued", "acknowledged") and not await orders_steps.refuse_answer(turn, row):
        await orders_steps.finish(turn, row)


@action("orders.report")
async def report(turn: Turn, order: int) -> None:
    """Report how an order goes, by `Meld tilbage`; `refuse_answer` decides who may."""
    row = await _of_crisis(turn, order)
    if row is not None and row.issued_at and turn.value("text") and not await orders_steps.refuse_answer(turn, row):
        await orders_steps.report(turn, row, turn.value("text"))


@action("orders.paper")
async def paper(turn: Turn, order: int) -> None:
    """Give an order on paper, with the maps and pictures that belong to it, by `PDF og Word`; `refuse_answer` decides to
    whom."""
    row = await _of_crisis(turn, order)
    if row is not None and row.number is not None and not await orders_steps.refuse_answer(turn, row):
        await paper_links.send(turn, "order", row.number)


@action("orders.doubt")
async def doubted(turn: Turn, order: int) -> None:
    """Take anybody's doubt about an order to the staff, by `Jeg er i tvivl`."""
    row = await _of_crisis(turn, order)
    if row is not None and row.number is not None:
        await tasks.ask(turn, f"ordre {row.number}", row.task, row.asked, order=row.number)


async def asked_at(turn: Context) -> datetime | None:
    """Return when the sender was last sent an order that nobody has acknowledged."""
    row = await _waiting(turn)
    if row is None:
        return None
    return await turn.db.scalar(select(Message.created_at).where(Message.key == orders_card.key(row, turn.sender)))


@reply("order", asked=asked_at)
async def read(turn: Context, text: str) -> Take | None:
    """Read "ok" of whoever was sent an order as `Modtaget`, and "udført" as `Udført`."""
    row = await _waiting(turn)
    meaning = replies.reading(text, "order").meaning
    both = replies.with_news(text, "order") if meaning == "unclear" else None
    meaning = both[0].meaning if both else meaning
    if row is None or meaning == "unclear":
        return None
    return partial(_take, row=row, text=text, declined=meaning == "declined", told=both[1] if both else None)


async def _take(turn: Turn, row: Order, text: str, declined: bool, told: str | None) -> None:
    """Note how an order is taken; when they can't, tell the staff and send it to the deputy.

    Args:
        told: the news that came along with the answer.
    """
    turn.crisis = await turn.db.get(Crisis, row.crisis_id)
    found = verb_words.match(text, TYPED)
    if found.kind == "exact" and found.verb == "udført":
        await orders_steps.finish(turn, row)
    elif declined:
        await orders_steps.report(turn, row, text)
        await orders_steps.silent(turn, row.id)
    else:
        await orders_steps.acknowledge(turn, row)
        await turn.answer(
            Card(
                f"Noteret: ordre {row.number} er modtaget.",
                buttons=(Button("Nej, ret", "orders.not_received", {"order": row.id, "crisis": row.crisis_id}),),
            )
        )
    if told is not None and not declined:
        await orders_steps.report(turn, row, told)


async def _waiting(turn: Context) -> Order | None:
    """Return the newest order that the sender has been sent and that nobody has acknowledged."""
    rows = await turn.db.scalars(
        select(Order)
        .join(Crisis, Crisis.id == Order.crisis_id)
        .where(Order.state == "issued", Crisis.state != "closed")
        .order_by(Order.issued_at.desc(), Order.id.desc())
    )
    return next((row for row in rows if turn.sender in row.asked), None)


async def _act_on(turn: Turn, number: int, said: str) -> bool:
    """Do what is said of an order that there is; False when the number begins something else, as "4 mand til Fløng"."""
    row: Order | None = await turn.db.scalar(
        select(Order).where(Order.crisis_id == turn.the_crisis.id, Order.number == number)
    )
    found = verb_words.match(said, TYPED)
    if row is None:
        if said and found.kind != "exact":
            return False
        await turn.answer(Card(f"Der er ingen ordre {number}. Skriv */krise ordre* for at se dem."))
    elif await withheld.refuse_row(turn, row, f"Ordre {number}", said):
        pass
    elif not said:
        mine = turn.sender in row.asked
        await turn.answer(await (orders_card.receivers(turn, row) if mine else _how_far(turn, row)))
    elif found.kind == "none" or not found.verb:
        return False
    elif found.kind == "near":
        await turn.answer(
            Card(
                f"Ordre {number}: mente du *{found.verb}*? Intet er ændret. Skriv */krise ordre {number} {found.verb}*."
            )
        )
    elif not await orders_steps.refuse_answer(turn, row):
        if found.verb == "udført" and row.state != "done":
            await orders_steps.finish(turn, row, found.rest)
        elif found.verb == "modtaget" and row.state == "issued":
            await orders_steps.acknowledge(turn, row)
        elif found.verb == "melder" and found.rest:
            await orders_steps.report(turn, row, found.rest)
            return True
        await turn.answer(await _how_far(turn, row))
    return True


async def _how_far(turn: Context, row: Order) -> Card:
    return await orders_card.staff(turn, row, paper=await rights.staff.held(turn))


async def _draft(turn: Turn, *, task: str, **more: object) -> Order:
    intended = await intent.newest(turn)
    more = {"why": f"Hensigt: {intended.text}" if intended else None} | more
    row = Order(crisis_id=turn.the_crisis.id, task=task, drafted_by=turn.sender, drafted_at=turn.now, asked=[], **more)
    turn.db.add(row)
    await turn.db.flush()
    entry = await turn.log(f"Kladde til ordre: {task}", kind="order_draft", sender=turn.sender)
    row.draft_no = entry.no
    await turn.enclose(entry, turn.the_incoming, turn.inbox_id)
    turn.drafted = True
    return row


def _fill_in(turn: Turn, row: Order, due: datetime | None, receiver: str | None) -> None:
    """Fill an order in from the form.

    Args:
        due: when by, UTC; None for words that are no time, which stand in the order as they are.
        receiver: whom it is for; None leaves that open.
    """
    row.task = turn.value("task") or row.task
    row.why, row.resources = turn.value("why") or row.why, turn.value("resources") or None
    row.report_back = turn.value("report_back") or None
    row.due_text, row.due_at, row.receiver = turn.value("due") or None, due, receiver


async def _show(turn: Turn, row: Order) -> None:
    """Show the draft to whoever wrote it and to the chief, who decides."""
    for person in dict.fromkeys([row.drafted_by, *(await turn.chiefs())[:1], turn.sender]):
        await turn.say(person, await orders_card.draft(turn, row), key=orders_card.key(row, f"draft/{person}"))


async def _of_crisis(turn: Context, order: int) -> Order | None:
    return await turn.of_crisis(Order, order)


async def _list(turn: Turn) -> None:
    """Show the orders that are open, as far as they may be seen here."""
    rows = [row for row in await orders_steps.of_crisis(turn) if row.state != "dropped"]
    rows, unseen = await clearance.visible_rows(turn, rows)
    going = [row for row in rows if row.state not in CLOSED]
    more = f"\nog {len(going) - SHOWN} til." if len(going) > SHOWN else ""
    write = Button("Skriv ordre", "orders.new", {}, form=orders_card.form(), form_title="Skriftlig ordre")
    await turn.answer(
        Card(
            f"*Ordrer:* {len(going)} åbne, {sum(row.state == 'done' for row in rows)} udført.{more}\n{unseen}".rstrip(),
            facts=tuple((orders_card.named(row), orders_card.line(turn, row)) for row in going[:SHOWN]),
            buttons=(write,) if not over.is_over(turn) and await rights.runs_staff.held(turn) else (),
        )
    )
