"""The operational picture in versions, and its indicators. Plan §7; Bilag 3."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.grades import Grade, sees_staffs
from storage.rows.base import Base, Id, Words, instant, of_crisis, primary_key
from storage.rows.crisis import Crisis
from storage.rows.exported import part

# Bilag 3, in its order and with its numbers.
HEADINGS = (
    "Situationen",
    "Hvad er der sket",
    "Hvor er hændelsen sket",
    "Trusselsvurdering",
    "Beredskabsniveau",
    "Beredskabsforanstaltninger og tiltag",
    "Ressourceanvendelse",
    "Hvordan kan situationen udvikle sig",
    "Mediebilledet og krisekommunikation",
    "Kort og illustrationer",
)

# Its fifth heading holds three levels: the National Beredskabsplan's, the staff's own, and this plan's.
NATIONAL = ("almindeligt beredskab", "forhøjet beredskab", "alarmberedskab")
STAFF = (
    "dagligt beredskab",
    "let forhøjet beredskab",
    "forhøjet beredskab",
    "markant forhøjet beredskab",
    "fuldt etableret beredskab",
)
PLAN = {1: "niveau 1", 2: "niveau 2"}


PictureState = Literal["draft", "published"]


class Picture(Base):
    """A version of the situation picture. A draft is written on; once published it stays as it was."""

    __tablename__ = "pictures"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    version: Mapped[int]
    state: Mapped[PictureState] = mapped_column(default="draft")
    sections: Mapped[dict[str, Any]]  # the heading's number, "1" to "10", and its text
    writers: Mapped[dict[str, Any]]  # who last wrote each
    levels: Mapped[dict[str, Any]]  # national: the three steps; staff: the five; plan: the crisis' own when published
    revision: Mapped[int] = mapped_column(default=0)  # counts every change, so that what is approved is what was seen
    written_at: Mapped[datetime]
    approved_by: Mapped[str | None]
    published_at: Mapped[datetime | None]
    log_no: Mapped[int | None]
    __table_args__ = (UniqueConstraint("crisis_id", "version"),)


class PictureText(Base):
    """The text of a section after somebody wrote in it: rows are only added, so no word is lost."""

    __tablename__ = "picture_texts"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    section: Mapped[int]  # the heading's number
    revision: Mapped[int]  # counts through all versions of the crisis' picture
    text: Mapped[str]  # the whole section from now on
    typed: Mapped[str]  # what the writer sent, as typed
    writer: Mapped[str]
    clash: Mapped[bool] = mapped_column(default=False)  # somebody else had written since the form was opened
    at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("crisis_id", "section", "revision"),)


class Contribution(Base):
    """A line that another part of the plan's work gives to a section: a centre's answer."""

    __tablename__ = "picture_contributions"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    section: Mapped[int]
    text: Mapped[Words]
    log_no: Mapped[int]  # where it comes from; whether it is confirmed stands there
    at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("crisis_id", "section", "log_no"),)


class HealthPlan(Base):
    """The municipality's health preparedness plan, set going beside this one. Plan §2."""

    __tablename__ = "health_plans"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    activated_at: Mapped[datetime]
    activated_by: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
    link: Mapped[Words | None]
    log_no: Mapped[int]


class Indicator(Base):
    """A figure that is followed through the crisis: how many are hit, how many are missing."""

    __tablename__ = "indicators"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    name: Mapped[str]
    __table_args__ = (UniqueConstraint("crisis_id", "name"),)


class Count(Base):
    """The value of an indicator at a time, and who reported it."""

    __tablename__ = "counts"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    indicator: Mapped[int] = mapped_column(Id, index=True)
    value: Mapped[float]
    unit: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    source: Mapped[Words]
    log_no: Mapped[int]


@part("pictures")
async def pictures(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export every version of the picture, oldest first; they are the staff's."""
    if not sees_staffs(highest):
        return []
    rows = await db.scalars(select(Picture).where(Picture.crisis_id == crisis.id).order_by(Picture.version))
    counted = await _counted(db, crisis)
    return [
        {
            "version": row.version,
            "state": row.state,
            "written_at": instant(row.written_at),
            "approved_by": row.approved_by,
            "approved_at": instant(row.published_at) if row.published_at else None,
            "published_at": instant(row.published_at) if row.published_at else None,
            "sections": [
                {
                    "number": number,
                    "heading": heading,
                    "text": row.sections.get(str(number), ""),
                    "written_by": row.writers.get(str(number)),
                }
                for number, heading in enumerate(HEADINGS, 1)
            ],
            "levels": {"plan": crisis.level, **row.levels},
            "indicators": _known(counted, row.published_at),
            "log_no": row.log_no,
        }
        for row in rows
    ]


@part("indicators")
async def indicators(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export every indicator with its counts, oldest first; they are the staff's."""
    return _known(await _counted(db, crisis), None) if sees_staffs(highest) else []


@part("health_plan")
async def health_plan(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export when the health preparedness plan was in force, oldest first; it is the staff's."""
    if not sees_staffs(highest):
        return []
    rows = await db.scalars(select(HealthPlan).where(HealthPlan.crisis_id == crisis.id).order_by(HealthPlan.id))
    return [
        {
            "activated_at": instant(row.activated_at),
            "activated_by": row.activated_by,
            "ended_at": instant(row.ended_at) if row.ended_at else None,
            "ended_by": row.ended_by,
            "link": row.link,
            "log_no": row.log_no,
        }
        for row in rows
    ]


async def _counted(db: AsyncSession, crisis: Crisis) -> list[tuple[Indicator, list[Count]]]:
    rows = await db.scalars(select(Indicator).where(Indicator.crisis_id == crisis.id).order_by(Indicator.id))
    counts: dict[int, list[Count]] = {}
    for each in await db.scalars(select(Count).where(Count.crisis_id == crisis.id).order_by(Count.at, Count.id)):
        counts.setdefault(each.indicator, []).append(each)
    return [(row, counts.get(row.id, [])) for row in rows]


def _known(counted: list[tuple[Indicator, list[Count]]], until: datetime | None) -> list[dict[str, Any]]:
    """Return the indicators as they were known at a time, UTC; None for now."""
    return [
        {
            "name": row.name,
            "points": [
                {
                    "value": each.value,
                    "unit": each.unit,
                    "at": instant(each.at),
                    "source": each.source,
                    "log_no": each.log_no,
                }
                for each in counts
                if until is None or each.at <= until
            ],
        }
        for row, counts in counted
        if counts and (until is None or counts[0].at <= until)
    ]


# Whether it went as the likely or the worst, between them, or otherwise.
Outcome = Literal["likely", "worst", "other"]


class Development(Base):
    """How the situation is thought to be some hours later, and how it then went. Bilag 3, heading 8."""

    __tablename__ = "developments"
    id: Mapped[int] = primary_key()
    crisis_id: Mapped[int] = of_crisis()
    hours: Mapped[int]  # ahead: 4 or 24
    due_at: Mapped[datetime]
    likely: Mapped[Words]
    worst: Mapped[Words]
    written_by: Mapped[str]
    written_at: Mapped[datetime]
    outcome: Mapped[Outcome | None]
    remark: Mapped[Words | None]
    judged_by: Mapped[str | None]
    judged_at: Mapped[datetime | None]
    log_no: Mapped[int]


@part("developments")
async def developments(db: AsyncSession, crisis: Crisis, highest: Grade) -> list[dict[str, Any]]:
    """Export how the situation was thought to develop and how it did, oldest first; it is the staff's."""
    if not sees_staffs(highest):
        return []
    rows = await db.scalars(select(Development).where(Development.crisis_id == crisis.id).order_by(Development.id))
    return [
        {
            "hours": row.hours,
            "due_at": instant(row.due_at),
            "likely": row.likely,
            "worst": row.worst,
            "written_by": row.written_by,
            "written_at": instant(row.written_at),
            "outcome": row.outcome,
            "remark": row.remark,
            "judged_by": row.judged_by,
            "judged_at": instant(row.judged_at) if row.judged_at else None,
            "log_no": row.log_no,
        }
        for row in rows
    ]
