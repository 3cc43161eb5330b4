"""When a phone may ring: what does not haste waits for the morning, and for whoever has not yet said that they come. Plan
§5, three days: people must be able to sleep.

What hastes never waits, nor what somebody says to somebody; this is about what krisebot says of itself.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from sqlalchemy import select

from handlers.core.context import ROUTINE, URGENT, Context
from storage.rows.meetings import Meeting
from storage.rows.staff import Shift, Summons
from storage.rows.traffic import Message, MessageKind, StaffRecipient

MORNING, NIGHT = time(6, 30), time(22)
# In a crisis' first hours everybody is up.
FIRST_HOURS = timedelta(hours=3)
# Whoever has not answered the summons is rung at for that, and not for what they are to do when they have come.
UNANSWERED = timedelta(minutes=31)
# A nag that is ignored comes half as often each time, down to this.
SELDOM = timedelta(hours=12)


async def waits_until(
    turn: Context, recipient: str, kind: MessageKind, urgency: int, *, at_night: bool = False
) -> datetime | None:
    """Return until when a message waits, UTC; None when it is said at once.

    Args:
        recipient: a person, or the staff's channel.
        at_night: it is one of those that the night doesn't hold back.
    """
    if urgency == URGENT or kind == "reply":
        return None
    person = None if isinstance(recipient, StaffRecipient) else recipient
    until = []
    if urgency == ROUTINE and person:
        until.append(await turn.quiet_until(person))
    if (kind == "reminder" or (urgency == ROUTINE and person)) and not at_night and not await _up(turn, person):
        until.append(morning(turn, turn.now))
    if person and turn.sender != person:
        until.append(await _silent_until(turn, person))
    later = [each for each in until if each is not None]
    return max(later) if later else None


def morning(turn: Context, at: datetime) -> datetime | None:
    """Return when the night that a time lies in is over, UTC as the time is; None by day."""
    local = at.astimezone(turn.zone)
    if MORNING <= local.time() < NIGHT:
        return None
    over = local.replace(hour=MORNING.hour, minute=MORNING.minute, second=0, microsecond=0)
    if local.time() >= NIGHT:
        over += timedelta(days=1)
    return over.astimezone(at.tzinfo)


def next_at(turn: Context, at: time) -> datetime:
    """Return when the clock is that next, UTC: today, or tomorrow where it has been.

    Args:
        at: in the plan's zone; the first of the two, in the night in which an hour comes twice.
    """
    today = datetime.combine(turn.now.astimezone(turn.zone).date(), at, turn.zone)
    # Compared in UTC: in that hour two times of one zone are compared as the clock shows them, and what has been would come.
    coming = today if today.astimezone(UTC) > turn.now else today + timedelta(days=1)
    return coming.astimezone(UTC)


def spacing(first: timedelta, ignored: int, most: timedelta = SELDOM) -> timedelta:
    """Return how long after a nag its next one comes: each time after twice as long.

    Args:
        first: how long after the first one the second comes.
        ignored: how many times it has come before this.
        most: no longer than this, or `first` where that is more.
    """
    return min(first * float(2 ** min(ignored, 10)), max(first, most))


async def again(turn: Context, first: timedelta, ignored: int, person: str | None = None) -> datetime:
    """Return when a nag comes the next time, UTC: each time after twice as long, and by day where nobody is up for it.

    Args:
        first: how long after the first one the second comes.
        ignored: how many times it has come before this.
        person: whom it comes to; None for anybody in the staff.
    """
    at = turn.now + spacing(first, ignored)
    return at if await _up(turn, person) else morning(turn, at) or at


async def _up(turn: Context, person: str | None) -> bool:
    """Tell whether somebody, or anybody in the staff, is awake for this crisis: its first hours, a meeting, a shift."""
    crisis = turn.crisis
    if crisis is None:
        return False
    if crisis.decided_at is not None and turn.now < crisis.decided_at + FIRST_HOURS:
        return True
    running = select(Meeting.present).where(Meeting.crisis_id == crisis.id, Meeting.state == "running")
    if any(person is None or person in present for present in await turn.db.scalars(running)):
        return True
    on_duty = select(Shift.person).where(
        Shift.crisis_id == crisis.id,
        Shift.state.in_(["planned", "on_duty"]),
        Shift.since <= turn.now,
        Shift.until > turn.now,
    )
    return any(person is None or person == each for each in await turn.db.scalars(on_duty))


async def _silent_until(turn: Context, person: str) -> datetime | None:
    """Return until when what came with a summons, or comes by itself, waits for its answer; what another person does
    never waits."""
    crisis = turn.crisis
    if crisis is None or crisis.level != 2 or crisis.state != "active":
        return None
    sent = await turn.db.scalar(
        select(Summons.sent_at).where(
            Summons.crisis_id == crisis.id,
            Summons.person == person,
            Summons.answer.is_(None),
            Summons.sent_at > turn.now - UNANSWERED,
        )
    )
    if sent is None:
        return None
    came_with_it = select(Message.id).where(
        Message.crisis_id == crisis.id,
        Message.recipient == person,
        Message.kind == "summons",
        Message.trace == turn.trace,
        Message.edited_at.is_(None),
    )
    by_itself = turn.incoming is None or await turn.db.scalar(came_with_it.limit(1)) is not None
    return sent + UNANSWERED if by_itself else None
