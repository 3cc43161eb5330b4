"""A warning comes in: anybody may give one, two questions are asked, and it goes up the chain. Plan §4."""

from __future__ import annotations

from typing import Final

from sqlalchemy import func, select

from handlers.alert import escalation
from handlers.core.card import DANGER, Button, Card, Field, quote
from handlers.core.registry import action, verb
from handlers.core.turn import Turn
from storage.rows.alert import Alert, AlertKind, Escalation, Triage
from storage.rows.crisis import Crisis

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


async def begin(turn: Turn, text: str) -> Crisis:
    """Give the incident its number and start its log; nothing is decided yet."""
    last = await turn.db.scalar(select(func.max(Crisis.number)))
    crisis = Crisis(
        number=(last or 0) + 1,
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
    """A name for the incident until somebody gives a better one: the first words that were said of it."""
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
    await turn.log(
        text,
        kind="alert",
        sender=turn.sender,
        receiver="krisebot",
        direction="in",
        event_time=alert.at,
        refs={"alert": alert.id},
    )
    return alert


async def running(turn: Turn) -> Crisis | None:
    """The incident whose warning is on its way up the chain, which a second warning joins; never across D10's line."""
    found: Crisis | None = await turn.db.scalar(
        select(Crisis)
        .join(Escalation, Escalation.crisis_id == Crisis.id)
        .where(Escalation.state.in_(["running", "contact"]), Crisis.state == "warned")
        .where(Crisis.exercise == turn.exercise)
        .order_by(Crisis.number.desc())
        .limit(1)
    )
    return found


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
    """Plan §4, "Modtagelse af varsler": kept at once, then the two questions."""
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
    joined = await running(turn)
    if joined is not None:
        await _join(turn, joined, text)
        return
    await begin(turn, text)
    alert = await record(turn, text)
    await _ask(turn, alert)


@action("warning.typed", crisis=False, urgent=True)
async def typed(turn: Turn) -> None:
    """The form's warning; the same as a typed one, with what kind it is and where it comes from."""
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
    """`aktiver` from somebody who may not: the warning goes up the chain at once, without the questions (R018, R261)."""
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


async def _ask(turn: Turn, alert: Alert) -> None:
    """The questions of plan §4, one at a time, in the same card."""
    question = 1 if alert.touches is None else 2
    head = f"*Varsel nr. {turn.the_crisis.number} er modtaget:* »{quote(alert.text[:300])}«"
    ask = (
        "Kan det berøre kommunens virke?"
        if question == 1
        else "Er det mere, end kommunens daglige beredskab kan håndtere effektivt og hurtigt nok?"
    )
    card = Card(
        f"{head}\n\n{question}/2  *{ask}*\nEr du i tvivl, så vælg Ved ikke. {DANGER}",
        buttons=tuple(
            Button(label, "warning.answered", {"alert": alert.id, "question": question, "reply": reply})
            for label, reply in (("Ja", YES), ("Nej", NO), ("Ved ikke", UNKNOWN))
        )
        + _for_real(turn, alert),
    )
    await turn.say(alert.person, card, key=f"alert/{alert.id}/questions", kind="reply", platform=alert.platform)


def _for_real(turn: Turn, alert: Alert) -> tuple[Button, ...]:
    """The real thing may well happen during an exercise (D10)."""
    return (Button("Det er ikke en øvelse", "exercises.for_real", {"alert": alert.id}),) if turn.exercise else ()


@action("warning.answered", urgent=True)
async def answered(turn: Turn, alert: int, question: int, reply: Triage) -> None:
    """ "Ved ikke" counts as yes: rather a little too much preparedness than too little (plan §3, handlingsprincippet)."""
    row = await turn.db.get(Alert, alert)
    if row is None or row.person != turn.sender:
        return
    if question == 1 and row.touches is None:
        row.touches = reply
    elif question == 2 and row.beyond is None:
        row.beyond = reply
    else:
        return
    if reply == NO:
        await _log_only(turn, row)
    elif row.beyond is None:
        await _ask(turn, row)
    else:
        await turn.log(
            "Varslet vurderes at kunne berøre kommunen og at være mere, end det daglige beredskab kan håndtere.",
            kind="assessment",
            sender=row.person,
            refs={"alert": row.id},
        )
        await turn.replace(_sent_on(turn, row))
        await escalation.start(turn, row)


def _sent_on(turn: Turn, alert: Alert) -> Card:
    """What kind it is may follow, when there is a moment for it: nothing waits for that (R002, R018)."""
    kinds = dict(KINDS)
    known = alert.kind != "other" or alert.source
    facts = (("Slags", kinds[alert.kind]), ("Kilde", quote(alert.source or "ikke angivet", 200))) if known else ()
    return Card(
        f"*Varsel nr. {turn.the_crisis.number} er sendt videre:* »{quote(alert.text[:300])}«\n{DANGER}",
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
    """One of the plan's kinds, where it is from, and who got it first (R002, R003)."""
    row = await turn.db.get(Alert, alert)
    if row is None or row.crisis_id != turn.the_crisis.id or row.person != turn.sender:
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
    """No to either question: it stays in the log, and level 1 and second thoughts are offered (R004)."""
    turn.the_crisis.state = "followed"
    await turn.log("Vurderet: kræver ikke krisestyring. Varslet er noteret.", kind="assessment", sender=alert.person)
    await turn.say(
        alert.person,
        Card(
            f"Varsel nr. {turn.the_crisis.number} er noteret og ikke sendt videre. Bliver det værre, så tryk her.",
            buttons=(
                Button("Send det videre alligevel", "warning.after_all", {"alert": alert.id}, style="primary"),
                Button("Orientér direktionen (niveau 1)", "warning.after_all", {"alert": alert.id, "level": 1}),
            ),
        ),
        key=f"alert/{alert.id}/questions",
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
    await escalation.start(turn, row)


async def _join(turn: Turn, crisis: Crisis, text: str) -> None:
    """A second warning while one is on its way: it joins it, and whoever gave it can part them (D04)."""
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
    """It was another incident: it gets a number, a log and a chain of its own; the first log says so."""
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
    await turn.log(
        row.text,
        kind="alert",
        sender=row.person,
        receiver="krisebot",
        direction="in",
        event_time=row.at,
        refs={"alert": row.id, "parted_from": first.number},
    )
    await turn.replace(Card(f"Det er nu varsel nr. {second.number} for sig, og det er sendt videre. {DANGER}"))
    await escalation.start(turn, row)
