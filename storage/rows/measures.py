"""Tasks, measures, requests for assistance, resources, orders and decisions. Plan §9."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import (
    ForeignKey,
    UniqueConstraint,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.grades import Grade, sees_staffs, within
from storage.rows.base import Base, Id, Words, instant, instant_or_none, of_crisis, primary_key
from storage.rows.crisis import Crisis
from storage.rows.exported import part

TaskStatus = Literal["pending", "done"]


class Task(Base):
    """A duty that somebody is to do before a time."""

    __tablename__ = "tasks"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int]
    title: Mapped[str]
    role: Mapped[str | None]
    owner: Mapped[str | None]
    due_at: Mapped[datetime | None]
    status: Mapped[TaskStatus] = mapped_column(default="pending")
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


@part("tasks")
async def tasks(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export the tasks in their order, with who has each, before when, and how it ended; they are the staff's."""
    if not sees_staffs(highest):
        return []
    rows = await db.scalars(select(Task).where(Task.crisis_id == crisis.id).order_by(Task.number))
    return [
        {
            "number": row.number,
            "title": row.title,
            "role": row.role,
            "owner": row.owner,
            "due_at": instant_or_none(row.due_at),
            "status": row.status,
            "created_at": instant(row.created_at),
            "done_at": instant_or_none(row.done_at),
            "done_by": row.done_by,
        }
        for row in rows
    ]


MeasureStatus = Literal["proposed", "pending", "in_progress", "waiting", "done", "cancelled"]
# How a measure's status is said, on cards and on paper.
STATUS_IN_WORDS: dict[MeasureStatus, str] = {
    "proposed": "foreslået",
    "pending": "ikke begyndt",
    "in_progress": "i gang",
    "waiting": "afventer",
    "done": "udført",
    "cancelled": "annulleret",
}


class Measure(Base):
    """A measure that the staff has started: who, before when, and how far it is. Plan §7, Stabens arbejde."""

    __tablename__ = "measures"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int | None]  # None: proposed, and not a measure yet
    title: Mapped[Words]
    owner: Mapped[str]
    centre: Mapped[str | None]  # the centre that owns the subject every day
    due_at: Mapped[datetime | None]
    status: Mapped[MeasureStatus] = mapped_column(default="pending")
    urgent: Mapped[bool] = mapped_column(default=False)
    orient: Mapped[bool] = mapped_column(default=False)  # the next meeting is to be told of it
    needs_approval: Mapped[bool] = mapped_column(default=False)  # political: it can't begin without
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    approval: Mapped[Words | None]  # by whom and in which case, as it was registered
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    log_no: Mapped[int | None]  # the log line that its status stands at
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


AssistanceState = Literal["new", "assessing", "met", "forwarded", "refused"]
# A request is over when it is one of these.
ANSWERED: tuple[AssistanceState, ...] = ("met", "refused")


class AssistanceRequest(Base):
    """A request for what somebody lacks, until they have it or know why not. Plan §7, Anmodninger om assistance."""

    __tablename__ = "assistance_requests"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int]
    requester: Mapped[str]
    centre: Mapped[str | None]
    text: Mapped[Words]  # verbatim
    quantity: Mapped[Words | None]
    need: Mapped[Words | None]
    place: Mapped[str | None]
    needed_from: Mapped[datetime | None]
    needed_until: Mapped[datetime | None]
    contact: Mapped[Words | None]  # whom to ask for there; None: whoever asked
    urgent: Mapped[bool] = mapped_column(default=False)
    state: Mapped[AssistanceState] = mapped_column(default="new")
    measure_id: Mapped[int | None] = mapped_column(Id, ForeignKey("measures.id"))
    forwarded_to: Mapped[str | None]
    ask_again_at: Mapped[datetime | None]
    reason: Mapped[Words | None]
    created_at: Mapped[datetime]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    log_no: Mapped[int]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


OfferState = Literal["new", "used", "declined", "withdrawn"]


class Offer(Base):
    """What a unit can do without and lets others have: people with a skill, or things. Plan §5, Krav til
    krisestaben."""

    __tablename__ = "offers"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int]
    offerer: Mapped[str]
    centre: Mapped[str | None]
    text: Mapped[Words]  # verbatim
    quantity: Mapped[Words | None]
    skill: Mapped[Words | None]  # what is offered: "pædagoger"
    available_at: Mapped[datetime | None]
    state: Mapped[OfferState] = mapped_column(default="new")
    request_id: Mapped[int | None] = mapped_column(Id, ForeignKey("assistance_requests.id"))
    measure_id: Mapped[int | None] = mapped_column(Id, ForeignKey("measures.id"))
    created_at: Mapped[datetime]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    log_no: Mapped[int]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


Release = Literal["not_asked", "asked", "releasable", "refused", "released"]


class Resource(Base):
    """A resource, people, vehicles or pumps: how many, how fast, until when, and at what."""

    __tablename__ = "resources"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int]
    quantity: Mapped[Words]  # in their own words: "2", "ca. 40"
    name: Mapped[Words]
    response: Mapped[Words | None]  # how fast it is there
    duty: Mapped[Words | None]  # until when it is at work, as it was typed
    relief_at: Mapped[datetime | None]
    task: Mapped[Words | None]
    centre: Mapped[str | None]
    critical: Mapped[bool] = mapped_column(default=False)
    lender: Mapped[Words | None]  # who has offered it; not ours before it has come
    expected_at: Mapped[datetime | None]
    arrived_at: Mapped[datetime | None]
    # not_asked, asked, releasable, refused, released
    release: Mapped[Release] = mapped_column(default="not_asked")
    consequence: Mapped[Words | None]  # of doing without it
    added_by: Mapped[str]
    added_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    log_no: Mapped[int]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


@part("resources")
async def resources(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export the crisis' resources, which are the staff's."""
    if not sees_staffs(highest):
        return []
    rows = await db.scalars(select(Resource).where(Resource.crisis_id == crisis.id).order_by(Resource.number))
    return [
        {
            "number": row.number,
            "quantity": row.quantity,
            "name": row.name,
            "response_time": row.response,
            "duty_time": row.duty,
            "relief_at": instant(row.relief_at) if row.relief_at else None,
            "task": row.task,
            "centre": row.centre,
            "critical": row.critical,
            "incoming": row.lender is not None and row.arrived_at is None,
            "lender": row.lender,
            "expected_at": instant(row.expected_at) if row.expected_at else None,
            "arrived_at": instant(row.arrived_at) if row.arrived_at else None,
            "release": row.release,
            "consequence": row.consequence,
            "added_by": row.added_by,
            "added_at": instant(row.added_at),
            "changed_at": instant(row.changed_at),
            "gone_at": instant(row.gone_at) if row.gone_at else None,
            "log_no": row.log_no,
        }
        for row in rows
    ]


class LogisticsMember(Base):
    """A member of the logistics staff, for a period. The one who leads answers to the crisis staff's chief."""

    __tablename__ = "logistics_members"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    person: Mapped[str]
    leads: Mapped[bool] = mapped_column(default=False)
    since: Mapped[datetime]
    until: Mapped[datetime | None]
    named_by: Mapped[str]


@part("logistics")
async def logistics(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export who leads and who sits in the logistics staff, and from when to when."""
    rows = await db.scalars(
        select(LogisticsMember).where(LogisticsMember.crisis_id == crisis.id).order_by(LogisticsMember.id)
    )
    return [
        {
            "person": row.person,
            "leads": row.leads,
            "from": instant(row.since),
            "until": instant(row.until) if row.until else None,
            "named_by": row.named_by,
        }
        for row in rows
    ]


OrderState = Literal["draft", "dropped", "issued", "acknowledged", "done"]


class Order(Base):
    """A written order to the municipality's organisation. It has a number once the chief has issued it."""

    __tablename__ = "orders"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int | None]  # None: a draft
    state: Mapped[OrderState] = mapped_column(default="draft")
    receiver: Mapped[str | None]
    task: Mapped[Words]
    due_text: Mapped[Words | None]  # before when, as it was written
    due_at: Mapped[datetime | None]
    why: Mapped[Words | None]
    resources: Mapped[Words | None]
    report_back: Mapped[Words | None]  # how, when and to whom
    drafted_by: Mapped[str]
    drafted_at: Mapped[datetime]
    issued_by: Mapped[str | None]
    issued_at: Mapped[datetime | None]
    asked: Mapped[list[Any]] = mapped_column(default=list)  # who has been sent it: the receiver, then the deputy
    acknowledged_by: Mapped[str | None]
    acknowledged_at: Mapped[datetime | None]
    done_by: Mapped[str | None]
    done_at: Mapped[datetime | None]
    report: Mapped[Words | None]  # what was reported back
    draft_no: Mapped[int | None]  # the draft's line, which has what came along; None: of an older release
    log_no: Mapped[int | None]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


DecisionState = Literal["proposed", "declined", "decided"]


class Decision(Base):
    """A decision of the staff's, or one that somebody proposes. It has a number once it is decided."""

    __tablename__ = "decisions"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int | None]  # None: proposed
    state: Mapped[DecisionState]
    text: Mapped[Words]
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


@part("orders")
async def orders(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export the crisis' orders, drafts too; they are the staff's."""
    if not sees_staffs(highest):
        return []
    rows = await db.scalars(select(Order).where(Order.crisis_id == crisis.id).order_by(Order.id))
    return [
        {
            "number": row.number,
            "state": row.state,
            "to": row.receiver,
            "task": row.task,
            "when": row.due_text,
            "due_at": instant_or_none(row.due_at),
            "why": row.why,
            "resources": row.resources,
            "report_back": row.report_back,
            "drafted_by": row.drafted_by,
            "drafted_at": instant(row.drafted_at),
            "issued_by": row.issued_by,
            "issued_at": instant_or_none(row.issued_at),
            "asked": row.asked,
            "acknowledged_by": row.acknowledged_by,
            "acknowledged_at": instant_or_none(row.acknowledged_at),
            "done_by": row.done_by,
            "done_at": instant_or_none(row.done_at),
            "report": row.report,
            "draft_no": row.draft_no,
            "log_no": row.log_no,
        }
        for row in rows
    ]


@part("decisions")
async def decisions(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export what was decided and proposed, oldest first; it is the staff's."""
    if not sees_staffs(highest):
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


@part("measures")
async def measures(db: AsyncSession, crisis: Crisis, grade: Grade) -> list[dict[str, Any]]:
    """Read the measures, for whoever may see what the staff sees."""
    if not within("staff", grade):
        return []
    rows = await db.scalars(select(Measure).where(Measure.crisis_id == crisis.id).order_by(Measure.id))
    return [
        {
            "number": row.number,
            "title": row.title,
            "owner": row.owner,
            "centre": row.centre,
            "due_at": instant_or_none(row.due_at),
            "status": row.status,
            "urgent": row.urgent,
            "orient_next_meeting": row.orient,
            "political_approval": {
                "needed": row.needs_approval,
                "by": row.approved_by,
                "at": instant_or_none(row.approved_at),
                "reference": row.approval,
            },
            "created_by": row.created_by,
            "created_at": instant_or_none(row.created_at),
            "changed_at": instant_or_none(row.changed_at),
            "log_no": row.log_no,
        }
        for row in rows
    ]


@part("assistance_requests")
async def assistance_requests(db: AsyncSession, crisis: Crisis, grade: Grade) -> list[dict[str, Any]]:
    """Read the requests for assistance, for whoever may see what the staff sees."""
    if not within("staff", grade):
        return []
    rows = await db.execute(
        select(AssistanceRequest, Measure.number)
        .outerjoin(Measure, Measure.id == AssistanceRequest.measure_id)
        .where(AssistanceRequest.crisis_id == crisis.id)
        .order_by(AssistanceRequest.number)
    )
    return [
        {
            "number": row.number,
            "requester": row.requester,
            "centre": row.centre,
            "text": row.text,
            "quantity": row.quantity,
            "need": row.need,
            "place": row.place,
            "needed_from": instant_or_none(row.needed_from),
            "needed_until": instant_or_none(row.needed_until),
            "contact": row.contact,
            "urgent": row.urgent,
            "state": row.state,
            "measure": measure,
            "forwarded_to": row.forwarded_to,
            "ask_again_at": instant_or_none(row.ask_again_at),
            "reason": row.reason,
            "created_at": instant_or_none(row.created_at),
            "answered_by": row.answered_by,
            "answered_at": instant_or_none(row.answered_at),
            "log_no": row.log_no,
        }
        for row, measure in rows
    ]


@part("offers")
async def offers(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export the offers, oldest first, with what each was used for; they are the staff's."""
    if not within("staff", highest):
        return []
    rows = await db.execute(
        select(Offer, AssistanceRequest.number, Measure.number)
        .outerjoin(AssistanceRequest, AssistanceRequest.id == Offer.request_id)
        .outerjoin(Measure, Measure.id == Offer.measure_id)
        .where(Offer.crisis_id == crisis.id)
        .order_by(Offer.number)
    )
    return [
        {
            "number": row.number,
            "offerer": row.offerer,
            "centre": row.centre,
            "text": row.text,
            "quantity": row.quantity,
            "skill": row.skill,
            "available_at": instant_or_none(row.available_at),
            "state": row.state,
            "request": request,
            "measure": measure,
            "created_at": instant_or_none(row.created_at),
            "answered_by": row.answered_by,
            "answered_at": instant_or_none(row.answered_at),
            "log_no": row.log_no,
        }
        for row, request, measure in rows
    ]
