"""The communication plan, messages to the public, questions and answers, briefings of Byrådet. Plan §8; Bilag 4."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.grades import Grade, sees_staffs
from storage.rows.base import Base, Words, instant, of_crisis, primary_key
from storage.rows.crisis import Crisis
from storage.rows.exported import part

# So long may a question wait before it is asked about.
ANSWERED_WITHIN = timedelta(hours=1)


class Question(Base):
    """One question and its answer."""

    __tablename__ = "questions"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int]
    text: Mapped[Words]
    asker: Mapped[str]
    external: Mapped[bool] = mapped_column(default=False)  # the press or a citizen asks, through the asker
    centre: Mapped[str | None]
    owner: Mapped[str]  # whoever shall answer now
    asked_at: Mapped[datetime]
    answer: Mapped[Words | None]
    answered_by: Mapped[str | None]
    answered_at: Mapped[datetime | None]
    same_as: Mapped[int | None]  # the number of the question whose answer was used again
    log_no: Mapped[int]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)

    @property
    def due_at(self) -> datetime:
        """When it is asked about, if nobody has answered it by then, UTC."""
        return self.asked_at + ANSWERED_WITHIN


@part("questions")
async def questions(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export the crisis' questions, which are the staff's."""
    if not sees_staffs(highest):
        return []
    rows = await db.scalars(select(Question).where(Question.crisis_id == crisis.id).order_by(Question.number))
    return [
        {
            "number": row.number,
            "text": row.text,
            "asker": row.asker,
            "external": row.external,
            "centre": row.centre,
            "owner": row.owner,
            "asked_at": instant(row.asked_at),
            "due_at": instant(row.due_at),
            "answer": row.answer,
            "answered_by": row.answered_by,
            "answered_at": instant(row.answered_at) if row.answered_at else None,
            "same_as": row.same_as,
            "log_no": row.log_no,
        }
        for row in rows
    ]


class CommunicationPlan(Base):
    """One version of the plan: what is written under each of the nine headings. An edit is a new version."""

    __tablename__ = "communication_plans"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    version: Mapped[int]
    sections: Mapped[dict[str, Any]]  # the heading's number, "1" to "9", and its text
    spokesperson: Mapped[str | None]
    written_by: Mapped[str]
    written_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("crisis_id", "version"),)


class PublicMessage(Base):
    """A message to a group of people: the crisis' kind, extent and expected course, and what they should do. A person
    publishes it."""

    __tablename__ = "public_messages"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int]
    audience: Mapped[str]
    nature: Mapped[str]
    extent: Mapped[str]
    course: Mapped[str]
    advice: Mapped[str | None]  # what they should do, "agere hensigtsmæssigt"; None: nobody has said
    sources: Mapped[list[Any]]  # the numbers of the log lines it rests on
    delegated_to: Mapped[str | None]  # when it has to be fast, whoever has the subject
    written_by: Mapped[str]
    written_at: Mapped[datetime]
    channel: Mapped[str | None]  # where it was published
    published_by: Mapped[str | None]
    published_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


@part("communication_plans")
async def plans(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export every version of the communication plan, oldest first; they are the staff's."""
    if not sees_staffs(highest):
        return []
    rows = await db.scalars(
        select(CommunicationPlan).where(CommunicationPlan.crisis_id == crisis.id).order_by(CommunicationPlan.version)
    )
    return [
        {
            "version": row.version,
            "sections": row.sections,
            "spokesperson": row.spokesperson,
            "written_by": row.written_by,
            "written_at": instant(row.written_at),
        }
        for row in rows
    ]


@part("public_messages")
async def messages(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export the messages to the public; below "staff" only what has been published."""
    rows = await db.scalars(
        select(PublicMessage).where(PublicMessage.crisis_id == crisis.id).order_by(PublicMessage.number)
    )
    return [
        {
            "number": row.number,
            "audience": row.audience,
            "nature": row.nature,
            "extent": row.extent,
            "course": row.course,
            "advice": row.advice,
            "sources": row.sources,
            "delegated_to": row.delegated_to,
            "written_by": row.written_by,
            "written_at": instant(row.written_at),
            "channel": row.channel,
            "published_by": row.published_by,
            "published_at": instant(row.published_at) if row.published_at else None,
        }
        for row in rows
        if row.published_at or sees_staffs(highest)
    ]


BriefingState = Literal["draft", "awaiting", "approved", "sent"]


class Briefing(Base):
    """One briefing. Its words are changed until it is sent, and each change takes the approval away."""

    __tablename__ = "council_briefings"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    number: Mapped[int]
    state: Mapped[BriefingState] = mapped_column(default="draft")
    text: Mapped[Words]
    picture: Mapped[int | None]  # the version of the situation picture that it was drafted from
    revision: Mapped[int] = mapped_column(default=0)  # counts every change, so that what is approved is what was seen
    written_by: Mapped[str]
    written_at: Mapped[datetime]
    approved_by: Mapped[str | None]
    approved_at: Mapped[datetime | None]
    sent_by: Mapped[str | None]
    sent_at: Mapped[datetime | None]
    log_no: Mapped[int | None]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


@part("council_briefings")
async def briefings(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export what the council was told, by whose approval and when; the staff's."""
    if not sees_staffs(highest):
        return []
    rows = await db.scalars(select(Briefing).where(Briefing.crisis_id == crisis.id).order_by(Briefing.number))
    return [
        {
            "number": row.number,
            "state": row.state,
            "text": row.text,
            "picture": row.picture,
            "written_by": row.written_by,
            "approved_by": row.approved_by,
            "approved_at": instant(row.approved_at) if row.approved_at else None,
            "sent_by": row.sent_by,
            "sent_at": instant(row.sent_at) if row.sent_at else None,
            "log_no": row.log_no,
        }
        for row in rows
    ]
