"""The cards on which those who warned and those who were asked follow the search for somebody who decides. Plan §4."""

from __future__ import annotations

from sqlalchemy import select

from handlers.alert import decision_card, escalation_chain
from handlers.alert.escalation_chain import Link
from handlers.core.card import DANGER, Button, Card, quote
from handlers.core.context import URGENT, Context
from handlers.core.language import begun
from handlers.core.turn import Turn
from storage.rows.alert import Alert, Escalation, EscalationStep
from storage.rows.traffic import Message

# How the cards end that ask for a decision, and remind of it, while there is none.
ASKS, NOT_YET = " Hvad beslutter du?", ", men der er ikke besluttet noget endnu."


def decision_key(escalation: Escalation) -> str:
    """Name the cards that ask for a decision, and remind of it."""
    return f"escalation/{escalation.id}/decide"


async def show_progress(turn: Turn, escalation: Escalation) -> None:
    """Show everybody how far the search is: whoever raised it, live; those who were asked, on the card they were asked
    with."""
    steps = await escalation_chain.steps_of(turn, escalation)
    left = escalation_chain.left_of(turn.rules, steps, escalation.round)
    silent = not left and all(step.result for step in steps)
    outcome = _outcome(turn, escalation, silent=silent)
    asked_so_far = [(step, f"{_state(step)} (spurgt {turn.clock(step.contacted_at)})") for step in steps]
    numbered = tuple((turn.name(step.person), f"{how}. Tlf. {turn.phone(step.person)}") for step, how in asked_so_far)
    unnumbered = tuple((turn.name(step.person), how) for step, how in asked_so_far)
    hurry = "" if escalation.state == "stopped" else f"\nHaster det, så ring selv. {DANGER}"
    alerts = await turn.db.scalars(select(Alert).where(Alert.crisis_id == turn.the_crisis.id).order_by(Alert.id))
    more = escalation.state == "running" and bool(left)
    all_now = Button("Det haster: spørg alle nu", "escalation.everybody", {"escalation": escalation.id})
    for person in dict.fromkeys(alert.person for alert in alerts):
        await turn.say(
            person,
            Card(
                f"*Varsel nr. {turn.the_crisis.number}:* {outcome}{hurry}",
                facts=unnumbered if await turn.is_outside(person) else numbered,
                buttons=(all_now,) if more else (),
            ),
            key=f"escalation/{escalation.id}/progress/{person}",
            urgency=URGENT,
        )
    for step in steps:
        asked = await turn.db.scalar(select(Message).where(Message.key == escalation_chain.ask_key(escalation, step)))
        closed = escalation.state != "running" or step.result in ("contact", "declined")
        if asked is not None and closed:
            said = Card.from_json(asked.card).text.split("\n\n")[0]
            await turn.say(step.person, Card(f"{said}\n\n{outcome}"), key=asked.key)


async def close_decisions(turn: Turn, escalation: Escalation) -> None:
    """Draw the cards that asked for a decision, and those that reminded of it, as they stand once somebody has decided."""
    pressed = await turn.pressed()  # It says already what was decided.
    for message in await turn.standing(decision_key(escalation)):
        if pressed is None or message.id != pressed.id:
            head = str(message.card["text"]).removesuffix(ASKS).removesuffix(NOT_YET).removesuffix(".")
            await turn.say(message.recipient, Card(f"{head}.\n{_outcome(turn, escalation)}"), key=message.key)


def _outcome(turn: Context, escalation: Escalation, *, silent: bool = False) -> str:
    crisis = turn.the_crisis
    if escalation.state == "stopped" and crisis.state == "closed":
        return f"Afblæst af {turn.name(crisis.deactivated_by or '')} {turn.clock(crisis.deactivated_at or turn.now)}."
    if escalation.state == "stopped" and crisis.decided_at is None:
        return "Varslet hører til en hændelse, der allerede er i gang. Det føres der."
    if escalation.state == "stopped":
        by = f" af {decision_card.decided_by(turn)}" if crisis.decided_by else ""
        return f"Afgjort: {decision_card.named(crisis.level)}{by} {turn.clock(crisis.decided_at or turn.now)}."
    if escalation.state == "contact" and escalation.taken_by:
        return f"{turn.name(escalation.taken_by)} har taget det og beslutter nu."
    if silent:
        return f"Ingen har svaret. Jeg begynder forfra om {escalation_chain.in_minutes(turn.rules.escalation.repeat)}."
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


def where_and_when(turn: Context, alert: Alert) -> tuple[tuple[str, str], ...]:
    """Return where a warning is and when it happened, as far as anybody has said."""
    where = (("Sted", quote(alert.place, 200)),) if alert.place else ()
    said = turn.dated(alert.happened_at) if alert.happened_at else quote(begun.words(alert.text))
    return where + ((("Skete", said),) if said else ())


async def question_card(turn: Context, escalation: Escalation, link: Link) -> Card:
    """Draw `Kan du tage den?`, with who warned, how to reach them, and whether they stand by it."""
    alert = await escalation_chain.first_alert(turn)
    asked = f"Du spørges som stedfortræder for {turn.name(link.deputy_for)}. " if link.deputy_for else ""
    doubt = "\n_ubekræftet: intet svar på spørgsmålet_" if alert.assessment == "unanswered" else ""
    return Card(
        f"🚨 *Varsel nr. {turn.the_crisis.number}* fra {turn.name(alert.person)} {turn.clock(alert.at)}:\n"
        f"»{quote(alert.text, escalation_chain.SHOWN)}«{doubt}\n\n*Kan du tage den?* {asked}Svarer du ikke, går jeg videre om "
        f"{escalation_chain.in_minutes(link.wait)}.",
        facts=(
            *where_and_when(turn, alert),
            (f"Fang {turn.name(alert.person)}", turn.reached_at(alert.person, alert.platform)),
        ),
        buttons=(
            Button("Jeg har den", "escalation.taken", {"escalation": escalation.id}, style="primary"),
            Button("Kan ikke", "escalation.declined", {"escalation": escalation.id}),
        ),
    )


async def redraw_questions(turn: Turn) -> None:
    """Draw the cards of those who are still asked anew, as the warning stands now."""
    escalation = await escalation_chain.current(turn)
    if escalation is None:
        return
    waiting = [step for step in await escalation_chain.steps_of(turn, escalation) if step.result is None]
    for step in waiting:
        link = escalation_chain.link_of(turn.rules, step)
        await turn.say(
            step.person,
            await question_card(turn, escalation, link),
            key=escalation_chain.ask_key(escalation, step),
        )
