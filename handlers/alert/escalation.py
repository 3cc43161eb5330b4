"""Ask the chain in its order until somebody answers, and go on until somebody decides. Plan §4, "indtil der opnås kontakt"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import select

from handlers.alert import decision_card, escalation_cards, escalation_chain
from handlers.alert.escalation_chain import Link
from handlers.core import rights, running
from handlers.core.card import DANGER, Card, quote
from handlers.core.context import URGENT
from handlers.core.registry import action, timer
from handlers.core.turn import Turn
from storage.rows.alert import Alert, Escalation, EscalationStep
from storage.rows.crisis import Crisis


async def start(turn: Turn, alert: Alert) -> None:
    """Start the search at the top of the chain; whoever warns and may decide has it already."""
    escalation = Escalation(crisis_id=turn.the_crisis.id, started_at=turn.now)
    turn.db.add(escalation)
    await turn.db.flush()
    links = escalation_chain.links_of(turn.rules)
    if any(alert.person in link.persons for link in links):
        await turn.log(f"{turn.name(alert.person)} varsler selv og kan beslutte.", kind="escalation")
        escalation.position = 0
        link = next(link for link in links if alert.person in link.persons)
        await escalation_chain.add_step(turn, escalation, link, alert.person)
        await take(turn, escalation, alert.person, "varslede selv")
    else:
        await _advance(turn, escalation)


async def take(turn: Turn, escalation: Escalation, person: str, said: str) -> None:
    """Give the warning to a person who has said that they have it: the chain stops, they are asked to decide, and
    everybody who was asked is told."""
    step = await escalation_chain.newest_step_of(turn, escalation, person)
    already = escalation.taken_by
    if step is not None and (step.answered_at is None or step.result == "declined"):
        step.answered_at, step.answer = turn.received, said
    if escalation.state == "stopped" or (escalation.state == "contact" and already not in (None, person)):
        await _too_late(turn, escalation, person, said)
        return
    if already == person:
        return
    if step is not None and step.result in (None, "silent", "declined"):
        step.result = "contact"
    escalation.state, escalation.taken_by = "contact", person
    for other in await escalation_chain.steps_of(turn, escalation):
        if other.result is None:
            other.result = "stopped"
    await turn.log(
        f"{turn.name(person)} har taget varslet: »{said}«",
        kind="escalation",
        sender=person,
        receiver="krisebot",
        direction="in",
        verification="confirmed",
    )
    half = turn.rules.escalation.decide_within / 2
    await turn.at(
        turn.now + half,
        "escalation.undecided",
        escalation_chain.key(escalation),
        escalation=escalation.id,
        reminder=True,
    )
    alert = await escalation_chain.first_alert(turn)
    await turn.say(
        person,
        decision_card.card(turn, f"Du har taget varslet »{quote(alert.text[:300])}«.{escalation_cards.ASKS}"),
        key=f"{escalation_cards.decision_key(escalation)}/{escalation.round}/{person}",
        kind="card",
        urgency=URGENT,
        # Whoever took it by SMS or on the telephone may have no chat to decide in.
        everywhere=True,
    )
    await escalation_cards.show_progress(turn, escalation)


async def decline(turn: Turn, escalation: Escalation, person: str, said: str) -> None:
    """Ask the next person at once, when one has refused (plan §2: "relevante stedfortrædere")."""
    step = await escalation_chain.newest_step_of(turn, escalation, person)
    if step is None:
        return
    if escalation.state == "stopped" or (escalation.state == "contact" and escalation.taken_by != person):
        await _too_late(turn, escalation, person, said)
        return
    if step.result == "declined":
        return
    step.answered_at, step.answer, step.result = turn.received, said, "declined"
    await turn.log(
        f"{turn.name(person)} kan ikke tage varslet: »{said}«",
        kind="escalation",
        sender=person,
        receiver="krisebot",
        direction="in",
    )
    await turn.say(
        person,
        Card("Tak, det er noteret. Jeg går videre til den næste."),
        key=escalation_chain.ask_key(escalation, step),
    )
    if escalation.taken_by == person:
        escalation.state, escalation.taken_by = "running", None
        await _advance(turn, escalation)
    else:
        await _next_if_all_answered(turn, escalation)


async def stop(turn: Turn, crisis: Crisis) -> None:
    """Stop the search, when somebody has decided, whoever it was."""
    for escalation in await turn.db.scalars(
        select(Escalation).where(Escalation.crisis_id == crisis.id, Escalation.state != "stopped")
    ):
        escalation.state = "stopped"
        for step in await escalation_chain.steps_of(turn, escalation):
            if step.result is None:
                step.result = "stopped"
        await turn.cancel(escalation_chain.key(escalation))
        await escalation_cards.show_progress(turn, escalation)
        await escalation_cards.close_decisions(turn, escalation)


@action("escalation.everybody", crisis=False, urgent=True)
async def everybody(turn: Turn, escalation: int) -> None:
    """Ask the whole chain at once, by `Det haster: spørg alle nu`: whoever gave the warning doesn't wait for one after
    the other."""
    row = await escalation_chain.take_up(turn, escalation)
    if row is None or row.state != "running":
        return
    warned = list(await turn.db.scalars(select(Alert.person).where(Alert.crisis_id == row.crisis_id)))
    if turn.sender not in warned:
        await running.refuse(turn, rights.of_row("den, der har varslet", warned))
        return
    steps = await escalation_chain.steps_of(turn, row)
    left = escalation_chain.left_of(turn.rules, steps, row.round)
    asked = {step.person for step in steps if step.round == row.round and step.result is None}
    if not left:
        return
    await turn.log(
        f"Det haster: {turn.name(turn.sender)} har bedt om, at alle spørges på én gang.",
        kind="escalation",
        sender=turn.sender,
    )
    row.position += 1
    for link in left:
        persons = [person for person in link.persons if person not in asked]
        asked.update(persons)
        await _ask(turn, row, link, persons)
    await _await(turn, row, max(link.wait for link in left))
    await escalation_cards.show_progress(turn, row)


@timer("escalation.wait", urgent=True)
async def waited(turn: Turn, escalation: int, round: int, position: int) -> None:
    """Ask the next link, when nobody of this one has answered in time."""
    row = await escalation_chain.take_up(turn, escalation)
    if row is None or row.state != "running" or (row.round, row.position) != (round, position):
        return
    silent = [step for step in await escalation_chain.steps_of(turn, row) if step.result is None]
    missed = await escalation_chain.never_reached(turn, row, silent)
    for step in silent:
        step.result = "failed" if step.person in missed else "silent"
    if missed:
        # Their numbers stand on the card of whoever warned, and in no log: that is read and handed out.
        await turn.log(
            f"Ikke nået ad nogen vej: {turn.names(missed)}. Går videre.", kind="undeliverable", verification="confirmed"
        )
    silent = [step for step in silent if step.person not in missed]
    if silent:
        await turn.log(
            f"Intet svar fra {turn.names(step.person for step in silent)}. Går videre.",
            kind="escalation",
            verification="confirmed",
        )
    await _advance(turn, row)


@timer("escalation.again", urgent=True)
async def again(turn: Turn, escalation: int, round: int) -> None:
    """Start over from the top, when the whole chain was silent."""
    row = await escalation_chain.take_up(turn, escalation)
    if row is None or row.state != "running" or row.round != round:
        return
    row.round, row.position = round + 1, -1
    await _advance(turn, row)


@timer("escalation.undecided", urgent=True)
async def undecided(turn: Turn, escalation: int, reminder: bool) -> None:
    """Remind whoever has the warning halfway to decide, and ask the next person when the time is over."""
    row = await escalation_chain.take_up(turn, escalation)
    if row is None or row.state != "contact" or row.taken_by is None:
        return
    if reminder:
        half = turn.rules.escalation.decide_within / 2
        await turn.at(
            turn.now + half, "escalation.undecided", escalation_chain.key(row), escalation=row.id, reminder=False
        )
        await turn.notify(
            [row.taken_by],
            decision_card.card(turn, f"Du har taget varslet{escalation_cards.NOT_YET}"),
            kind="reminder",
            summary="Mindet om, at varslet venter på en beslutning",
            key=f"{escalation_cards.decision_key(row)}/reminder/{turn.now.isoformat()}",
            urgency=URGENT,
            everywhere=True,
        )
        return
    await turn.log(
        f"{turn.name(row.taken_by)} har taget varslet, men ikke besluttet noget. Går videre.", kind="escalation"
    )
    row.state, row.taken_by = "running", None
    await _advance(turn, row)


async def unreachable(turn: Turn, person: str) -> None:
    """Ask the next person, when one can't be reached by any way."""
    step = await turn.db.scalar(
        select(EscalationStep)
        .where(
            EscalationStep.crisis_id == turn.the_crisis.id,
            EscalationStep.person == person,
            EscalationStep.result.is_(None),
        )
        .order_by(EscalationStep.id.desc())
        .limit(1)
    )
    row = await turn.db.get(Escalation, step.escalation_id) if step else None
    if step is None or row is None:
        return
    step.result = "failed"
    await _next_if_all_answered(turn, row)


async def _advance(turn: Turn, escalation: Escalation) -> None:
    steps = await escalation_chain.steps_of(turn, escalation)
    left = escalation_chain.left_of(turn.rules, steps, escalation.round)
    asked = max((step.position for step in steps if step.round == escalation.round), default=-1)
    if not left and escalation.position > asked:
        # That nobody has it was told before somebody took it and let it lie: nobody is kept waiting for it again.
        escalation.round, escalation.position = escalation.round + 1, -1
        left = escalation_chain.left_of(turn.rules, steps, escalation.round)
    escalation.position += 1
    if not left:
        await _nobody(turn, escalation)
        return
    link = left[0]
    await _ask(turn, escalation, link, link.persons)
    await _await(turn, escalation, link.wait)
    await escalation_cards.show_progress(turn, escalation)


async def _ask(turn: Turn, escalation: Escalation, link: Link, persons: Sequence[str]) -> None:
    """Put the warning to persons of one link."""
    for person in persons:
        await escalation_chain.add_step(turn, escalation, link, person)
    deputy = f" (stedfortræder for {turn.name(link.deputy_for)})" if link.deputy_for else ""
    await turn.notify(
        persons,
        await escalation_cards.question_card(turn, escalation, link),
        kind="alert",
        summary=f"Varslet er sendt til {turn.names(persons)}{deputy}",
        key=f"escalation/{escalation.id}/ask/{escalation.round}/{escalation.position}",
        urgency=URGENT,
        everywhere=True,
    )


async def _await(turn: Turn, escalation: Escalation, wait: timedelta) -> None:
    await turn.at(
        turn.now + wait,
        "escalation.wait",
        escalation_chain.key(escalation),
        escalation=escalation.id,
        round=escalation.round,
        position=escalation.position,
    )


async def _nobody(turn: Turn, escalation: Escalation) -> None:
    """Tell whoever can ring, loudly, that everybody was asked and nobody has it, and set the time to begin again."""
    repeat = turn.rules.escalation.repeat
    everyone = list(dict.fromkeys(person for link in escalation_chain.links_of(turn.rules) for person in link.persons))
    alert = await escalation_chain.first_alert(turn)
    numbers = await escalation_chain.to_ring(turn, alert, everyone)
    await turn.notify(
        [alert.person],
        Card(
            f"⚠️ *Ingen af de {len(everyone)} har taget varslet endnu.* Jeg prøver igen om {escalation_chain.in_minutes(repeat)}.\n"
            f"Ring selv: {numbers}.\n{DANGER}"
        ),
        kind="alert",
        summary=f"Ingen af de {len(everyone)} i kæden har svaret. Kæden begynder forfra",
        urgency=URGENT,
        everywhere=True,
    )
    await turn.at(
        turn.now + repeat,
        "escalation.again",
        escalation_chain.key(escalation),
        escalation=escalation.id,
        round=escalation.round,
    )
    await escalation_cards.show_progress(turn, escalation)


async def _next_if_all_answered(turn: Turn, escalation: Escalation) -> None:
    here = [
        step
        for step in await escalation_chain.steps_of(turn, escalation)
        if (step.round, step.position) == (escalation.round, escalation.position)
    ]
    if escalation.state == "running" and here and all(step.result for step in here):
        await _advance(turn, escalation)
    else:
        await escalation_cards.show_progress(turn, escalation)


async def _too_late(turn: Turn, escalation: Escalation, person: str, said: str) -> None:
    """Log a late answer, and tell whoever gave it what happened meanwhile."""
    await turn.log(
        f"{turn.name(person)} svarede, efter at det var afklaret: »{said}«",
        kind="escalation",
        sender=person,
        receiver="krisebot",
        direction="in",
    )
    crisis = turn.the_crisis
    if crisis.decided_by:
        happened = f"{decision_card.decided_by(turn)} besluttede {decision_card.named(crisis.level)} {turn.clock(crisis.decided_at)}."
    elif escalation.taken_by:
        happened = f"{turn.name(escalation.taken_by)} har taget varslet."
    else:
        happened = "Det er afklaret."
    await turn.say(person, Card(f"Tak for svaret, det er noteret. {happened}"), kind="reply")
