"""Answer who is asked to take a warning and asks back: with the warning, and by taking a wish to be rung on. Plan §4,
"indtil der opnås kontakt".

Somebody who is woken at night reads the bot's name for the first time: "hvem er du?", "hvad er det?", "kan du ringe til mig".
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlalchemy import select

from handlers.alert import decision_card, escalation_cards, escalation_chain
from handlers.core.card import Card, quote
from handlers.core.context import URGENT, Context
from handlers.core.language import dangers, replies
from handlers.core.registry import Take, reply
from handlers.core.turn import Turn
from storage.rows.alert import Alert, Escalation, EscalationStep
from storage.rows.crisis import Crisis

# Who it is that writes, folded.
WHO_ARE_YOU = re.compile(
    r"\b(?:hvem|hvad) (?:er (?:du|det her|i)|skriver|fanden er)\b|\bhvem er (?:det )?(?:der|dette)\b|\bwho (?:are|is)\b"
)
# What is asked of the warning itself, folded: more than this is told, or is about something else.
ABOUT_IT = re.compile(
    r"(?:hvad|hva|hvaffor|hvem|hvor|hvornaar|hvorfor|hvordan|hvorledes|hvilke\w{0,2}|er (?:det|der|du|i|han|hun|nogen)|what|who|where|when|why|huh|undskyld hv\w{2,6}|mere|forklar"
    r"|fortael|uddyb|det (?:maa|kan) (?:da |vel |godt |jo )?(?:ikke )?(?:vaere|passe)|passer det|kan det (?:her )?(?:nu )?passe|jeg (?:sover|sov|vaagnede|var i seng)|jeg forstaar (?:det |den )?ikke|forstaar (?:det |den )?ikke)\b"
)
LONGEST = 12
# What is asked of something else than the warning, folded.
OF_ELSE = re.compile(r"\b(?:moedet?|vagten|krisestaben?|nummeret|referatet?)\b")
# That they want to be rung, and not that somebody else is to be ("ring til Sara"), folded.
RING_ME = re.compile(
    r"\b(?:kan|kunne|vil|gider|maa) (?:du|i|nogen|han|hun|de|jeg) (?:ikke |lige |venligst |godt ){0,3}(?:blive )?(?:ringe|ringet)\b(?! (?:til (?!mig|os)\w))"
    r"|\bring(?:er)? (?:lige |venligst |bare ){0,2}(?:til mig|til os|mig op|mig|op|nu|tilbage|venligst)\b|\bcall me\b|\b(?:vil|skal) (?:gerne )?ringes op\b"
)


def asks_about_it(text: str) -> bool:
    """Whether somebody who has been asked something asks back what it is; what tells of a danger of its own does not."""
    said = dangers.folded(text)
    asks = ABOUT_IT.match(said) is not None and OF_ELSE.search(said) is None and len(said.split()) <= LONGEST
    return (asks or (not said and "?" in text)) and not dangers.tells_of_grave(text)


def wants_to_be_rung(text: str) -> bool:
    """Whether somebody who has been asked something asks to be rung; what tells of a danger of its own does not."""
    return RING_ME.search(dangers.folded(text)) is not None and not dangers.tells_of_grave(text)


async def _step(turn: Context) -> tuple[Escalation, EscalationStep] | None:
    """Find what the sender was asked to take last, while nobody has decided and they have not said no."""
    found = await turn.db.execute(
        select(Escalation, EscalationStep)
        .join(Escalation, Escalation.id == EscalationStep.escalation_id)
        .join(Crisis, Crisis.id == EscalationStep.crisis_id)
        .where(
            EscalationStep.person == turn.sender,
            EscalationStep.result.is_(None) | (EscalationStep.result == "contact"),
            Escalation.state.in_(["running", "contact"]),
            Crisis.state == "warned",
        )
        .order_by(EscalationStep.id.desc())
        .limit(1)
    )
    row = found.first()
    return (row[0], row[1]) if row is not None else None


async def asked_at(turn: Context) -> datetime | None:
    """Return when the sender was asked to take a warning that is still to be taken or decided on, UTC."""
    found = await _step(turn)
    return found[1].contacted_at if found is not None else None


@reply("asked_back", asked=asked_at)
async def read(turn: Context, text: str) -> Take | None:
    """Read a question about the warning, or a wish to be rung, of whoever was asked to take it.

    What tells of a danger of its own is a warning, and what is an answer is read as one.
    """
    rings = wants_to_be_rung(text)
    if not (rings or asks_about_it(text)):
        return None
    if replies.reading(text, "alert").meaning != "unclear" or replies.with_news(text, "alert") is not None:
        return None
    found = await _step(turn)
    return partial(_answer, row=found[0], step=found[1], text=text, rings=rings) if found is not None else None


async def _answer(turn: Turn, row: Escalation, step: EscalationStep, text: str, rings: bool) -> None:
    """Answer with the warning, and take a wish to be rung on to whoever warned."""
    turn.crisis = await turn.db.get_one(Crisis, row.crisis_id)
    alert = await escalation_chain.first_alert(turn)
    lead = [
        f"Her er Krisebot, {turn.plan.municipality}s beredskabsplan."
        if WHO_ARE_YOU.search(dangers.folded(text))
        else ""
    ]
    if rings:
        lead.append(await _ask_to_ring(turn, alert))
    await turn.answer(await _shown(turn, row, step, alert, " ".join(each for each in lead if each)))


async def _shown(turn: Context, row: Escalation, step: EscalationStep, alert: Alert, lead: str) -> Card:
    """Draw the warning again, with what can be answered to it now."""
    if step.result is None:
        card = await escalation_cards.question_card(turn, row, escalation_chain.link_of(turn.rules, step))
        return replace(card, text=f"{lead}\n{card.text}" if lead else card.text)
    head = (
        f"🚨 *Varsel nr. {turn.the_crisis.number}* fra {turn.name(alert.person)} {turn.clock(alert.at)}:\n"
        f"»{quote(alert.text, escalation_chain.SHOWN)}«\n\nDu har taget det. Hvad beslutter du?"
    )
    card = decision_card.card(turn, f"{lead}\n{head}" if lead else head)
    reached = (f"Fang {turn.name(alert.person)}", turn.reached_at(alert.person, alert.platform))
    return replace(card, facts=(reached, *card.facts))


async def _ask_to_ring(turn: Turn, alert: Alert) -> str:
    """Ask whoever warned to ring the sender; tell the sender that it was done."""
    if alert.person == turn.sender:
        return "Jeg kan ikke ringe, og det er dig selv, der har varslet."
    name, number = turn.name(turn.sender), turn.phone(turn.sender)
    if await turn.is_outside(alert.person):
        how = f"Skriv dit nummer her, så får {name} det."
    elif any(each.isdigit() for each in number):
        how = f"Ring nu: {number}."
    else:
        how = f"Skriv til {name} i {turn.chat(turn.the_incoming.platform)}."
    # Who asks again and again is rung for no oftener than a repeated warning rings.
    again = int(turn.now.timestamp() // escalation_chain.RINGS_AGAIN.total_seconds())
    await turn.notify(
        [alert.person],
        Card(f"📞 *{name} beder dig ringe* om varsel nr. {turn.the_crisis.number}. {how}"),
        kind="alert",
        summary=f"{turn.name(alert.person)} er bedt om at ringe til {name}",
        key=f"escalation/{alert.crisis_id}/ring/{again}/{turn.sender}",
        urgency=URGENT,
        everywhere=True,
    )
    return f"Jeg kan ikke ringe selv, så {turn.name(alert.person)} er bedt om at ringe til dig nu."
