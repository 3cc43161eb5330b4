"""Who has an incident in hand now: the staff at level 2; at level 1, and before a decision, persons. Plan §2 and §4.

Nobody is thanked for nothing: what says that somebody has it names who that is, and it has reached them.
"""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from handlers.core.card import Card
from handlers.core.context import ORDINARY, Context
from handlers.core.turn import Turn
from storage.rows.alert import Approval, Escalation, EscalationStep


async def in_charge(turn: Context) -> list[str]:
    """Those who have the crisis in hand: the staff's channel, or persons.

    At level 1 these are the chief and contact of the centre that runs it, and the directors who approved it; where no
    centre does, whoever decided it, and the directorate. Before a decision they are whoever took the warning, else those
    who are asked.
    """
    crisis = turn.the_crisis
    if crisis.level == 2:
        return [turn.staff]
    if crisis.level == 1:
        approved = list(
            await turn.db.scalars(
                select(Approval.person).where(
                    Approval.crisis_id == crisis.id, Approval.subject == "level1", Approval.withdrawn_at.is_(None)
                )
            )
        )
        centres = [centre for person in approved for centre in turn.rules.centres_of(person)]
        run_by = [person for centre in centres for person in (centre.chief, centre.contact) if person]
        directors = [person for person in approved if person in turn.rules.board()]
        others = [*([crisis.decided_by] if crisis.decided_by else []), *turn.rules.board()]
        return list(dict.fromkeys([*run_by, *directors] if run_by else others))
    taken = await turn.db.scalar(
        select(Escalation.taken_by).where(Escalation.crisis_id == crisis.id, Escalation.state == "contact").limit(1)
    )
    if taken:
        return [taken]
    asked = await turn.db.scalars(
        select(EscalationStep.person).where(EscalationStep.crisis_id == crisis.id, EscalationStep.result.is_(None))
    )
    return list(dict.fromkeys(asked))


def in_words(turn: Context, persons: list[str]) -> str:
    """Those in charge as somebody reads it who has written to them: "Krisestaben", or their names."""
    return "Krisestaben" if persons == [turn.staff] else turn.names(persons)


async def tell(turn: Turn, card: Card, key: Callable[[str], str] | None = None, urgency: int = ORDINARY) -> list[str]:
    """Put something before those who have the crisis in hand, each where they are.

    Args:
        card: what.
        key: names each message by its recipient ("staff" for the staff's channel), so that it can be changed later.
        urgency: as for `Turn.say`.

    Returns:
        those who got it; nobody, where nobody has it.
    """
    persons = await in_charge(turn)
    for person in persons:
        name = "staff" if person == turn.staff else person
        await turn.say(
            person,
            card,
            key=key(name) if key else None,
            kind="card" if person == turn.staff else "notice",
            urgency=urgency,
        )
    return persons
