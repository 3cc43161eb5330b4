"""Telling whoever asked that something is kept from them, and by which grade. Plan §8."""

from __future__ import annotations

from typing import Any

from handlers.core import clearance
from handlers.core.card import Button, Card
from handlers.core.turn import Turn
from storage.grades import Grade, within
from storage.rows.staff import LISTS, MINUTES, PICTURE, Subject

WHOLE: dict[Subject, str] = {MINUTES: "Referater og dagsordener vises", PICTURE: "Situationsbilledet vises"}


async def refuse_whole(turn: Turn, subject: Subject, grade: Grade = clearance.SHARED) -> bool:
    """Tell whoever asks where the minutes or the picture are above what may be seen here, and who can change it.

    Returns:
        whether the sender was refused.
    """
    return await refuse_above(turn, WHOLE[subject], grade, subject)


async def refuse_above(turn: Turn, what: str, grade: Grade = clearance.SHARED, subject: Subject = LISTS) -> bool:
    """Tell whoever asks that something as a whole is above what may be seen here, and who can change it.

    Args:
        what: Danish, with its verb: "Kommunikationsplanen vises".
        grade: its own.
        subject: what has to be shared for it to be seen.

    Returns:
        whether the sender was refused.
    """
    if within(grade, await clearance.highest_here(turn, subject)):
        return False
    await _refuse(turn, what, grade)
    return True


async def refuse_row(turn: Turn, row: Any, called: str, said: str = "") -> bool:
    """Tell whoever asked that one row may not be shown where the answer is given.

    Args:
        row: as in `clearance.visible_rows`.
        called: how people call it, "T3".
        said: what is said of it. Then it isn't asked for, and whoever may see it may say it anywhere.

    Returns:
        whether the sender was refused.
    """
    _, told = await clearance.visible_rows(turn, [row], turn.sender if said else None)
    if told:
        (grade,) = await clearance.grades_of(turn, [row])
        await _refuse(turn, f"{called} vises", grade)
    return bool(told)


async def _refuse(turn: Turn, what: str, grade: Grade) -> None:
    can_share = await clearance.can_share(turn, grade)
    (chief, *_) = await turn.chiefs() or [turn.sender]
    about = {"inbox": turn.inbox_id, "person": chief, "share": True}
    asks = bool(can_share) and chief != turn.sender and turn.inbox_id is not None
    await turn.answer(
        Card(
            f"{what} ikke her: graden er {turn.rules.grade_name(grade)}. {can_share}".rstrip(),
            buttons=(Button(f"Spørg {turn.name(chief)}", "router.ask", about),) if asks else (),
        )
    )
