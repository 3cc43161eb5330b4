"""Decisions, the alternatives they were chosen among, and written orders. Plan §9, Beslutninger; §5, step 5."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.log import instant
from storage.parts import part
from storage.tables import Base, Crisis, Id, _key, _of_crisis


class Order(Base):
    """A written order to the municipality's organisation. It has a number once the chief has issued it."""

    __tablename__ = "orders"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    number: Mapped[int | None]  # None: a draft
    state: Mapped[str] = mapped_column(default="draft")  # draft, dropped, issued, acknowledged, done
    receiver: Mapped[str | None]
    task: Mapped[str]
    due_text: Mapped[str | None]  # before when, as it was written
    due_at: Mapped[datetime | None]
    why: Mapped[str | None]
    resources: Mapped[str | None]
    report_back: Mapped[str | None]  # how, when and to whom
    drafted_by: Mapped[str]
    drafted_at: Mapped[datetime]
    issued_by: Mapped[str | None]
    issued_at: Mapped[datetime | None]
    asked: Mapped[list[Any]] = mapped_column(default=list)  # who has been sent it: the receiver, then the deputy
    acknowledged_by: Mapped[str | None]
    acknowledged_at: Mapped[datetime | None]
    done_by: Mapped[str | None]
    done_at: Mapped[datetime | None]
    report: Mapped[str | None]  # what was reported back
    log_no: Mapped[int | None]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


class Decision(Base):
    """What the staff has decided, or what somebody proposes that it decides. It has a number once it is decided."""

    __tablename__ = "decisions"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    number: Mapped[int | None]  # None: proposed
    state: Mapped[str]  # proposed, declined, decided
    text: Mapped[str]
    negative: Mapped[bool] = mapped_column(default=False)  # decided not to
    urgent: Mapped[bool] = mapped_column(default=False)  # made outside a meeting because it could not wait
    meeting: Mapped[int | None]
    paper: Mapped[int | None]  # the option paper that it was chosen in
    proposed_by: Mapped[str | None]
    decided_by: Mapped[str | None]
    on_behalf_of: Mapped[str | None]
    registered_by: Mapped[str]
    at: Mapped[datetime]
    log_no: Mapped[int]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


class OptionPaper(Base):
    """The alternatives that a decision is made among: what for each speaks for it, against it, and what it takes."""

    __tablename__ = "option_papers"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    number: Mapped[int]
    situation: Mapped[str]
    options: Mapped[list[Any]]  # {"letter", "what", "pros", "cons", "resources"}
    only_one: Mapped[str | None]  # why there is no alternative
    written_by: Mapped[str]
    written_at: Mapped[datetime]
    chosen: Mapped[str | None]  # a letter, or "none"
    chosen_by: Mapped[str | None]
    chosen_at: Mapped[datetime | None]
    decision: Mapped[int | None]  # its number
    item: Mapped[int | None] = mapped_column(Id)  # on the agenda
    log_no: Mapped[int]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


def _time(at: datetime | None) -> str | None:
    return instant(at) if at else None


@part("orders")
async def orders(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """The crisis' orders, drafts too; they are the staff's."""
    if highest not in ("staff", "confidential"):
        return []
    rows = await db.scalars(select(Order).where(Order.crisis_id == crisis.id).order_by(Order.id))
    return [
        {
            "number": row.number,
            "state": row.state,
            "to": row.receiver,
            "task": row.task,
            "when": row.due_text,
            "due_at": _time(row.due_at),
            "why": row.why,
            "resources": row.resources,
            "report_back": row.report_back,
            "drafted_by": row.drafted_by,
            "drafted_at": instant(row.drafted_at),
            "issued_by": row.issued_by,
            "issued_at": _time(row.issued_at),
            "asked": row.asked,
            "acknowledged_by": row.acknowledged_by,
            "acknowledged_at": _time(row.acknowledged_at),
            "done_by": row.done_by,
            "done_at": _time(row.done_at),
            "report": row.report,
            "log_no": row.log_no,
        }
        for row in rows
    ]


@part("decisions")
async def decisions(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """What was decided and proposed, oldest first; it is the staff's."""
    if highest not in ("staff", "confidential"):
        return []
    rows = await db.scalars(select(Decision).where(Decision.crisis_id == crisis.id).order_by(Decision.id))
    return [
        {
            "number": row.number,
            "state": row.state,
            "text": row.text,
            "negative": row.negative,
            "urgent": row.urgent,
            "meeting": row.meeting,
            "paper": row.paper,
            "proposed_by": row.proposed_by,
            "decided_by": row.decided_by,
            "on_behalf_of": row.on_behalf_of,
            "registered_by": row.registered_by,
            "at": instant(row.at),
            "log_no": row.log_no,
        }
        for row in rows
    ]


@part("option_papers")
async def papers(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """The option papers, oldest first; they are the staff's."""
    if highest not in ("staff", "confidential"):
        return []
    rows = await db.scalars(select(OptionPaper).where(OptionPaper.crisis_id == crisis.id).order_by(OptionPaper.number))
    return [
        {
            "number": row.number,
            "situation": row.situation,
            "options": row.options,
            "only_one": row.only_one,
            "written_by": row.written_by,
            "written_at": instant(row.written_at),
            "chosen": row.chosen,
            "chosen_by": row.chosen_by,
            "chosen_at": _time(row.chosen_at),
            "decision": row.decision,
            "log_no": row.log_no,
        }
        for row in rows
    ]
