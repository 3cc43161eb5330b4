"""The plan's one question to whoever warns, its answer, and what follows from it. Plan §4, "Modtagelse af varsler"."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from handlers.alert import escalation, escalation_cards, escalation_chain, escalation_news, joining, languages
from handlers.core import form_values
from handlers.core.card import DANGER, Button, Card, Field, quote
from handlers.core.context import URGENT, Context
from handlers.core.registry import action, timer
from handlers.core.turn import Turn
from storage.rows.alert import Alert, AlertKind, Triage

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


def question(turn: Context) -> str:
    """Return the plan's one sentence as a question (§4): "kan berøre … virke" and "ikke … effektivt eller hurtigt
    nok"."""
    return (
        f"Kan det berøre {turn.plan.municipality}s virke, og er det mere, end det daglige beredskab kan håndtere "
        "effektivt eller hurtigt nok?"
    )


def first_asked(turn: Context) -> str:
    """Return who is asked first, by name: before there is a warning nobody has the number."""
    links = escalation_chain.links_of(turn.rules)
    return turn.name(links[0].persons[0] if links else "")


async def _first_to_ring(turn: Context, alert: Alert) -> str:
    """Return who is asked first, for whoever has warned, with the number where they may have it."""
    links = escalation_chain.links_of(turn.rules)
    return await escalation_chain.to_ring(turn, alert, links[0].persons[:1] if links else ())


async def ask(turn: Turn, alert: Alert) -> None:
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
        + for_real(turn, alert),
    )
    await draw(turn, alert, card)


async def expect_answer(turn: Turn, alert: Alert) -> None:
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
        await draw(
            turn,
            row,
            Card(
                f"Varsel nr. {turn.the_crisis.number}: dit nej er sendt til dem, der er spurgt. De beslutter. {DANGER}"
            ),
        )
        await escalation_news.tell_of_doubt(turn, row)
    elif reply == NO:
        await _log_only(turn, row)
    elif late:
        await turn.log("Den, der varslede, har nu svaret og holder fast.", kind="assessment", sender=row.person)
        await draw(turn, row, sent_on(turn, row))
        await escalation_cards.redraw_questions(turn)
    else:
        await turn.log(
            "Varslet vurderes at kunne berøre kommunen og at være mere, end det daglige beredskab kan håndtere.",
            kind="assessment",
            sender=row.person,
            refs={"alert": row.id},
        )
        await draw(turn, row, sent_on(turn, row))
        await send_up(turn, row)


async def send_up(turn: Turn, alert: Alert) -> None:
    """Take a warning up the chain, once its sender has said that it belongs to nothing that runs already."""
    among = await joining.candidates(turn)
    if among:
        await joining.ask(turn, alert, among)
    else:
        await escalation.start(turn, alert)


def is_new(turn: Context, row: Alert, reply: Triage) -> bool:
    """Whether another answer than the first, of whoever warned, can still change something.

    Args:
        row: the sender's own, answered.
        reply: the new one.
    """
    if reply == NO:
        return row.assessment in (YES, UNKNOWN) and turn.the_crisis.state == "warned"
    return row.assessment == NO and turn.the_crisis.state == "followed"


async def take_new_answer(turn: Turn, row: Alert, reply: Triage) -> None:
    """Take another answer than the first from whoever warned, where it `is_new`."""
    if reply == NO:
        row.touches = row.beyond = UNANSWERED
        await take_answer(turn, row, NO)
    else:
        await after_all(turn, row.id)


async def draw(turn: Turn, alert: Alert, card: Card) -> None:
    """Draw the question's card, where it stands if it stands already."""
    await turn.say(
        alert.person,
        card,
        key=escalation_chain.question_key(alert),
        kind="reply",
        platform=alert.platform,
        urgency=URGENT,
    )


def for_real(turn: Context, alert: Alert) -> tuple[Button, ...]:
    """Make the button for the real thing, which may well happen during an exercise; none outside one."""
    return (Button("Det er ikke en øvelse", "exercises.for_real", {"alert": alert.id}),) if turn.exercise else ()


def sent_on(turn: Context, alert: Alert) -> Card:
    """Draw that the warning is sent on; what kind it is may follow, when there is a moment for it: nothing waits for
    that."""
    kinds = dict(KINDS)
    known = alert.kind != "other" or alert.source
    kind_of = (("Slags", kinds[alert.kind]), ("Kilde", quote(alert.source or "ikke angivet", 200))) if known else ()
    facts = (*kind_of, *escalation_cards.where_and_when(turn, alert))
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
                    Field("place", "Hvor er det?", value=alert.place or ""),
                    Field("happened", "Hvornår skete det? (kan udelades)", "been", loose=True),
                    Field("source", "Hvor ved du det fra?", value=alert.source or ""),
                    Field("received", "Hvem tog imod det først? (kan udelades)", value=alert.received_by or ""),
                    Field("received_when", "Hvornår? (kan udelades)", "been", loose=True),
                ),
                form_title="Slags og kilde",
            ),
        ),
    )


@action("warning.kind")
async def kind(turn: Turn, alert: int) -> None:
    """Write down the warning's kind, where it is and when it happened, where it is from, and who got it first; whoever is
    asked reads where and when."""
    row = await turn.of_crisis(Alert, alert)
    if row is None or row.person != turn.sender:
        return
    kinds = dict(KINDS)
    happened = form_values.been_or_words(turn, "happened")
    received = form_values.been_or_words(turn, "received_when")
    row.kind = turn.chosen("kind", kinds) or row.kind
    row.source = turn.value("source") or row.source
    row.place = turn.value("place") or row.place
    row.received_by = turn.value("received") or row.received_by
    row.happened_at, row.first_received_at = happened or row.happened_at, received or row.first_received_at
    first = " ".join(filter(None, [row.received_by, _moment(turn, received, "received_when")]))
    when = _moment(turn, happened, "happened")
    await turn.log(
        f"Varslets slags: {kinds[row.kind]}. Kilde: {row.source or 'ikke angivet'}."
        + (f" Sted: {row.place}." if row.place else "")
        + (f" Skete: {when}." if when else "")
        + (f" Modtaget først: {first}." if first else ""),
        kind="assessment",
        sender=turn.sender,
        refs={"alert": row.id},
    )
    await turn.db.flush()
    await escalation_cards.redraw_questions(turn)
    await turn.replace(sent_on(turn, row))


def _moment(turn: Context, read: datetime | None, field: str) -> str:
    """Write a time that was filled in, as it was read; else the words as they are, which are kept in the log."""
    return turn.dated(read) if read is not None else turn.value(field)


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
    await send_up(turn, row)
