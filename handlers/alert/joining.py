"""A warning that may belong to an incident that runs: its sender says so, and the incident's chief is told at once.

Nobody's warning waits on a guess: unless its sender says that it belongs, and its incident's chief answers, it goes up a
chain of its own. Joining and parting can each be undone by the other, and both logs keep what happened. Plan §4.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Literal

from sqlalchemy import select

from handlers.alert import escalation, escalation_chain, escalation_news, joining_cards, languages
from handlers.core import presses
from handlers.core.card import DANGER, Button, Card, quote
from handlers.core.context import URGENT, Context
from handlers.core.language import dangers, joining_words
from handlers.core.registry import Take, action, reply, timer
from handlers.core.turn import Turn
from storage.rows.alert import Alert, Escalation
from storage.rows.crisis import Crisis
from storage.rows.traffic import Message, Timer


async def candidates(turn: Context) -> list[Crisis]:
    """Return the incidents that a warning may belong to: decided ones that run, and one whose chain is under way beside
    them; none where nothing is decided.

    An exercise's warning belongs to no real incident, nor the other way.
    """
    own = turn.crisis.id if turn.crisis else None
    going = [each for each in await turn.open_crises() if each.exercise == turn.exercise and each.id != own]
    if not any(each.level for each in going):
        return []
    asked = select(Escalation.crisis_id).where(Escalation.state.in_(["running", "contact"]))
    under_way = set(await turn.db.scalars(asked))
    return [each for each in going if each.level or each.id in under_way][:8]


async def ask(turn: Turn, alert: Alert, among: Sequence[Crisis]) -> None:
    """Ask whoever warned whether it belongs to what runs; unanswered, it is an incident of its own.

    Args:
        alert: their own, in the incident that it began.
        among: what it may belong to.
    """
    own = turn.the_crisis
    one = among[0] if len(among) == 1 else None
    labels = [(each, "Ja" if one else f"Nr. {each.number}: {each.title}"[:70]) for each in among]
    asked = f"Hører det til nr. {one.number}?* »{quote(one.title, 100)}«" if one else "Hører det til en af disse?*"
    until = turn.clock(turn.now + turn.rules.escalation.question_waits)
    await _tell_sender(
        turn,
        alert,
        own,
        f"*Varsel nr. {own.number}:* »{quote(alert.text, 300)}«\n{DANGER}\n\n*{asked}\n"
        f"Ja: krisestabens chef får det nu. Svarer du ikke inden {until}, går det videre som en anden hændelse.",
        *(
            Button(
                label,
                "joining.belongs",
                {"alert": alert.id, "own": own.id, "to": each.id},
                style="primary" if one else "normal",
            )
            for each, label in labels
        ),
        _other(alert, own),
    )
    await turn.at(
        turn.now + turn.rules.escalation.question_waits, "joining.unanswered", _asked_key(alert), alert=alert.id
    )


@timer("joining.unanswered", urgent=True)
async def unanswered(turn: Turn, alert: int) -> None:
    """Take the warning up a chain of its own, when its sender doesn't say where it belongs."""
    row = await turn.of_crisis(Alert, alert)
    if row is None or turn.the_crisis.state != "warned":
        return
    await _own_chain(turn, row, turn.the_crisis, "Intet svar på, om det hører til en anden hændelse.")


async def _asked(turn: Context) -> tuple[Message, datetime] | None:
    """Find the question where their own warning belongs that the sender hasn't answered, and when it was asked."""
    mine = select(Alert).join(Crisis, Crisis.id == Alert.crisis_id).where(Alert.person == turn.sender)
    row = await turn.db.scalar(mine.where(Crisis.state == "warned").order_by(Alert.id.desc()).limit(1))
    if row is None:
        return None
    due = await turn.db.scalar(select(Timer.due_at).where(Timer.key == _asked_key(row), Timer.state == "waiting"))
    card = await turn.db.scalar(select(Message).where(Message.key == escalation_chain.question_key(row)))
    if due is None or card is None:
        return None
    there = turn.about(await turn.db.get_one(Crisis, row.crisis_id))
    return card, due - there.rules.escalation.question_waits


async def asked_at(turn: Context) -> datetime | None:
    """Return when the sender was asked whether their warning belongs to what runs, UTC; None when that is not open."""
    found = await _asked(turn)
    return found[1] if found is not None else None


NUMBER = re.compile(r"(?:(?:ja|den|det er|det hoerer til|til) ){0,3}(?:(?:nr|nummer|krise|haendelse) ){0,2}(\d{1,6})")


@reply("joining", asked=asked_at)
async def read(turn: Context, text: str) -> Take | None:
    """Read a written "ja", "nej" or number as the answer to where one's warning belongs."""
    found = await _asked(turn)
    if found is None:
        return None
    said, buttons = dangers.folded(text), Card.from_json(found[0].card).buttons
    belongs = [each for each in buttons if each.do == "joining.belongs"]
    numbered, answer = NUMBER.fullmatch(said), dangers.answered(text)
    if answer in ("no", "unknown") or said in joining_words.OTHER:
        # Whoever doesn't know where it belongs need not wait for it: the chain finds out.
        meant = next((each for each in buttons if each.do == "joining.other"), None)
    elif numbered:
        named = [await turn.db.get(Crisis, each.args["to"]) for each in belongs]
        pairs = zip(belongs, named, strict=True)
        meant = next((each for each, crisis in pairs if crisis and crisis.number == int(numbered[1])), None)
    else:
        meant = belongs[0] if answer == "yes" and len(belongs) == 1 else None
    return partial(_take, standing=found[0], meant=meant) if meant is not None else None


async def take_with_news(turn: Turn, answer: Literal["yes", "no"]) -> None:
    """Take the yes or no that the sender's news begins with as where their warning belongs, where that is open and clear."""
    found = await _asked(turn)
    if found is None:
        return
    buttons = Card.from_json(found[0].card).buttons
    meant = [each for each in buttons if each.do == ("joining.belongs" if answer == "yes" else "joining.other")]
    if len(meant) == 1:
        said = turn.the_incoming
        await _take(turn, found[0], meant[0])
        turn.incoming = said


async def _take(turn: Turn, standing: Message, meant: Button) -> None:
    turn.incoming = replace(turn.the_incoming, kind="press", action=meant.do, args=meant.args, message=str(standing.id))
    await presses.press(turn)


@action("joining.belongs", crisis=False, urgent=True)
async def belongs(turn: Turn, alert: int, own: int, to: int) -> None:
    """Add the warning to an incident that runs, when its sender says that it belongs there.

    Args:
        own: the incident that the warning began; it is kept, and its number.
        to: the one that it belongs to.
    """
    row = await turn.db.get(Alert, alert)
    mine, into = await turn.db.get(Crisis, own), await turn.db.get(Crisis, to)
    if row is None or row.person != turn.sender or row.crisis_id != own or mine is None or into is None:
        return
    if mine.level is not None:
        await turn.answer(Card(f"Det er afgjort for sig som nr. {mine.number}. Intet er ændret."))
        return
    if into.state not in ("active", "warned"):
        await turn.answer(
            Card(f"Nr. {into.number} er afsluttet, så varslet føres for sig som nr. {mine.number}. {DANGER}")
        )
        await _own_chain(turn, row, mine, f"Nr. {into.number} er afsluttet.")
        return
    await turn.cancel(_asked_key(row))
    turn.crisis = mine
    mine.state = "followed"
    await turn.log(
        f"Varslet hører til nr. {into.number} »{into.title}« og føres der.", kind="assessment", sender=turn.sender
    )
    await escalation.stop(turn, mine)
    turn.crisis, row.crisis_id = into, into.id
    await escalation_chain.log_alert(turn, row, joined_from=mine.number)
    if into.level is None:
        await _tell_sender(turn, row, mine, f"{_joined(turn, row, mine)} {DANGER}", _other(row, mine))
        await escalation_news.tell_of_more(turn, row)
        return
    chiefs = [person for person in await joining_cards.chiefs_of(turn) if person != turn.sender]
    if not chiefs:
        await _tell_sender(turn, row, mine, f"{_joined(turn, row, mine)} Du har den selv. {DANGER}", _other(row, mine))
        return
    due = turn.now + turn.rules.escalation.wait
    await joining_cards.tell_chiefs(turn, chiefs, [row.id], {row.id: mine.id})
    await turn.at(due, "joining.waited", _joined_key(row), alert=row.id, own=mine.id)
    await _tell_sender(
        turn,
        row,
        mine,
        f"{_joined(turn, row, mine)} {turn.names(chiefs)} ({turn.phone(chiefs[0])}) har fået det nu. Kommer der intet svar "
        f"inden {turn.clock(due)}, går det videre som en anden hændelse. {DANGER}",
        _other(row, mine),
    )


@action("joining.received", crisis=False, awaited=True, urgent=True)
async def received(turn: Turn, alerts: list[list[int]]) -> None:
    """Note that the incident's chief has the warnings on the card.

    Args:
        alerts: pairs of a warning and the incident that it began.
    """
    found = [await turn.db.get(Alert, number) for number, _ in alerts]
    rows = [row for row in found if row is not None]
    if not rows or not await joining_cards.is_told(turn, rows[0].crisis_id):
        return
    turn.crisis = await turn.db.get_one(Crisis, rows[0].crisis_id)
    began = {pair[0]: pair[1] for pair in alerts}
    for row in rows:
        await turn.cancel(_joined_key(row))
        own = await turn.db.get_one(Crisis, began[row.id])
        await _tell_sender(
            turn, row, own, f"{_joined(turn, row, own)} {turn.name(turn.sender)} har det. {DANGER}", _other(row, own)
        )
    await turn.log(
        f"{turn.name(turn.sender)} har modtaget {joining_cards.counted(len(rows))}, der hører til hændelsen.",
        kind="assessment",
        sender=turn.sender,
        verification="confirmed",
    )
    for name in await joining_cards.told_about(turn, [row.id for row in rows]):
        card = Card.from_json(name.card)
        parted = tuple(each for each in card.buttons if each.do == "joining.other")
        await turn.say(
            name.recipient,
            Card(f"{card.text.split(joining_cards.NOW)[0]}\n\n{turn.name(turn.sender)} har det.", buttons=parted),
            key=name.key,
        )


@action("joining.other", crisis=False, urgent=True)
async def other(turn: Turn, alerts: list[list[int]]) -> None:
    """Part warnings from the incident that they were said to belong to: each is an incident of its own again.

    Args:
        alerts: pairs of a warning and the incident that it began.
    """
    pairs = [(await turn.db.get(Alert, number), await turn.db.get(Crisis, own)) for number, own in alerts]
    for row, own in pairs:
        if row is None or own is None:
            continue
        if row.person != turn.sender and not await joining_cards.is_told(turn, row.crisis_id):
            return
        await _own_chain(turn, row, own, f"{turn.name(turn.sender)}: det er en anden hændelse.")


@timer("joining.waited", urgent=True)
async def waited(turn: Turn, alert: int, own: int) -> None:
    """Take a joined warning up a chain of its own, when the incident's chief doesn't answer within `vent`."""
    row, mine = await turn.db.get(Alert, alert), await turn.db.get(Crisis, own)
    if row is not None and mine is not None:
        chiefs = turn.names(await joining_cards.chiefs_of(turn))
        await _own_chain(turn, row, mine, f"Intet svar fra {chiefs}.")


async def part_unanswered(turn: Turn) -> None:
    """Part the warnings that the incident's chief has not answered, as the incident ends: nobody's is lost with it."""
    ending = turn.the_crisis
    waiting = select(Timer).where(
        Timer.crisis_id == ending.id, Timer.kind == "joining.waited", Timer.state == "waiting"
    )
    for each in list(await turn.db.scalars(waiting)):
        row, own = await turn.db.get(Alert, each.args["alert"]), await turn.db.get(Crisis, each.args["own"])
        if row is not None and own is not None:
            await _own_chain(turn, row, own, f"Nr. {ending.number} er afsluttet.")
    turn.crisis = ending


async def tell_more_words(turn: Turn, alert: Alert) -> str | None:
    """Show what its sender wrote on to a warning that waits for its incident's chief; tell who has it.

    Returns:
        who, as the sender reads it; None where it waits for no chief.
    """
    if not await waits_for_chief(turn, alert):
        return None
    told = await joining_cards.told_about(turn, [alert.id])
    turn.crisis = await turn.db.get_one(Crisis, alert.crisis_id)
    if told:
        began = joining_cards.warnings_on(told[0])
        await joining_cards.tell_chiefs(
            turn, [each.recipient for each in told], [number for number, _ in began], dict(began)
        )
    return f"{turn.names(each.recipient for each in told)} har fået det."


async def waits_for_chief(turn: Context, alert: Alert) -> bool:
    """Whether a warning was joined to an incident whose chief hasn't answered yet."""
    waiting = select(Timer.id).where(Timer.key == _joined_key(alert), Timer.state == "waiting")
    return await turn.db.scalar(waiting) is not None


async def _own_chain(turn: Turn, row: Alert, own: Crisis, why: str) -> None:
    """Make a warning an incident of its own again, and take it up the chain."""
    await turn.cancel(_asked_key(row), _joined_key(row))
    under_way = select(Escalation.id).where(Escalation.crisis_id == own.id, Escalation.state != "stopped")
    if own.level is not None or await turn.db.scalar(under_way.limit(1)) is not None:
        return
    if row.crisis_id != own.id:
        turn.crisis = await turn.db.get_one(Crisis, row.crisis_id)
        earlier = turn.the_crisis
        await turn.log(f"Varslet »{row.text}« føres nu for sig som nr. {own.number}. {why}", kind="assessment")
        await joining_cards.take_off(turn, row)
        row.crisis_id = own.id
        belongs_to = [earlier]
    else:
        turn.crisis = own
        belongs_to = await candidates(turn)
    own.state = "warned"
    turn.crisis = own
    await turn.log(f"Varslet føres for sig. {why}", kind="assessment")
    again = (
        Button(f"Det hører til nr. {each.number}", "joining.belongs", {"alert": row.id, "own": own.id, "to": each.id})
        for each in belongs_to
        if each.state in ("active", "warned")
    )
    await _tell_sender(
        turn,
        row,
        own,
        f"*Varsel nr. {own.number} er sendt videre for sig:* »{quote(row.text, 300)}«\n{DANGER}"
        f"{languages.beside(row.text, languages.DANGER, languages.SENT)}",
        *again,
    )
    await escalation.start(turn, row)


def _joined(turn: Context, row: Alert, own: Crisis) -> str:
    return f"*Varsel nr. {own.number} er føjet til nr. {turn.the_crisis.number}* »{quote(turn.the_crisis.title, 100)}«:\n»{quote(row.text, 300)}«\n"


def _other(row: Alert, own: Crisis) -> Button:
    return Button("Det er en anden hændelse", "joining.other", {"alerts": [[row.id, own.id]]})


async def _tell_sender(turn: Turn, row: Alert, own: Crisis, text: str, *buttons: Button) -> None:
    """Draw the card that follows a warning, for whoever gave it."""
    await turn.say(
        row.person,
        Card(text, buttons=buttons),
        key=escalation_chain.question_key(row),
        kind="reply",
        platform=row.platform,
        urgency=URGENT,
    )


def _asked_key(row: Alert) -> str:
    return f"alert/{row.id}/belongs"


def _joined_key(row: Alert) -> str:
    return f"alert/{row.id}/joined"
