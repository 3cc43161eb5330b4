"""Who may name the chief of the staff, and what becomes of a name that others put forward. Plan §5: "Borgmesteren er chef for
den rammesættende krisestab"; "Chefen for krisestaben udpeges på første møde".
"""

from __future__ import annotations

from sqlalchemy import select

from handlers.core import rights
from handlers.core.card import Button, Card
from handlers.core.context import URGENT, Context
from handlers.core.turn import Turn
from handlers.staff import roster
from handlers.staff.roster import CHIEF, DEPUTY
from storage.rows.framing import FramingMeeting
from storage.rows.meetings import Meeting


async def keep_back(turn: Turn, given: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Put a chief or a deputy that the sender may not name before the mayor, who keeps the right until then.

    Args:
        given: (a role, a person's id).

    Returns:
        the roles that are given now.
    """
    if await rights.framing.held(turn) or await _first_meeting_was_held(turn):
        return given
    own = roster.holder(turn, CHIEF) == turn.sender
    theirs = [each for each in given if each[0] == CHIEF or (each[0] == DEPUTY and not own)]
    theirs = [each for each in theirs if roster.holder(turn, each[0]) != each[1]]
    if not theirs:
        return given
    mayors = [*turn.rules.holders("borgmester"), *turn.rules.deputies("borgmester")]
    said = " og ".join(f"{turn.name(person)} som {role}" for role, person in theirs)
    await turn.notify(
        mayors,
        Card(
            f"*{turn.name(turn.sender)} foreslår {said}.*\n"
            "Chefen udpeges på det første møde, eller af borgmesteren, en direktør eller en stedfortræder. "
            "Indtil da har borgmesteren chefens ret.",
            buttons=tuple(
                Button(
                    f"Udpeg {turn.name(person)}",
                    "named_roles.appoint",
                    {"crisis": turn.the_crisis.id, "role": role, "person": person},
                    style="primary",
                )
                for role, person in theirs
            ),
        ),
        kind="notice",
        summary=f"{turn.name(turn.sender)} foreslår {said}",
        urgency=URGENT,
    )
    await turn.answer(
        Card(
            f"Det kan kun {rights.framing.holders}, til det første møde er holdt. "
            f"Jeg har foreslået {said} for {turn.names(mayors)}; indtil da er det som før."
        )
    )
    return [each for each in given if each not in theirs]


async def _first_meeting_was_held(turn: Context) -> bool:
    """Whether a meeting of the staff is over: then its minutes say who is chief, and the secretariat may write it down."""
    for kind in (FramingMeeting, Meeting):
        held = select(kind.id).where(kind.crisis_id == turn.the_crisis.id, kind.ended_at.is_not(None)).limit(1)
        if await turn.db.scalar(held) is not None:
            return True
    return False
