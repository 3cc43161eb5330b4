"""The forewarning of those who will have to support a staff. Plan §5, organisationens anbefalinger.

To warn is "know and be ready", to summon is "come": nobody is asked to come here.

To warn is "know and be ready", to summon is "come": nobody is asked to come here.
"""

from __future__ import annotations

from sqlalchemy import select

from handlers.core.card import Card, quote
from handlers.core.registry import action
from handlers.core.rights import decider
from handlers.core.turn import Turn
from storage.rows.traffic import Message


@action("forewarning.send", who=decider, begins=True)
async def send(turn: Turn) -> None:
    """Tell the support functions that a crisis staff may come, before anything is decided, and once: "skal hurtigst
    muligt orienteres om forestående kriseindsatser"."""
    crisis = turn.the_crisis
    key = f"crisis/{crisis.id}/forewarning"
    contacts = list(dict.fromkeys(function.contact for function in turn.rules.support_functions))
    told = await turn.db.scalar(select(Message.id).where(Message.key.startswith(key)).limit(1))
    if told is None:
        await turn.notify(
            contacts,
            Card(
                f"*Forvarsel:* nr. {crisis.number} »{quote(crisis.title)}« kan blive til en krisestab. Du skal ikke komme "
                "endnu. Se, hvem der kan bemande din støttefunktion."
            ),
            kind="notice",
            summary="Støttefunktionerne er forvarslet",
            key=key,
        )
    await turn.answer(Card(f"{turn.names(contacts)} er forvarslet. De er ikke indkaldt."))
