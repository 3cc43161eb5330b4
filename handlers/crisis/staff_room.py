"""What stands above the staff's channel: how far the crisis is, and where the meeting, the board and the plan are found.
Bilag 1, Overblik."""

from __future__ import annotations

import re

from sqlalchemy import select

from handlers.core.card import EXERCISE
from handlers.core.context import Context
from handlers.core.language import times_shown
from storage.grades import Grade, within
from storage.rows.meetings import Meeting
from storage.rows.overview import BoardLink

ONLINE = re.compile(r"https?://[^\s<>\"]{3,1000}")
# So many of the plan's own links are beside them.
MOST_OF_PLAN = 4
LONGEST_TITLE = 60


def topic(turn: Context) -> str:
    """Write what the channel is about: the title, the level and the phase."""
    crisis = turn.the_crisis
    if crisis.state != "active":
        phase = "afblæst"
    elif crisis.level != 2:
        phase = f"niveau {crisis.level}"
    elif crisis.established_at:
        phase = "niveau 2, fuldt etableret"
    else:
        # Without the day, which would change it at midnight: each change is a line in the channel.
        due = f" senest kl. {times_shown.clock(crisis.established_due, turn.zone)}" if crisis.established_due else ""
        phase = f"niveau 2, fuldt etableret{due}" if due else "niveau 2"
    mark = f"{EXERCISE}: " if crisis.exercise else ""
    return f"{mark}{crisis.title} · {phase}"


async def bookmarks(turn: Context, grade: Grade) -> tuple[tuple[str, str], ...]:
    """Return the (title, address) pairs that are to be found above the channel.

    Args:
        grade: the highest that whoever can see the channel may see.
    """
    crisis = turn.the_crisis
    found: list[tuple[str, str]] = []
    if crisis.state == "active":
        meeting = await turn.db.scalar(
            select(Meeting)
            .where(Meeting.crisis_id == crisis.id, Meeting.state.in_(["called", "running"]))
            .order_by(Meeting.at)
            .limit(1)
        )
        if meeting is not None and within("staff", grade) and (online := ONLINE.search(meeting.place)):
            found.append((f"Stabsmøde {meeting.number} kl. {times_shown.clock(meeting.at, turn.zone)}", online[0]))
        boards = await turn.db.scalars(
            select(BoardLink)
            .where(BoardLink.crisis_id == crisis.id, BoardLink.withdrawn_at.is_(None), BoardLink.until > turn.now)
            .order_by(BoardLink.id.desc())
        )
        board = next((each for each in boards if within(each.grade, grade)), None)
        if board is not None and turn.plan.server:
            found.append(("Vægtavle", turn.link(f"/tavle/{board.secret}")))
    found += [
        (each.title, each.address) for each in turn.rules.links if each.address.startswith(("https://", "http://"))
    ][:MOST_OF_PLAN]
    return tuple((title[:LONGEST_TITLE], address) for title, address in found)
