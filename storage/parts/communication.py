"""The communication plan of Bilag 4, and the messages to those whom the crisis touches. Plan §8."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from storage.log import instant
from storage.parts import part
from storage.tables import Base, Crisis, _key, _of_crisis


class CommunicationPlan(Base):
    """One version of the plan: what is written under each of the nine headings. An edit is a new version."""

    __tablename__ = "communication_plans"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    version: Mapped[int]
    sections: Mapped[dict[str, Any]]  # the heading's number, "1" to "9", and its text
    spokesperson: Mapped[str | None]
    written_by: Mapped[str]
    written_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("crisis_id", "version"),)


class PublicMessage(Base):
    """What a group of people is to know: the crisis' kind, extent and expected course. A person publishes it."""

    __tablename__ = "public_messages"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    number: Mapped[int]
    audience: Mapped[str]
    nature: Mapped[str]
    extent: Mapped[str]
    course: Mapped[str]
    sources: Mapped[list[Any]]  # the numbers of the log lines it rests on
    delegated_to: Mapped[str | None]  # when it has to be fast, whoever has the subject
    written_by: Mapped[str]
    written_at: Mapped[datetime]
    channel: Mapped[str | None]  # where it was published
    published_by: Mapped[str | None]
    published_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("crisis_id", "number"),)


@part("communication_plans")
async def plans(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """Every version, oldest first; they are the staff's."""
    if highest not in ("staff", "confidential"):
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
async def messages(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """The messages; below "staff" only what has been published."""
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
            "sources": row.sources,
            "delegated_to": row.delegated_to,
            "written_by": row.written_by,
            "written_at": instant(row.written_at),
            "channel": row.channel,
            "published_by": row.published_by,
            "published_at": instant(row.published_at) if row.published_at else None,
        }
        for row in rows
        if row.published_at or highest in ("staff", "confidential")
    ]
