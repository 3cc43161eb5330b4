"""The situation picture in its versions, and the indicators that show where it is going. Plan §7; Bilag 3."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from storage.log import instant
from storage.parts import part
from storage.tables import Base, Crisis, Id, _key, _of_crisis

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


class Picture(Base):
    """One version. A draft is written on; once published it stays as it was."""

    __tablename__ = "pictures"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    version: Mapped[int]
    state: Mapped[str] = mapped_column(default="draft")  # draft, published
    sections: Mapped[dict[str, Any]]  # the heading's number, "1" to "10", and its text
    writers: Mapped[dict[str, Any]]  # who last wrote each
    levels: Mapped[dict[str, Any]]  # national: the three steps; staff: the five; the plan's own stands on the crisis
    written_at: Mapped[datetime]
    approved_by: Mapped[str | None]
    published_at: Mapped[datetime | None]
    log_no: Mapped[int | None]
    __table_args__ = (UniqueConstraint("crisis_id", "version"),)


class Indicator(Base):
    """Something that is counted through the crisis: how many are hit, how many are missing."""

    __tablename__ = "indicators"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    name: Mapped[str]
    __table_args__ = (UniqueConstraint("crisis_id", "name"),)


class Count(Base):
    """What an indicator was at a time, and who said so."""

    __tablename__ = "counts"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    indicator: Mapped[int] = mapped_column(Id, index=True)
    value: Mapped[float]
    unit: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    source: Mapped[str]
    log_no: Mapped[int]


@part("pictures")
async def pictures(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """Every version, oldest first; they are the staff's."""
    if highest not in ("staff", "confidential"):
        return []
    rows = await db.scalars(select(Picture).where(Picture.crisis_id == crisis.id).order_by(Picture.version))
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
            "log_no": row.log_no,
        }
        for row in rows
    ]


@part("indicators")
async def indicators(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """Every indicator with its counts, oldest first; they are the staff's."""
    if highest not in ("staff", "confidential"):
        return []
    rows = list(await db.scalars(select(Indicator).where(Indicator.crisis_id == crisis.id).order_by(Indicator.id)))
    counts = list(await db.scalars(select(Count).where(Count.crisis_id == crisis.id).order_by(Count.at, Count.id)))
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
                if each.indicator == row.id
            ],
        }
        for row in rows
    ]
