"""The steps of a written order: issued, received or passed on to the deputy, carried out. Plan §9."""

from __future__ import annotations

from sqlalchemy import select

from handlers.core import enclosures, rights, running
from handlers.core.card import Button, Card, quote
from handlers.core.context import URGENT, Context
from handlers.core.registry import timer
from handlers.core.turn import Turn
from handlers.log import journal
from handlers.measures import orders_card
from storage.grades import DEFAULT, GRADES
from storage.plan.model import Plan
from storage.rows.log import LogKind, Status, state_of
from storage.rows.measures import Order
from storage.rows.numbers import next_number
from storage.rows.traffic import Message


async def of_crisis(turn: Context) -> list[Order]:
    """Return the crisis' orders and drafts, in the order they were written."""
    return list(await turn.db.scalars(select(Order).where(Order.crisis_id == turn.the_crisis.id).order_by(Order.id)))


async def issue(turn: Turn, row: Order) -> None:
    """Issue an order: give it a number, write the log, send it, and wait for the receiver to acknowledge it."""
    if row.receiver is None:
        raise ValueError("an order without a receiver")
    row.number, row.state = await next_number(turn.db, Order.number, Order.crisis_id == turn.the_crisis.id), "issued"
    row.issued_by, row.issued_at, row.asked = turn.sender, turn.now, [row.receiver]
    # The draft may have been graded, and its words changed since.
    drafted = DEFAULT if row.draft_no is None else (await state_of(turn.db, turn.the_crisis, row.draft_no)).grade
    attached = f"\nBilag: se nr. {row.draft_no}." if row.draft_no and await enclosures.line(turn, row.draft_no) else ""
    entry = await turn.log(
        f"Ordre {row.number}\n{orders_card.whole(turn, row)}{attached}\nUdstedt af {await rights.signed(turn, turn.sender)}.",
        kind="order",
        sender=turn.sender,
        receiver=row.receiver,
        direction="out",
        status="pending",
        verification="confirmed",
        grade=max(DEFAULT, drafted, key=GRADES.index),
        refs={"order": row.number},
    )
    row.log_no = entry.no
    await journal.demand(turn, entry, "order", f"Ordre {row.number} til {turn.name(row.receiver)}")
    await _send(turn, row, row.receiver)
    await turn.say(turn.staff, await orders_card.staff(turn, row), key=orders_card.key(row, "staff"))
    if row.due_at and row.due_at > turn.now:
        await turn.at(row.due_at, "orders.due", orders_card.key(row, "due"), order=row.id)


async def acknowledge(turn: Turn, row: Order) -> None:
    """Acknowledge an order: by the receiver, the deputy, or the secretariat on what was said by telephone."""
    row.state, row.acknowledged_by, row.acknowledged_at = "acknowledged", turn.sender, turn.now
    await turn.cancel(orders_card.key(row, "silent"))
    await _answered(turn, row, "Modtaget")
    await _changed(
        turn, row, f"Ordre {row.number} er modtaget af {turn.name(turn.sender)}", "acknowledged", "in_progress"
    )


async def take_back(turn: Turn, row: Order) -> None:
    """Undo an acknowledgement that was not meant as one, and wait for the order's receipt again."""
    row.state, row.acknowledged_by, row.acknowledged_at = "issued", None, None
    await _wait(turn, row)
    await _changed(turn, row, f"Ordre {row.number} er alligevel ikke kvitteret", "correction", "pending")


async def finish(turn: Turn, row: Order, report: str = "") -> None:
    """Mark an order as carried out; whoever has done it has received it too."""
    if row.acknowledged_at is None:
        row.acknowledged_by, row.acknowledged_at = turn.sender, turn.now
    row.state, row.done_by, row.done_at = "done", turn.sender, turn.now
    row.report = report or row.report
    await turn.cancel(orders_card.key(row, "silent"), orders_card.key(row, "due"))
    await _answered(turn, row, "Udført")
    said = f": {report}" if report else ""
    await _changed(turn, row, f"Ordre {row.number} er udført{said}", "order_status", "done")
    await _tell_issuer(turn, row, f"✅ *Ordre {row.number} er udført* af {turn.name(turn.sender)}.", report)


async def report(turn: Turn, row: Order, text: str) -> None:
    """Write down how an order goes, and tell whoever issued it."""
    row.report = text
    await _changed(turn, row, f"Ordre {row.number}, tilbagemelding: {text}", "order_status", None)
    await _tell_issuer(turn, row, f"*Tilbagemelding på ordre {row.number}* fra {turn.name(turn.sender)}:", text)
    await turn.answer(Card(f"Krisestaben har din tilbagemelding på ordre {row.number}."))


async def refuse_answer(turn: Turn, row: Order) -> bool:
    """Refuse whoever the order was not sent to, and tell them whose it is; the secretariat may answer for somebody who
    was rung.

    Returns:
        whether the sender was refused.
    """
    return await running.refuse_all_but(turn, f"den, ordre {row.number} er til", row.asked, rights.runs_staff)


@timer("orders.silent")
async def silent(turn: Turn, order: int) -> None:
    """Send an order that nobody has acknowledged in time to the deputy; when there is none left, have somebody ring."""
    row = await turn.db.get(Order, order)
    if row is None or row.state != "issued" or turn.the_crisis.state == "closed":
        return
    receiver = row.receiver or ""
    deputy = next((each for each in deputies(turn.rules, receiver) if each not in row.asked), None)
    if deputy and len(row.asked) == 1:
        row.asked = [*row.asked, deputy]
        await _send(turn, row, deputy)
        await turn.log(
            f"Ordre {row.number} er ikke kvitteret af {turn.name(receiver)}; sendt til stedfortræderen {turn.name(deputy)}",
            kind="reminder",
            sender="krisebot",
            receiver=deputy,
            direction="out",
            verification="confirmed",
            refs={"order": row.number},
        )
        return
    ring = "\n".join(f"☎ {turn.name(person)}, {turn.phone(person)}" for person in row.asked)
    await turn.notify(
        [turn.staff, *(turn.rules.holders("sekretær") or await turn.chiefs())],
        Card(
            f"⚠️ *Ordre {row.number} er ikke kvitteret.* Ring:\n{ring}",
            facts=(("Opgave", quote(row.task, 300)),),
            buttons=(Button("Modtaget", "orders.received", {"order": row.id}),),
        ),
        kind="reminder",
        summary=f"Ordre {row.number} er ikke kvitteret; der skal ringes til {turn.names(row.asked)}",
        key=orders_card.key(row, f"ring/{len(row.asked)}"),
        urgency=URGENT,
    )


@timer("orders.due")
async def due(turn: Turn, order: int) -> None:
    """Remind the receiver and the issuer that the order's time is up."""
    row = await turn.db.get(Order, order)
    if row is None or row.state not in ("issued", "acknowledged") or turn.the_crisis.state == "closed":
        return
    await turn.notify(
        [row.acknowledged_by or row.receiver or "", row.issued_by or ""],
        Card(f"⏰ Fristen for ordre {row.number} er nu: {quote(row.task, 300)}. Er den udført?"),
        kind="reminder",
        summary=f"Fristen for ordre {row.number} er nået, og den er ikke meldt udført",
    )


def deputies(plan: Plan, person: str) -> list[str]:
    """Return who answers when a person doesn't: by the roles they hold, then by their centre or function (plan §2)."""
    found = [each for role in plan.roles.filled if person in plan.holders(role) for each in plan.deputies(role)]
    for centre in plan.centres:
        if person == centre.chief:
            found += [each for each in (centre.deputy, centre.contact) if each]
        elif person == centre.contact:
            found += [each for each in (centre.deputy, centre.chief) if each]
    found += [each.deputy for each in plan.support_functions if person == each.contact and each.deputy]
    return [each for each in dict.fromkeys(found) if each != person]


async def _send(turn: Turn, row: Order, person: str) -> None:
    await turn.say(
        person,
        await orders_card.receivers(turn, row, instead_of=row.receiver if person != row.receiver else None),
        key=orders_card.key(row, person),
        kind="order",
        urgency=URGENT,
    )
    await _wait(turn, row)


async def _wait(turn: Turn, row: Order) -> None:
    wait = turn.rules.deadlines.order_receipt
    await turn.at(turn.now + wait, "orders.silent", orders_card.key(row, "silent"), order=row.id)


async def _answered(turn: Turn, row: Order, answer: str) -> None:
    message = await turn.db.scalar(select(Message).where(Message.key == orders_card.key(row, turn.sender)))
    if message is not None:
        message.answered_at, message.answer = turn.received, answer


async def _changed(turn: Turn, row: Order, summary: str, kind: LogKind, status: Status | None) -> None:
    """Write the log, and change every card about an order, wherever it stands."""
    refs = {"order": row.number, "about": row.log_no}
    if status is not None and row.log_no is not None:
        refs["sets_status_of"] = row.log_no
        (await state_of(turn.db, turn.the_crisis, row.log_no)).status = status
    await turn.log(
        summary,
        kind=kind,
        sender=turn.sender,
        receiver=row.issued_by or "",
        direction="in",
        status=status,
        verification="confirmed",
        refs=refs,
    )
    for person in row.asked:
        instead_of = row.receiver if person != row.receiver else None
        await turn.say(
            person, await orders_card.receivers(turn, row, instead_of=instead_of), key=orders_card.key(row, person)
        )
    await turn.say(turn.staff, await orders_card.staff(turn, row), key=orders_card.key(row, "staff"))
    rung = await turn.db.scalars(select(Message).where(Message.key.startswith(orders_card.key(row, "ring/"))))
    for message in rung if row.state != "issued" else ():
        await turn.say(message.recipient, await orders_card.staff(turn, row), key=message.key)


async def _tell_issuer(turn: Turn, row: Order, head: str, text: str) -> None:
    if row.issued_by and row.issued_by != turn.sender:
        said = f"\n»{quote(text, 1500)}«" if text else f"\n{quote(row.task, 300)}"
        await turn.say(row.issued_by, Card(f"{head}{said}"), kind="notice")
