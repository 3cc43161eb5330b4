"""What is new of a warning under way: told to whoever is asked or has it, and who that is, to whoever warned. Plan §4."""

from __future__ import annotations

from handlers.alert import escalation_cards, escalation_chain
from handlers.core.card import Card, quote
from handlers.core.context import URGENT, Context
from handlers.core.turn import Turn
from storage.rows.alert import Alert


async def tell_of_more(turn: Turn, alert: Alert) -> None:
    """Tell whoever is asked, or has it, of a second warning about the same incident."""
    escalation = await escalation_chain.current(turn)
    if escalation is None:
        return
    asked = [
        step.person for step in await escalation_chain.steps_of(turn, escalation) if step.result in (None, "contact")
    ]
    since, told = await escalation_chain.repeated_since(turn, alert)
    many = f"{len(told)} varsler mere" if len(told) > 1 else "Endnu et varsel"
    await turn.notify(
        asked,
        Card(
            f"{many} til nr. {turn.the_crisis.number}, fra {turn.name(alert.person)}:\n"
            + "\n".join(f"»{quote(each.text, escalation_chain.SHOWN // len(told[-5:]))}«" for each in told[-5:])
        ),
        kind="alert",
        summary=f"{many} er sendt til dem, der er kontaktet",
        # What one person repeats stands on the card that rang for the first of them.
        key=f"escalation/{escalation.id}/more/{since}",
        urgency=URGENT,
        everywhere=True,
    )
    await escalation_cards.show_progress(turn, escalation)


async def tell_more_words(turn: Turn, alert: Alert) -> str:
    """Show what its sender wrote on to a warning on the chain's cards; tell who has it, as the sender reads it.

    Args:
        alert: with the new words in it.
    """
    escalation = await escalation_chain.current(turn)
    if escalation is None:
        return "Det er noteret."
    await escalation_cards.redraw_questions(turn)
    if escalation.taken_by:
        await turn.notify(
            [escalation.taken_by],
            Card(
                f"Mere om varsel nr. {turn.the_crisis.number} fra {turn.name(alert.person)}:\n»{quote(alert.text.splitlines()[-1], 500)}«"
            ),
            kind="alert",
            summary=f"Nye ord om varslet er sendt til {turn.name(escalation.taken_by)}",
            urgency=URGENT,
        )
    elif alert.id != (await escalation_chain.first_alert(turn)).id:
        await tell_of_more(turn, alert)  # It stands on a card of its own, beside the question.
    return await who_has_it(turn)


async def tell_of_doubt(turn: Turn, alert: Alert) -> None:
    """Tell everybody who was asked that whoever warned now says no to the plan's question; they go on deciding."""
    escalation = await escalation_chain.current(turn)
    if escalation is None:
        return
    asked = dict.fromkeys(step.person for step in await escalation_chain.steps_of(turn, escalation))
    await turn.notify(
        asked,
        Card(
            f"{turn.name(alert.person)} siger nu *Nej* om varsel nr. {turn.the_crisis.number}: det berører ikke kommunen, eller "
            "det daglige beredskab klarer det. I beslutter."
        ),
        kind="alert",
        summary="De spurgte har fået besked om, at den, der varslede, nu siger nej",
        urgency=URGENT,
    )


async def who_has_it(turn: Context) -> str:
    """Tell who has the warning, or is asked to take it, as its sender reads it."""
    escalation = await escalation_chain.current(turn)
    if escalation is None:
        return "Det er noteret."
    if escalation.taken_by:
        number = "" if await turn.is_outside(turn.sender) else f" ({turn.phone(escalation.taken_by)})"
        return f"{turn.name(escalation.taken_by)} har det{number}."
    waiting = [step.person for step in await escalation_chain.steps_of(turn, escalation) if step.result is None]
    asked = turn.names(dict.fromkeys(waiting))
    return f"{asked} er spurgt." if asked else "Jeg er ved at finde en, der kan tage det."


async def to_ring(turn: Context, alert: Alert) -> str:
    """Name those who are asked to take the warning now, or have it, with their numbers, for whoever warned; empty where
    nobody is."""
    escalation = await escalation_chain.current(turn)
    if escalation is None:
        return ""
    steps = await escalation_chain.steps_of(turn, escalation)
    asked = [step.person for step in steps if step.result in (None, "contact")]
    return await escalation_chain.to_ring(turn, alert, dict.fromkeys(asked))
