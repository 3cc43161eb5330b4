"""What has happened in a crisis since a time, in a few lines: for whoever comes late, comes on shift, or opens the phone.
Plan §7, overblik.

The log is asked, and nothing else: what is not in it has not happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from handlers.core import clearance
from handlers.core.card import quote
from handlers.core.context import Context
from handlers.core.language import cpr
from storage.grades import Grade
from storage.rows.log import LogEntry, LogKind, LogState, Verification
from storage.rows.traffic import Inbox

# So much of each line; so many of each sort; so many lines, where nothing else stands with them but a heading or two.
LONGEST, SHOWN, MOST = 90, 2, 8


@dataclass(frozen=True)
class Sort:
    """A sort of news, a line each.

    Args:
        heading: what it is, Danish.
        kinds: the log's kinds that are of it.
        confirmed: whether only what is confirmed counts; the others are told as a number.
    """

    heading: str
    kinds: tuple[LogKind, ...]
    confirmed: bool = False


CONFIRMED = Sort("Bekræftet", ("information", "saved", "report", "telephone"), confirmed=True)
SORTS = (
    Sort("Besluttet", ("decision", "framing_decision", "established", "approval")),
    Sort("Hensigt", ("intent",)),
    Sort("Billedet", ("picture", "indicator", "development")),
    CONFIRMED,
    Sort("Rettet", ("correction",)),
    Sort("Kritiske funktioner", ("outage",)),
    Sort("Skal vides", ("information_need",)),
    Sort("Tiltag og ordrer", ("measure", "order", "order_status", "resource", "assistance")),
    Sort("Møder og staben", ("meeting", "agenda", "minutes", "member", "shift")),
)


async def lines(turn: Context, since: datetime | None, highest: Grade, most: int = MOST) -> list[str]:
    """Tell what is new in the turn's crisis, a line for each sort that has any; empty where nothing is.

    Args:
        since: UTC; what was written after it. None: from the beginning.
        highest: the highest grade that the reader may see.
        most: so many lines, three or more; the sorts that there is no room for are counted in one of them.
    """
    new = (
        LogEntry.crisis_id == turn.the_crisis.id,
        clearance.up_to(highest),
        *((LogEntry.recorded_time > since,) if since is not None else ()),
    )
    # A line that another has put right is not news: its correction is.
    both = (LogState.crisis_id == LogEntry.crisis_id) & (LogState.no == LogEntry.no) & LogState.corrected_by.is_(None)
    counted = await turn.db.execute(
        select(LogEntry.kind, LogState.verification, func.count())
        .join(LogState, both)
        .where(*new, LogEntry.kind.in_({kind for sort in SORTS for kind in sort.kinds}))
        .group_by(LogEntry.kind, LogState.verification)
    )
    many: dict[tuple[LogKind, Verification], int] = {(kind, state): count for kind, state, count in counted}
    told, counts = list[str](), list[str]()
    for sort in SORTS:
        states: tuple[Verification, ...] = ("confirmed",) if sort.confirmed else ("confirmed", "unconfirmed")
        count = sum(many.get((kind, state), 0) for kind in sort.kinds for state in states)
        if not count:
            continue
        newest = await turn.db.execute(
            select(LogEntry.no, LogEntry.summary)
            .join(LogState, both)
            .where(*new, LogEntry.kind.in_(sort.kinds), LogState.verification.in_(states))
            .order_by(LogEntry.no.desc())
            .limit(SHOWN)
        )
        said = "; ".join(f"{_short(summary)} (nr. {no})" for no, summary in newest)
        more = f"; og {count - SHOWN} til" if count > SHOWN else ""
        told.append(f"• *{sort.heading}:* {said}{more}")
        counts.append(f"{sort.heading} ({count})")
    unconfirmed = sum(many.get((kind, "unconfirmed"), 0) for kind in CONFIRMED.kinds)
    last = [f"• *Ubekræftet:* {unconfirmed} nye oplysninger"] if unconfirmed else []
    if len(told) + len(last) > most:
        whole = most - len(last) - 1
        told[whole:] = [f"• *Desuden, se /krise log:* {', '.join(counts[whole:])}"]
    return [*told, *last]


async def heard_before(turn: Context, person: str) -> datetime | None:
    """Return when somebody last wrote or pressed anything before what they do now, UTC; None where they never have."""
    before = select(func.max(Inbox.received_at)).where(Inbox.sender == person)
    if turn.inbox_id is not None:
        before = before.where(Inbox.id != turn.inbox_id)
    found: datetime | None = await turn.db.scalar(before)
    return found


def _short(summary: str) -> str:
    text = " ".join(cpr.without(summary).split())
    return quote(text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…")
