"""A warning comes in: anybody may give one, one question is asked, and it goes up the chain. Plan §4."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select

from handlers.alert import escalation, escalation_chain, in_practice, joining, languages
from handlers.core.card import DANGER, Button, Card, Field, quote
from handlers.core.context import URGENT
from handlers.core.registry import action, timer, verb
from handlers.core.turn import Turn
from storage.rows.alert import Alert, AlertKind, Escalation, Triage
from storage.rows.crisis import Crisis
from storage.rows.numbers import next_number

# Plan §4: "Typiske varsler og alarmer mv. består af"
KINDS: tuple[tuple[AlertKind, str], ...] = (
    ("weather", "Varsel om farligt vejr"),
    ("threat", "Trusselsvurdering"),
    ("staffs", "En tværgående stab er aktiveret (LBS, NOST, DCOK …)"),
    ("international", "International alarm"),
    ("media", "Medieomtale"),
    ("accident", "Uheld i kommunens egen sektor"),
    ("other", "Andet"),
)

YES: Final = "yes"
NO: Final = "no"
UNKNOWN: Final = "unknown"
UNANSWERED: Final = "unanswered"


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
        platform=turn.the_incoming.platform,
    )
    turn.db.add(alert)
    await turn.db.flush()
    await escalation_chain.log_alert(turn, alert)
    return alert


async def running(turn: Turn) -> Crisis | None:
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


async def _joined_unasked(turn: Turn) -> Crisis | None:
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
                            Field("kind", "Slags", "choice", choices=KINDS),
                            Field("source", "Hvor ved du det fra?"),
                        ),
                        form_title="Varsel",
                    ),
                ),
            )
        )
        return
    if await in_practice.asks_if_real(turn, text):
        return
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
    await _ask(turn, alert)
    await _expect_answer(turn, alert)


@action("warning.typed", crisis=False, urgent=True)
async def typed(turn: Turn) -> None:
    """Take the form's warning, from anybody: the same as a typed one, with what kind it is and where it comes from."""
    text = turn.value("text")
    if not text:
        await turn.answer(Card("Skriv, hvad der er sket. Én sætning er nok."))
        return
    await turn.replace(Card("Dit varsel er modtaget."))
    await warn(turn, text)
    alert = await turn.db.scalar(select(Alert).order_by(Alert.id.desc()).limit(1))
    if alert is not None:
        alert.kind, alert.source = turn.chosen("kind", dict(KINDS)) or "other", turn.value("source") or None


async def call_up(turn: Turn, text: str) -> None:
    """Send the warning up the chain at once, without the questions, when somebody who may not activate writes
    `aktiver`."""
    joined = await running(turn)
    if joined is not None:
        await _join(turn, joined, text)
        return
    await begin(turn, text)
    alert = await record(turn, text or "Aktivering ønsket, uden beskrivelse")
    alert.touches = alert.beyond = UNKNOWN
    await turn.answer(
        Card(
            "Du kan ikke selv aktivere – men dit varsel er sendt videre nu. Jeg kontakter beredskabschefen hos 4K, så "
            f"borgmesteren, så direktionen. {DANGER}",
            buttons=_for_real(turn, alert),
        )
    )
    await escalation.start(turn, alert)


async def open_of(turn: Turn) -> Alert | None:
    """Return the sender's own warning that is open: its question unanswered, its chain under way, or its incident's chief
    asked."""
    newest = select(Alert).join(Crisis, Crisis.id == Alert.crisis_id).order_by(Alert.id.desc()).limit(1)
    mine = newest.where(Alert.person == turn.sender, Crisis.exercise == turn.exercise)
    found: Alert | None = await turn.db.scalar(mine.where(Crisis.state == "warned"))
    if found is None:
        joined = await turn.db.scalar(mine.where(Crisis.state == "active"))
        found = joined if joined is not None and await joining.waits_for_chief(turn, joined) else None
    return found


async def add(turn: Turn, alert: Alert, text: str) -> None:
    """Add what its sender writes on to an open warning: to its log, its question's card and the chain's cards.

    Args:
        alert: the sender's own.
        text: verbatim.
    """
    turn.crisis = await turn.db.get_one(Crisis, alert.crisis_id)
    alert.text = f"{alert.text}\n{text}"
    if turn.the_crisis.level is None and alert.id == (await escalation_chain.first_alert(turn)).id:
        turn.the_crisis.title = title_of(alert.text)
    await turn.log(
        text, kind="alert", sender=turn.sender, receiver="krisebot", direction="in", refs={"alert": alert.id}
    )
    if alert.assessment is None:
        await _ask(turn, alert)
        await turn.answer(
            Card(f"Føjet til varsel nr. {turn.the_crisis.number}. Tryk Ja, så sendes det videre. {DANGER}")
        )
        return
    has_it = await joining.more_words(turn, alert) or await escalation.more_words(turn, alert)
    await turn.answer(Card(f"Føjet til varsel nr. {turn.the_crisis.number}. {has_it} {DANGER}"))


def question(turn: Turn) -> str:
    """Return the plan's one sentence as a question (§4): "kan berøre … virke" and "ikke … effektivt eller hurtigt
    nok"."""
    return (
        f"Kan det berøre {turn.plan.municipality}s virke, og er det mere, end det daglige beredskab kan håndtere "
        "effektivt eller hurtigt nok?"
    )


def first_asked(turn: Turn) -> str:
    """Return who is asked first, by name: before there is a warning nobody has the number."""
    links = escalation_chain.links_of(turn.rules)
    return turn.name(links[0].persons[0] if links else "")


async def _first_to_ring(turn: Turn, alert: Alert) -> str:
    """Return who is asked first, for whoever has warned, with the number where they may have it."""
    links = escalation_chain.links_of(turn.rules)
    return await escalation_chain.to_ring(turn, alert, links[0].persons[:1] if links else ())


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
        _sent_on(turn, alert),
        key=escalation_chain.question_key(alert),
        kind="reply",
        platform=alert.platform,
        urgency=URGENT,
    )
    await _send_up(turn, alert)


async def _send_up(turn: Turn, alert: Alert) -> None:
    """Take a warning up the chain, once its sender has said that it belongs to nothing that runs already."""
    among = await joining.candidates(turn)
    if among:
        await joining.ask(turn, alert, among)
    else:
        await escalation.start(turn, alert)


async def _ask(turn: Turn, alert: Alert) -> None:
    """Ask the questions of plan §4, one at a time, on the same card."""
    own = languages.beside(alert.text, languages.DANGER, languages.QUESTION)
    card = Card(
        f"*Varsel nr. {turn.the_crisis.number}:* »{quote(alert.text, 300)}«\n{DANGER}\n\n*{question(turn)}*\n"
        f"Er du i tvivl, så vælg Ved ikke. Ja og Ved ikke sender det til {await _first_to_ring(turn, alert)} nu.{own}",
        buttons=tuple(
            Button(
                label,
                "warning.answered",
                {"alert": alert.id, "reply": reply},
                style="primary" if reply == YES else "normal",
            )
            for label, reply in (("Ja", YES), ("Nej", NO), ("Ved ikke", UNKNOWN))
        )
        + _for_real(turn, alert),
    )
    await _draw(turn, alert, card)


async def _expect_answer(turn: Turn, alert: Alert) -> None:
    """Remind the sender at half time, and send the warning up the chain where the question stays unanswered."""
    wait = turn.rules.escalation.question_waits
    await turn.at(
        turn.now + wait / 2, "warning.unanswered", escalation_chain.question_key(alert), alert=alert.id, reminder=True
    )


@timer("warning.unanswered", urgent=True)
async def unanswered(turn: Turn, alert: int, reminder: bool) -> None:
    """Ask once more at half time; then take the warning up the chain as it is: whoever warned may be unable to answer."""
    row = await turn.db.get(Alert, alert)
    if row is None or row.assessment is not None or turn.the_crisis.state != "warned":
        return
    wait = turn.rules.escalation.question_waits
    if reminder:
        await turn.at(
            turn.now + wait / 2, "warning.unanswered", escalation_chain.question_key(row), alert=row.id, reminder=False
        )
        await turn.say(
            row.person,
            Card(
                f"Jeg venter på dit svar om varsel nr. {turn.the_crisis.number}: »{quote(row.text, 100)}«. Svarer du ikke "
                f"inden {turn.clock(turn.now + wait / 2)}, sender jeg det videre som ubekræftet. {DANGER}"
            ),
            kind="reminder",
            urgency=URGENT,
            platform=row.platform,
        )
        return
    row.touches = row.beyond = UNANSWERED
    await turn.log("Intet svar på spørgsmålet om varslet. Det sendes videre som ubekræftet.", kind="assessment")
    await turn.say(
        row.person,
        Card(
            f"*Varsel nr. {turn.the_crisis.number} er sendt videre uden dit svar:* »{quote(row.text, 300)}«\n{DANGER}\n"
            f"Er det en fejl, så tryk Nej.{languages.beside(row.text, languages.DANGER, languages.SENT)}",
            buttons=(Button("Nej", "warning.answered", {"alert": row.id, "reply": NO}),),
        ),
        key=escalation_chain.question_key(row),
        urgency=URGENT,
    )
    await escalation.start(turn, row)


def _for_real(turn: Turn, alert: Alert) -> tuple[Button, ...]:
    """Make the button for the real thing, which may well happen during an exercise; none outside one."""
    return (Button("Det er ikke en øvelse", "exercises.for_real", {"alert": alert.id}),) if turn.exercise else ()


@action("warning.answered", urgent=True)
async def answered(turn: Turn, alert: int, reply: Triage, question: int = 0) -> None:
    """Take the answer to a question, from whoever gave the warning. "Ved ikke" counts as yes: rather a little too much
    preparedness than too little (plan §3, handlingsprincippet).

    Args:
        question: on cards of an older release, which of two questions it was; a yes to either is one now.
    """
    row = await turn.db.get(Alert, alert)
    if row is None or row.person != turn.sender or row.assessment not in (None, UNANSWERED):
        return
    await take_answer(turn, row, reply)


async def take_answer(turn: Turn, row: Alert, reply: Triage) -> None:
    """Take the answer to the question, pressed or written, and do what follows from it.

    Args:
        row: the sender's own, unanswered.
    """
    late, row.touches, row.beyond = row.assessment == UNANSWERED, reply, reply
    await turn.cancel(escalation_chain.question_key(row))
    if reply == NO and late:
        await turn.log("Den, der varslede, siger nu nej på spørgsmålet.", kind="assessment", sender=row.person)
        await _draw(
            turn,
            row,
            Card(
                f"Varsel nr. {turn.the_crisis.number}: dit nej er sendt til dem, der er spurgt. De beslutter. {DANGER}"
            ),
        )
        await escalation.tell_of_doubt(turn, row)
    elif reply == NO:
        await _log_only(turn, row)
    elif late:
        await turn.log("Den, der varslede, har nu svaret og holder fast.", kind="assessment", sender=row.person)
        await _draw(turn, row, _sent_on(turn, row))
        await escalation.redraw_questions(turn)
    else:
        await turn.log(
            "Varslet vurderes at kunne berøre kommunen og at være mere, end det daglige beredskab kan håndtere.",
            kind="assessment",
            sender=row.person,
            refs={"alert": row.id},
        )
        await _draw(turn, row, _sent_on(turn, row))
        await _send_up(turn, row)


async def take_new_answer(turn: Turn, row: Alert, reply: Triage) -> bool:
    """Take another answer than the first from whoever warned, as far as it can still change something.

    Args:
        row: the sender's own, answered.
        reply: the new one.

    Returns:
        whether it could.
    """
    if reply == NO and row.assessment in (YES, UNKNOWN) and turn.the_crisis.state == "warned":
        row.touches = row.beyond = UNANSWERED
        await take_answer(turn, row, NO)
        return True
    if reply != NO and row.assessment == NO and turn.the_crisis.state == "followed":
        await after_all(turn, row.id)
        return True
    return False


async def _draw(turn: Turn, alert: Alert, card: Card) -> None:
    """Draw the question's card, where it stands if it stands already."""
    await turn.say(
        alert.person,
        card,
        key=escalation_chain.question_key(alert),
        kind="reply",
        platform=alert.platform,
        urgency=URGENT,
    )


async def asked_at(turn: Turn) -> datetime | None:
    """Return when the sender was last asked the warning's question; None when no question of theirs is open."""
    own = await open_of(turn)
    return own.received_at if own is not None and own.assessment in (None, UNANSWERED) else None


def _sent_on(turn: Turn, alert: Alert) -> Card:
    """Draw that the warning is sent on; what kind it is may follow, when there is a moment for it: nothing waits for
    that."""
    kinds = dict(KINDS)
    known = alert.kind != "other" or alert.source
    facts = (("Slags", kinds[alert.kind]), ("Kilde", quote(alert.source or "ikke angivet", 200))) if known else ()
    return Card(
        f"*Varsel nr. {turn.the_crisis.number} er sendt videre:* »{quote(alert.text, 300)}«\n{DANGER}"
        f"{languages.beside(alert.text, languages.DANGER, languages.SENT)}",
        facts=facts,
        buttons=(
            Button(
                "Slags og kilde",
                "warning.kind",
                {"alert": alert.id},
                form=(
                    Field("kind", "Hvad slags varsel er det?", "choice", value=alert.kind, choices=KINDS),
                    Field("source", "Hvor ved du det fra?", value=alert.source or ""),
                    Field("received", "Hvem tog imod det først, og hvornår? (kan udelades)"),
                ),
                form_title="Slags og kilde",
            ),
        ),
    )


@action("warning.kind")
async def kind(turn: Turn, alert: int) -> None:
    """Write down the warning's kind, where it is from, and who got it first."""
    row = await turn.of_crisis(Alert, alert)
    if row is None or row.person != turn.sender:
        return
    kinds = dict(KINDS)
    row.kind = turn.chosen("kind", kinds) or row.kind
    row.source = turn.value("source") or row.source
    received = turn.value("received")
    await turn.log(
        f"Varslets slags: {kinds[row.kind]}. Kilde: {row.source or 'ikke angivet'}."
        + (f" Modtaget først: {received}." if received else ""),
        kind="assessment",
        sender=turn.sender,
        refs={"alert": row.id},
    )
    await turn.replace(_sent_on(turn, row))


async def _log_only(turn: Turn, alert: Alert) -> None:
    """Keep the warning in the log, after a no to either question, and offer level 1 and second thoughts."""
    turn.the_crisis.state = "followed"
    await turn.log("Vurderet: kræver ikke krisestyring. Varslet er noteret.", kind="assessment", sender=alert.person)
    await turn.say(
        alert.person,
        Card(
            f"Varsel nr. {turn.the_crisis.number} er noteret og ikke sendt videre. Hvad er det? Bliver det værre, så tryk her."
            f"{languages.beside(alert.text, languages.DANGER, languages.NOT_SENT)}",
            buttons=(
                Button("Det berører ikke kommunen", "warning.why_not", {"alert": alert.id, "touches": False}),
                Button("Det daglige beredskab klarer det", "warning.why_not", {"alert": alert.id, "touches": True}),
                Button("Send det videre alligevel", "warning.after_all", {"alert": alert.id}, style="primary"),
                Button("Orientér direktionen (niveau 1)", "warning.after_all", {"alert": alert.id, "level": 1}),
            ),
        ),
        key=escalation_chain.question_key(alert),
    )


@action("warning.why_not", urgent=True)
async def why_not(turn: Turn, alert: int, touches: bool) -> None:
    """Write down which of the two the answer was no to."""
    row = await turn.db.get(Alert, alert)
    if row is None or row.person != turn.sender or row.assessment != NO:
        return
    row.touches, row.beyond = (YES, NO) if touches else (NO, NO)
    why = "Det daglige beredskab klarer det." if touches else "Det berører ikke kommunens virke."
    await turn.log(f"Vurderet: {why}", kind="assessment", sender=row.person, refs={"alert": row.id})
    await turn.replace(
        Card(
            f"Noteret: {why} Varsel nr. {turn.the_crisis.number} er ikke sendt videre.",
            buttons=(
                Button("Send det videre alligevel", "warning.after_all", {"alert": row.id}, style="primary"),
                Button("Orientér direktionen (niveau 1)", "warning.after_all", {"alert": row.id, "level": 1}),
            ),
        )
    )


@action("warning.after_all", urgent=True)
async def after_all(turn: Turn, alert: int, level: int | None = None) -> None:
    """Second thoughts: the warning goes up the chain after all, with the level that is asked for."""
    row = await turn.db.get(Alert, alert)
    if row is None or row.person != turn.sender or turn.the_crisis.state != "followed":
        return
    turn.the_crisis.state = "warned"
    row.touches = row.beyond = UNKNOWN
    if level:
        await turn.log("Ønske: direktionen bør orienteres (niveau 1).", kind="assessment", sender=row.person)
    await _send_up(turn, row)


async def _join(turn: Turn, crisis: Crisis, text: str) -> None:
    """Add a second warning to the one that is on its way, and let whoever gave it part them."""
    turn.crisis = crisis
    alert = await record(turn, text)
    alert.touches = alert.beyond = UNKNOWN
    await turn.answer(
        Card(
            f"Tak. Dit varsel er lagt til nr. {crisis.number} »{quote(crisis.title)}«, som allerede er på vej. {DANGER}",
            buttons=(Button("Det er en anden hændelse", "warning.parted", {"alert": alert.id}),),
        )
    )
    await escalation.tell_of_more(turn, alert)


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
    await turn.replace(Card(f"Det er nu varsel nr. {second.number} for sig, og det er sendt videre. {DANGER}"))
    await escalation.start(turn, row)
