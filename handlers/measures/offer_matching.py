"""What is offered beside what is asked for: the same kind of help, by its name. Plan §7, Anmodninger om assistance."""

from __future__ import annotations

from sqlalchemy import select

from handlers.core.context import Context
from handlers.core.language import needs
from storage.rows.measures import ANSWERED, AssistanceRequest, Offer

# As many as a card has buttons for.
MOST = 4


async def matching(turn: Context, row: Offer) -> list[AssistanceRequest]:
    """Return the requests that are open and ask for what an offer has, oldest first."""
    if not row.skill:
        return []
    waiting = await turn.db.scalars(
        select(AssistanceRequest)
        .where(AssistanceRequest.crisis_id == row.crisis_id, AssistanceRequest.state.not_in(ANSWERED))
        .order_by(AssistanceRequest.number)
    )
    return [each for each in waiting if each.need and needs.alike(each.need, row.skill)][:MOST]


async def fitting(turn: Context, request: AssistanceRequest) -> list[Offer]:
    """Return the offers that are free and have what a request asks for, oldest first."""
    free = await turn.db.scalars(
        select(Offer).where(Offer.crisis_id == request.crisis_id, Offer.state == "new").order_by(Offer.number)
    )
    return [each for each in free if request.need and each.skill and needs.alike(each.skill, request.need)][:MOST]
