"""Events that hit several municipalities: the coordinating staff, and what is agreed with it. Plan §6."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.log import instant
from storage.parts import part
from storage.parts.liaison import carried
from storage.tables import Base, Crisis, _key, _of_crisis

# "Opgaver for den koordinerende stab", in the plan's own words: the headings of its shared report.
HEADINGS = (
    ("picture", "Fælles forståelse af situationen (situationsbillede)"),
    ("tasks", "Opgaver og udfordringer"),
    ("resources", "Ressourcer – eller mangel på samme"),
    ("communication", "Kommunikation, herunder fælles skabeloner"),
    ("experience", "Viden og erfaringer på tværs af kommunerne"),
    ("others", "Øvrige instanser (Lokal Beredskabsstab, Beredskab 4K, forsyningsselskaber mv.)"),
)


class CoordinatingStaff(Base):
    """The municipalities' coordinating staff. It leads nobody: each municipality leads its own staff."""

    __tablename__ = "coordinating_staffs"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    since: Mapped[datetime]
    by: Mapped[str]
    form: Mapped[str] = mapped_column(default="virtual")  # virtual; at_4k, where it is decided
    place: Mapped[str | None]  # the link, or the room at 4K
    templates: Mapped[str | None]  # where the shared templates are
    task: Mapped[int | None]  # the task's number: name a liaison officer
    facilitation_asked_at: Mapped[datetime | None]
    facilitation_asked_by: Mapped[str | None]
    facilitated_by: Mapped[str | None]
    facilitated_at: Mapped[datetime | None]
    joint_since: Mapped[datetime | None]  # the joint political leadership
    joint_by: Mapped[str | None]
    __table_args__ = (UniqueConstraint("crisis_id"),)


class Seat(Base):
    """Who sits for an organisation, at the coordinating staff or in the joint leadership. Names, not rights."""

    __tablename__ = "coordination_seats"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    body: Mapped[str]  # staff, leadership
    organisation: Mapped[str]
    name: Mapped[str]  # with how they are reached, as it was typed
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("crisis_id", "body", "organisation"),)


class Mandate(Base):
    """What the liaison officer may say yes to; the newest counts, once the chief has agreed to it."""

    __tablename__ = "liaison_mandates"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    officer: Mapped[str]
    text: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    agreed_by: Mapped[str | None]
    agreed_at: Mapped[datetime | None]


class SharedReport(Base):
    """One version of the six headings."""

    __tablename__ = "coordination_reports"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    version: Mapped[int]
    sections: Mapped[dict[str, Any]]
    written_by: Mapped[str]
    written_at: Mapped[datetime]
    log_no: Mapped[int]
    __table_args__ = (UniqueConstraint("crisis_id", "version"),)


class JointDecision(Base):
    """A decision of the joint leadership, taken over into the own log."""

    __tablename__ = "joint_decisions"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    number: Mapped[int]
    text: Mapped[str]
    decided_at: Mapped[datetime]
    registered_by: Mapped[str]
    log_no: Mapped[int]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


@part("coordination")
async def coordination(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """The coordinating staff, where there is one: at most one entry. It is the staff's."""
    if highest not in ("staff", "confidential"):
        return []
    staff = await db.scalar(select(CoordinatingStaff).where(CoordinatingStaff.crisis_id == crisis.id))
    if staff is None:
        return []
    mandates = await db.scalars(select(Mandate).where(Mandate.crisis_id == crisis.id).order_by(Mandate.id))
    versions = await db.scalars(
        select(SharedReport).where(SharedReport.crisis_id == crisis.id).order_by(SharedReport.version)
    )
    decisions = await db.scalars(
        select(JointDecision).where(JointDecision.crisis_id == crisis.id).order_by(JointDecision.number)
    )
    seats = list(await db.scalars(select(Seat).where(Seat.crisis_id == crisis.id).order_by(Seat.id)))
    return [
        {
            "since": instant(staff.since),
            "by": staff.by,
            "form": staff.form,
            "place": staff.place,
            "templates": staff.templates,
            "members": _seated(seats, "staff"),
            "mandates": [
                {
                    "officer": row.officer,
                    "text": row.text,
                    "proposed_by": row.proposed_by,
                    "proposed_at": instant(row.proposed_at),
                    "agreed_by": row.agreed_by,
                    "agreed_at": _time(row.agreed_at),
                }
                for row in mandates
            ],
            "reports": await carried(db, crisis, "coordinating"),
            "shared_reports": [
                {
                    "version": row.version,
                    "sections": row.sections,
                    "written_by": row.written_by,
                    "written_at": instant(row.written_at),
                    "log_no": row.log_no,
                }
                for row in versions
            ],
            "facilitation": {
                "asked_by": staff.facilitation_asked_by,
                "asked_at": _time(staff.facilitation_asked_at),
                "by": staff.facilitated_by,
                "at": _time(staff.facilitated_at),
            },
            "joint_leadership": {
                "since": _time(staff.joint_since),
                "by": staff.joint_by,
                "members": _seated(seats, "leadership"),
                "decisions": [
                    {
                        "number": row.number,
                        "text": row.text,
                        "decided_at": instant(row.decided_at),
                        "registered_by": row.registered_by,
                        "log_no": row.log_no,
                    }
                    for row in decisions
                ],
            },
        }
    ]


def _seated(seats: Sequence[Seat], body: str) -> list[dict[str, Any]]:
    return [{"organisation": row.organisation, "name": row.name} for row in seats if row.body == body]


def _time(at: datetime | None) -> str | None:
    return instant(at) if at else None
