"""Enclosures: the pictures and files that come with an input, kept in rows beside the log line they belong to. Plan §7,
Dokumentation."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handlers.core.card import Card, quote
from handlers.core.context import Context
from handlers.core.incoming import Enclosed, Incoming
from handlers.core.language import cpr
from storage.rows.crisis import Crisis
from storage.rows.log import ATTACHMENT_IN_WORDS, LARGEST, Attachment, LogEntry, LogKind, of_line
from storage.rows.traffic import Timer

LONGEST_NAME = 200
# What falls due when something has lain here without coming into the log; see `handlers.log.unlogged`.
UNLOGGED = "attachments.unlogged"
MARK = "📎"


async def take(
    db: AsyncSession, turn: Context, entry: LogEntry, incoming: Incoming, inbox: int | None
) -> list[Attachment]:
    """Give what came along with an input to the log line that was made of it; only the first line gets it.

    Args:
        entry: the line.
        incoming: what came in.
        inbox: the row it was kept in.

    Returns:
        those that are kept or lost already, which the log has to tell of.
    """
    untaken = [row for row in await keep(db, turn, incoming, inbox) if row.log_no is None]
    for row in untaken:
        row.crisis_id, row.log_no = entry.crisis_id, entry.no
    return [row for row in untaken if row.state != "wanted"]


def line_for(row: Attachment) -> tuple[str, LogKind, dict[str, Any]]:
    """Return what the log says of an attachment: the summary, the line's kind, and its refs."""
    about: dict[str, Any] = {"attachment_of": row.log_no, "name": row.name}
    if row.state == "kept":
        summary = f"Bilag til nr. {row.log_no}: {row.name} ({measure(row.size)})"
        return summary, "attachment", {**about, "size": row.size, "sha256": row.sha256}
    return f"Bilag til nr. {row.log_no} kunne ikke gemmes: {row.name}. {row.reason}", "attachment_failed", about


def lost_card(row: Attachment) -> Card:
    """Draw what whoever saved an attachment reads when it could not be kept."""
    to = f"til nr. {row.log_no} " if row.log_no else ""
    return Card(f"⚠️ Bilaget {to}kunne ikke gemmes: {quote(row.name)}. {row.reason}")


async def keep(db: AsyncSession, turn: Context, incoming: Incoming, inbox: int | None) -> list[Attachment]:
    """Add a row for everything attached to an input, so that it is fetched whatever the words become; asked again,
    nothing is fetched twice."""
    if inbox is None or not incoming.enclosed:
        return []
    standing = list(await db.scalars(select(Attachment).where(Attachment.inbox_id == inbox).order_by(Attachment.id)))
    if standing:
        return standing
    rows = [_wanted(turn, each, incoming, inbox) for each in incoming.enclosed]
    db.add_all(rows)
    set_timer(db, turn, inbox)
    await db.flush()
    return rows


def set_timer(db: AsyncSession, turn: Context, inbox: int) -> None:
    """Set the timer that deletes what was never logged. It belongs to no crisis: a stand-down doesn't cancel it."""
    due = turn.now + turn.rules.deadlines.unlogged
    key = f"{UNLOGGED}/{inbox}/{turn.now.isoformat()}"
    db.add(Timer(key=key, kind=UNLOGGED, args={"inbox": inbox}, crisis_id=None, due_at=due))


def _wanted(turn: Context, each: Enclosed, incoming: Incoming, inbox: int) -> Attachment:
    reason = each.unreachable or (too_large() if each.size > LARGEST else None)
    return Attachment(
        inbox_id=inbox,
        platform=incoming.platform,
        reference=dict(each.reference),
        saved_by=turn.sender,
        name=cpr.without(each.name)[:LONGEST_NAME] or "uden navn",
        content_type=each.content_type,
        size=each.size,
        state="failed" if reason else "wanted",
        reason=reason,
        wanted_at=turn.now,
        due_at=turn.now,
    )


async def mention(turn: Context, row: Attachment) -> str:
    """Count and name what belongs together with an attachment, in words."""
    if row.log_no is None or row.crisis_id is None:
        return listed(await turn.db.scalars(select(Attachment).where(Attachment.inbox_id == row.inbox_id)))
    return listed(await of_line(turn.db, await turn.db.get_one(Crisis, row.crisis_id), row.log_no))


async def line(turn: Context, no: int, *, named: bool = True, numbered: bool = False) -> str:
    """Write the line below a card's text that tells what is attached to a log line; empty when nothing is.

    Args:
        named: whether whoever sees the card may see what the files are called.
        numbered: whether it says which line they are attached to: on a card whose first line doesn't. By that number
            the card is found, when a file has come, and when the line is graded.
    """
    rows = await of_line(turn.db, turn.the_crisis, no)
    if not rows:
        return ""
    return f"\n{MARK} {listed(rows) if named else f'{len(rows)} bilag'}{at(no) if numbered else ''}"


def at(no: int) -> str:
    """Write which log line files are attached to, behind their names."""
    return f" · log nr. {no}"


def listed(rows: Iterable[Attachment]) -> str:
    """List attachments in words: "2 bilag: foto.jpg (230 kB), plan.pdf (1,4 MB, hentes)"."""
    every = sorted(rows, key=lambda row: row.id)
    return f"{len(every)} bilag: {', '.join(_named(row) for row in every)}"


def _named(row: Attachment) -> str:
    how = ATTACHMENT_IN_WORDS[row.state]
    known = ", ".join(filter(None, (measure(row.size) if row.size else "", how)))
    return f"{quote(row.name)} ({known})" if known else quote(row.name)


def titled(enclosed: Iterable[Enclosed]) -> str:
    """Make a title of the files' names, for what came without any words."""
    return ", ".join(cpr.without(each.name) or "uden navn" for each in enclosed)


def measure(size: int) -> str:
    """Write a number of bytes as people read it: "230 kB", "1,4 MB"."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1000))} kB"
    return f"{size / 1_000_000:.1f} MB".replace(".", ",")


def too_large() -> str:
    """Tell why a file that is too large isn't kept."""
    return f"Det er større end {LARGEST // 1024**2} MB. Gem det på sagen, og skriv i loggen, hvor det ligger."
