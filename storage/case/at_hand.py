"""What a turn asks of its crisis again and again, asked once: who is in the staff, the log's last line, and whether
anything in it is confidential."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import BindParameter, Text, bindparam, cast, event, literal, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, UOWTransaction

from storage.grades import GRADES
from storage.rows.log import LogEntry, LogState
from storage.rows.staff import Member

_NAME = "at hand"
_CRISIS: BindParameter[int] = bindparam("crisis")
_last = (
    select(LogEntry.no, LogEntry.hash)
    .where(LogEntry.crisis_id == _CRISIS)
    .order_by(LogEntry.no.desc())
    .limit(1)
    .subquery()
)
_secret = select(LogState.no).where(LogState.crisis_id == _CRISIS, LogState.grade == GRADES[-1]).limit(1).subquery()
_QUERY = union_all(
    select(literal("member").label("what"), Member.person, Member.staff, Member.id).where(
        Member.crisis_id == _CRISIS, Member.until.is_(None)
    ),
    select(literal("last"), _last.c.hash, literal(""), _last.c.no),
    select(literal("secret"), cast(_secret.c.no, Text), literal(""), _secret.c.no),
).order_by("id")


@dataclass
class AtHand:
    """What is known of a crisis in a session, as long as nothing in it has changed.

    Args:
        members: who is in a staff now and in which, in the order they came.
        last: the log's last line, its number and its hash; None for an empty log.
        secret: whether a line is confidential.
    """

    members: tuple[tuple[str, str], ...]
    last: tuple[int, str] | None
    secret: bool


async def at_hand(db: AsyncSession, crisis: int) -> AtHand:
    """Read what a crisis has at hand, or give what was read before, where the session has changed none of it.

    Args:
        db: a session in a turn: nobody else changes it meanwhile.
        crisis: its row's number.
    """
    known: dict[int, AtHand] | None = db.info.get(_NAME)
    if known is None:
        known = db.info[_NAME] = {}
        event.listen(db.sync_session, "before_flush", _forget)
    elif _changes(db.sync_session):
        known.clear()
    if crisis not in known:
        rows = (await db.execute(_QUERY, {"crisis": crisis})).all()
        known[crisis] = AtHand(
            tuple((row.person, row.staff) for row in rows if row.what == "member"),
            next(((row.id, row.person) for row in rows if row.what == "last"), None),
            any(row.what == "secret" for row in rows),
        )
    return known[crisis]


def read_already(db: Session, crisis: int) -> AtHand | None:
    """Return what is at hand of a crisis, where the session has read it; None where it hasn't."""
    known: dict[int, AtHand] = db.info.get(_NAME, {})
    return known.get(crisis)


def _changes(session: Session) -> bool:
    return any(
        isinstance(row, Member | LogState) for rows in (session.new, session.dirty, session.deleted) for row in rows
    )


def _forget(session: Session, _context: UOWTransaction, _objects: object) -> None:
    if _changes(session):
        session.info[_NAME].clear()
