"""The chain that a warning is taken to, link by link, and the steps that have been taken. Plan §4, "i nævnte
rækkefølge"."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from sqlalchemy import select

from handlers.core.context import Context
from handlers.core.turn import Turn
from storage.plan.model import Plan
from storage.rows.alert import Alert, Escalation, EscalationStep
from storage.rows.crisis import Crisis
from storage.rows.traffic import Delivery, Message

# Characters of a warning that stand on a card; the whole of it stands in the log.
SHOWN = 1500


# What one person repeats rings no more often than this; it stands on the card at once.
RINGS_AGAIN = timedelta(minutes=2)


@dataclass(frozen=True)
class Link:
    """One link of the chain: one person, or the directorate's members side by side.

    Args:
        role: the plan's role.
        persons: who is asked at once.
        deputy_for: whose deputy it is, or None.
        wait: how long an answer is waited for.
    """

    role: str
    persons: tuple[str, ...]
    deputy_for: str | None
    wait: timedelta


def links_of(plan: Plan) -> Sequence[Link]:
    """Return today's chain, link by link: each role's person, then each deputy in turn; the directorate together.

    Whoever has the duty in a role is the first of it. Those who are absent come last of all, in the same order.
    """
    links = [link for role in plan.escalation.steps for link in _of_role(plan, role)]
    here = [_those(link, absent=False, plan=plan) for link in links]
    away = [_those(link, absent=True, plan=plan) for link in links]
    return [link for link in (*here, *away) if link.persons]


def _of_role(plan: Plan, role: str) -> Sequence[Link]:
    duty = plan.on_duty(role)
    wait = plan.escalation.wait
    if role == "direktion":
        others = tuple(person for person in plan.board() if person != duty)
        first = [Link(role, (duty,), None, wait)] if duty else []
        return [*first, Link(role, others, None, wait)]
    holder = plan.holder(role)
    links = [Link(role, (holder,), None, wait)] if holder else []
    links += [Link(role, (deputy,), holder, plan.escalation.deputy_wait) for deputy in plan.deputies(role)]
    first = [replace(link, wait=wait) for link in links if duty in link.persons]
    return [*first, *(link for link in links if duty not in link.persons)]


def _those(link: Link, *, absent: bool, plan: Plan) -> Link:
    return replace(link, persons=tuple(person for person in link.persons if (person in plan.absent) == absent))


def left_of(plan: Plan, steps: Sequence[EscalationStep], round_: int) -> list[Link]:
    """Return the links that have still to be asked in a round, as the chain is today.

    Somebody who becomes absent, or comes back, while the chain runs changes its order: so what is left goes by who has
    been asked, and not by how far a number has come.

    Args:
        steps: the escalation's.
        round_: which time round it is.
    """
    asked = {(step.role, step.person) for step in steps if step.round == round_}
    left = (
        replace(link, persons=tuple(person for person in link.persons if (link.role, person) not in asked))
        for link in links_of(plan)
    )
    return [link for link in left if link.persons]


def link_of(plan: Plan, step: EscalationStep) -> Link:
    """Return the link that a step was asked in, with how long it is waited for today."""
    found = (link for link in links_of(plan) if link.role == step.role and step.person in link.persons)
    return next(found, Link(step.role, (step.person,), step.deputy_for, plan.escalation.wait))


async def current(turn: Context) -> Escalation | None:
    """Return the crisis' search, while nobody has decided."""
    found: Escalation | None = await turn.db.scalar(
        select(Escalation)
        .where(Escalation.crisis_id == turn.the_crisis.id, Escalation.state != "stopped")
        .order_by(Escalation.id.desc())
        .limit(1)
    )
    return found


def in_minutes(span: timedelta) -> str:
    """Write a length of time in whole minutes, as the cards say it."""
    minutes = span.total_seconds() / 60
    return f"{minutes:.0f} min" if minutes >= 1 else f"{span.total_seconds():.0f} sek"


def key(escalation: Escalation) -> str:
    """Name the escalation's timers."""
    return f"escalation/{escalation.id}"


def ask_key(escalation: Escalation, step: EscalationStep) -> str:
    """Name the card that a person was asked with at a step."""
    return f"escalation/{escalation.id}/ask/{step.round}/{step.position}/{step.person}"


def question_key(alert: Alert) -> str:
    """Name the card that follows a warning, for whoever gave it: its question, and what became of it."""
    return f"alert/{alert.id}/questions"


async def log_alert(turn: Turn, alert: Alert, **refs: int) -> None:
    """Log a warning's words, as whoever gave them said them and when, in the turn's crisis.

    Args:
        alert: the warning.
        refs: the number of the crisis that it was joined or parted from.
    """
    await turn.log(
        alert.text,
        kind="alert",
        sender=alert.person,
        receiver="krisebot",
        direction="in",
        event_time=alert.at,
        refs={"alert": alert.id, **refs},
    )


async def to_ring(turn: Context, alert: Alert, persons: Iterable[str]) -> str:
    """Name those whom whoever warned can ring, with their numbers: "skal vedkommende kontakte følgende"; by name alone for
    another organisation's person.

    Args:
        persons: ids in the plan.
    """
    outside = await turn.is_outside(alert.person)
    return turn.names(persons) if outside else ", ".join(f"{turn.name(each)} {turn.phone(each)}" for each in persons)


async def add_step(turn: Turn, escalation: Escalation, link: Link, person: str) -> None:
    """Add a row for a person who is asked now.

    Args:
        link: the link of the chain that they are asked in.
        person: an id in the plan.
    """
    turn.db.add(
        EscalationStep(
            escalation_id=escalation.id,
            crisis_id=escalation.crisis_id,
            step=len(await steps_of(turn, escalation)) + 1,
            round=escalation.round,
            position=escalation.position,
            role=link.role,
            person=person,
            deputy_for=link.deputy_for,
            contacted_at=turn.now,
        )
    )
    await turn.db.flush()


async def steps_of(turn: Context, escalation: Escalation) -> list[EscalationStep]:
    """Return the escalation's steps, in the order they were taken."""
    return list(
        await turn.db.scalars(
            select(EscalationStep).where(EscalationStep.escalation_id == escalation.id).order_by(EscalationStep.id)
        )
    )


async def never_reached(turn: Context, escalation: Escalation, steps: Sequence[EscalationStep]) -> list[str]:
    """Find those who were asked and to whom it has come by no way: they were not silent."""
    asked = {ask_key(escalation, step): step.person for step in steps}
    came = set(
        await turn.db.scalars(
            select(Message.key)
            .join(Delivery, Delivery.message_id == Message.id)
            .where(Message.key.in_(asked), Delivery.state.in_(["sent", "delivered"]))
        )
    )
    return [person for name, person in asked.items() if name not in came]


async def repeated_since(turn: Context, alert: Alert) -> tuple[int, list[Alert]]:
    """Gather what somebody has warned of beside the first, together with this one, since it last rang for them.

    Args:
        alert: by its number it may come before those of the crisis that it was joined to.

    Returns:
        the number of the warning that rang, and all from that to this.
    """
    mine = select(Alert).where(Alert.crisis_id == alert.crisis_id, Alert.person == alert.person, Alert.id <= alert.id)
    first = await first_alert(turn)
    rang, together = alert, list[Alert]()
    for each in await turn.db.scalars(mine.where(Alert.id != first.id).order_by(Alert.id)):
        if not together or each.received_at - rang.received_at >= RINGS_AGAIN:
            rang, together = each, []
        together.append(each)
    return rang.id, together or [alert]


async def newest_step_of(turn: Context, escalation: Escalation, person: str) -> EscalationStep | None:
    """Return a person's newest step in the escalation; None where they were not asked."""
    mine = [step for step in await steps_of(turn, escalation) if step.person == person]
    return mine[-1] if mine else None


async def take_up(turn: Turn, escalation: int) -> Escalation | None:
    """Take an escalation up: the turn is about its crisis from here on.

    Returns:
        it, where there is one of that number.
    """
    row = await turn.db.get(Escalation, escalation)
    if row is not None:
        turn.crisis = await turn.db.get(Crisis, row.crisis_id)
    return row


async def first_alert(turn: Context) -> Alert:
    """Return the crisis' first warning."""
    found = await turn.db.scalar(select(Alert).where(Alert.crisis_id == turn.the_crisis.id).order_by(Alert.id).limit(1))
    if found is None:
        raise LookupError(f"crisis {turn.the_crisis.number} has no alert")
    return found
