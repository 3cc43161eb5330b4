"""The gross list of partners, ticked off. Bilag 5, Bruttoliste over mulige samarbejdspartnere."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped

from storage.log import instant
from storage.parts import part
from storage.tables import Base, Crisis, _key, _of_crisis

# The eleven of Bilag 5, in its order and words.
PARTNERS = {
    "municipalities": "Andre kommuner",
    "region": "Regionen",
    "staffs": "Tværgående stabe (Lokal Beredskabsstab, National Operativ Stab, International Operativ Stab)",
    "police": "Politiet",
    "emergency_agency": "Beredskabsstyrelsen",
    "patient_safety": "Styrelsen for Patientsikkerhed",
    "defence": "Forsvaret, herunder hjemmeværnet",
    "central_authorities": "Øvrige centrale myndigheder",
    "private": "Private aktører",
    "international": "Internationale samarbejdspartnere (EU, FN, NATO m.v.)",
    "media": "Lokale, landsdækkende og internationale medier",
}


class Partner(Base):
    """One of them in this crisis: relevant, and contacted by whom and when."""

    __tablename__ = "partners"
    id: Mapped[int] = _key()
    crisis_id: Mapped[int] = _of_crisis()
    partner: Mapped[str]  # a key of `PARTNERS`
    relevant: Mapped[bool | None]  # None: nobody has said
    note: Mapped[str | None]  # whom, and how they are reached
    contacted_by: Mapped[str | None]
    contacted_at: Mapped[datetime | None]
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]
    __table_args__ = (UniqueConstraint("crisis_id", "partner"),)


@part("partners")
async def partners(db: AsyncSession, crisis: Crisis, highest: str) -> list[dict[str, Any]]:
    """Those that somebody has taken a stand on, in Bilag 5's order; the list is the staff's."""
    if highest not in ("staff", "confidential"):
        return []
    found = {row.partner: row for row in await db.scalars(select(Partner).where(Partner.crisis_id == crisis.id))}
    return [
        {
            "partner": partner,
            "relevant": row.relevant,
            "note": row.note,
            "contacted_by": row.contacted_by,
            "contacted_at": instant(row.contacted_at) if row.contacted_at else None,
            "changed_by": row.changed_by,
            "changed_at": instant(row.changed_at),
        }
        for partner in PARTNERS
        if (row := found.get(partner)) is not None
    ]
