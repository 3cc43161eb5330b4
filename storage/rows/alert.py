"""The alert's rows: warnings, the chain that is asked, who has to be rung, and "Tjek din mail". Plan §4; §5,
Varsle/indkalde; §7."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    ForeignKey,
    Index,
    UniqueConstraint,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.grades import Grade, sees_staffs, within
from storage.rows.base import Base, Id, Words, instant, instant_or_none, of_crisis, primary_key
from storage.rows.crisis import Crisis
from storage.rows.exported import part

ContactQuestion = Literal["reach", "details"]
ContactAnswer = Literal["reached", "right", "changed"]


class ContactCheck(Base):
    """One person asked, outside any crisis, whether they can be reached and are in the plan as they should."""

    __tablename__ = "contact_checks"
    id: Mapped[int] = primary_key()
    round: Mapped[int]
    person: Mapped[str]
    kind: Mapped[ContactQuestion]  # reach: one tap; details: are number and mail still right
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answer: Mapped[ContactAnswer | None]
    words: Mapped[str | None]  # what is to be changed in the plan, verbatim
    __table_args__ = (UniqueConstraint("round", "person"), Index("contact_checks_person", "person", "asked_at"))


class NightCheck(Base):
    """One person whose telephone is tried at night, announced beforehand, to see whether it wakes them."""

    __tablename__ = "night_checks"
    id: Mapped[int] = primary_key()
    test: Mapped[int] = mapped_column(index=True)  # those that are rung together have the same
    person: Mapped[str]
    announced_by: Mapped[str]
    announced_at: Mapped[datetime]
    rings_at: Mapped[datetime]
    rung_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("test", "person"),)


AlertKind = Literal["weather", "threat", "staffs", "international", "media", "accident", "other"]
# What whoever raised a warning thinks of it; unanswered: they fell silent, and it went up the chain all the same.
Triage = Literal["yes", "no", "unknown", "unanswered"]


class Alert(Base):
    """A warning in the words of whoever raised it. Plan §4."""

    __tablename__ = "alerts"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    person: Mapped[str]
    text: Mapped[str]
    at: Mapped[datetime]
    received_at: Mapped[datetime]
    kind: Mapped[AlertKind] = mapped_column(default="other")
    source: Mapped[str | None]
    place: Mapped[str | None]  # where it is: the plan's place that its words speak of, or what whoever warned wrote
    happened_at: Mapped[datetime | None]  # when it happened; None for a risk, and where nobody said
    received_by: Mapped[str | None]  # who got it first, and when: apart from who typed it
    first_received_at: Mapped[datetime | None]
    platform: Mapped[str]
    touches: Mapped[Triage | None]  # does it touch the municipality
    beyond: Mapped[Triage | None]  # is it beyond daily preparedness

    @property
    def assessment(self) -> Triage | None:
        """What whoever raised it thinks: "no" where one of the two is; None while they are asked."""
        if "no" in (self.touches, self.beyond):
            return "no"
        return self.beyond if self.touches is not None else None


EscalationState = Literal["running", "contact", "stopped"]


class Escalation(Base):
    """The search for somebody who takes a warning, in the plan's order. Plan §4."""

    __tablename__ = "escalations"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    state: Mapped[EscalationState] = mapped_column(default="running")
    taken_by: Mapped[str | None]
    round: Mapped[int] = mapped_column(default=1)
    position: Mapped[int] = mapped_column(default=-1)  # which link of the chain is being tried
    started_at: Mapped[datetime]


StepResult = Literal["contact", "declined", "silent", "failed", "stopped"]


class EscalationStep(Base):
    """One person asked to take a warning."""

    __tablename__ = "escalation_steps"
    id: Mapped[int] = primary_key()
    escalation_id: Mapped[int] = mapped_column(Id, ForeignKey("escalations.id"), index=True)
    crisis_id: Mapped[int] = of_crisis()
    step: Mapped[int]
    round: Mapped[int]
    position: Mapped[int]
    role: Mapped[str]
    person: Mapped[str]
    deputy_for: Mapped[str | None]
    contacted_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    answer: Mapped[str | None]
    result: Mapped[StepResult | None]


ApprovalSubject = Literal["level1", "deescalate", "deactivate"]
ApprovalRole = Literal["centre_chief", "director", "proposal"]


class Approval(Base):
    """One of the two approvals that level 1 in a centre takes, or a proposal that waits for its decider. Plan §2."""

    __tablename__ = "approvals"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    subject: Mapped[ApprovalSubject]
    role: Mapped[ApprovalRole]
    person: Mapped[str]
    at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    text: Mapped[str] = mapped_column(default="")


class Nudge(Base):
    """A mail that must be read with the least delay."""

    __tablename__ = "nudges"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int]
    subject: Mapped[Words]
    audience: Mapped[str]  # as it was typed
    recipients: Mapped[list[Any]]  # persons, as the preview showed them
    sender: Mapped[str]
    prepared_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    log_no: Mapped[int | None]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


class NudgeReceipt(Base):
    """A person who was asked to read a mail, and when they did."""

    __tablename__ = "nudge_receipts"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    nudge: Mapped[int] = mapped_column(Id, index=True)
    person: Mapped[str]
    read_at: Mapped[datetime | None]
    called_at: Mapped[datetime | None]  # somebody rang instead
    called_by: Mapped[str | None]
    __table_args__ = (UniqueConstraint("nudge", "person"),)


@part("nudges")
async def nudges(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export the crisis' nudges with who has read; the subject is the staff's."""
    found = list(
        await db.scalars(
            select(Nudge).where(Nudge.crisis_id == crisis.id, Nudge.sent_at.is_not(None)).order_by(Nudge.number)
        )
    )
    receipts = list(
        await db.scalars(select(NudgeReceipt).where(NudgeReceipt.crisis_id == crisis.id).order_by(NudgeReceipt.id))
    )
    return [
        {
            "number": row.number,
            "subject": row.subject if sees_staffs(highest) else None,
            "audience": row.audience,
            "sender": row.sender,
            "sent_at": instant(row.sent_at) if row.sent_at else None,
            "log_no": row.log_no,
            "receipts": [
                {
                    "person": each.person,
                    "read_at": instant(each.read_at) if each.read_at else None,
                    "called_at": instant(each.called_at) if each.called_at else None,
                    "called_by": each.called_by,
                }
                for each in receipts
                if each.nudge == row.id
            ],
        }
        for row in found
    ]


class Call(Base):
    """One person reached on the telephone."""

    __tablename__ = "calls"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    person: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]
    log_no: Mapped[int]


@part("calls")
async def calls(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export who was rung up, by whom and when; the staff's."""
    if not sees_staffs(highest):
        return []
    rows = await db.scalars(select(Call).where(Call.crisis_id == crisis.id).order_by(Call.id))
    return [{"person": row.person, "by": row.by, "at": instant(row.at), "log_no": row.log_no} for row in rows]


@part("alerts")
async def alerts(db: AsyncSession, crisis: Crisis, grade: Grade) -> list[dict[str, Any]]:
    """Read the warnings, for whoever may see what the staff sees."""
    if not within("staff", grade):
        return []
    rows = await db.scalars(select(Alert).where(Alert.crisis_id == crisis.id).order_by(Alert.id))
    return [
        {
            "person": row.person,
            "text": row.text,
            "at": instant_or_none(row.at),
            "kind": row.kind,
            "source": row.source,
            "place": row.place,
            "happened_at": instant_or_none(row.happened_at),
            "received_by": row.received_by,
            "first_received_at": instant_or_none(row.first_received_at),
            "received_at": instant_or_none(row.received_at),
            "channel": row.platform,
            "assessment": row.assessment,
            "touches": row.touches,
            "beyond": row.beyond,
        }
        for row in rows
    ]


@part("escalation")
async def escalation(db: AsyncSession, crisis: Crisis, grade: Grade) -> list[dict[str, Any]]:
    """Read who was asked to take the warning, in their order."""
    rows = await db.scalars(
        select(EscalationStep).where(EscalationStep.crisis_id == crisis.id).order_by(EscalationStep.id)
    )
    return [
        {
            "step": number,
            "role": row.role,
            "person": row.person,
            "deputy_for": row.deputy_for,
            "contacted_at": instant_or_none(row.contacted_at),
            "answered_at": instant_or_none(row.answered_at),
            "result": row.result,
        }
        for number, row in enumerate(rows, 1)
    ]
