"""Two machines that mail each other: a mailbox that answers by itself and doesn't say so is answered a few times, and no more."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from bot.engine import own_trouble
from bot.engine.engine import Engine
from bot.engine.intake import SetAside
from bot.engine.platform import Undeliverable
from storage.case import chain
from storage.rows.traffic import Inbox, Message

# A person says the same a few times, and the same but for a number somewhat oftener ("40 cm", "45 cm").
SAME, BUT_FOR_NUMBERS, MOST, WITHIN = 3, 6, 20, timedelta(minutes=30)
# Before an address whose mail brings no mark of ours.
STRANGER = "mail:"
NUMBER = re.compile(r"\d+")


async def refuse(
    engine: Engine, key: str, senders: tuple[str, str], name: str, text: str, *, answers: bool, asked: Message | None
) -> None:
    """Put a mail aside that says what its sender's last ones said, or that is one of very many answers. What answers something
    that wasn't said because of a mail of theirs never goes round: it is asked once, whatever was answered before. How many
    come from an address alone says nothing, since anybody can write it.

    Args:
        engine: the rows, and the time.
        key: the mail's own; one that was taken in before and is read again says nothing anew.
        senders: who it is from, as inputs have them: where it brings our mark, and where it doesn't.
        name: what whoever has the mailbox is called.
        text: its own words.
        answers: whether it answers one of ours: what somebody writes of themselves may well differ by a number alone.
        asked: the message of ours that it answers, where that is known.

    Raises:
        SetAside: it goes round.
    """
    since = engine.clock.now() - WITHIN
    sender = senders[0] if asked is not None else senders[1]
    async with engine.database.reading() as db:
        if await db.scalar(select(Inbox.id).where(Inbox.key == chain.clean(key))) is not None:
            return
        if asked is not None and not await _is_reaction(db, asked, senders):
            return
        bodies = await db.scalars(
            select(Inbox.body)
            .where(Inbox.sender == sender, Inbox.received_at > since, Inbox.key.startswith("mail/"))
            .order_by(Inbox.id.desc())
            .limit(MOST)
        )
    said = [_shape(str(body.get("text", ""))) for body in bodies if body.get("kind") == "text"]
    numberless = [NUMBER.sub("0", each) for each in said]
    same, alike = said.count(_shape(text)), numberless.count(NUMBER.sub("0", _shape(text)))
    if same >= SAME or (answers and alike >= BUT_FOR_NUMBERS) or (asked is not None and len(said) >= MOST):
        raise SetAside(
            "mail_loop",
            f"{name}s mail bliver ved med at svare det samme, som når en postkasse svarer af sig selv. Krisebot svarer den ikke "
            "lige nu, og mailene er gemt. Har personen noget at sige, så ring, eller skriv i chatten.",
        )


async def hold_back(engine: Engine, message: int) -> None:
    """Answer no more, for a while, where an address that brings no mark of ours has been answered very often: what comes from
    it is heard all the same, so nobody is shut out by who writes in their name.

    Args:
        engine: the rows, and the time.
        message: which is about to be sent.

    Raises:
        Undeliverable: it is such an answer.
    """
    since = engine.clock.now() - WITHIN
    async with engine.database.reading() as db:
        answer = await db.get(Message, message)
        if answer is None or answer.kind != "reply" or not answer.recipient.startswith(STRANGER):
            return
        newest = (
            select(Message.id)
            .where(Message.recipient == answer.recipient, Message.kind == "reply")
            .where(Message.created_at > since, Message.id < answer.id)
            .limit(MOST)
        )
        if len(list(await db.scalars(newest))) < MOST:
            return
    address = answer.recipient.removeprefix(STRANGER)
    async with engine.database.transaction() as db:
        told = (
            f"Der kommer mail på mail fra {address}, som når en postkasse svarer af sig selv. De bliver læst og gemt, men "
            "Krisebot svarer dem ikke lige nu. Har personen noget at sige, så ring, eller skriv i chatten."
        )
        await own_trouble.write_down(db, "mail_loop", told, engine.clock.now())
    raise Undeliverable(f"adressen er svaret {MOST} gange på en halv time")


async def _is_reaction(db: AsyncSession, asked: Message, senders: tuple[str, ...]) -> bool:
    """Whether we said something because of what the same sender had written."""
    number = (asked.trace or "").removeprefix("input-")
    row = await db.get(Inbox, int(number)) if number.isdecimal() else None
    return row is not None and row.sender in senders


def _shape(text: str) -> str:
    return " ".join(text.split()).casefold()
