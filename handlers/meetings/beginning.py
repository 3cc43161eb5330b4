"""A meeting whose time has come: whoever chairs it and writes its minutes has the press that starts it. Plan §5,
"Krisestabsmødet afholdes."."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from handlers.core.context import URGENT
from handlers.core.registry import timer
from handlers.core.turn import Turn
from handlers.meetings import agenda_lines, meeting_card
from handlers.staff import calendars
from storage.rows.meetings import Meeting

# So long after its time it is asked whether a meeting was held.
NOT_STARTED = timedelta(minutes=15)
BEGINS = "begins"


async def plan_for(turn: Turn, row: Meeting) -> None:
    """Set what falls due when a meeting begins, or move it with the meeting: it begins anew then."""
    await _redraw(turn, row)
    await turn.at(row.at, "meetings.begins", agenda_lines.key(row, BEGINS), meeting=row.id, again=False)


@timer("meetings.begins", level_two=True)
async def begins(turn: Turn, meeting: int, again: bool) -> None:
    """Put a meeting that begins, or that should have begun and was not started, before the chief, the recorder and whoever
    called it."""
    row = await meeting_card.standing(turn, meeting)
    if row is None or row.state != "called":
        return
    head = (
        f"❗ *Møde {row.number} skulle være begyndt {turn.clock(row.at)} og er ikke startet.* Start det, flyt det, eller aflys det."
        if again
        else f"⏰ *Møde {row.number} begynder nu.*"
    )
    drawn = meeting_card.card(turn, row)
    await turn.notify(
        [*(await turn.chiefs())[:1], *turn.rules.holders("referent"), row.called_by],
        replace(drawn, text=f"{head}\n{drawn.text}"),
        kind="reminder",
        summary=f"Mindet om møde {row.number}{', som ikke er startet' if again else ', som begynder nu'}",
        key=f"{meeting_card.key(row)}/{BEGINS}/{row.sequence}/{'again' if again else 'now'}",
        urgency=URGENT,
        at_night=True,
    )
    if not again:
        await turn.at(
            turn.now + NOT_STARTED, "meetings.begins", agenda_lines.key(row, BEGINS), meeting=row.id, again=True
        )


async def settle(turn: Turn, row: Meeting) -> None:
    """Remind nobody any longer of a meeting that was started or called off; what was said of it stands as it is now."""
    await turn.cancel(agenda_lines.key(row, BEGINS))
    await _redraw(turn, row)


async def _redraw(turn: Turn, row: Meeting) -> None:
    """Draw every card of the meeting's anew, whichever of them was pressed: its own, those that were asked for, and those that
    said that it begins. An invitation in somebody's calendar is none."""
    own = meeting_card.key(row)
    for message in await turn.standing(own):
        if not message.key.startswith(f"{own}/{calendars.INVITATION}/"):
            await turn.say(message.recipient, meeting_card.card(turn, row), key=message.key)
