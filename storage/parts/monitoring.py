"""Reinforced monitoring, what the media say, and the daily reading of outside mail. Plan §7; §8; §5, Arbejdsgange, step 9."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.log import instant
from storage.parts import part
from storage.tables import Base, Crisis, Id, _key, _of_crisis


class WatchedLine(Base):
    """A telephone, a mailbox, a system or the media: what is watched, and by whom."""

    __tablename__ = "watched_lines"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    number: Mapped[int]
    kind: Mapped[str]  # telefon, postkasse, system, medie
    line: Mapped[str]
    watcher: Mapped[str | None]
    role: Mapped[str | None]  # the watcher is whoever has this role, so a change of shift moves it
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    last_checked_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]  # when it is asked about next; None: never
    missed: Mapped[int] = mapped_column(default=0)  # reminders since the last check
    added_by: Mapped[str]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


class WatchCheck(Base):
    """Somebody looked."""

    __tablename__ = "watch_checks"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    line: Mapped[int] = mapped_column(Id, index=True)
    person: Mapped[str]
    at: Mapped[datetime]
    note: Mapped[str | None]


class MediaFinding(Base):
    """What a medium says of the crisis; wrong coverage is followed up until it is mended or let be."""

    __tablename__ = "media_findings"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    number: Mapped[int]
    medium: Mapped[str | None]
    text: Mapped[str]
    link: Mapped[str | None]
    wrong: Mapped[bool] = mapped_column(default=False)
    correction: Mapped[str | None]  # open, asked, corrected, dropped; None: nothing to correct
    note: Mapped[str | None]  # what was done about it
    changed_by: Mapped[str | None]
    changed_at: Mapped[datetime | None]
    found_by: Mapped[str]
    found_at: Mapped[datetime]
    task: Mapped[int | None] = mapped_column(Id)
    log_no: Mapped[int]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


class MailReading(Base):
    """One day's reading of information mail from outside."""

    __tablename__ = "mail_readings"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    day: Mapped[date]
    asked_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    read_by: Mapped[str | None]
    items: Mapped[list[Any]]  # the numbers of the items that came of it
    __table_args__ = (UniqueConstraint("crisis_id", "day"),)


@part("monitoring")
async def monitoring(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """What is and was watched, with every check; the staff's."""
    if highest not in ("staff", "confidential"):
        return []
    rows = await db.scalars(select(WatchedLine).where(WatchedLine.crisis_id == crisis.id).order_by(WatchedLine.number))
    checks = list(await db.scalars(select(WatchCheck).where(WatchCheck.crisis_id == crisis.id).order_by(WatchCheck.id)))
    return [
        {
            "number": row.number,
            "kind": row.kind,
            "line": row.line,
            "watcher": row.watcher,
            "role": row.role,
            "since": instant(row.since),
            "until": _time(row.until),
            "last_checked_at": _time(row.last_checked_at),
            "checks": [
                {"by": each.person, "at": instant(each.at), "note": each.note} for each in checks if each.line == row.id
            ],
        }
        for row in rows
    ]


@part("media_findings")
async def media_findings(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """What the media said, and what became of what was wrong; the staff's."""
    if highest not in ("staff", "confidential"):
        return []
    rows = await db.scalars(
        select(MediaFinding).where(MediaFinding.crisis_id == crisis.id).order_by(MediaFinding.number)
    )
    return [
        {
            "number": row.number,
            "medium": row.medium,
            "text": row.text,
            "link": row.link,
            "wrong": row.wrong,
            "correction": row.correction,
            "note": row.note,
            "found_by": row.found_by,
            "found_at": instant(row.found_at),
            "changed_by": row.changed_by,
            "changed_at": _time(row.changed_at),
            "log_no": row.log_no,
        }
        for row in rows
    ]


@part("mail_readings")
async def mail_readings(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """When outside mail was read, by whom, and which items came of it; the staff's."""
    if highest not in ("staff", "confidential"):
        return []
    rows = await db.scalars(select(MailReading).where(MailReading.crisis_id == crisis.id).order_by(MailReading.day))
    return [
        {
            "day": row.day.isoformat(),
            "asked_at": instant(row.asked_at),
            "read_at": _time(row.read_at),
            "read_by": row.read_by,
            "items": row.items,
        }
        for row in rows
    ]


def _time(at: datetime | None) -> str | None:
    return instant(at) if at else None
