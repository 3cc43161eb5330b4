"""The lines that are watched more closely, from the activation to the end of the crisis: their rows. Plan §7,
Forstærket overvågning.

The media are a line too, but nobody is reminded of them: what is found there is written down as it is found.
"""

from __future__ import annotations

from sqlalchemy import select

from handlers.core import form_values
from handlers.core.card import Family
from handlers.core.context import Context
from handlers.core.turn import Turn
from handlers.staff import roster
from storage.letters import fold
from storage.rows.numbers import next_number
from storage.rows.reporting import WatchedLine

# What is watched: the plan's kinds, and the media.
KINDS = ("telefon", "postkasse", "system")
MEDIA = "medie"
# Who watches a line, and the role that they do it as: then the line moves with the shift.
Watcher = tuple[str, str | None]
# In the form, one field a line.
WATCHER = Family("watch_{}")


async def begin(turn: Turn) -> None:
    """Begin to watch the plan's lines and the media; a line that is watched already is left as it is."""
    standing = {(row.kind, row.line) for row in await lines(turn)}
    wanted = [(each.kind, each.address) for each in turn.rules.monitoring]
    for kind, line in [each for each in wanted if each not in standing]:
        await start(turn, kind, line)
    media = ", ".join(turn.rules.media)
    if media and not any(kind == MEDIA for kind, _ in standing):
        await start(turn, MEDIA, media, role="kommunikation", watcher=turn.rules.holder("kommunikation"))
    await wake(turn)


async def start(
    turn: Turn, kind: str, line: str, *, watcher: str | None = None, role: str | None = None
) -> WatchedLine:
    """Begin to watch one line more.

    Args:
        kind: one of `KINDS`, or `MEDIA`.
        line: the number or the address.
        watcher: a person's id; None where nobody has been named.
        role: the role that they watch it as, which then moves it.
    """
    row = WatchedLine(
        crisis_id=turn.the_crisis.id,
        number=await next_number(turn.db, WatchedLine.number, WatchedLine.crisis_id == turn.the_crisis.id),
        kind=kind,
        line=line,
        watcher=watcher,
        role=role if watcher else None,
        since=turn.now,
        due_at=None if kind == MEDIA else turn.now + turn.rules.deadlines.monitoring,
        missed=0,
        added_by=turn.sender,
    )
    turn.db.add(row)
    await turn.db.flush()
    return row


async def lines(turn: Context) -> list[WatchedLine]:
    """Return what is watched now, in the order it was begun."""
    query = select(WatchedLine).where(WatchedLine.crisis_id == turn.the_crisis.id, WatchedLine.until.is_(None))
    return list(await turn.db.scalars(query.order_by(WatchedLine.number)))


def filled_in(turn: Context, field: str) -> Watcher | None:
    """Return who a form's field says that watches a line; None when it wasn't filled in.

    Raises:
        Unread: it is nobody, or more than one.
    """
    return form_values.typed(turn, field, lambda who: read(turn, who), "Skriv ét navn eller en rolle.")


def read(turn: Context, who: str) -> Watcher | None:
    """Read a person, or a role and whoever has it: then the line moves with the shift."""
    said = who.strip().lstrip("@")
    role = next((each for each in roster.roles(turn) if fold(each) == fold(said)), None)
    holder = roster.holder(turn, role) if role else None
    if holder:
        return holder, role
    persons = turn.named(said)
    return (persons[0], None) if len(persons) == 1 else None


def named(turn: Context, row: WatchedLine) -> str:
    """Name who watches a line, as one would write it: the role, or the name; empty for nobody."""
    return row.role or (turn.name(row.watcher) if row.watcher else "")


def listed(rows: list[WatchedLine]) -> str:
    """List several lines in words, as they were written."""
    return ", ".join(row.line for row in rows)


async def wake(turn: Turn) -> None:
    """Set the crisis' one timer to when the first line is due."""
    due = [row.due_at for row in await lines(turn) if row.due_at]
    if due:
        await turn.at(max(min(due), turn.now), "monitoring.look", timer_key(turn))


def timer_key(turn: Context) -> str:
    """Name the crisis' one timer for all lines."""
    return f"crisis/{turn.the_crisis.id}/monitoring"
