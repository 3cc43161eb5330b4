"""The steps of what the staff must know: asked, answered, changed, let go; each writes its own line in the log. Plan §7,
overblik."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text, cast, select

from handlers.core import in_charge, rights, running
from handlers.core.card import Button, Card, quote
from handlers.core.context import Context
from handlers.core.language import times_shown
from handlers.core.language.no_answers import says_nothing_yet
from handlers.core.turn import Turn
from handlers.reporting import information_need_card
from storage.rows.numbers import next_number
from storage.rows.reporting import InformationNeed
from storage.rows.traffic import Message


async def add(turn: Turn, text: str, owner: str, due: datetime) -> InformationNeed:
    """Add a need, log it and ask its owner.

    Args:
        text: what the staff must know.
        owner: who is asked.
        due: UTC.
    """
    crisis = turn.the_crisis.id
    number = await next_number(turn.db, InformationNeed.number, InformationNeed.crisis_id == crisis)
    entry = await turn.log(
        f"Oplysningsbehov OB{number}: {text}. Svares af {turn.name(owner)} senest {times_shown.weekday(due, turn.zone)}.",
        kind="information_need",
        sender=turn.sender,
        receiver=owner,
        verification="confirmed",
        refs={"information_need": number},
    )
    row = InformationNeed(
        crisis_id=crisis,
        number=number,
        text=text,
        owner=owner,
        due_at=due,
        asked_by=turn.sender,
        asked_at=turn.now,
        log_no=entry.no,
    )
    turn.db.add(row)
    await turn.db.flush()
    await ask(turn, row)
    return row


async def ask(turn: Turn, row: InformationNeed) -> None:
    """Ask whoever is to find it out, where that isn't the sender, and set the time that they are reminded at."""
    if row.owner != turn.sender:
        key = information_need_card.key(row, f"need_of/{row.owner}")
        await turn.say(row.owner, await information_need_card.card(turn, row, row.owner), key=key, kind="notice")
    await turn.at(
        row.due_at, "information_needs.due", information_need_card.key(row, "due"), need=row.id, reminded=False
    )


async def refuse_other(turn: Turn, row: InformationNeed) -> bool:
    """Refuse whoever was not asked and may not ask; returns whether it did."""
    so = "Ved du det, så skriv det som melding: */krise melding …*."
    return await running.refuse_all_but(turn, f"den, OB{row.number} er spurgt", [row.owner], rights.asks, so)


async def take_answer(turn: Turn, row: InformationNeed, text: str) -> None:
    """Log an answer and close the need by it; "ved ikke" and "undersøger det" close nothing, and are told to the staff with
    their words."""
    if row.state != "open":
        await turn.answer(Card(f"{information_need_card.closed(row)}. Ved du mere, så skriv en melding."))
        return
    unknown = says_nothing_yet(text)
    entry = await turn.log(
        f"{'Intet svar endnu' if unknown else 'Svar'} om OB{row.number} ({row.text}): {text}",
        kind="information_need",
        sender=turn.sender,
        receiver="krisestaben",
        direction="in",
        event_time=turn.the_incoming.received_at,
        refs={"information_need": row.number, "about": row.log_no},
    )
    if unknown:
        # Whoever asks the next one changes the owner; the time stands.
        await in_charge.tell(
            turn,
            Card(
                f"❓ *{turn.name(turn.sender)} ved ikke OB{row.number} endnu:* {quote(row.text)}\n»{quote(text, 500)}« (log nr. "
                f"{entry.no}). Hvem ved det så?",
                buttons=(
                    information_need_card.amendment("Spørg en anden", row),
                    information_need_card.drop_button(row),
                ),
            ),
            lambda name: information_need_card.key(row, f"unknown/{entry.no}/{name}"),
        )
        await turn.answer(
            Card(
                f"Noteret (log nr. {entry.no}), og staben har det at vide. OB{row.number} er stadig åbent: skriv svaret, når du "
                "har det."
            )
        )
        return
    await _close(turn, row, entry.no)
    if turn.sender != row.owner:
        await answer_with_card(turn, row)
    confirm = Button("Bekræft", "log.confirm", {"no": entry.no, "crisis": turn.the_crisis.id})
    await in_charge.tell(
        turn,
        Card(
            f"*Svar på OB{row.number}* fra {turn.name(turn.sender)} (log nr. {entry.no}, ubekræftet):\n{quote(row.text)}\n"
            f"»{quote(text, 1500)}«",
            buttons=(confirm, information_need_card.amendment("Spørg igen", row)),
        ),
        lambda name: information_need_card.key(row, f"answer/{entry.no}/{name}"),
    )


async def _close(turn: Turn, row: InformationNeed, no: int) -> None:
    row.state, row.answer_no, row.closed_by, row.closed_at = "answered", no, turn.sender, turn.received
    await turn.cancel(information_need_card.key(row, "due"))
    await turn.db.flush()
    for message in await turn.db.scalars(
        select(Message).where(Message.key == information_need_card.key(row, f"need_of/{row.owner}"))
    ):
        message.answered_at, message.answer = turn.received, f"log nr. {no}"
    await _show(turn, row)


async def close_by(turn: Turn, row: InformationNeed, no: int) -> None:
    """Log that a report answers a need, and close it."""
    await turn.log(
        f"OB{row.number} ({row.text}) er besvaret i nr. {no}",
        kind="information_need",
        sender=turn.sender,
        verification="confirmed",
        refs={"information_need": row.number, "about": no},
    )
    await _close(turn, row, no)


async def amend(turn: Turn, row: InformationNeed, owner: str, due: datetime) -> None:
    """Ask another, or for another time; what was answered is open again.

    Args:
        due: UTC.
    """
    if (owner, due, row.state) == (row.owner, row.due_at, "open"):
        await answer_with_card(turn, row)
        return
    had = row.owner
    row.owner, row.due_at, row.state = owner, due, "open"
    row.closed_by = row.closed_at = row.answer_no = None
    await turn.log(
        f"OB{row.number} ({row.text}): svares af {turn.name(owner)} senest {times_shown.weekday(due, turn.zone)}",
        kind="information_need",
        sender=turn.sender,
        receiver=owner,
        verification="confirmed",
        refs={"information_need": row.number, "about": row.log_no},
    )
    await turn.db.flush()
    await ask(turn, row)
    await _show(turn, row)
    if had not in (owner, turn.sender):
        await turn.say(had, Card(f"OB{row.number} er nu {turn.name(owner)}s: {quote(row.text)}"), kind="notice")
    await answer_with_card(turn, row)


async def drop(turn: Turn, row: InformationNeed) -> None:
    """Let an open need go, and show it so everywhere."""
    if row.state == "open":
        row.state, row.closed_by, row.closed_at = "dropped", turn.sender, turn.now
        await turn.cancel(information_need_card.key(row, "due"))
        await turn.log(
            f"OB{row.number} er ikke længere nødvendigt: {row.text}",
            kind="information_need",
            sender=turn.sender,
            receiver=row.owner,
            verification="confirmed",
            refs={"information_need": row.number, "about": row.log_no},
        )
        await turn.db.flush()
        await _show(turn, row)
    await answer_with_card(turn, row)


async def answer_with_card(turn: Turn, row: InformationNeed) -> None:
    """Show a need to whoever asked; the card follows what happens to it."""
    await turn.answer(
        await information_need_card.card(turn, row, await turn.here()),
        key=information_need_card.key(row, turn.the_incoming.key),
    )


async def _show(turn: Turn, row: InformationNeed) -> None:
    """Change every card about the need, wherever it stands."""
    for message in await turn.standing(information_need_card.key(row, "")):
        await turn.say(
            message.recipient, await information_need_card.card(turn, row, message.recipient), key=message.key
        )
    if row.state == "open":
        return
    offers = cast(Message.card, Text).contains('"information_needs.by_report"')
    for message in await turn.db.scalars(select(Message).where(Message.crisis_id == row.crisis_id, offers)):
        turn.take_off(message, "information_needs.by_report", need=row.id)


async def of_crisis(turn: Context, need: int) -> InformationNeed | None:
    """Return a need of the turn's crisis; None where it is another's."""
    return await turn.of_crisis(InformationNeed, need)
