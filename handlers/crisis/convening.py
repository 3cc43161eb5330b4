"""Convening the staff: hands out all that the plan asks for when it is activated, the checklist of §5."""

from __future__ import annotations

from sqlalchemy import delete, or_, select

from handlers.alert import decision_card
from handlers.communication import announcement, first_draft
from handlers.coordination import state
from handlers.core.card import Button, Card, quote
from handlers.core.context import URGENT, Context
from handlers.core.turn import Turn
from handlers.crisis import deadlines, framing
from handlers.log import case_numbers, seal
from handlers.measures import tasks
from handlers.meetings import agenda_items
from handlers.reporting import centres, telephone
from handlers.staff import membership, summoning, support
from handlers.staff.summoning import Duty
from storage.plan.persons import SECRETARIAT_ROLES
from storage.rows.alert import Alert
from storage.rows.crisis import Crisis
from storage.rows.reporting import CentreNotice
from storage.rows.staff import Summons
from storage.rows.traffic import Message


def duties(turn: Context) -> dict[str, list[Duty]]:
    """Return whom to summon, and as what: the framing staff first, then those who serve it (plan §5)."""
    plan = turn.rules
    found: dict[str, list[Duty]] = {}

    def add(person: str | None, kind: str, label: str) -> None:
        if person:
            found.setdefault(person, []).append(Duty(kind, label))

    add(plan.holder("borgmester"), "framing", "den rammesættende krisestab (borgmester)")
    for director in plan.board():
        add(director, "framing", "den rammesættende krisestab (direktion)")
    for role in SECRETARIAT_ROLES:
        add(plan.holder(role), "secretariat", f"krisesekretariatet ({role})")
    for person in plan.interim_secretariat():
        if person not in found:
            add(person, "secretariat", "krisesekretariatet, indtil staben har udpeget sit eget")
    add(plan.holder("kommunikation"), "communication", "kommunikation")
    for function in plan.support_functions:
        add(function.contact, "support", f"støttefunktion {function.name}")
    return found


async def convene(turn: Turn) -> None:
    """Set going everything that an activation asks for, at once: staff, centres, support, clocks, texts."""
    crisis, plan = turn.the_crisis, turn.rules
    await _forget_last_time(turn)
    await deadlines.start(turn)
    wanted = duties(turn)
    for person, its in wanted.items():
        await membership.add_member(turn, person, "framing" if its[0].kind == "framing" else "beside", its[0].label)
    for also in [turn.sender, *(centre.contact for centre in plan.centres)]:
        if also and also in plan.persons:
            await membership.add_member(turn, also, "beside", centres.CONTACT if also != turn.sender else "besluttede")
    for person, its in wanted.items():
        if person != turn.sender:
            await summoning.summon(turn, person, its)
    if wanted:
        await turn.log(
            "Indkaldt: " + "; ".join(f"{turn.name(person)} ({its[0].label})" for person, its in wanted.items()),
            kind="summons",
            sender="krisebot",
            receiver=", ".join(wanted),
            direction="out",
            recorder="krisebot",
            verification="confirmed",
        )
    await centres.notify(turn)
    await agenda_items.follow_the_staff(turn)
    await state.begin(turn)
    await first_draft.begin(turn, turn.now + framing.NOT_HELD)
    await support.offer(turn)
    await tasks.add(
        turn,
        "Etablér arbejdsgange for kommunikationen internt og eksternt",
        role="tovholder",
        owner=plan.holder("tovholder"),
        tell=True,
    )
    await tasks.add(
        turn, "Opret sag i C3 og ESDH, og skriv sagsnumrene her", role="sekretær", owner=plan.holder("sekretær")
    )
    await case_numbers.ask(turn)
    await telephone.begin(turn)
    await announcement.offer(turn, "aktiveret")
    await seal.begin(turn)
    alert = await turn.db.scalar(select(Alert).where(Alert.crisis_id == crisis.id).order_by(Alert.id).limit(1))
    told = f"\nVarslet: »{quote(alert.text, 1500)}« ({turn.name(alert.person)})" if alert else ""
    await turn.say(
        turn.staff,
        Card(
            f"*Krisestab nr. {crisis.number}: {quote(crisis.title)}*\nNiveau 2, besluttet {turn.clock(crisis.decided_at)} "
            f"af {decision_card.decided_by(turn)}. Fuldt etableret senest {turn.clock(crisis.established_due)}."
            f"{told}\nHer føres loggen: skriv */krise log* og det, der er sket. Indsatsledelsen på stedet ligger hos beredskabet.",
            buttons=(Button("Fuldt etableret", "deadlines.established", {}, style="primary"),),
        ),
        key=welcome_key(crisis),
        urgency=URGENT,
    )
    await turn.at(
        turn.now + plan.escalation.wait,
        "staff.unanswered",
        summoning.unanswered_key(turn, members=False),
        reminded=False,
    )


def welcome_key(crisis: Crisis) -> str:
    """Name the card that the staff's channel begins with, and has on top."""
    return f"crisis/{crisis.id}/welcome"


async def _forget_last_time(turn: Turn) -> None:
    """Clear what was answered when the staff was convened before, so that everybody is summoned, told and asked anew,
    and the two hours run anew.

    What was said and answered the last time stays in the log and where it was said.
    """
    crisis = turn.the_crisis
    crisis.established_at = crisis.established_by = None
    for rows in (Summons, CentreNotice):
        await turn.db.execute(delete(rows).where(rows.crisis_id == crisis.id))
    last_time = [
        Message.key.startswith(f"crisis/{crisis.id}/{name}")
        for name in ("summons/", "centre/", "contact/", "centres", "answers", "welcome", "support")
    ]
    for message in await turn.db.scalars(select(Message).where(or_(*last_time))):
        message.key = f"last time/{message.id}/{message.key}"
    await turn.db.flush()
