"""The question whether the centres have people enough, which somebody is reminded to ask while the effort is built up: "tilføre
de involverede enheder tilstrækkeligt med ressourcer". Plan §9."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from handlers.core.card import Button, Card
from handlers.core.context import ROUTINE, Context
from handlers.core.registry import timer
from handlers.core.turn import Turn
from handlers.reporting.pings import READY
from storage.rows.reporting import Ping

# The staff stands after two hours; then it is time to look whether those who work have people for it.
AFTER = timedelta(hours=4)
QUESTION = READY["folk"]


async def begin(turn: Turn) -> None:
    """Set the timer, when a staff has been called."""
    await turn.at(turn.now + AFTER, "enough_people.due", f"crisis/{turn.the_crisis.id}/enough_people")


@timer("enough_people.due", level_two=True)
async def due(turn: Turn) -> None:
    """Remind the coordinator once to ask the centres, with one press; not where they have been asked."""
    if not turn.rules.centres or await _has_asked(turn):
        return
    await turn.notify(
        turn.rules.holders("tovholder") or (await turn.chiefs())[:1],
        Card(
            "*Har centrene folk nok?* I opbygningsfasen skal de, der arbejder med hændelsen, have ressourcer nok. Ingen har "
            "spurgt dem endnu.",
            buttons=(
                Button(
                    "Spørg centrene",
                    "pings.ask",
                    {"question": QUESTION, "crisis": turn.the_crisis.id},
                    style="primary",
                ),
            ),
        ),
        kind="reminder",
        summary="Mindet om at spørge centrene, om de har folk nok",
        urgency=ROUTINE,
    )


async def _has_asked(turn: Context) -> bool:
    asked = select(Ping.id).where(Ping.crisis_id == turn.the_crisis.id, Ping.question == QUESTION).limit(1)
    return await turn.db.scalar(asked) is not None
