"""The transition from the framing staff to the operational staff. Plan §5, "kan evt. fortsætte i den operationelle
krisestab"."""

from __future__ import annotations

from handlers.core import rights
from handlers.core.card import Card, quote
from handlers.core.registry import action
from handlers.core.turn import Turn
from handlers.crisis import framing_card
from handlers.staff import calendars, chief_asked, externals, roles
from storage.rows.framing import FramingMeeting
from storage.rows.staff import OUTSIDE, Member


@action("transition.go", who=rights.meets, begins=True)
async def go(turn: Turn, meeting: int) -> None:
    """Make those who go on the operational staff, and let the others step out; what they did stays in the history."""
    row = await turn.of_crisis(FramingMeeting, meeting)
    if row is None or row.moved_on_at is not None or await framing_card.refuse_without_staff(turn):
        return
    named = roles.chief_and_deputy(turn)
    row.moved_on_at, row.moved_on_by = turn.now, turn.sender
    going_on: list[Member] = []
    leaving: list[Member] = []
    for member in await framing_card.at_the_table(turn):
        (leaving if turn.yes(framing_card.field_of(member)) is False else going_on).append(member)
    for member in [each for each in going_on if each.staff == "framing"]:
        member.until = turn.now
        turn.db.add(
            Member(
                crisis_id=row.crisis_id,
                person=member.person,
                staff="operational",
                since=turn.now,
                reason="fortsætter fra den rammesættende krisestab",
                added_by=turn.sender,
            )
        )
    for member in leaving:
        if member.person.startswith(OUTSIDE):
            await externals.leave(turn, member.person.removeprefix(OUTSIDE))
        member.until = turn.now
    await turn.db.flush()
    reached = [each.person for each in leaving if not each.person.startswith(OUTSIDE)]
    meetings = await calendars.take_out(turn, reached) if reached else ""
    names = ", ".join(framing_card.name_of(turn, each) for each in going_on) or "ingen"
    out = ", ".join(framing_card.name_of(turn, each) for each in leaving) or "ingen"
    await turn.log(
        f"Overgået til operationel krisestab. Fortsætter: {names}. Træder ud: {out}",
        kind="member",
        sender=turn.sender,
        verification="confirmed",
        refs={"framing_meeting": row.number},
    )
    await turn.notify(
        reached,
        Card(
            f"Du er trådt ud af krisestaben for nr. {turn.the_crisis.number}: {quote(turn.the_crisis.title)}. "
            f"Det, du har besluttet, står i loggen. Tak for hjælpen.{meetings}"
        ),
        kind="notice",
        summary="Fortalt, at de er trådt ud af krisestaben",
    )
    await turn.notify(
        [turn.staff, *await turn.members("operational")],
        Card(
            f"*Den operationelle krisestab har taget over* for nr. {turn.the_crisis.number}. "
            "Indkald til det første møde: */krise møde om 30 min stabsrummet*."
        ),
        kind="notice",
        summary="Staben har fået besked om, at den operationelle krisestab har taget over",
    )
    await roles.name(turn, named)
    await chief_asked.begin(turn)
    await roles.show(turn)

    await framing_card.show(turn)
