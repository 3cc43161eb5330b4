"""What the staff writes in its own channel without the bot's name is offered to the log, on one card that counts and rings
nobody anew. Plan §7, "alle ind- og udgående krisestyringsrelevante informationer"."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from handlers.core import registry, rights
from handlers.core.card import Button, Card, quote
from handlers.core.context import ROUTINE, Context
from handlers.core.incoming import Incoming
from handlers.core.language import cpr, small_talk
from handlers.core.registry import action
from handlers.core.turn import Turn
from storage.rows.log import LogEntry
from storage.rows.traffic import Inbox, Message

# Fewer words than these tell nothing of the incident.
FEWEST = 3
# As many as one card offers; the next begins another.
MOST = 10
SHOWN = 3


@registry.overheard
async def offer(turn: Turn, text: str) -> None:
    """Offer a text of the staff's channel to its log, together with those before it that wait.

    Args:
        text: verbatim.
    """
    if turn.inbox_id is None or len(text.split()) < FEWEST or small_talk.is_small_talk(text):
        return
    card = await _waiting(turn)
    waiting = [*(card.card["buttons"][0]["args"]["inboxes"] if card is not None else []), turn.inbox_id]
    heard = [said for said in [await _said(turn, each) for each in waiting] if said is not None]
    heard = [*heard[:-1], turn.the_incoming] if heard else [turn.the_incoming]
    await turn.say(
        turn.staff,
        _card(turn, waiting, heard),
        key=card.key if card is not None else f"overheard/{turn.the_crisis.id}/{turn.inbox_id}",
        urgency=ROUTINE,
    )


def _card(turn: Context, waiting: Sequence[int], heard: Sequence[Incoming]) -> Card:
    last = "\n".join(f"• {turn.name(each.sender)}: »{quote(cpr.without(each.text), 120)}«" for each in heard[-SHOWN:])
    many = "1 besked i kanalen" if len(waiting) == 1 else f"{len(waiting)} beskeder i kanalen"
    keep = {"inboxes": waiting}
    return Card(
        f"{many} står ikke i loggen:\n{last}",
        buttons=(Button("Gem i log", "log.keep_overheard", keep), Button("Nej", "log.let_be", keep)),
    )


async def bring_up_to_date(turn: Turn, message: str) -> None:
    """Take what has just been saved by itself off the card that offers it: what is left to offer stays.

    Args:
        message: the platform's name for it.
    """
    offers = select(Message).where(Message.key.startswith(f"overheard/{turn.the_crisis.id}/"))
    for card in await turn.db.scalars(offers.order_by(Message.id.desc())):
        waiting = list[int](card.card["buttons"][0]["args"]["inboxes"]) if card.card["buttons"] else []
        heard = {each: said for each in waiting if (said := await _said(turn, each)) is not None}
        left = {each: said for each, said in heard.items() if said.message != message}
        if len(left) < len(heard):
            drawn = _card(turn, [*left], [*left.values()]) if left else Card("Det står i loggen.")
            await turn.say(card.recipient, drawn, key=card.key)


@action("log.keep_overheard", who=rights.staff)
async def keep_overheard(turn: Turn, inboxes: list[int]) -> None:
    """Save what was written in the staff's channel as its authors wrote it, with their times.

    Args:
        inboxes: where each came in.
    """
    numbers = list[str]()
    for inbox in inboxes:
        said = await _said(turn, inbox)
        if said is None or await _is_saved(turn, said):
            continue
        entry = await turn.log(
            cpr.without(said.text),
            kind="saved",
            sender=said.sender,
            receiver="krisestaben",
            event_time=said.said_at or said.received_at,
            refs={"message": said.message, "platform": said.platform},
        )
        numbers.append(f"{entry.no}")
    saved = f"Gemt i log nr. {', '.join(numbers)} (ubekræftet)." if numbers else "Det står allerede i loggen."
    await turn.replace(Card(saved))


@action("log.let_be", who=rights.staff)
async def let_be(turn: Turn, inboxes: list[int]) -> None:
    """Leave what was written in the staff's channel out of the log; it is kept where it was written."""
    await turn.replace(Card(f"{len(inboxes)} ikke gemt i loggen. Gem en senere med »Gem i log« på beskeden."))


async def _waiting(turn: Context) -> Message | None:
    """Find the card that still offers; a full one is left as it is."""
    found: Message | None = await turn.db.scalar(
        select(Message)
        .where(Message.key.startswith(f"overheard/{turn.the_crisis.id}/"))
        .order_by(Message.id.desc())
        .limit(1)
    )
    waits = found is not None and found.card["buttons"] and len(found.card["buttons"][0]["args"]["inboxes"]) < MOST
    return found if waits else None


async def _said(turn: Context, inbox: int) -> Incoming | None:
    row = await turn.db.get(Inbox, inbox)
    return Incoming.from_json(row.body) if row is not None else None


async def _is_saved(turn: Context, said: Incoming) -> bool:
    if not said.message:
        return False
    standing = select(LogEntry.no).where(LogEntry.crisis_id == turn.the_crisis.id, LogEntry.message == said.message)
    return await turn.db.scalar(standing.limit(1)) is not None
