"""The coordinating staff, liaison officers, joint leadership and representatives. Plan §6; §7."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.grades import Grade, sees_staffs
from storage.rows.base import Base, Words, instant, instant_or_none, of_crisis, primary_key
from storage.rows.crisis import Crisis
from storage.rows.exported import part

OtherStaff = Literal["coordinating", "local"]
ReportDirection = Literal["in", "out"]


class LiaisonReport(Base):
    """One report, home to the own staff or out to the other one."""

    __tablename__ = "liaison_reports"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    staff: Mapped[OtherStaff]  # §6's, or the police district's, §7
    number: Mapped[int]
    direction: Mapped[ReportDirection]  # in: home; out: to the other staff
    person: Mapped[str]  # who carried it
    text: Mapped[Words]
    at: Mapped[datetime]
    log_no: Mapped[int]
    __table_args__ = (UniqueConstraint("crisis_id", "staff", "number"),)


async def carried(db: AsyncSession, crisis: Crisis, staff: str) -> list[dict[str, Any]]:
    """Return the reports to and from one of the two staffs, as the export shows them."""
    rows = await db.scalars(
        select(LiaisonReport)
        .where(LiaisonReport.crisis_id == crisis.id, LiaisonReport.staff == staff)
        .order_by(LiaisonReport.number)
    )
    return [
        {
            "number": row.number,
            "direction": row.direction,
            "person": row.person,
            "text": row.text,
            "at": instant(row.at),
            "log_no": row.log_no,
        }
        for row in rows
    ]


class LocalStaff(Base):
    """The local emergency staff, from its activation until it is stood down."""

    __tablename__ = "local_staffs"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    activated_at: Mapped[datetime]
    told_by: Mapped[str]
    relief_due: Mapped[datetime]  # when the chief is asked for a relief
    ended_at: Mapped[datetime | None]


class Representative(Base):
    """A person who represents the municipality there, and from when."""

    __tablename__ = "representatives"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    local_staff: Mapped[int]
    organisation: Mapped[str]  # Beredskab 4K, or the municipality
    person: Mapped[str | None]  # None: 4K hasn't said who
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    named_by: Mapped[str]


@part("representatives")
async def representatives(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export each activation of the local staff, with those who represented the municipality in it."""
    if not sees_staffs(highest):
        return []
    staffs = await db.scalars(select(LocalStaff).where(LocalStaff.crisis_id == crisis.id).order_by(LocalStaff.id))
    named = list(
        await db.scalars(
            select(Representative).where(Representative.crisis_id == crisis.id).order_by(Representative.id)
        )
    )
    reports = await carried(db, crisis, "local")
    return [
        {
            "activated_at": instant(staff.activated_at),
            "told_by": staff.told_by,
            "relief_due": instant(staff.relief_due),
            "ended_at": instant(staff.ended_at) if staff.ended_at else None,
            "representatives": [
                {
                    "organisation": row.organisation,
                    "person": row.person,
                    "from": instant(row.since),
                    "until": instant(row.until) if row.until else None,
                    "named_by": row.named_by,
                }
                for row in named
                if row.local_staff == staff.id
            ],
            "reports": [
                report
                for report in reports
                if report["at"] >= instant(staff.activated_at)
                and (staff.ended_at is None or report["at"] <= instant(staff.ended_at))
            ],
        }
        for staff in staffs
    ]


# "Opgaver for den koordinerende stab", in the plan's own words: the headings of its shared report.
HEADINGS = (
    ("picture", "Fælles forståelse af situationen (situationsbillede)"),
    ("tasks", "Opgaver og udfordringer"),
    ("resources", "Ressourcer – eller mangel på samme"),
    ("communication", "Kommunikation, herunder fælles skabeloner"),
    ("experience", "Viden og erfaringer på tværs af kommunerne"),
    ("others", "Øvrige instanser (Lokal Beredskabsstab, Beredskab 4K, forsyningsselskaber mv.)"),
)


Form = Literal["virtual", "at_4k"]


class CoordinatingStaff(Base):
    """The municipalities' coordinating staff. It leads nobody: each municipality leads its own staff."""

    __tablename__ = "coordinating_staffs"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    since: Mapped[datetime]
    by: Mapped[str]
    form: Mapped[Form] = mapped_column(default="virtual")  # at_4k: where it is decided
    place: Mapped[str | None]  # the link, or the room at 4K
    templates: Mapped[str | None]  # where the shared templates are
    task: Mapped[int | None]  # the task's number: name a liaison officer
    running_on: Mapped[list[Any]] = mapped_column(
        default=list
    )  # the numbers of the tasks of the own plan for running on
    facilitation_asked_at: Mapped[datetime | None]
    facilitation_asked_by: Mapped[str | None]
    facilitated_by: Mapped[str | None]
    facilitated_at: Mapped[datetime | None]
    joint_since: Mapped[datetime | None]  # the joint political leadership
    joint_by: Mapped[str | None]
    __table_args__ = (UniqueConstraint("crisis_id"),)


Body = Literal["staff", "leadership"]


class Seat(Base):
    """A person who sits for an organisation, at the coordinating staff or in the joint leadership. Names, not
    rights."""

    __tablename__ = "coordination_seats"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    body: Mapped[Body]
    organisation: Mapped[str]
    name: Mapped[str]  # with how they are reached, as it was typed
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("crisis_id", "body", "organisation"),)


class Mandate(Base):
    """The limits within which the liaison officer may say yes; the newest counts, once the chief has agreed to it."""

    __tablename__ = "liaison_mandates"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    officer: Mapped[str]
    text: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    agreed_by: Mapped[str | None]
    agreed_at: Mapped[datetime | None]


class SharedReport(Base):
    """A version of the six headings of the coordinating staff's report."""

    __tablename__ = "coordination_reports"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    version: Mapped[int]
    sections: Mapped[dict[str, Any]]
    written_by: Mapped[str]
    written_at: Mapped[datetime]
    log_no: Mapped[int]
    __table_args__ = (UniqueConstraint("crisis_id", "version"),)


class JointDecision(Base):
    """A decision of the joint leadership, taken over into the own log."""

    __tablename__ = "joint_decisions"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int]
    text: Mapped[Words]
    decided_at: Mapped[datetime]
    registered_by: Mapped[str]
    log_no: Mapped[int]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


@part("coordination")
async def coordination(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export the coordinating staff, where there is one: at most one entry. It is the staff's."""
    if not sees_staffs(highest):
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
            "running_on": staff.running_on,
            "members": _seated(seats, "staff"),
            "mandates": [
                {
                    "officer": row.officer,
                    "text": row.text,
                    "proposed_by": row.proposed_by,
                    "proposed_at": instant(row.proposed_at),
                    "agreed_by": row.agreed_by,
                    "agreed_at": instant_or_none(row.agreed_at),
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
                "asked_at": instant_or_none(staff.facilitation_asked_at),
                "by": staff.facilitated_by,
                "at": instant_or_none(staff.facilitated_at),
            },
            "joint_leadership": {
                "since": instant_or_none(staff.joint_since),
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
