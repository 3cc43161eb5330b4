"""Level 1: tells the directorate, and a centre handles it. One level, with two ways into it. Plan §2 and §4.

No staff, no channel and no clocks begin here: the plan's duties start at level 2 (plan §3).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import select

from handlers.alert import decision_card, escalation, escalation_chain, warning, warning_question
from handlers.core import clearance, rights, running
from handlers.core.card import DANGER, Button, Card, quote
from handlers.core.context import URGENT, Context
from handlers.core.registry import action, timer
from handlers.core.turn import Turn
from storage.rows.alert import Approval
from storage.rows.crisis import Crisis
from storage.rows.log import LogEntry, LogKind, LogState

# "løbende orienteret afhængigt af situationen": how often, until somebody chooses otherwise. Hours.
CADENCE = 4
CADENCES = (1, 4, 24)
# What those who are kept informed read of the log: what people have told, decided, set going and asked for.
NEWS: tuple[LogKind, ...] = (
    "information",
    "saved",
    "report",
    "telephone",
    "alert",
    "decision",
    "measure",
    "assistance",
    "outage",
)


async def begin(turn: Turn) -> None:
    """Begin level 1: tell the directorate, and only them."""
    crisis = turn.the_crisis
    await turn.notify(
        turn.rules.board(),
        Card(
            f"*Varsling af direktionen – beredskabsniveau 1.* Nr. {crisis.number}: »{quote(crisis.title)}«.\n"
            f"Besluttet {turn.clock(crisis.decided_at)} af {decision_card.decided_by(turn)}. Der er ingen krisestab.",
            buttons=(Button("Opskaler", "activation.decide", {"level": 2, "crisis": crisis.id}),),
        ),
        kind="notice",
        summary="Direktionen er varslet (niveau 1)",
        key=f"crisis/{crisis.id}/level1",
        urgency=URGENT,
    )
    await _schedule(turn, CADENCE)


async def propose(turn: Turn, title: str) -> None:
    """Record a centre chief's half of the decision for level 1, and ask the directors for theirs; said twice, it is one."""
    waiting = await _awaiting(turn)
    if waiting is not None:
        turn.crisis = waiting
        await _answer(turn)
        return
    if turn.crisis is None or turn.crisis.level is not None:
        await warning.begin(turn, title)
        await warning.record(turn, title or "Niveau 1 ønskes")
    await _approve(turn, "centre_chief")
    await _ask(turn, turn.sender)
    await turn.at(turn.now + turn.rules.escalation.wait, "level_one.waited", _waits(turn), chief=turn.sender)
    await _answer(turn)


async def _ask(turn: Turn, chief: str, again: str = "") -> None:
    """Ask the directors for their half of the decision.

    Args:
        chief: the centre's, who gave theirs.
        again: Danish, before it, where they were asked already.
    """
    crisis = turn.the_crisis
    await turn.notify(
        turn.rules.board(),
        Card(
            f"{again}{turn.name(chief)} vil aktivere *beredskabsniveau 1* i sit center: nr. {crisis.number} "
            f"»{quote(crisis.title)}«.\nCenterchef og direktør afgør det i fællesskab.",
            buttons=(
                Button("Godkend", "level_one.approve", {}, style="primary"),
                Button("Opskaler", "activation.decide", {"level": 2, "crisis": crisis.id}),
            ),
        ),
        kind="reminder" if again else "alert",
        summary="Mindet direktionen om at godkende niveau 1"
        if again
        else "Direktionen er bedt om at godkende niveau 1",
        key=f"crisis/{crisis.id}/level1/approval{'/again' if again else ''}",
        urgency=URGENT,
        everywhere=True,
    )


@timer("level_one.waited", urgent=True)
async def waited(turn: Turn, chief: str) -> None:
    """Remind the directors who have not answered, and take the centre's warning up the plan's chain beside them, "i nævnte
    rækkefølge indtil der opnås kontakt" (§4): nobody waits alone."""
    crisis = turn.the_crisis
    if crisis.level is not None or all(each.person != chief for each in await _given(turn)):
        return
    await _ask(turn, chief, "*Påmindelse – ingen direktør har svaret.*\n")
    goes_on = await escalation_chain.current(turn) is not None
    await turn.say(
        chief,
        Card(
            f"⚠️ *Ingen direktør har svaret på niveau 1 endnu.* De er mindet om det"
            f"{'' if goes_on else ', og jeg spørger nu også beredskabschefen hos 4K, så borgmesteren'}.\n"
            f"Ring selv: {_numbers(turn)}.\n{DANGER}"
        ),
        kind="notice",
        urgency=URGENT,
        everywhere=True,
    )
    if not goes_on:
        alert = await escalation_chain.first_alert(turn)
        alert.touches = alert.beyond = warning_question.UNKNOWN
        await escalation.start(turn, alert)


async def _answer(turn: Turn) -> None:
    crisis = turn.the_crisis
    await turn.answer(
        Card(
            f"Niveau 1 *afventer direktør*. Direktionen er spurgt nu. Nr. {crisis.number}: {quote(crisis.title)}.\n"
            f"Haster det, så ring selv: {_numbers(turn)}.",
            buttons=(Button("Træk tilbage", "level_one.withdraw", {"crisis": crisis.id}),),
        )
    )


async def _awaiting(turn: Context) -> Crisis | None:
    """Find the crisis that the sender has approved level 1 for, and that no director has answered."""
    open_ = [crisis.id for crisis in await turn.open_crises() if crisis.level is None]
    asked = select(Approval.crisis_id).where(
        Approval.crisis_id.in_(open_),
        Approval.subject == "level1",
        Approval.person == turn.sender,
        Approval.withdrawn_at.is_(None),
    )
    if turn.crisis is not None:
        asked = asked.where(Approval.crisis_id == turn.crisis.id)
    found = await turn.db.scalar(asked.limit(1))
    return await turn.db.get(Crisis, found) if found is not None else None


@action("level_one.approve", who=rights.director, decides=True)
async def approve(turn: Turn) -> None:
    """Record the director's half of the decision: with both, level 1 runs in the centre."""
    crisis = turn.the_crisis
    given = await _given(turn)
    chief = next((approval for approval in given if approval.role == "centre_chief"), None)
    if crisis.level is not None or chief is None:
        await turn.answer(Card("Der er ikke længere noget at godkende her."))
        return
    await _approve(turn, "director")
    await turn.cancel(_waits(turn))
    crisis.level, crisis.basis, crisis.state = 1, "centre", "active"
    crisis.decided_at, crisis.decided_by = turn.received, turn.sender
    await turn.log(
        f"Besluttet: niveau 1 af {turn.name(chief.person)} og {turn.name(turn.sender)} i fællesskab",
        kind="decision",
        sender=turn.sender,
        verification="confirmed",
    )
    await escalation.stop(turn, crisis)
    await turn.replace(Card(f"Du har godkendt niveau 1 for nr. {crisis.number}: {quote(crisis.title)}."))
    told = Card(
        f"*Beredskabsniveau 1* er aktiveret for nr. {crisis.number}: {quote(crisis.title)} – af "
        f"{turn.name(chief.person)} og {turn.name(turn.sender)}."
    )
    both = {chief.person, turn.sender}
    # Only who approved can take it back.
    await turn.notify(
        both,
        replace(told, buttons=(Button("Træk tilbage", "level_one.withdraw", {"crisis": crisis.id}),)),
        kind="notice",
        summary="Centerchef og direktør har fået besked om niveau 1",
    )
    others = [*turn.rules.board(), *filter(None, [turn.rules.holder("borgmester")])]
    await turn.notify(
        [person for person in others if person not in both],
        told,
        kind="notice",
        summary="Borgmester og direktion har fået besked om niveau 1",
    )
    await _schedule(turn, CADENCE)


@action("level_one.withdraw", who=rights.level_one)
async def withdraw(turn: Turn) -> None:
    """Take back an approval of level 1; only the one who gave it may."""
    mine = [approval for approval in await _given(turn) if approval.person == turn.sender]
    if not mine or turn.the_crisis.level == 2 or turn.the_crisis.state == "closed":
        gave = [approval.person for approval in await _given(turn)]
        await running.refuse(turn, rights.of_row("den centerchef eller direktør, der har godkendt", gave))
        return
    for approval in mine:
        approval.withdrawn_at = turn.received
    crisis = turn.the_crisis
    both = crisis.level == 1
    crisis.level, crisis.state = None, "followed"
    await turn.cancel(_key(turn), _waits(turn))
    await turn.log(f"{turn.name(turn.sender)} har trukket sin godkendelse af niveau 1 tilbage.", kind="decision")
    others = [approval.person for approval in await _given(turn) if approval.person != turn.sender]
    await turn.notify(
        others if both or others else turn.rules.board(),
        Card(f"{turn.name(turn.sender)} har trukket niveau 1 tilbage for nr. {crisis.number}: {quote(crisis.title)}."),
        kind="notice",
        summary="Fortalt, at niveau 1 er trukket tilbage",
    )
    goes_on = await escalation_chain.current(turn) is not None
    await turn.replace(
        Card(
            "Trukket tilbage. Niveau 1 gælder ikke længere."
            + (
                " Varslet er stadig hos dem, der kan beslutte; er det heller ikke aktuelt, så sig det til dem."
                if goes_on
                else ""
            )
        )
    )
    for no_longer in ("level_one.approve", "level_one.withdraw", "level_one.cadence"):
        await turn.take_away(no_longer)


@timer("level_one.digest")
async def digest(turn: Turn, hours: int) -> None:
    """Send the directorate and the mayor what is new, as often as was chosen: "Borgmester og direktion holdes løbende
    orienteret"."""
    crisis = turn.the_crisis
    if crisis.level != 1 or crisis.state != "active":
        return
    since = turn.now - timedelta(hours=hours)
    new = (LogEntry.crisis_id == crisis.id, LogEntry.recorded_time > since, LogEntry.kind.in_(NEWS))
    lines = list(
        await turn.db.scalars(
            select(LogEntry)
            .join(LogState, (LogState.crisis_id == LogEntry.crisis_id) & (LogState.no == LogEntry.no))
            .where(*new, clearance.up_to(clearance.SHARED))
            .order_by(LogEntry.no)
        )
    )
    kept = await clearance.unseen(turn, clearance.SHARED, LogState.no.in_(select(LogEntry.no).where(*new)))
    news = "\n".join(f"• {line.no}: {quote(line.summary[:200])}" for line in lines[-10:]) or "Intet nyt i loggen."
    await turn.notify(
        [*filter(None, [turn.rules.holder("borgmester")]), *turn.rules.board()],
        Card(
            f"*Orientering, niveau 1* – nr. {crisis.number}: {quote(crisis.title)}\n{news}"
            + (f"\n{kept}" if kept else ""),
            buttons=(
                *(
                    Button("Hver time" if each == 1 else f"Hver {each}. time", "level_one.cadence", {"hours": each})
                    for each in CADENCES
                    if each != hours
                ),
                Button("Stop orienteringen", "level_one.cadence", {"hours": 0}),
            ),
        ),
        kind="notice",
        summary="Borgmester og direktion er orienteret (niveau 1)",
    )
    await _schedule(turn, hours)


@action("level_one.cadence", who=rights.level_one)
async def cadence(turn: Turn, hours: int) -> None:
    """Choose how often the orientation is sent; 0 stops it. Whoever decides may, and the centre's chief who runs it."""
    runs_it = [centre for given in await _given(turn) for centre in turn.rules.centres_of(given.person)]
    leads = any(rights.leads(turn.rules, turn.sender, centre) for centre in runs_it)
    if not leads and not await rights.decider.held(turn):
        over = [person for centre in runs_it for person in (centre.chief, centre.deputy)]
        await running.refuse(turn, rights.of_row("centerchefen, der leder det", over, rights.decider))
        return
    if hours:
        await _schedule(turn, hours)
    else:
        await turn.cancel(_key(turn))
    await turn.log("Orienteringen er stoppet." if not hours else f"Orientering hver {hours}. time.", kind="decision")
    await turn.answer(Card("Orienteringen er stoppet." if not hours else f"Næste orientering om {hours} t."))


async def _schedule(turn: Turn, hours: int) -> None:
    await turn.at(turn.now + timedelta(hours=hours), "level_one.digest", _key(turn), hours=hours)


async def _approve(turn: Turn, role: str) -> None:
    turn.db.add(Approval(crisis_id=turn.the_crisis.id, subject="level1", role=role, person=turn.sender, at=turn.now))
    await turn.log(f"{turn.name(turn.sender)} godkender niveau 1", kind="approval", sender=turn.sender)


async def _given(turn: Context) -> list[Approval]:
    return list(
        await turn.db.scalars(
            select(Approval).where(
                Approval.crisis_id == turn.the_crisis.id, Approval.subject == "level1", Approval.withdrawn_at.is_(None)
            )
        )
    )


def _key(turn: Context) -> str:
    return f"crisis/{turn.the_crisis.id}/level1/digest"


def _numbers(turn: Context) -> str:
    return ", ".join(f"{turn.name(person)} {turn.phone(person)}" for person in turn.rules.board())


def _waits(turn: Context) -> str:
    return f"crisis/{turn.the_crisis.id}/level1/waited"
