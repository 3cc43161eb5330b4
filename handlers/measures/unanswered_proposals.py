"""What people proposed and nobody had answered when the crisis ended: whoever waits for an answer is told. Plan §3,
"hurtigst muligt kan vende tilbage til en normal situation"."""

from __future__ import annotations

from handlers.core.card import DANGER, Card, quote
from handlers.core.turn import Turn
from handlers.measures import decisions, measure_card, measure_steps


async def end_with_the_crisis(turn: Turn) -> None:
    """Close each proposal of a measure and of a decision that nobody has answered, and tell whoever made it: the staff that
    was to answer is no more."""
    for measure in await measure_steps.proposed(turn):
        measure.status, measure.changed_at = "cancelled", turn.now
        await _log(
            turn, f"Forslag til tiltag er ikke besvaret, da krisen blev afblæst: {measure.title}", measure.log_no
        )
        await measure_card.show(turn, measure)
        await _tell(turn, measure.created_by, measure.title)
    for decision in await decisions.proposed(turn):
        decision.state = "declined"
        await _log(
            turn, f"Forslag til beslutning er ikke besvaret, da krisen blev afblæst: {decision.text}", decision.log_no
        )
        await decisions.show(turn, decision)
        await _tell(turn, decision.proposed_by or decision.registered_by, decision.text)


async def _log(turn: Turn, summary: str, about: int | None) -> None:
    await turn.log(summary, kind="proposal", recorder="krisebot", verification="confirmed", refs={"about": about})


async def _tell(turn: Turn, proposer: str, text: str) -> None:
    if proposer != turn.sender:
        await turn.say(
            proposer,
            Card(
                f"❗ *Krisen er afblæst, og dit forslag er ikke besvaret:*\n»{quote(text, 500)}«\n"
                f"Ingen har sat det i værk. Tal med din leder, hvis der stadig er brug for det. {DANGER}"
            ),
            kind="notice",
        )
