"""What is to be done about the plan itself, outside any crisis. Plan, Planens godkendelse, ajourføring og afprøvning."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped

from storage.tables import Base, _key


class PlanDuty(Base):
    """One thing to be done about the plan, and when it was."""

    __tablename__ = "plan_duties"
    id: Mapped[int] = _key()
    subject: Mapped[str]  # "period/2025-12-31", or "change/" and the plan's fingerprint
    duty: Mapped[str]  # case, council, agency, emergency
    created_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    done_by: Mapped[str | None]
    __table_args__ = (UniqueConstraint("subject", "duty"),)
