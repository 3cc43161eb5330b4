"""The search for somebody who takes a warning: "i nævnte rækkefølge indtil der opnås kontakt". Plan §4.

Contact is a person who answers, never a message that was delivered. Contact without a decision goes on after a while;
a chain that is silent to its end starts over and says so.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from handlers import decision, words
from handlers.card import Button, Card, quote
from handlers.registry import action, reply, timer
from handlers.turn import URGENT, Turn
from storage.plan import Plan
from storage.tables import Alert, Crisis, Escalation, EscalationStep, Message, Summons

DANGER = "Ved fare for liv: ring 112."

# Characters of a warning that stand on a card; the whole of it stands in the log.
SHOWN = 1500


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


def chain(plan: Plan) -> Sequence[Link]:
    """The plan's chain, link by link: each role's person, then each deputy in turn; the directorate together."""
    links: list[Link] = []
    for role in plan.escalation.steps:
        if role == "direktion":
            links.append(Link(role, tuple(plan.board()), None, plan.escalation.wait))
            continue
        holder = plan.holder(role)
        if holder:
            links.append(Link(role, (holder,), None, plan.escalation.wait))
        links.extend(Link(role, (deputy,), holder, plan.escalation.deputy_wait) for deputy in plan.deputies(role))
    return links


async def start(turn: Turn, alert: Alert) -> None:
    """Begin at the top of the chain; who warns and may decide has it already."""
    escalation = Escalation(crisis_id=turn.the_crisis.id, started_at=turn.now)
    turn.db.add(escalation)
    await turn.db.flush()
    links = chain(turn.rules)
    if any(alert.person in link.persons for link in links):
        await turn.log(f"{turn.name(alert.person)} varsler selv og kan beslutte.", kind="escalation")
        escalation.position = next(index for index, link in enumerate(links) if alert.person in link.persons)
        await _step(turn, escalation, links[escalation.position], alert.person)
        await take(turn, escalation, alert.person, "varslede selv")
    else:
        await _advance(turn, escalation)


async def current(turn: Turn) -> Escalation | None:
    """The crisis' search, while nobody has decided."""
    found: Escalation | None = await turn.db.scalar(
        select(Escalation)
        .where(Escalation.crisis_id == turn.the_crisis.id, Escalation.state != "stopped")
        .order_by(Escalation.id.desc())
        .limit(1)
    )
    return found


async def take(turn: Turn, escalation: Escalation, person: str, said: str) -> None:
    """A person has it: the chain stops, they are asked to decide, and everybody who was asked is told."""
    step = await _step_of(turn, escalation, person)
    already = escalation.taken_by
    if step is not None and (step.answered_at is None or step.result == "declined"):
        step.answered_at, step.answer = turn.now, said
    if escalation.state == "stopped" or (escalation.state == "contact" and already not in (None, person)):
        await _too_late(turn, escalation, person, said)
        return
    if already == person:
        return
    if step is not None and step.result in (None, "silent", "declined"):
        step.result = "contact"
    escalation.state, escalation.taken_by = "contact", person
    for other in await _steps(turn, escalation):
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
    await turn.at(turn.now + half, "escalation.undecided", _key(escalation), escalation=escalation.id, reminder=True)
    alert = await _alert(turn)
    await turn.say(
        person,
        decision.card(turn, f"Du har taget varslet »{quote(alert.text[:300])}«. Hvad beslutter du?"),
        key=f"escalation/{escalation.id}/decide/{escalation.round}/{person}",
        kind="card",
        urgency=URGENT,
        # Whoever took it by SMS or on the telephone may have no chat to decide in.
        everywhere=True,
    )
    await _show(turn, escalation)


async def decline(turn: Turn, escalation: Escalation, person: str, said: str) -> None:
    """A refusal moves to the next person at once (plan §2: "relevante stedfortrædere")."""
    step = await _step_of(turn, escalation, person)
    if step is None:
        return
    if escalation.state == "stopped" or (escalation.state == "contact" and escalation.taken_by != person):
        await _too_late(turn, escalation, person, said)
        return
    if step.result == "declined":
        return
    step.answered_at, step.answer, step.result = turn.now, said, "declined"
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
        key=_ask_key(escalation, step),
    )
    if escalation.taken_by == person:
        escalation.state, escalation.taken_by = "running", None
        await _advance(turn, escalation)
    else:
        await _next_if_all_answered(turn, escalation)


async def stop(turn: Turn, crisis: Crisis) -> None:
    """A decision ends the search, whoever made it."""
    for escalation in await turn.db.scalars(
        select(Escalation).where(Escalation.crisis_id == crisis.id, Escalation.state != "stopped")
    ):
        escalation.state = "stopped"
        for step in await _steps(turn, escalation):
            if step.result is None:
                step.result = "stopped"
        await turn.cancel(_key(escalation))
        await _show(turn, escalation)


async def tell_of_more(turn: Turn, alert: Alert) -> None:
    """A second warning about it: whoever is asked, or has it, hears of it."""
    escalation = await current(turn)
    if escalation is None:
        return
    asked = [step.person for step in await _steps(turn, escalation) if step.result in (None, "contact")]
    await turn.notify(
        asked,
        Card(
            f"Endnu et varsel til nr. {turn.the_crisis.number}, fra {turn.name(alert.person)}:\n"
            f"»{quote(alert.text, SHOWN)}«"
        ),
        kind="alert",
        summary="Endnu et varsel er sendt til dem, der er kontaktet",
        urgency=URGENT,
        everywhere=True,
    )
    await _show(turn, escalation)


@action("escalation.taken", crisis=False)
async def pressed_taken(turn: Turn, escalation: int) -> None:
    """`Jeg har den`."""
    row = await _find(turn, escalation)
    if row is not None:
        await take(turn, row, turn.sender, "Jeg har den")


@action("escalation.declined", crisis=False)
async def pressed_declined(turn: Turn, escalation: int) -> None:
    """`Kan ikke`."""
    row = await _find(turn, escalation)
    if row is not None:
        await decline(turn, row, turn.sender, "Kan ikke")


@action("escalation.everybody", crisis=False)
async def everybody(turn: Turn, escalation: int) -> None:
    """`Det haster: spørg alle nu`: whoever gave the warning doesn't wait for one after the other (T08)."""
    row = await _find(turn, escalation)
    if row is None or row.state != "running":
        return
    own = select(Alert.id).where(Alert.crisis_id == row.crisis_id, Alert.person == turn.sender)
    if await turn.db.scalar(own.limit(1)) is None:
        await turn.answer(Card("Det kan kun den, der har varslet. Intet er ændret."))
        return
    left = chain(turn.rules)[row.position + 1 :]
    asked = {step.person for step in await _steps(turn, row) if step.round == row.round and step.result is None}
    if not left:
        return
    await turn.log(
        f"Det haster: {turn.name(turn.sender)} har bedt om, at alle spørges på én gang.",
        kind="escalation",
        sender=turn.sender,
    )
    row.position = len(chain(turn.rules)) - 1
    for link in left:
        persons = [person for person in link.persons if person not in asked]
        asked.update(persons)
        await _ask(turn, row, link, persons)
    await _await(turn, row, max(link.wait for link in left))
    await _show(turn, row)


@reply("alert")
async def replied(turn: Turn, text: str) -> bool:
    """ "har den", "jeg kan ikke, er i Grækenland" in answer to `Kan du tage den?`; unclear words are asked about.

    As long as nobody has decided, an answer can be taken back by its opposite.
    """
    step = await turn.db.scalar(
        select(EscalationStep)
        .join(Crisis, Crisis.id == EscalationStep.crisis_id)
        .where(EscalationStep.person == turn.sender, Crisis.state != "closed")
        .order_by(EscalationStep.id.desc())
        .limit(1)
    )
    reading = words.reading(text, "alert")
    if step is None or reading.meaning == "unclear":
        return False
    row = await turn.db.get_one(Escalation, step.escalation_id)
    if await _summoned_since(turn, row, step):
        return False
    if step.answered_at is not None and (
        row.state == "stopped" or (step.result == "declined") != (reading.meaning == "taken")
    ):
        return False
    turn.crisis = await turn.db.get(Crisis, step.crisis_id)
    await (take if reading.meaning == "taken" else decline)(turn, row, turn.sender, text)
    return True


async def _summoned_since(turn: Turn, escalation: Escalation, step: EscalationStep) -> bool:
    """Whether the person has been asked to come since: an "ok" answers the newest question."""
    newer = select(Summons.id).where(Summons.person == step.person, Summons.sent_at >= step.contacted_at)
    if escalation.state != "stopped":
        newer = newer.where(Summons.answered_at.is_(None))
    return await turn.db.scalar(newer.limit(1)) is not None


@timer("escalation.wait")
async def waited(turn: Turn, escalation: int, round: int, position: int) -> None:
    """Nobody of this link answered in time."""
    row = await _find(turn, escalation)
    if row is None or row.state != "running" or (row.round, row.position) != (round, position):
        return
    silent = [step for step in await _steps(turn, row) if step.result is None]
    for step in silent:
        step.result = "silent"
    if silent:
        await turn.log(
            f"Intet svar fra {turn.names(step.person for step in silent)}. Går videre.",
            kind="escalation",
            verification="confirmed",
        )
    await _advance(turn, row)


@timer("escalation.again")
async def again(turn: Turn, escalation: int, round: int) -> None:
    """The whole chain was silent: it starts over."""
    row = await _find(turn, escalation)
    if row is None or row.state != "running" or row.round != round:
        return
    row.round, row.position = round + 1, -1
    await _advance(turn, row)


@timer("escalation.undecided")
async def undecided(turn: Turn, escalation: int, reminder: bool) -> None:
    """Contact without a decision: a reminder halfway, the next person when the time is over."""
    row = await _find(turn, escalation)
    if row is None or row.state != "contact" or row.taken_by is None:
        return
    if reminder:
        half = turn.rules.escalation.decide_within / 2
        await turn.at(turn.now + half, "escalation.undecided", _key(row), escalation=row.id, reminder=False)
        await turn.notify(
            [row.taken_by],
            decision.card(turn, "Du har taget varslet, men der er ikke besluttet noget endnu."),
            kind="reminder",
            summary="Mindet om, at varslet venter på en beslutning",
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
    """A person who can't be reached by any way isn't waited for."""
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
    links = chain(turn.rules)
    escalation.position += 1
    if escalation.position >= len(links):
        await _nobody(turn, escalation)
        return
    link = links[escalation.position]
    await _ask(turn, escalation, link, link.persons)
    await _await(turn, escalation, link.wait)
    await _show(turn, escalation)


async def _ask(turn: Turn, escalation: Escalation, link: Link, persons: Sequence[str]) -> None:
    """Put the warning to persons of one link."""
    for person in persons:
        await _step(turn, escalation, link, person)
    alert = await _alert(turn)
    deputy = f" (stedfortræder for {turn.name(link.deputy_for)})" if link.deputy_for else ""
    asked = f"Du spørges som stedfortræder for {turn.name(link.deputy_for)}. " if link.deputy_for else ""
    await turn.notify(
        persons,
        Card(
            f"🚨 *Varsel nr. {turn.the_crisis.number}* fra {turn.name(alert.person)} {turn.clock(alert.at)}:\n"
            f"»{quote(alert.text, SHOWN)}«\n\n*Kan du tage den?* {asked}Svarer du ikke, går jeg videre om "
            f"{_minutes(link.wait)}.",
            buttons=(
                Button("Jeg har den", "escalation.taken", {"escalation": escalation.id}, style="primary"),
                Button("Kan ikke", "escalation.declined", {"escalation": escalation.id}),
            ),
        ),
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
        _key(escalation),
        escalation=escalation.id,
        round=escalation.round,
        position=escalation.position,
    )


async def _nobody(turn: Turn, escalation: Escalation) -> None:
    """Everybody was asked and nobody has it: say so loudly to whoever can ring, and begin again."""
    repeat = turn.rules.escalation.repeat
    everyone = list(dict.fromkeys(person for link in chain(turn.rules) for person in link.persons))
    numbers = ", ".join(f"{turn.name(person)} {turn.phone(person)}" for person in everyone)
    alert = await _alert(turn)
    await turn.notify(
        [alert.person],
        Card(
            f"⚠️ *Ingen af de {len(everyone)} har taget varslet endnu.* Jeg prøver igen om {_minutes(repeat)}.\n"
            f"Ring selv: {numbers}.\n{DANGER}"
        ),
        kind="alert",
        summary=f"Ingen af de {len(everyone)} i kæden har svaret. Kæden begynder forfra",
        urgency=URGENT,
        everywhere=True,
    )
    await turn.at(
        turn.now + repeat, "escalation.again", _key(escalation), escalation=escalation.id, round=escalation.round
    )
    await _show(turn, escalation)


async def _next_if_all_answered(turn: Turn, escalation: Escalation) -> None:
    here = [
        step
        for step in await _steps(turn, escalation)
        if (step.round, step.position) == (escalation.round, escalation.position)
    ]
    if escalation.state == "running" and here and all(step.result for step in here):
        await _advance(turn, escalation)
    else:
        await _show(turn, escalation)


async def _too_late(turn: Turn, escalation: Escalation, person: str, said: str) -> None:
    """A late answer is kept, and whoever gave it is told what happened meanwhile."""
    await turn.log(
        f"{turn.name(person)} svarede, efter at det var afklaret: »{said}«",
        kind="escalation",
        sender=person,
        receiver="krisebot",
        direction="in",
    )
    crisis = turn.the_crisis
    if crisis.decided_by:
        happened = (
            f"{turn.name(crisis.decided_by)} besluttede {decision.named(crisis.level)} {turn.clock(crisis.decided_at)}."
        )
    elif escalation.taken_by:
        happened = f"{turn.name(escalation.taken_by)} har taget varslet."
    else:
        happened = "Det er afklaret."
    await turn.say(person, Card(f"Tak for svaret, det er noteret. {happened}"), kind="reply")


async def _show(turn: Turn, escalation: Escalation) -> None:
    """Everybody sees where it is: whoever raised it, live; those who were asked, on the card they were asked with."""
    steps = await _steps(turn, escalation)
    outcome = _outcome(turn, escalation)
    rows = tuple(
        (
            turn.name(step.person),
            f"{_state(step)} (spurgt {turn.clock(step.contacted_at)}). Tlf. {turn.phone(step.person)}",
        )
        for step in steps
    )
    hurry = "" if escalation.state == "stopped" else f"\nHaster det, så ring selv. {DANGER}"
    alerts = await turn.db.scalars(select(Alert).where(Alert.crisis_id == turn.the_crisis.id).order_by(Alert.id))
    more = escalation.state == "running" and escalation.position < len(chain(turn.rules)) - 1
    all_now = Button("Det haster: spørg alle nu", "escalation.everybody", {"escalation": escalation.id})
    for person in dict.fromkeys(alert.person for alert in alerts):
        await turn.say(
            person,
            Card(
                f"*Varsel nr. {turn.the_crisis.number}:* {outcome}{hurry}",
                facts=rows,
                buttons=(all_now,) if more else (),
            ),
            key=f"escalation/{escalation.id}/progress/{person}",
            urgency=URGENT,
        )
    for step in steps:
        asked = await turn.db.scalar(select(Message).where(Message.key == _ask_key(escalation, step)))
        closed = escalation.state != "running" or step.result in ("contact", "declined")
        if asked is not None and closed:
            said = Card.from_json(asked.card).text.split("\n\n")[0]
            await turn.say(step.person, Card(f"{said}\n\n{outcome}"), key=asked.key)


def _outcome(turn: Turn, escalation: Escalation) -> str:
    crisis = turn.the_crisis
    if escalation.state == "stopped":
        by = f" af {turn.name(crisis.decided_by)}" if crisis.decided_by else ""
        return f"Afgjort: {decision.named(crisis.level)}{by} {turn.clock(crisis.decided_at or turn.now)}."
    if escalation.state == "contact" and escalation.taken_by:
        return f"{turn.name(escalation.taken_by)} har taget det og beslutter nu."
    if escalation.position >= len(chain(turn.rules)):
        return f"Ingen har svaret. Jeg begynder forfra om {_minutes(turn.rules.escalation.repeat)}."
    return "Jeg er ved at kontakte dem, der kan beslutte, i planens rækkefølge."


def _state(step: EscalationStep) -> str:
    return {
        None: "venter på svar",
        "contact": "har taget den",
        "declined": "kan ikke",
        "silent": "intet svar",
        "failed": "kunne ikke nås",
        "stopped": "ikke længere nødvendig",
    }[step.result]


def _minutes(span: timedelta) -> str:
    minutes = span.total_seconds() / 60
    return f"{minutes:.0f} min" if minutes >= 1 else f"{span.total_seconds():.0f} sek"


def _key(escalation: Escalation) -> str:
    return f"escalation/{escalation.id}"


def _ask_key(escalation: Escalation, step: EscalationStep) -> str:
    return f"escalation/{escalation.id}/ask/{step.round}/{step.position}/{step.person}"


async def _step(turn: Turn, escalation: Escalation, link: Link, person: str) -> None:
    turn.db.add(
        EscalationStep(
            escalation_id=escalation.id,
            crisis_id=escalation.crisis_id,
            step=len(await _steps(turn, escalation)) + 1,
            round=escalation.round,
            position=escalation.position,
            role=link.role,
            person=person,
            deputy_for=link.deputy_for,
            contacted_at=turn.now,
        )
    )
    await turn.db.flush()


async def _steps(turn: Turn, escalation: Escalation) -> list[EscalationStep]:
    return list(
        await turn.db.scalars(
            select(EscalationStep).where(EscalationStep.escalation_id == escalation.id).order_by(EscalationStep.id)
        )
    )


async def _step_of(turn: Turn, escalation: Escalation, person: str) -> EscalationStep | None:
    mine = [step for step in await _steps(turn, escalation) if step.person == person]
    return mine[-1] if mine else None


async def _find(turn: Turn, escalation: int) -> Escalation | None:
    row = await turn.db.get(Escalation, escalation)
    if row is not None:
        turn.crisis = await turn.db.get(Crisis, row.crisis_id)
    return row


async def _alert(turn: Turn) -> Alert:
    found = await turn.db.scalar(select(Alert).where(Alert.crisis_id == turn.the_crisis.id).order_by(Alert.id).limit(1))
    if found is None:
        raise LookupError(f"crisis {turn.the_crisis.number} has no alert")
    return found
