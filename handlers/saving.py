"""What `Gem i log` asks of a message, and how open a line may be made by whoever writes it. Plan §7 and §8 (R182, R216)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers import clearance, rights
from handlers.card import Field
from storage.grades import GRADES, within
from storage.tables import Crisis

if TYPE_CHECKING:
    from handlers.turn import Turn


async def asked(turn: Turn) -> tuple[Field, ...]:
    """The fields beside the words, as the sender may fill them in: whether it is confirmed, and its grade.

    Nothing is answered and nothing changed: it is drawn before anything is saved.
    """
    room = await turn.room_of(turn.the_incoming)
    if room is not None:
        turn.crisis = await turn.db.get(Crisis, room.crisis_id)
    else:
        crises = await turn.open_crises()
        decided = [crisis for crisis in crises if crisis.level is not None] or crises
        # Which of several is asked when it is sent; until then only the right that holds in all of them counts.
        turn.crisis = decided[0] if len(decided) == 1 else None
    keeper = await rights.log_keeper.held(turn)
    grades = tuple(
        (grade, turn.rules.grade_name(grade)) for grade in GRADES if keeper or within(clearance.SHARED, grade)
    )
    return (
        Field(
            "verification",
            "Er oplysningen bekræftet?",
            "choice",
            required=True,
            value="unconfirmed",
            choices=(("unconfirmed", "Ubekræftet"), ("confirmed", "Bekræftet")),
        ),
        Field("grade", "Hvem må se linjen?", "choice", required=True, value=clearance.SHARED, choices=grades),
    )


async def granted(turn: Turn, confirmed: bool, wanted: str) -> tuple[str, str, str]:
    """A line as its writer may have it: everybody may keep it for fewer, only the log keeper opens or confirms it.

    Args:
        confirmed: whether the writer says that it is.
        wanted: the grade that the writer asks for.

    Returns:
        its verification and its grade; and what to say where that is not what was asked for, on lines of its own.
    """
    if await rights.log_keeper.held(turn):
        return "confirmed" if confirmed else "unconfirmed", wanted, ""
    only, kept, said = f"Kun {rights.log_keeper.holders} kan", wanted, ""
    if confirmed:
        said += f"\n{only} bekræfte. Linjen er gemt som ubekræftet."
    if not within(clearance.SHARED, wanted):
        kept = clearance.SHARED
        name = turn.rules.grade_name
        said += f"\n{only} gøre den {name(wanted)}. Den er gemt som {name(kept)}."
    return "unconfirmed", kept, said
