"""The telephone conference: the staff's room when the chat is down. Its number and code are for those who are summoned, and
for nobody else. Plan §5; §7, redundante kommunikationsmidler."""

from __future__ import annotations

import re
from dataclasses import replace

from sqlalchemy import Text, cast, select

from handlers.core import proof, rights, running
from handlers.core.card import Card
from handlers.core.context import Context
from handlers.core.registry import verb
from handlers.core.turn import Turn
from storage.rows.staff import Summons
from storage.rows.traffic import Message

ROOM = "Er chatten nede: ring til telefonkonferencen"
SAID = re.compile(rf"{ROOM}[^\n]*")
TAKEN_BACK = "Telefonkonferencens nummer er for dem, der kommer."


def line(turn: Context) -> str:
    """Write where to ring when the chat is down, as it stands below a summons, in a paragraph of its own: what is read aloud
    on the telephone, to whoever takes it or to a machine, is the first; empty where the plan has no conference."""
    conference = turn.plan.conference
    if conference is None:
        return ""
    code = f", kode {conference.code}" if conference.code else ""
    return f"\n\n{ROOM} {conference.number}{code}."


async def take_back(turn: Turn, person: str) -> None:
    """Take the number and the code off every card of whoever doesn't come, or no longer sits in the staff: the summons,
    its reminders, and what they asked for."""
    mine = select(Message).where(
        Message.crisis_id == turn.the_crisis.id,
        Message.recipient == person,
        cast(Message.card, Text).contains(ROOM),
    )
    for message in await turn.db.scalars(mine.order_by(Message.id)):
        card = Card.from_json(message.card)
        text, brief = SAID.sub(TAKEN_BACK, card.text), SAID.sub(TAKEN_BACK, card.brief)
        await turn.say(person, replace(card, text=text, brief=brief), key=message.key)


@verb(
    "telefonkonference",
    "telefonmøde",
    "konference",
    help="telefonkonference – nummer og kode til stabens møde, når chatten er nede; kun for dem, der er indkaldt",
    crisis=True,
)
async def conference(turn: Turn, text: str) -> None:
    """Give the number and the code to whoever has been summoned, has not said that they can't come, and has not stepped
    out, where they alone see it."""
    if turn.plan.conference is None:
        await turn.answer(
            Card("Planen har ingen telefonkonference. Sekretariatet skriver den i planfilen: »telefonkonference«.")
        )
        return
    asked = await turn.db.scalars(
        select(Summons.person).where(
            Summons.crisis_id == turn.the_crisis.id,
            Summons.answer.is_(None) | (Summons.answer == "coming"),
        )
    )
    inside = await turn.members()
    summoned = [person for person in asked if person in inside]
    if turn.sender not in summoned:
        # The secretariat first: it knows who ought to have been summoned.
        served = [person for person in turn.rules.interim_secretariat() if person in summoned]
        right = rights.of_row("de, der er indkaldt til krisestaben", [*served, *summoned])
        await running.refuse(turn, right, "Skal du være med, så spørg.")
        return
    if await rights.proven.lacks_proof(turn):
        await proof.ask(turn, "telefonkonference", text)
        return
    await turn.answer_alone(Card(line(turn).strip(), brief=line(turn).strip()))
