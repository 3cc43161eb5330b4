"""A warning comes in: anybody may give one; it begins an incident, or is added to the one that it is about. Plan §4."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy import select

from handlers.alert import escalation, escalation_chain, escalation_news, in_practice, joining, warning_question
from handlers.core import edited_answers, form_values, registry, typed_verbs, written_times
from handlers.core.card import DANGER, Button, Card, Field, quote
from handlers.core.context import URGENT, Context
from handlers.core.language import needs
from handlers.core.registry import Take, action, verb
from handlers.core.turn import Turn
from storage.rows.alert import Alert, Escalation, Triage
from storage.rows.crisis import Crisis
from storage.rows.numbers import next_number

# What makes an incident of its own of words that were added to a warning; see `second_matter`.
SPLIT = "warning.split"


async def begin(turn: Turn, text: str) -> Crisis:
    """Give the incident its number and start its log; nothing is decided yet."""
    crisis = Crisis(
        number=await next_number(turn.db, Crisis.number),
        title=title_of(text),
        plan=turn.plan.frozen(),
        created_at=turn.now,
        municipalities=turn.plan.municipalities[:1],
        exercise=turn.exercise,
    )
    turn.db.add(crisis)
    await turn.db.flush()
    turn.crisis = crisis
    return crisis


def title_of(text: str) -> str:
    """Make a name for the incident out of the first words that were said of it, until somebody gives a better one."""
    line = " ".join(text.split()) or "Uden beskrivelse"
    return line if len(line) <= 60 else line[:57].rsplit(" ", 1)[0] + " …"


async def record(turn: Turn, text: str) -> Alert:
    """Keep a warning as it was typed, in the incident's log too."""
    alert = Alert(
        crisis_id=turn.the_crisis.id,
        person=turn.sender,
        text=text,
        at=turn.the_incoming.said_at or turn.received,
        received_at=turn.the_incoming.received_at,
        place=needs.place(turn.plan, text) or None,
        happened_at=written_times.parse_begun(turn, text),
        platform=turn.the_incoming.platform,
    )
    turn.db.add(alert)
    await turn.db.flush()
    await escalation_chain.log_alert(turn, alert)
    return alert


async def running(turn: Context) -> Crisis | None:
    """Return the incident whose warning is on its way up the chain, which a second warning joins; an exercise's never
    joins a real one."""
    found: Crisis | None = await turn.db.scalar(
        select(Crisis)
        .join(Escalation, Escalation.crisis_id == Crisis.id)
        .where(Escalation.state.in_(["running", "contact"]), Crisis.state == "warned")
        .where(Crisis.exercise == turn.exercise)
        .order_by(Crisis.number.desc())
        .limit(1)
    )
    return found


async def _joined_unasked(turn: Context) -> Crisis | None:
    """Return the incident that a second warning joins by itself; where something decided runs, its sender is asked."""
    return None if await joining.candidates(turn) else await running(turn)


@verb(
    "varsel",
    "v",
    "varsle",
    "varsler",
    "alarm",
    "alarmer",
    "alarmér",
    "advarsel",
    "advar",
    help="varsel <hvad er der sket> – alle må varsle, også om en risiko",
    urgent=True,
)
async def warn(turn: Turn, text: str) -> None:
    """Keep a warning at once, and ask the plan's question. Plan §4, "Modtagelse af varsler"."""
    if not text.strip():
        await turn.answer(
            Card(
                f"Hvad er der sket, eller hvad er der risiko for? Én sætning er nok.\n{DANGER}",
                buttons=(
                    Button(
                        "Send varsel",
                        "warning.typed",
                        style="primary",
                        form=(
                            Field("text", "Hvad er der sket, og hvor?", "long", required=True),
                            Field("place", "Hvor er det?"),
                            Field("happened", "Hvornår skete det? (kan udelades)", "been", loose=True),
                            Field("kind", "Slags", "choice", choices=warning_question.KINDS),
                            Field("source", "Hvor ved du det fra?"),
                        ),
                        form_title="Varsel",
                    ),
                ),
            )
        )
        return
    if await in_practice.ask_if_real(turn, text):
        return
    await _take_in(turn, text)
    await edited_answers.note(turn, "varsel")


async def _take_in(turn: Turn, text: str) -> None:
    own = await open_of(turn)
    if own is not None:
        await add(turn, own, text)
        return
    joined = await _joined_unasked(turn)
    if joined is not None:
        await _join(turn, joined, text)
        return
    await begin(turn, text)
    alert = await record(turn, text)
    await warning_question.ask(turn, alert)
    await warning_question.expect_answer(turn, alert)


@registry.reread("varsel")
async def reread(turn: Context, text: str, earlier: str) -> Take | None:
    """Read what a warning has become where it stands as added to it, while it is open: the place may be another one.

    Args:
        text: as it stands now, with its verb.
        earlier: as it was before.
    """
    found = typed_verbs.verb_of(text)
    words = (found.rest if found.verb == "varsel" else text).strip()
    own = await open_of(turn)
    if not words or own is None or turn.crisis is None or own.crisis_id != turn.crisis.id:
        return None
    return partial(add, alert=own, text=f"Rettet til: {words}", was=earlier)


@action("warning.typed", crisis=False, urgent=True)
async def typed(turn: Turn) -> None:
    """Take the form's warning, from anybody: the same as a typed one, with what kind it is and where it comes from."""
    text = turn.value("text")
    if not text:
        await turn.answer(Card("Skriv, hvad der er sket. Én sætning er nok."))
        return
    # A time that can't be read holds no warning back: it goes up in its writer's own words.
    happened, said = form_values.been_or_words(turn, "happened"), turn.value("happened")
    text += f"\nSkete: {said}" if said and happened is None else ""
    await turn.replace(Card("Dit varsel er modtaget."))
    await warn(turn, text)
    alert = await turn.db.scalar(select(Alert).order_by(Alert.id.desc()).limit(1))
    if alert is not None:
        alert.kind, alert.source = (
            turn.chosen("kind", dict(warning_question.KINDS)) or "other",
            turn.value("source") or None,
        )
        alert.place, alert.happened_at = turn.value("place") or alert.place, happened or alert.happened_at


WANTED = "Ønsker beredskabet aktiveret"


async def call_up(turn: Turn, text: str, wanted: int | None = None) -> None:
    """Send the warning up the chain at once, without the questions, when somebody who may not activate writes
    `aktiver`; who hasn't said what happened is asked for it meanwhile.

    Args:
        text: what happened, verbatim; empty where that isn't said.
        wanted: the level that they wrote.
    """
    level = f" på niveau {wanted}" if wanted else ""
    text = text or f"{WANTED}{level}. Hvad der er sket, er ikke skrevet endnu."
    bare = text.startswith(WANTED)
    own = await open_of(turn) if bare else None
    if own is not None:
        if own.assessment is None:
            turn.crisis = await turn.db.get_one(Crisis, own.crisis_id)
            await warning_question.take_answer(turn, own, warning_question.UNKNOWN)
        await add(turn, own, f"{WANTED}{level}.")
        return
    joined = await running(turn)
    if joined is not None:
        await _join(turn, joined, text)
        return
    await begin(turn, f"{WANTED}{level}" if bare else text)
    alert = await record(turn, text)
    alert.touches = alert.beyond = warning_question.UNKNOWN
    asks = "\n*Hvad er der sket, og hvor?* Skriv det her, så får de det med det samme." if bare else ""
    await turn.answer(
        Card(
            "Du kan ikke selv aktivere – men dit varsel er sendt videre nu. Jeg kontakter beredskabschefen hos 4K, så "
            f"borgmesteren, så direktionen. {DANGER}{asks}",
            buttons=warning_question.for_real(turn, alert),
        )
    )
    await escalation.start(turn, alert)


async def open_of(turn: Context) -> Alert | None:
    """Return the sender's own warning that is open: its question unanswered, its chain under way, or its incident's chief
    asked."""
    newest = select(Alert).join(Crisis, Crisis.id == Alert.crisis_id).order_by(Alert.id.desc()).limit(1)
    mine = newest.where(Alert.person == turn.sender, Crisis.exercise == turn.exercise)
    found: Alert | None = await turn.db.scalar(mine.where(Crisis.state == "warned"))
    if found is None:
        joined = await turn.db.scalar(mine.where(Crisis.state == "active"))
        found = joined if joined is not None and await joining.waits_for_chief(turn, joined) else None
    return found


async def add(turn: Turn, alert: Alert, text: str, was: str = "") -> None:
    """Add what its sender writes on to an open warning: to its log, its question's card and the chain's cards.

    Args:
        alert: the sender's own.
        text: verbatim.
        was: what it is put instead of, where it is corrected; another place or time there is put instead, too.
    """
    turn.crisis = await turn.db.get_one(Crisis, alert.crisis_id)
    # What only wished for activation is told now.
    alert.text = text if alert.text.startswith(WANTED) else f"{alert.text}\n{text}"
    place, happened = needs.place(turn.plan, text) or None, written_times.parse_begun(turn, text)
    if was and place != (needs.place(turn.plan, was) or None):
        alert.place = place
    if was and happened != written_times.parse_begun(turn, was):
        alert.happened_at = happened
    alert.place, alert.happened_at = alert.place or place, alert.happened_at or happened
    if turn.the_crisis.level is None and alert.id == (await escalation_chain.first_alert(turn)).id:
        turn.the_crisis.title = title_of(alert.text)
    entry = await turn.log(
        text, kind="alert", sender=turn.sender, receiver="krisebot", direction="in", refs={"alert": alert.id}
    )
    splits = {"alert": alert.id, "no": entry.no, "crisis": turn.the_crisis.id}
    other = (Button("Det er en anden hændelse", SPLIT, splits),)
    number = turn.the_crisis.number
    if alert.assessment is None:
        await warning_question.ask(turn, alert)
        await turn.answer(
            Card(f"Føjet til varsel nr. {number}. Tryk Ja, så sendes det videre. {DANGER}", buttons=other)
        )
        return
    has_it = await joining.tell_more_words(turn, alert) or await escalation_news.tell_more_words(turn, alert)
    if await joining.asked_at(turn) is not None:
        has_it = "Svar også på, hvor det hører til: ellers sender jeg det snart videre for sig."
    await turn.answer(Card(f"Føjet til varsel nr. {number}. {has_it} {DANGER}", buttons=other))


async def send_on(turn: Turn, text: str, reply: Triage) -> None:
    """Make a warning of words whose question is answered already, and take it up the chain.

    Args:
        text: verbatim.
        reply: yes or unknown.
    """
    joined = await _joined_unasked(turn)
    if joined is not None:
        await _join(turn, joined, text)
        return
    await begin(turn, text)
    alert = await record(turn, text)
    alert.touches = alert.beyond = reply
    await turn.say(
        alert.person,
        warning_question.sent_on(turn, alert),
        key=escalation_chain.question_key(alert),
        kind="reply",
        platform=alert.platform,
        urgency=URGENT,
    )
    await warning_question.send_up(turn, alert)


async def asked_at(turn: Context) -> datetime | None:
    """Return when the sender was last asked the warning's question; None when no question of theirs is open."""
    own = await asked_of(turn)
    return own.received_at if own is not None else None


async def asked_of(turn: Context) -> Alert | None:
    """Return the sender's own warning whose question is open: the newest, or an earlier one that still waits for them."""
    own = await open_of(turn)
    if own is None or own.assessment in (None, warning_question.UNANSWERED):
        return own
    waiting = select(Alert).join(Crisis, Crisis.id == Alert.crisis_id).where(Alert.person == turn.sender)
    waiting = waiting.where(Crisis.state == "warned", Crisis.exercise == turn.exercise, Alert.touches.is_(None))
    earlier: Alert | None = await turn.db.scalar(waiting.order_by(Alert.id.desc()).limit(1))
    return earlier


async def _join(turn: Turn, crisis: Crisis, text: str) -> None:
    """Add a second warning to the one that is on its way, and let whoever gave it part them."""
    turn.crisis = crisis
    alert = await record(turn, text)
    alert.touches = alert.beyond = warning_question.UNKNOWN
    await turn.answer(
        Card(
            f"Tak. Dit varsel er lagt til nr. {crisis.number} »{quote(crisis.title)}«, som allerede er på vej. {DANGER}",
            buttons=(Button("Det er en anden hændelse", "warning.parted", {"alert": alert.id}),),
        )
    )
    await escalation_news.tell_of_more(turn, alert)


@action("warning.parted", urgent=True)
async def parted(turn: Turn, alert: int) -> None:
    """Part the second warning from the first, since it was another incident: it gets a number, a log and a chain of its
    own; the first log says so."""
    row = await turn.db.get(Alert, alert)
    if row is None or row.person != turn.sender:
        return
    first = turn.the_crisis
    await begin(turn, row.text)
    second = turn.the_crisis
    turn.crisis = first
    await turn.log(f"Varslet »{row.text}« er en anden hændelse og føres nu som nr. {second.number}.", kind="assessment")
    turn.crisis = second
    row.crisis_id = second.id
    await escalation_chain.log_alert(turn, row, parted_from=first.number)
    belongs = {"alert": row.id, "own": second.id, "to": first.id}
    back = Button(f"Det hører til nr. {first.number}", "joining.belongs", belongs)
    await turn.replace(
        Card(f"Det er nu varsel nr. {second.number} for sig, og det er sendt videre. {DANGER}", buttons=(back,))
    )
    await escalation.start(turn, row)
