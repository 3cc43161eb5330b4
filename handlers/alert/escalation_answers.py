"""What those who are asked answer, pressed or written. Plan §4, "indtil der opnås kontakt"."""

from __future__ import annotations

from functools import partial

from sqlalchemy import select

from handlers.alert import escalation_chain
from handlers.alert.escalation import decline, take
from handlers.core import registry, rights, running
from handlers.core.context import Context
from handlers.core.language import replies
from handlers.core.registry import Take, action, reply
from handlers.core.turn import Turn
from handlers.log import news_beside
from storage.rows.alert import Escalation, EscalationStep
from storage.rows.crisis import Crisis
from storage.rows.staff import Summons


@reply("alert")
async def read(turn: Context, text: str) -> Take | None:
    """Read "har den" or "jeg kan ikke, er i Grækenland" as the answer to `Kan du tage den?`, of whoever was asked.

    As long as nobody has decided, an answer can be taken back by its opposite.
    """
    step = await turn.db.scalar(
        select(EscalationStep)
        .join(Crisis, Crisis.id == EscalationStep.crisis_id)
        .where(EscalationStep.person == turn.sender, Crisis.state != "closed")
        # What was said before it was asked is no answer to it.
        .where(EscalationStep.contacted_at <= turn.received)
        .order_by(EscalationStep.id.desc())
        .limit(1)
    )
    both = replies.with_news(text, "alert")
    reading = replies.reading(text, "alert")
    if reading.meaning == "unclear" and both is not None:
        reading = both[0]
    else:
        both = None
    if step is None or reading.meaning == "unclear":
        return None
    row = await turn.db.get_one(Escalation, step.escalation_id)
    if await _summoned_since(turn, row, step):
        return None
    if step.answered_at is not None and (
        row.state == "stopped" or (step.result == "declined") != (reading.meaning == "taken")
    ):
        return None
    return partial(_answer, row=row, text=text, taken=reading.meaning == "taken", told=both[1] if both else None)


async def _answer(turn: Turn, row: Escalation, text: str, taken: bool, told: str | None) -> None:
    """Take a warning, or refuse it, with the news that came along with the answer."""
    turn.crisis = await turn.db.get(Crisis, row.crisis_id)
    kept = await news_beside.log(turn, told, {"escalation": row.id}) if told is not None else None
    await (take if taken else decline)(turn, row, turn.sender, text)
    if kept is not None:
        await turn.answer(kept)


@registry.reread("alert")
async def reread(turn: Context, text: str, earlier: str) -> Take | None:
    """Read an answer that has become its opposite as that; nobody has to write it twice.

    Args:
        text: as it stands now.
        earlier: as it was before.
    """
    return await read(turn, text)


async def _summoned_since(turn: Context, escalation: Escalation, step: EscalationStep) -> bool:
    """Whether the person has been asked to come since: an "ok" answers the newest question."""
    newer = select(Summons.id).where(Summons.person == step.person, Summons.sent_at >= step.contacted_at)
    if escalation.state != "stopped":
        newer = newer.where(Summons.answered_at.is_(None))
    return await turn.db.scalar(newer.limit(1)) is not None


@action("escalation.taken", crisis=False, awaited=True, urgent=True)
async def pressed_taken(turn: Turn, escalation: int) -> None:
    """Take the warning, by `Jeg har den`; only somebody who was asked can."""
    row = await escalation_chain.take_up(turn, escalation)
    if row is None:
        return
    if await escalation_chain.newest_step_of(turn, row, turn.sender) is None:
        asked = [step.person for step in await escalation_chain.steps_of(turn, row) if step.round == row.round]
        right = rights.of_row("den, der er spurgt", asked)
        await running.refuse(turn, right, "Vil du beslutte, så skriv fx */krise aktiver 2*.")
        return
    await take(turn, row, turn.sender, "Jeg har den")


@action("escalation.declined", crisis=False, urgent=True)
async def pressed_declined(turn: Turn, escalation: int) -> None:
    """Refuse the warning, by `Kan ikke`; only somebody who was asked can."""
    row = await escalation_chain.take_up(turn, escalation)
    if row is not None:
        await decline(turn, row, turn.sender, "Kan ikke")
